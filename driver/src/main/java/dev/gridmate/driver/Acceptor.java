package dev.gridmate.driver;

import dev.gridmate.driver.stream.Connection;
import dev.gridmate.driver.stream.GivingWay;
import dev.gridmate.driver.stream.StreamCore;
import dev.gridmate.driver.transport.Endpoint;
import dev.gridmate.driver.transport.Listener;
import dev.gridmate.driver.transport.TransportException;
import dev.gridmate.internal.Counters;
import java.io.IOException;
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
    private final GivingWay givingWay;
    private final Counters<DriverCounter> counters;
    private final DriverLife<?> life;
    private final RemoteIps remoteIps;

    /** Connections whose place was given to a newcomer, and whose end is not told yet. */
    private int leaving;

    private final long retryDelay;

    private @Nullable Listener listener;
    private boolean ready;
    private boolean watching;
    private long retryAt = Long.MAX_VALUE;

    /** When somebody gives way to those that wait in the backlog; only if that is to come. */
    private long roomAt = Long.MAX_VALUE;

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
        this.givingWay = core.givingWay();
        this.counters = counters;
        this.life = life;
        this.remoteIps = new RemoteIps(config.limits());
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
        core.notices().listening();
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
        return listener != null
                && !watching
                && retryAt == Long.MAX_VALUE
                && hasPlace()
                && givingWay.handshakesFreeAt() == 0;
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
        return taken() < places();
    }

    /**
     * {@return true if there are more connections than places, as several have made their handshake
     * for the last one}
     */
    boolean isOverfull() {
        return taken() > places();
    }

    private int taken() {
        return table.size() - givingWay.handshakeCount() - leaving;
    }

    /** Makes a place if one that has sent nothing for long can give way; {@return true if so} */
    boolean makePlace() {
        boolean made = givingWay.makePlace();
        leaving += made ? 1 : 0;
        return made;
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
        boolean room = config.policies().surplus() == SurplusPolicy.CLOSE || hasPlace() || givingWay.canMakePlace();
        watch(open, room && retryAt == Long.MAX_VALUE && givingWay.handshakesFreeAt() <= now);
        int accepted = 0;
        while (ready && watching && accepted < config.loop().acceptsPerUpdate() && mayGoOn(accepted)) {
            accepted += acceptOne(open, now);
        }
        long free = givingWay.handshakesFreeAt();
        boolean isFull = !watching && config.policies().surplus() == SurplusPolicy.LEAVE_IN_BACKLOG && !hasPlace();
        long place = isFull ? givingWay.placeFreeAt() : Long.MAX_VALUE;
        // What is past already waits for something else, which has a time of its own.
        roomAt = Math.min(free > now ? free : Long.MAX_VALUE, place > now ? place : Long.MAX_VALUE);
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
        admit(endpoint, now);
        if (givingWay.handshakesFreeAt() > now
                || (config.policies().surplus() == SurplusPolicy.LEAVE_IN_BACKLOG
                        && !hasPlace()
                        && !givingWay.canMakePlace())) {
            watch(open, false);
        }
        return 1;
    }

    // The connection stays in the backlog, so the listener would be ready again at once, for ever:
    // it rests instead. Without descriptors, a logger that loads its first class or time zone
    // breaks for good: so the journal was made ready before.
    private void onRefused(Listener open, long now, IOException e) {
        life.lastError("cannot accept: " + e.getMessage());
        core.notices().cannotAccept(String.valueOf(e.getMessage()));
        counters.add(DriverCounter.ACCEPT_FAILURES, 1);
        ready = false;
        retryAt = givingWay.freeHandshake() || makePlace() ? now : now + retryDelay;
        watch(open, false);
    }

    private void admit(Endpoint endpoint, long now) {
        if (remoteIps.isTooFast(endpoint.remoteAddress().getAddress(), now)) {
            counters.add(DriverCounter.CONNECTS_THROTTLED, 1);
            endpoint.abort(); // a close in order would leave the system something to remember
            return;
        }
        SocketDriverAddress address = table.book().intern(endpoint.remoteAddress());
        boolean known = table.hasEntry(address);
        // One that comes back takes over the place of the one before it, whose end is yet to be
        // told.
        boolean welcome = known || (!remoteIps.isFull(address.ip()) && (hasPlace() || mayHavePlace(endpoint)));
        if (!welcome || !givingWay.makePlaceForHandshake()) {
            counters.add(DriverCounter.CONNECTIONS_REJECTED, 1);
            endpoint.close();
            return;
        }
        counters.add(DriverCounter.CONNECTIONS_ACCEPTED, 1);
        remoteIps.onAccepted(address.ip());
        if (known) {
            table.supersede(address, endpoint, this::onEnded);
        }
        table.add(core.accepted(endpoint, address));
    }

    // With a handshake to make it has proved nothing yet: others make place when it has.
    private boolean mayHavePlace(Endpoint newcomer) {
        return newcomer.hasHandshake() ? givingWay.canMakePlace() : makePlace();
    }

    /** A connection is over, and its place is free. */
    void onEnded(Connection connection) {
        if (retryAt != Long.MAX_VALUE) {
            retryAt = 0; // its descriptor may be what was missing
        }
        if (!connection.isOutgoing()) {
            remoteIps.onEnded(connection.address().ip());
        }
        if (connection.ending().gaveWay() && connection.wasAnnounced()) {
            leaving--;
        }
    }

    /** {@return the earlier of a time and the time of the next retry} */
    long earlier(long time) {
        if (listener == null) {
            return time;
        }
        return Math.min(time, Math.min(retryAt, roomAt));
    }

    private void watch(Listener open, boolean accept) {
        if (watching != accept) {
            watching = accept;
            ready |= accept;
            open.watch(accept);
        }
    }
}
