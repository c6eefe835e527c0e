package dev.gridmate.carrier;

import dev.gridmate.carrier.CarrierDisconnectReason.Code;
import dev.gridmate.driver.DisconnectReason;
import dev.gridmate.driver.Driver;
import dev.gridmate.driver.HostConnect;
import dev.gridmate.driver.HostNames;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.internal.HostSearch;
import dev.gridmate.internal.IpText;
import dev.gridmate.internal.LookUp;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The connections that the program asked for by the name of a host. Over UDP the addresses of the
 * name are asked here, as {@link HostSearch} says. A driver with connections tries them itself, and
 * the one that it has connected to is asked here.
 */
@SuppressWarnings("ReferenceEquality") // which connect of the driver's an event is about is a question of identity
final class Hosts {

    private final Rooms rooms;
    private final Driver driver;
    private final Peers peers;
    private final Newcomers newcomers;
    private final List<HostConnecting> pending = new ArrayList<>();

    /** Those that are pending, and those that have a connection. */
    private final List<HostConnecting> all = new ArrayList<>();

    Hosts(Rooms rooms, Driver driver, Peers peers, Newcomers newcomers) {
        this.rooms = rooms;
        this.driver = driver;
        this.peers = peers;
        this.newcomers = newcomers;
    }

    /** Begins a connection, unless there is one with this host that nobody has begun to end. */
    ConnectionId connect(InetSocketAddress host) {
        for (HostConnecting each : all) {
            if (each.host.equals(host) && each.isWanted()) {
                return each.id;
            }
        }
        HostConnect inDriver = driver.connectToHost(host.getHostString(), host.getPort()); // which may refuse the name
        rooms.counters.add(CarrierCounter.CONNECTS_STARTED, 1);
        HeldMessages held = new HeldMessages(rooms.desc.limits().sendQueueSize(), rooms.news.outcomes());
        HostConnecting made = new HostConnecting(host, new ConnectionId(), held, peers, this::onTurn);
        made.id.peer = made;
        if (inDriver != null) {
            made.begin(inDriver);
        } else {
            made.begin(search(host.getHostString()));
        }
        pending.add(made);
        all.add(made);
        return made.id;
    }

    private HostSearch search(String host) {
        HostNames names = driver.hostNames();
        HostSearch.Limits limits = new HostSearch.Limits(
                names.lookUpTimeout().toNanos(), names.attemptDelay().toNanos(), names.maxAddresses());
        LookUp lookUp = LookUp.begin(host, names.resolver()::resolve, names.executor(), driver::stopWaitForData);
        return new HostSearch(lookUp, false, limits, rooms.time.now());
    }

    /**
     * {@return the pending connection of an id; null if it is none}
     *
     * @throws IllegalArgumentException if it is another carrier's
     */
    @Nullable
    HostConnecting of(ConnectionId id) {
        if (id.peer instanceof HostConnecting host) {
            if (!pending.contains(host)) {
                throw new IllegalArgumentException(id + " is another carrier's");
            }
            return host;
        }
        return null;
    }

    /** {@return true if a connection is only one of those that are tried for a name} */
    boolean tries(Peer peer) {
        return peer.id.peer != peer && peer.id.peer instanceof HostConnecting;
    }

    // ------------------------------------------------------------ in an update

    /** Asks the addresses whose time has come; returns how many. */
    int update() {
        int asked = 0;
        // What runs in here is the program's handshake too, which may end any of them.
        for (int i = pending.size() - 1; i >= 0; i = Math.min(i, pending.size()) - 1) {
            asked += update(pending.get(i), rooms.time.now());
        }
        return asked;
    }

    private int update(HostConnecting each, long now) {
        int asked = 0;
        HostSearch search = each.search();
        InetAddress next = search == null ? null : search.nextToTry(now);
        while (search != null && next != null) {
            asked++;
            attempt(each, new InetSocketAddress(next, each.host.getPort()));
            next = search.nextToTry(now);
        }
        if (each.hasFailed()) {
            rooms.counters.add(CarrierCounter.HOST_LOOK_UPS_FAILED, search != null && search.isUnknown() ? 1 : 0);
            fail(each, each.failure());
        } else if (each.isDrained(now)) {
            fail(each, Ending.askedFor(each.notice()));
        }
        return asked;
    }

    private void attempt(HostConnecting connecting, InetSocketAddress asked) {
        SocketDriverAddress address;
        try {
            address = driver.createDriverAddress(asked);
        } catch (IllegalArgumentException e) { // of another family than the driver's, which only the driver knows
            connecting.onFailed(
                    IpText.of(asked), new CarrierDisconnectReason(Code.DRIVER_ERROR, String.valueOf(e.getMessage())));
            return;
        }
        attempt(connecting, address);
    }

    private void attempt(HostConnecting connecting, SocketDriverAddress address) {
        rooms.counters.add(CarrierCounter.HOST_ADDRESSES_TRIED, 1);
        if (peers.wanted(address) == null && newcomers.find(address) == null) {
            peers.begin(address, connecting.id, connecting, connecting::add);
        } else {
            connecting.onFailed(
                    address.toString(),
                    new CarrierDisconnectReason(Code.WAS_ALREADY_CONNECTED, "it is connecting or connected already"));
        }
    }

    /** {@return when there is something to do, if nobody answers before} */
    long nextDue() {
        long earliest = Long.MAX_VALUE;
        for (int i = 0; i < pending.size(); i++) {
            HostConnecting each = pending.get(i);
            HostSearch search = each.search();
            long due = Math.min(each.drainUntil(), search == null ? Long.MAX_VALUE : search.nextDue());
            earliest = Math.min(earliest, each.hasFailed() ? rooms.time.now() : due);
        }
        return earliest;
    }

    // ------------------------------------------------------------ what the driver says

    void onDriverConnected(SocketDriverAddress address) {
        for (HostConnecting each : List.copyOf(pending)) {
            HostConnect inDriver = each.inDriver();
            if (inDriver != null && inDriver.address() == address) {
                attempt(each, address);
            }
        }
    }

    void onDriverFailed(SocketDriverAddress name, DisconnectReason reason) {
        for (HostConnecting each : List.copyOf(pending)) {
            HostConnect inDriver = each.inDriver();
            if (inDriver != null && inDriver.name() == name) {
                SocketDriverAddress taken = inDriver.address();
                if (taken != null) {
                    attempt(each, taken); // the driver is connected to it already
                } else {
                    onDriverFailed(each, reason);
                }
            }
        }
    }

    private void onDriverFailed(HostConnecting each, DisconnectReason reason) {
        boolean isUnknown = reason.code() == DisconnectReason.Code.UNKNOWN_HOST;
        rooms.counters.add(CarrierCounter.HOST_LOOK_UPS_FAILED, isUnknown ? 1 : 0);
        rooms.teller.onDriverError(each.id, new DriverError(ResultCode.SOCKET_CONNECT, reason.toString()));
        fail(
                each,
                isUnknown
                        ? new CarrierDisconnectReason(Code.UNKNOWN_HOST, reason.detail())
                        : new CarrierDisconnectReason(Code.DRIVER_ERROR, "the driver cannot connect: " + reason));
    }

    // ------------------------------------------------------------ the end

    /** Gives up what is pending of an id, or of all. */
    void disconnect(ConnectionId id, @Nullable DisconnectNotice notice) {
        for (HostConnecting each : List.copyOf(pending)) {
            if (id == ConnectionId.ALL || each.id == id) {
                fail(each, Ending.askedFor(notice));
            }
        }
    }

    void disconnectWhenDrained(ConnectionId id, long until, @Nullable DisconnectNotice notice) {
        for (HostConnecting each : pending) {
            if (id == ConnectionId.ALL || each.id == id) {
                each.drain(until, notice);
            }
        }
    }

    void close() {
        for (HostConnecting each : List.copyOf(pending)) {
            boolean isAskedFor = each.drainUntil() != Long.MAX_VALUE;
            fail(
                    each,
                    isAskedFor
                            ? Ending.askedFor(each.notice())
                            : new CarrierDisconnectReason(Code.SHUTTING_DOWN, "this side's carrier was closed"));
        }
    }

    private void fail(HostConnecting each, CarrierDisconnectReason reason) {
        pending.remove(each);
        all.remove(each);
        each.id.peer = null;
        boolean wasTried = each.wasTried();
        each.giveUp();
        rooms.onFailure(each.id, each.host.getHostString() + '|' + each.host.getPort(), reason);
        rooms.counters.add(CarrierCounter.CONNECTS_FAILED, 1);
        rooms.teller.onFailed(each.id, reason);
        if (wasTried) {
            rooms.handshake.onDisconnect(each.id);
        }
    }

    /** One has a connection now, or no longer. */
    private void onTurn(HostConnecting each) {
        if (!pending.remove(each)) {
            all.remove(each);
        } else if (each.id.peer instanceof Peer peer) {
            each.held.giveTo((data, callback, isReliable, priority, channel) ->
                    Posting.take(peer, data, callback, isReliable, priority, channel));
            if (each.drainUntil() != Long.MAX_VALUE) {
                peer.ending.disconnectWhenDrained(Math.max(0, each.drainUntil() - rooms.time.now()), each.notice());
            }
        }
    }
}
