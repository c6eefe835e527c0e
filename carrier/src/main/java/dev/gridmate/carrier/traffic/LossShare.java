package dev.gridmate.carrier.traffic;

/**
 * The share of datagrams that are lost, and whether it is above its limit.
 *
 * <p>It is the quotient of two counts: datagrams that were lost, and datagrams whose fate is known.
 * Each count forgets a quarter of itself per second. So the weight of a second is the number of
 * datagrams in it. An average of the loss of each second would be worse: a second with two
 * datagrams, both lost, would count as much as one with two thousand.
 *
 * <p>A few datagrams say little. On a line that loses a fifth of everything, the ten datagrams a
 * second of an idle connection often look like a third lost. So the share must be above the limit
 * by more than chance explains:
 *
 * <pre>
 *   limit + 4 * sqrt(limit * (1 - limit) / n)       n: the datagrams that count, all weights alike
 *
 *   0.3:  0.52 at 10 datagrams a second, 0.39 at 60, 0.32 at 1,000
 * </pre>
 */
final class LossShare {

    private static final double REMEMBERED = 0.75;

    /** With fewer, no share is told. */
    private static final double LEAST_KNOWN = 20;

    /** Standard deviations. A verdict is given each second, for hours, on thousands of lines. */
    private static final double CERTAINTY = 4;

    /** When so many of the newest datagrams were acknowledged, each of them, the line works now. */
    private static final int NEWEST = 10;

    private final float limit;

    // Sums of weights, and the sum of their squares: what chance makes of the share depends on it.
    private double lost;
    private double known;
    private double squares;

    // Of the second that runs.
    private int lostNow;
    private int knownNow;

    private int newestAcknowledged;

    /** @param limit 0 to 1; infinity for none */
    LossShare(float limit) {
        this.limit = limit;
    }

    void onAcknowledged() {
        onKnown();
        newestAcknowledged++;
    }

    /** A later datagram was acknowledged before this one. */
    void onMissing() {
        newestAcknowledged = 0;
    }

    void onLost() {
        onKnown();
        lost++;
        lostNow++;
        newestAcknowledged = 0;
    }

    private void onKnown() {
        known++;
        squares++;
        knownNow++;
    }

    /**
     * Seconds are over, of which something happened in the first one at most.
     *
     * @return true if too much was lost, in what is remembered as in this second
     */
    boolean endSeconds(long seconds) {
        boolean isBad = factor() > 1 && lostNow > limit * knownNow && newestAcknowledged < NEWEST;
        double kept = Math.pow(REMEMBERED, (double) seconds);
        lost *= kept;
        known *= kept;
        squares *= kept * kept;
        lostNow = 0;
        knownNow = 0;
        return isBad;
    }

    /** {@return 0 to 1; 0 while too little is known} */
    double share() {
        return known < LEAST_KNOWN ? 0 : lost / known;
    }

    /** {@return the share in proportion to what it must exceed} */
    double factor() {
        return share() / (limit + chance());
    }

    private double chance() {
        double variance = Math.max(0, limit * (1 - limit));
        return known == 0 ? 0 : CERTAINTY * Math.sqrt(variance * squares) / known;
    }
}
