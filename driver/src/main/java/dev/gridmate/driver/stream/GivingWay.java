package dev.gridmate.driver.stream;

import dev.gridmate.internal.DeadlineHeap;
import org.jspecify.annotations.Nullable;

/**
 * Which accepted connection gives way when there are no places left: one that has proved nothing
 * yet, of the network with most of them. Those that have are never moved by a newcomer.
 */
public final class GivingWay {
    /**
     * Nanoseconds that a handshake keeps its place in any case; a peer that is there needs a
     * fraction of it.
     */
    private static final long HANDSHAKE_PATIENCE = 500_000_000L;

    /**
     * Nanoseconds that an announced connection keeps its place without a packet in any case; a
     * program that greets, or logs in, does so in a fraction of it.
     */
    private static final long SILENCE_PATIENCE = 5_000_000_000L;

    private final StreamContext context;
    private final Turns<Connection> turns;

    GivingWay(StreamContext context, Turns<Connection> turns) {
        this.context = context;
        this.turns = turns;
    }

    /**
     * {@return how many addresses have nothing but a connection that is still making its handshake}
     */
    public int handshakeCount() {
        return turns.handshakes.first();
    }

    /**
     * {@return when a handshake may begin: 0 if there is a place for it now, or one can be made;
     * else when the oldest has to give way}
     */
    public long handshakesFreeAt() {
        Connection oldest = turns.handshakes.oldestOfMost();
        return oldest == null || turns.handshakes.size() < context.handshakeLimits.most() || turns.handshakes.most() > 1
                ? 0
                : oldest.since() + HANDSHAKE_PATIENCE;
    }

    /**
     * Makes a place for the handshake of a newcomer, if there is none: the network with most of
     * them gives one back. {@return false if each has one, and the oldest has not had its time}
     */
    public boolean makePlaceForHandshake() {
        return turns.handshakes.size() < context.handshakeLimits.most() || freeHandshake();
    }

    /**
     * Makes a place for one more connection, if there is one that was accepted a while ago and has
     * sent no packet; {@return true if it gave way}
     */
    public boolean makePlace() {
        Connection oldest = silentForLong();
        if (oldest != null) {
            oldest.ending().giveWay();
        }
        return oldest != null;
    }

    /** {@return true if {@link #makePlace} would make one} */
    public boolean canMakePlace() {
        return silentForLong() != null;
    }

    /**
     * {@return when {@link #makePlace} may make one; {@link DeadlineHeap#NEVER} if nobody is
     * silent}
     */
    public long placeFreeAt() {
        Connection oldest = turns.silent.oldestOfMost();
        return oldest == null ? DeadlineHeap.NEVER : oldest.since() + SILENCE_PATIENCE;
    }

    private @Nullable Connection silentForLong() {
        Connection oldest = turns.silent.oldestOfMost();
        return oldest != null && isOlderThan(oldest, SILENCE_PATIENCE) ? oldest : null;
    }

    /** Ends a handshake, if one can give way; {@return true if so} */
    public boolean freeHandshake() {
        Connection oldest = turns.handshakes.oldestOfMost();
        if (oldest == null || (turns.handshakes.most() == 1 && !isOlderThan(oldest, HANDSHAKE_PATIENCE))) {
            return false;
        }
        oldest.ending().giveWay();
        return true;
    }

    private boolean isOlderThan(Connection connection, long nanos) {
        return context.now - connection.since() >= nanos;
    }
}
