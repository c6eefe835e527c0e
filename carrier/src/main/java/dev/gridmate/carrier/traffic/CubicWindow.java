package dev.gridmate.carrier.traffic;

/**
 * The congestion window: slow start, then CUBIC as RFC 9438 has it, with its fast convergence and
 * its region in which it is no slower than Reno. The curve is one of datagrams of the largest size
 * and seconds; sections named below are the RFC's.
 *
 * <pre>
 *   window
 *     peak ┤      ╱│               ____╱   beyond the plateau ever faster
 *          │     ╱ │          ___╱‾
 *     80 % ┤    ╱  │_____╱‾‾‾    ^ k seconds after the reduction: the plateau
 *          │   ╱
 *        1 ┤__╱ slow start
 *          └──────────────────────────────▶ time in which the window was the limit
 * </pre>
 *
 * <p>Two datagrams are the least that a reduction leaves. With one, a lost datagram would have the
 * line to itself until its second is over: the window is full, so no later datagram leaves whose
 * acknowledgement could tell of the loss. The start is one datagram all the same, and a loss then
 * does not make it two: a loss never gives more room.
 */
final class CubicWindow {

    /** The most that may be on its way, in bytes. */
    static final int MAX = 1_000_000;

    private static final double LEAST = 2;

    /**
     * Bytes that a reduction leaves when the network shows no sign of congestion but the loss: 32
     * datagrams of the usual size, where other transports for games have a fixed window of 32 to
     * 64. At 25 % of random loss the curve would always be at its least, and two datagrams a round
     * trip is not a connection.
     */
    private static final double LEAST_WITHOUT_CONGESTION = 32 * 1_372;

    private static final double BETA = 0.2;
    private static final double KEPT = 1 - BETA;
    private static final double C = 0.4;

    /**
     * What Reno would have to add per round to be as fast as one that halves, given that this one
     * keeps 80 % (4.3).
     */
    private static final double RENO_STEP = 3 * BETA / (1 + KEPT);

    /**
     * The target is at most this much of the window, so that one round cannot make it burst (4.2).
     */
    private static final double MOST_GROWTH = 1.5;

    private static final double NANOS_PER_SECOND = 1e9;

    private final double datagram;

    /** In bytes. All that the curve is made of is in datagrams. */
    private double window;

    private double slowStartThreshold = Double.POSITIVE_INFINITY;

    /**
     * The window before the last reduction, the same corrected for convergence, and where the curve
     * flattens.
     */
    private double prior;

    private double peak;
    private double plateau;

    private double k;
    private double reno;

    private boolean isEpoch;
    private long limitedTime;
    private long countedUntil;

    private long limitedAt;
    private long reducedAt;

    CubicWindow(int maxDatagramSize, long now) {
        datagram = maxDatagramSize;
        window = maxDatagramSize;
        limitedAt = now - 1;
        reducedAt = now - 1;
    }

    int bytes() {
        return (int) window;
    }

    /** Whether it was the limit since some time, and is not near its least. */
    boolean canShrink(long since) {
        return limitedAt >= since && window > 2 * LEAST * datagram;
    }

    /** @param inTransfer bytes on their way, this datagram included */
    void onSend(int inTransfer, long now) {
        if (inTransfer >= bytes()) {
            limitedAt = now;
        }
    }

    /**
     * Lets the window grow, if it was the limit while this datagram was on its way: otherwise that
     * the datagram arrived says nothing about how the network takes a full window (5.8, RFC 7661).
     * Nor does one from before the last reduction.
     *
     * <p>A window that already makes a queue does not grow either. A network with a large buffer,
     * and TCP is one, would take a megabyte and lose nothing, and each message would be seconds on
     * its way.
     */
    void onAck(int size, long sentAt, long now, long rtt, boolean isCongested) {
        if (sentAt > limitedAt || sentAt <= reducedAt || (isCongested && window >= leastWithoutCongestion())) {
            return;
        }
        if (window < slowStartThreshold) {
            window = Math.min(window + size, slowStartThreshold);
        } else {
            countLimitedTime(sentAt, now);
            avoidCongestion(size, rtt);
        }
        window = Math.min(window, MAX);
    }

    // The curve is one of time, and time in which the window was not the limit must not count
    // (4.2): after a quiet minute it would be at its steepest. What counts is the flight of
    // datagrams that met a full window, once.
    private void countLimitedTime(long sentAt, long now) {
        if (!isEpoch) {
            beginEpoch(sentAt);
        }
        limitedTime += now - Math.max(countedUntil, sentAt);
        countedUntil = now;
    }

    private void beginEpoch(long sentAt) {
        isEpoch = true;
        limitedTime = 0;
        countedUntil = sentAt;
        double start = window / datagram;
        plateau = Math.max(peak, start);
        k = Math.cbrt((plateau - start) / C);
        reno = start;
    }

    private void avoidCongestion(int size, long rtt) {
        double share = size / window;
        reno += (reno < prior ? RENO_STEP : 1) * share;
        if (curve(limitedTime) < reno) {
            window = Math.max(window, reno * datagram);
        } else {
            double target = Math.min(curve(limitedTime + rtt) * datagram, window * MOST_GROWTH);
            window += Math.max(0, target - window) * share;
        }
    }

    private double leastWithoutCongestion() {
        return Math.max(LEAST_WITHOUT_CONGESTION, LEAST * datagram);
    }

    private double curve(long time) {
        double t = time / NANOS_PER_SECOND - k;
        return C * t * t * t + plateau;
    }

    /**
     * Makes the window smaller, once for all that was on its way at that moment: when a queue
     * overflows it loses many datagrams for one reason.
     */
    void onLost(long sentAt, long now, boolean isCongested) {
        if (sentAt <= reducedAt) {
            return;
        }
        reducedAt = now;
        prior = window / datagram;
        // One that did not get back to its peak gives way to a newcomer (4.7).
        peak = prior < peak ? prior * (1 + KEPT) / 2 : prior;
        double least = isCongested ? LEAST * datagram : leastWithoutCongestion();
        slowStartThreshold = Math.min(Math.max(window * KEPT, least), MAX);
        window = Math.min(window, slowStartThreshold);
        isEpoch = false;
    }
}
