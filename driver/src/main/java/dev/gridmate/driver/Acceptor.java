package dev.gridmate.driver;

import dev.gridmate.driver.stream.Connection;
import dev.gridmate.driver.stream.StreamCore;
import dev.gridmate.driver.transport.Endpoint;
import dev.gridmate.driver.transport.Listener;
import dev.gridmate.driver.transport.SocketOptions;
import dev.gridmate.driver.transport.Transport;
import dev.gridmate.driver.transport.TransportException;
import dev.gridmate.internal.Counters;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The listening side: who is let in, who is turned away, and what to do when the system has no descriptors left. */
final class Acceptor {

    private final StreamSocketDriverConfig config;
    private final Transport transport;
    private final SocketOptions options;
    private final ConnectionTable table;
    private final StreamCore core;
    private final Counters<DriverCounter> counters;
    private final Consumer<String> lastError;
    /** Nanoseconds that a handshake keeps its place in any case; a peer that is there needs a fraction of it. */
    private static final long HANDSHAKE_PATIENCE = 500_000_000L;

    private final Map<InetAddress, Integer> perIp = new HashMap<>();
    private final long retryDelay;

    private InetSocketAddress local;
    private @Nullable Listener listener;
    private boolean ready;
    private boolean watching;
    private long retryAt = Long.MAX_VALUE;

    Acceptor(
            StreamSocketDriverConfig config,
            Transport transport,
            SocketOptions options,
            ConnectionTable table,
            StreamCore core,
            Counters<DriverCounter> counters,
            InetSocketAddress local,
            Consumer<String> lastError) {
        this.config = config;
        this.transport = transport;
        this.options = options;
        this.table = table;
        this.core = core;
        this.counters = counters;
        this.local = local;
        this.lastError = lastError;
        this.retryDelay = config.acceptRetryDelay().toNanos();
    }

    boolean isListening() {
        return listener != null;
    }

    int port() {
        return local.getPort();
    }

    /** Returns where outgoing connections start: from the given interface, and from any port. Null for anywhere. */
    @Nullable
    InetSocketAddress localAddressToConnectFrom() {
        return local.getAddress().isAnyLocalAddress() ? null : new InetSocketAddress(local.getAddress(), 0);
    }

    void listen(int backlog) throws TransportException {
        Listener opened = transport.listen(local, backlog, options);
        // A port that the system chose is kept, so that listening again finds the same one.
        local = new InetSocketAddress(local.getAddress(), opened.localAddress().getPort());
        listener = opened;
        watching = true;
        ready = true;
        retryAt = Long.MAX_VALUE;
    }

    void stop() {
        if (listener != null) {
            listener.close();
            listener = null;
        }
    }

    void onReady() {
        ready = true;
    }

    /** Says whether a place has become free for peers that were left in the backlog. */
    boolean hasRoomAgain() {
        return listener != null && !watching && retryAt == Long.MAX_VALUE && hasPlace() && handshakesFreeAt() == 0;
    }

    /** Says whether there is a place for one more connection. Those that are making their handshake take none yet. */
    boolean hasPlace() {
        return table.size() - core.handshakeCount() < config.maxConnections();
    }

    /** Says whether there are more connections than places, since more than one made its handshake for the last of them. */
    boolean isOverfull() {
        return table.size() - core.handshakeCount() > config.maxConnections();
    }

    /** Returns when a handshake may begin: 0 if there is a place for it now; else when the oldest has to give way. */
    private long handshakesFreeAt() {
        TlsConfig tls = config.tls();
        Connection oldest = core.oldestHandshake();
        return tls == null || oldest == null || core.handshakeCount() < tls.maxHandshakes()
                ? 0
                : oldest.since() + HANDSHAKE_PATIENCE;
    }

    /** Accepts who is waiting, within the budget; returns how many. */
    int accept(long now) {
        Listener open = listener;
        if (open == null) {
            return 0;
        }
        if (retryAt <= now) {
            retryAt = Long.MAX_VALUE;
            ready = true;
        }
        boolean room = config.surplusPolicy() == SurplusPolicy.CLOSE || hasPlace();
        watch(open, room && retryAt == Long.MAX_VALUE && handshakesFreeAt() <= now);
        int accepted = 0;
        while (ready && watching && accepted < config.acceptsPerUpdate()) {
            accepted += acceptOne(open, now);
        }
        return accepted;
    }

    private int acceptOne(Listener open, long now) {
        Endpoint endpoint;
        try {
            endpoint = open.accept();
        } catch (IOException e) {
            onRefused(open, now, e);
            return 0;
        }
        if (endpoint == null) {
            ready = false;
            return 0;
        }
        admit(endpoint);
        if (handshakesFreeAt() > now || (config.surplusPolicy() == SurplusPolicy.LEAVE_IN_BACKLOG && !hasPlace())) {
            watch(open, false);
        }
        return 1;
    }

    // The connection stays in the backlog, so the listener would be ready again at once, for ever: it rests instead.
    // Nothing is logged here: without descriptors, a logger that loads its first class or time zone breaks for good.
    private void onRefused(Listener open, long now, IOException e) {
        lastError.accept("cannot accept: " + e.getMessage());
        counters.add(DriverCounter.ACCEPT_FAILURES, 1);
        ready = false;
        retryAt = now + retryDelay;
        watch(open, false);
    }

    private void admit(Endpoint endpoint) {
        SocketDriverAddress address = table.book().intern(endpoint.remoteAddress());
        boolean known = table.hasEntry(address);
        // One that comes back takes over the place of the one before it, whose end is yet to be told.
        if (!known && (!hasPlace() || isFull(address.ip()))) {
            counters.add(DriverCounter.CONNECTIONS_REJECTED, 1);
            endpoint.close();
            return;
        }
        counters.add(DriverCounter.CONNECTIONS_ACCEPTED, 1);
        perIp.merge(address.ip(), 1, Integer::sum);
        if (known) {
            table.supersede(address, this::onEnded);
        }
        Connection oldest = core.oldestHandshake();
        if (oldest != null && handshakesFreeAt() != 0) {
            oldest.giveWay();
        }
        table.add(Connection.accepted(core, endpoint, address));
    }

    private boolean isFull(InetAddress ip) {
        int limit = config.maxConnectionsPerRemoteIp();
        return limit > 0 && perIp.getOrDefault(ip, 0) >= limit;
    }

    /** A connection is over, and its place is free. */
    void onEnded(Connection connection) {
        if (retryAt != Long.MAX_VALUE) {
            retryAt = 0; // its descriptor may be what was missing
        }
        if (!connection.isOutgoing()) {
            perIp.computeIfPresent(connection.address().ip(), (ip, count) -> count == 1 ? null : count - 1);
        }
    }

    /** Returns the earlier of a time and the time of the next retry. */
    long earlier(long time) {
        if (listener == null) {
            return time;
        }
        long handshakes = handshakesFreeAt();
        return Math.min(time, handshakes == 0 ? retryAt : Math.min(retryAt, handshakes));
    }

    private void watch(Listener open, boolean accept) {
        if (watching != accept) {
            watching = accept;
            ready |= accept;
            open.watch(accept);
        }
    }
}
