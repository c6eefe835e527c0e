package dev.gridmate.driver;

import dev.gridmate.driver.stream.Connection;
import dev.gridmate.driver.stream.StreamCore;
import dev.gridmate.driver.transport.Endpoint;
import dev.gridmate.driver.transport.Listener;
import dev.gridmate.driver.transport.TransportException;
import dev.gridmate.internal.Counters;
import java.io.IOException;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The listening side: which peers are let in or turned away, and what to do when the system has no
 * descriptors left.
 */
final class Acceptor {

    private final StreamSocketDriverConfig config;
    private final LocalSide local;
    private final ConnectionTable table;
    private final StreamCore core;
    private final Counters<DriverCounter> counters;
    private final DriverLife<?> life;
    private final Map<InetAddress, Integer> perIp = new HashMap<>();
    private final long retryDelay;

    private @Nullable Listener listener;
    private boolean ready;
    private boolean watching;
    private long retryAt = Long.MAX_VALUE;

    Acceptor(
            StreamSocketDriverConfig config,
            LocalSide local,
            ConnectionTable table,
            StreamCore core,
            Counters<DriverCounter> counters,
            DriverLife<?> life) {
        this.config = config;
        this.local = local;
        this.table = table;
        this.core = core;
        this.counters = counters;
        this.life = life;
        this.retryDelay = config.loop().acceptRetryDelay().toNanos();
    }

    boolean isListening() {
        return listener != null;
    }

    void listen(int backlog) throws TransportException {
        if (isListening()) {
            throw new IllegalStateException(
                    "the driver is listening already on port " + local.port() + ": call stopListen first");
        }
        Listener opened = local.listen(backlog);
        opened.attach(this::onReady);
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

    private int onReady() {
        ready = true;
        return 0; // accepting is work, and it is bounded: see accept
    }

    /** {@return true if a place has become free for peers that were left in the backlog} */
    boolean hasRoomAgain() {
        return listener != null && !watching && retryAt == Long.MAX_VALUE && hasPlace() && core.handshakesFreeAt() == 0;
    }

    /** {@return how many connections there may be} */
    int places() {
        return config.limits().maxConnections();
    }

    /**
     * {@return true if there is a place for one more connection} Those that are making their
     * handshake take none yet.
     */
    boolean hasPlace() {
        return table.size() - core.handshakeCount() < places();
    }

    /**
     * {@return true if there are more connections than places, as several have made their handshake
     * for the last one}
     */
    boolean isOverfull() {
        return table.size() - core.handshakeCount() > places();
    }

    /** Accepts peers that wait, within the budget; returns how many. */
    int accept(long now) {
        Listener open = listener;
        if (open == null) {
            return 0;
        }
        if (retryAt <= now) {
            retryAt = Long.MAX_VALUE;
            ready = true;
        }
        boolean room = config.policies().surplus() == SurplusPolicy.CLOSE || hasPlace();
        watch(open, room && retryAt == Long.MAX_VALUE && core.handshakesFreeAt() <= now);
        int accepted = 0;
        while (ready && watching && accepted < config.loop().acceptsPerUpdate() && mayGoOn(accepted)) {
            accepted += acceptOne(open, now);
        }
        return accepted;
    }

    // One newcomer has its turn in each update, whatever those inside ask for.
    private boolean mayGoOn(int accepted) {
        return accepted == 0 || !core.budget().isSpent();
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
        if (core.handshakesFreeAt() > now
                || (config.policies().surplus() == SurplusPolicy.LEAVE_IN_BACKLOG && !hasPlace())) {
            watch(open, false);
        }
        return 1;
    }

    // The connection stays in the backlog, so the listener would be ready again at once, for ever:
    // it rests instead. Nothing is logged here: without descriptors, a logger that loads its first
    // class or time zone breaks for good.
    private void onRefused(Listener open, long now, IOException e) {
        life.lastError("cannot accept: " + e.getMessage());
        counters.add(DriverCounter.ACCEPT_FAILURES, 1);
        ready = false;
        retryAt = now + retryDelay;
        watch(open, false);
    }

    private void admit(Endpoint endpoint) {
        SocketDriverAddress address = table.book().intern(endpoint.remoteAddress());
        boolean known = table.hasEntry(address);
        // One that comes back takes over the place of the one before it, whose end is yet to be
        // told.
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
        core.makePlaceForHandshake();
        table.add(core.accepted(endpoint, address));
    }

    private boolean isFull(InetAddress ip) {
        int limit = config.limits().maxConnectionsPerRemoteIp();
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

    /** {@return the earlier of a time and the time of the next retry} */
    long earlier(long time) {
        if (listener == null) {
            return time;
        }
        long handshakes = core.handshakesFreeAt();
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
