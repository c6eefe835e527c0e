package dev.gridmate.carrier;

import org.jspecify.annotations.Nullable;

/**
 * The end of a connection: why, until when what was sent may still be confirmed, when the end is
 * said again, and when the connection is forgotten. All times are nanoseconds.
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

    private CarrierDisconnectReason reason = ASKED_FOR;
    private @Nullable DisconnectNotice notice;
    private boolean isDraining;
    private long drainUntil;
    private long sayAgain;
    private long forgetAt;
    private boolean isByPeer;
    private boolean isForgotten;

    CarrierDisconnectReason reason() {
        return reason;
    }

    // ------------------------------------------------------------ draining

    /**
     * The connection is to end when everything is confirmed, or then; said again, the earlier time
     * counts.
     */
    void drain(long until, @Nullable DisconnectNotice says) {
        drainUntil = isDraining ? Math.min(drainUntil, until) : until;
        isDraining = true;
        notice = says == null ? notice : says;
        reason = askedFor(notice);
    }

    /** {@return the reason when this program ends a connection} */
    static CarrierDisconnectReason askedFor(@Nullable DisconnectNotice notice) {
        return ASKED_FOR.saying(notice);
    }

    /** {@return what the peer will be told when everything is confirmed; null for nothing} */
    @Nullable
    DisconnectNotice notice() {
        return notice;
    }

    boolean isDraining() {
        return isDraining;
    }

    boolean isDrained(boolean isAllConfirmed, long now) {
        return isDraining && (isAllConfirmed || now >= drainUntil);
    }

    long drainUntil() {
        return drainUntil;
    }

    // ------------------------------------------------------------ telling the peer

    /** The peer is being told. */
    void begin(CarrierDisconnectReason why, long now, long rtt) {
        isDraining = false;
        reason = why;
        forgetAt = now + LINGER;
        onSaid(now, rtt);
    }

    void onSaid(long now, long rtt) {
        sayAgain = now + Math.max(SAY_AGAIN_MIN, Math.min(SAY_AGAIN_MAX, 2 * rtt));
    }

    boolean isToBeSaidAgain(long now) {
        return now >= sayAgain;
    }

    long nextSaying() {
        return Math.min(sayAgain, forgetAt);
    }

    /** The peer has ended the connection, and waits for an answer. */
    void onPeerEnded() {
        isByPeer = true;
    }

    boolean isByPeer() {
        return isByPeer;
    }

    // ------------------------------------------------------------ being forgotten

    /** The connection is over for the program. */
    void onOver(CarrierDisconnectReason why, long now) {
        isDraining = false;
        reason = why;
        forgetAt = Math.max(forgetAt, now + LINGER);
    }

    boolean isTimeToForget(long now) {
        return now >= forgetAt;
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
