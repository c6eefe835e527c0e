package dev.gridmate.carrier;

import dev.gridmate.carrier.link.Outbound;
import dev.gridmate.carrier.traffic.TrafficControl;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The end of a connection: why, how the peer is told, until when what was sent may still be
 * acknowledged, and when the connection is forgotten. The first reason stays. All times are
 * nanoseconds.
 */
final class Ending {

    private static final CarrierDisconnectReason ASKED_FOR =
            new CarrierDisconnectReason(CarrierDisconnectReason.Code.USER_REQUESTED, "this program asked for it");

    /**
     * How long the end of a connection is acknowledged and repeated before it is forgotten: the
     * original's time.
     */
    private static final long LINGER = 500 * CarrierTime.MILLISECOND;

    /**
     * The end is said again so often, at the most, until the peer answers: not all of it can be
     * lost.
     */
    private static final long SAY_AGAIN_MIN = 50 * CarrierTime.MILLISECOND;

    private static final long SAY_AGAIN_MAX = 150 * CarrierTime.MILLISECOND;
    private static final long NEVER = Long.MAX_VALUE;

    private final Attempt attempt;
    private final Outbound out;
    private final TrafficControl.Flow flow;
    private final CarrierTime clock;
    private final Agenda.Entry entry;
    private final Consumer<CarrierDisconnectReason> onOver;

    private CarrierDisconnectReason reason = ASKED_FOR;
    private @Nullable DisconnectNotice notice;
    private long drainUntil = NEVER;
    private boolean hasBegun;
    private long sayAgain;
    private boolean isOver;
    private boolean isByPeer;
    private long forgetAt;
    private boolean isForgotten;

    /**
     * @param entry is woken when there is something to do
     * @param onOver hears when the connection is over for the program, and why
     */
    Ending(
            Attempt attempt,
            Outbound out,
            TrafficControl.Flow flow,
            CarrierTime clock,
            Agenda.Entry entry,
            Consumer<CarrierDisconnectReason> onOver) {
        this.attempt = attempt;
        this.out = out;
        this.flow = flow;
        this.clock = clock;
        this.entry = entry;
        this.onOver = onOver;
    }

    /** {@return where the connection is; one that drains is still connecting, or connected} */
    ConnectionState state() {
        if (isOver) {
            return ConnectionState.DISCONNECTED;
        }
        if (hasBegun) {
            return ConnectionState.DISCONNECTING;
        }
        return attempt.hasSucceeded() ? ConnectionState.CONNECTED : ConnectionState.CONNECTING;
    }

    CarrierDisconnectReason reason() {
        return reason;
    }

    boolean isOver() {
        return isOver;
    }

    // ------------------------------------------------------------ from this side

    /** {@return the reason when this program ends a connection} */
    static CarrierDisconnectReason askedFor(@Nullable DisconnectNotice notice) {
        return ASKED_FOR.saying(notice);
    }

    /** Begins to end the connection because the program says so, with what it has to say. */
    void disconnect(@Nullable DisconnectNotice says) {
        disconnect(askedFor(says), says);
    }

    /** Begins to end the connection: the peer is told, and its answer is awaited. */
    void disconnect(CarrierDisconnectReason why, @Nullable DisconnectNotice says) {
        if (hasBegun || isOver) {
            return;
        }
        if (attempt.waitsForPredecessor()) {
            vanish(why);
            return;
        }
        drainUntil = NEVER;
        hasBegun = true;
        reason = why;
        forgetAt = clock.now() + LINGER;
        onSaid(clock.now());
        out.onGivenUp();
        out.disconnect(why.code().number(), says);
        entry.wake();
    }

    /**
     * Ends the connection when everything that was sent is acknowledged, or the time is over; said
     * again, the earlier time.
     */
    void disconnectWhenDrained(long linger, @Nullable DisconnectNotice says) {
        if (!hasBegun && !isOver) {
            drainUntil = Math.min(drainUntil, clock.now() + linger);
            notice = says == null ? notice : says;
            reason = askedFor(notice);
            entry.wake();
        }
    }

    /**
     * The carrier closes: the end leaves in the next datagram, the last. A peer that was told is
     * told again, and one that was to be told when all is acknowledged hears what it was to hear.
     */
    void sayGoodbye(CarrierDisconnectReason why, DisconnectNotice says) {
        if (isDraining()) {
            disconnect(reason, notice);
        } else {
            disconnect(why, says);
        }
        out.disconnect(reason.code().number());
    }

    /** The peer is not there, or is refused: it is told, but not waited for. */
    void giveUp(CarrierDisconnectReason because, @Nullable DisconnectNotice says) {
        CarrierDisconnectReason why = because.saying(says);
        if (attempt.waitsForPredecessor()) {
            vanish(why);
            return;
        }
        out.onGivenUp();
        out.disconnect(why.code().number(), says);
        over(first(why));
    }

    /**
     * The driver's connection underneath is gone, or the carrier is closing: nobody can be told
     * anything any longer. Or this one still waits for its predecessor, so that nobody has heard of
     * it, and the place is to be free for another.
     */
    void vanish(CarrierDisconnectReason why) {
        if (!isOver) {
            over(first(why));
        }
        forget();
        entry.wake();
    }

    private CarrierDisconnectReason first(CarrierDisconnectReason why) {
        return hasBegun ? reason : why;
    }

    // ------------------------------------------------------------ from the other side

    /** The peer ends it. */
    void onDisconnect(int code, ByteBuffer between) {
        if (isOver) {
            // The answer is lost, or this side began and the two ends crossed: then nobody waits
            // for an answer.
            if (isByPeer) {
                out.disconnect(code);
            }
        } else if (hasBegun) {
            over(reason.crossedBy(between));
        } else {
            out.onGivenUp();
            out.disconnect(code);
            isByPeer = true;
            over(CarrierDisconnectReason.ofPeer(code, between));
        }
    }

    /** The connection is over for the program; the peer may still be told. */
    void over(CarrierDisconnectReason why) {
        drainUntil = NEVER;
        isOver = true;
        reason = why;
        forgetAt = Math.max(forgetAt, clock.now() + LINGER);
        entry.wake();
        onOver.accept(why);
    }

    // ------------------------------------------------------------ the passing of time

    /** Begins to end a connection that drains, if it is time; {@return true if so} */
    boolean beginIfDrained(long now) {
        if (isDraining() && (out.isDrained() || now >= drainUntil)) {
            disconnect(reason, notice);
            return true;
        }
        return false;
    }

    /** Says the end again, and forgets the connection, when it is time. */
    void update(long now) {
        if (isOver && now >= forgetAt) {
            forget();
        } else if (hasBegun && !isOver && now >= forgetAt) {
            over(reason);
        } else if (hasBegun && !isOver && now >= sayAgain) {
            out.disconnect(reason.code().number());
            onSaid(now);
        }
    }

    private void onSaid(long now) {
        sayAgain = now + Math.max(SAY_AGAIN_MIN, Math.min(SAY_AGAIN_MAX, 2 * flow.rtt()));
    }

    boolean isDraining() {
        return drainUntil != NEVER;
    }

    /** {@return when its end begins at the latest: a given time, or before if it drains} */
    long drainedBy(long time, long now) {
        return isDraining() ? Math.min(time, out.isDrained() ? now : drainUntil) : time;
    }

    long nextSaying() {
        return Math.min(sayAgain, forgetAt);
    }

    long forgetAt() {
        return forgetAt;
    }

    void forget() {
        isForgotten = true;
    }

    boolean isForgotten() {
        return isForgotten;
    }
}
