package dev.gridmate.driver;

import dev.gridmate.driver.stream.Connection;
import dev.gridmate.driver.stream.StreamCore;
import dev.gridmate.driver.transport.TransportException;
import dev.gridmate.internal.Counters;
import dev.gridmate.internal.HostSearch;
import dev.gridmate.internal.LookUp;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The connects by host name: several addresses are tried for each, and the program hears of one
 * connection, or of none.
 *
 * <p>An attempt is a connection that is not in the table: it takes no place, and an event of the
 * program's never meets it. The one that wins is put into the table, and from then on it is like
 * any other.
 */
final class HostConnects {

    private final StreamCore core;
    private final LocalSide local;
    private final ConnectionTable table;
    private final Acceptor acceptor;
    private final Counters<DriverCounter> counters;
    private final DriverLife<?> life;

    private final List<HostConnect> pending = new ArrayList<>();
    private final Deque<HostConnect> failed = new ArrayDeque<>();

    /** Also those of connects that are over, until their connection has told its end. */
    private final IdentityHashMap<Connection, HostConnect> attempts = new IdentityHashMap<>();

    HostConnects(
            StreamCore core,
            LocalSide local,
            ConnectionTable table,
            Acceptor acceptor,
            Counters<DriverCounter> counters,
            DriverLife<?> life) {
        this.core = core;
        this.local = local;
        this.table = table;
        this.acceptor = acceptor;
        this.counters = counters;
        this.life = life;
    }

    /** Begins; the same as before if there is a pending one for this host. */
    HostConnect connect(InetSocketAddress host, @Nullable String serverName, HostNames names, long now) {
        for (HostConnect each : pending) {
            if (each.isFor(host)) {
                return each;
            }
        }
        counters.add(DriverCounter.CONNECTS_STARTED, 1);
        HostSearch.Limits limits = new HostSearch.Limits(
                names.lookUpTimeout().toNanos(), names.attemptDelay().toNanos(), names.maxAddresses());
        LookUp lookUp = host.isUnresolved()
                ? LookUp.begin(host.getHostString(), names.resolver()::resolve, names.executor(), local::wake)
                : LookUp.of(host.getAddress());
        HostSearch search = new HostSearch(lookUp, table.book().isIpv4Only(), limits, now);
        HostConnect made = new HostConnect(table.book().name(host), search, serverName, this::cancel);
        boolean hasPlace = acceptor.hasPlace();
        pending.add(made);
        table.reserve(1);
        if (!hasPlace) {
            fail(made, DisconnectReason.Code.CONNECT_FAILED, "the maximum of " + acceptor.places() + " is reached");
        }
        return made;
    }

    private void cancel(HostConnect connect) {
        life.checkThread();
        fail(connect, DisconnectReason.Code.LOCAL_CLOSED, "given up by this side before an address had answered");
    }

    void close() {
        for (HostConnect each : List.copyOf(pending)) {
            fail(each, DisconnectReason.Code.DRIVER_CLOSED, "the driver was closed");
        }
    }

    // ------------------------------------------------------------ in an update

    /** Tries the addresses whose time has come; returns how many. */
    int update(long now) {
        int tried = 0;
        for (int i = pending.size() - 1; i >= 0; i--) {
            HostConnect each = pending.get(i);
            InetAddress next = each.search.nextToTry(now);
            while (next != null && each.isPending()) {
                tried++;
                attempt(
                        each,
                        table.book()
                                .intern(new InetSocketAddress(next, each.name().port())));
                next = each.search.nextToTry(now);
            }
            if (each.isPending() && each.search.isOver()) {
                counters.add(DriverCounter.HOST_LOOK_UPS_FAILED, each.search.isUnknown() ? 1 : 0);
                over(each, null, each.failure());
            }
        }
        return tried;
    }

    private void attempt(HostConnect connect, SocketDriverAddress address) {
        if (table.isTaken(address)) {
            onTaken(connect, address);
            return;
        }
        counters.add(DriverCounter.HOST_ADDRESSES_TRIED, 1);
        try {
            Connection begun = core.connecting(local.connect(address, connect.serverName), address);
            connect.attempts.add(begun);
            attempts.put(begun, connect);
        } catch (TransportException e) {
            connect.onFailed(address, DisconnectReason.Code.CONNECT_FAILED, String.valueOf(e.getMessage()));
        }
    }

    // A driver has one connection with an address.
    private void onTaken(HostConnect connect, SocketDriverAddress address) {
        over(
                connect,
                address,
                DisconnectReason.of(
                        DisconnectReason.Code.CONNECT_FAILED, address + " is connecting or connected already"));
    }

    /**
     * {@return true if a connection that has something to tell is one that the program knows or is
     * to know} False for an attempt that has failed, or has lost.
     */
    boolean isToBeTold(Connection connection) {
        HostConnect connect = attempts.isEmpty() ? null : attempts.remove(connection);
        if (connect == null) {
            return true;
        }
        if (!connect.isPending()) {
            return false;
        }
        SocketDriverAddress address = connection.address();
        if (connection.state().isOver()) {
            DisconnectReason why = connection.ending().reason();
            connect.onFailed(address, why.code(), why.detail());
            return false;
        }
        connect.attempts.remove(connection);
        if (table.isTaken(address)) {
            connection.ending().disconnect();
            attempts.put(connection, connect); // which tells its end, and nobody is to hear it
            onTaken(connect, address);
            return false;
        }
        leave(connect);
        connect.onOver(address, connect.reason());
        table.add(connection);
        return true;
    }

    // ------------------------------------------------------------ the end of a connect

    private void fail(HostConnect connect, DisconnectReason.Code code, String detail) {
        if (connect.isPending()) {
            over(connect, null, DisconnectReason.of(code, detail));
        }
    }

    private void over(HostConnect connect, @Nullable SocketDriverAddress address, DisconnectReason reason) {
        connect.onOver(address, reason);
        leave(connect);
        failed.add(connect);
    }

    private void leave(HostConnect connect) {
        pending.remove(connect);
        table.reserve(-1);
        connect.attempts.forEach(each -> each.ending().disconnect());
        connect.attempts.clear();
    }

    /** {@return how many have failed, and the program was not told} */
    int newsCount() {
        return failed.size();
    }

    /** {@return the next one that has failed, for the program to be told; null if there is none} */
    @Nullable
    HostConnect nextFailed() {
        return failed.poll();
    }

    /** {@return the earlier of a time and the time at which there is something to do here} */
    long earlier(long time) {
        long earliest = time;
        for (int i = 0; i < pending.size(); i++) {
            earliest = Math.min(earliest, pending.get(i).search.nextDue());
        }
        return earliest;
    }
}
