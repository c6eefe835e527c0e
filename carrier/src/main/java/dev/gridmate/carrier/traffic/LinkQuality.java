package dev.gridmate.carrier.traffic;

import java.util.Locale;

/**
 * Round trip time and loss of one connection, smoothed, and the judgement on them.
 *
 * <p>The loss is a share of two counts, of lost datagrams and of all whose fate is known, each of which forgets a quarter
 * of itself per second. So a second weighs as much as happened in it, which an average of the seconds' shares would not give:
 * there, a second with two datagrams, both lost, is as bad as one with two thousand. For the same reason too few datagrams
 * are not judged. An idle link has about 10 a second, and with 20 known fates two losses are a tenth, no matter how they fall.
 */
final class LinkQuality {

    private static final double REMEMBERED = 0.75;
    private static final double LEAST_JUDGED = 20;
    private static final int BAD_SECONDS = 3;
    private static final double CLEARED = 0.9;
    /** Seconds after which a shorter way that was used before no longer counts. */
    private static final int LEAST_PERIOD = 10;

    /** Such periods, after which what looked like a queue is taken for a longer way. */
    private static final int LONGEST_QUEUE = 6;

    private static final double RADIO_LOSS = 0.3;

    /** What two programs that poll every 30 ms, and acknowledge after 15 ms, add to a round trip at times. */
    private static final long POLLING = 100_000_000;

    private static final float NANOS_PER_MILLI = 1_000_000;

    private final float rttLimit;
    private final float lossLimit;
    private long rtt;
    /** The shortest round trip of this period and of the one before it. */
    private long leastNow = Long.MAX_VALUE;

    private long leastBefore = Long.MAX_VALUE;
    private long secondsLeft = LEAST_PERIOD;
    private int queueingPeriods;
    private double lost;
    private double known;
    private long judgedFrom = Long.MAX_VALUE;
    private int badSeconds;

    /** @param rttLimit in nanoseconds; infinity is no limit, here and for the loss */
    LinkQuality(float rttLimit, float lossLimit) {
        this.rttLimit = rttLimit;
        this.lossLimit = lossLimit;
    }

    void onHandshakeComplete(long now) {
        judgedFrom = now;
    }

    /** Says whether the fate of a datagram tells about the link: not if it left before the handshake was over. */
    boolean isJudged(long sentAt) {
        return sentAt >= judgedFrom;
    }

    /** Takes a measurement as RFC 6298 does. No number is ever sent twice, so that each one can be trusted. */
    void onAck(boolean isPrompt, long sentAt, long now) {
        long sample = Math.max(1, now - sentAt); // 0 says that there was none
        // What took its time says no more than that it was no longer; but on an idle link, nothing else would ever say
        // that a
        // bad time is over.
        if (isPrompt || sample < rtt) {
            rtt = rtt == 0 ? sample : rtt + (sample - rtt) / 8;
            leastNow = Math.min(leastNow, sample);
        }
        if (isJudged(sentAt)) {
            known++;
        }
    }

    void onLost(long sentAt) {
        if (isJudged(sentAt)) {
            known++;
            lost++;
        }
    }

    /**
     * Seconds are over. However many there were since the last call, they are judged as one: nothing was measured in them
     * while the program stood still.
     *
     * @param canSlowDown whether this side filled its window, and the window may still become smaller: then the losses may be of
     *     its own making, and say that it is to slow down, not that the link is bad
     */
    void onSeconds(long seconds, boolean canSlowDown) {
        secondsLeft -= seconds;
        if (secondsLeft <= 0) {
            secondsLeft = LEAST_PERIOD;
            // While there is a queue, all that was measured is its length: taken for the way's, it would make the
            // losses of
            // that very queue look like those of a bad line. But no queue lasts for ever: after a minute the way is
            // longer.
            queueingPeriods = isQueueing() ? queueingPeriods + 1 : 0;
            if (queueingPeriods % LONGEST_QUEUE == 0) {
                leastBefore = leastNow;
                leastNow = Long.MAX_VALUE;
            }
        }
        double factor = canSlowDown ? rtt / rttLimit : factor();
        if (factor > 1) {
            badSeconds = Math.min(badSeconds + 1, BAD_SECONDS);
        } else if (badSeconds < BAD_SECONDS || factor < CLEARED) {
            badSeconds = 0;
        }
        double kept = Math.pow(REMEMBERED, (double) seconds);
        lost *= kept;
        known *= kept;
    }

    /**
     * A threshold below 1 is asked for when another connection has just died. Whether the network died with it is to be
     * known now: in three seconds each connection will have timed out on its own. So the present values count.
     */
    boolean isBad(float threshold) {
        double factor = factor();
        return threshold < 1 ? factor > threshold : badSeconds == BAD_SECONDS && factor >= CLEARED * threshold;
    }

    /**
     * Says whether losses look like those of a network that gets more than it can carry: a queue on the way makes the round
     * trip longer before it overflows, and where there is no queue, most of what is too much is lost. Radio loses a share of
     * everything, and does neither.
     */
    boolean isCongested() {
        return loss() > RADIO_LOSS || isQueueing();
    }

    private boolean isQueueing() {
        long least = Math.min(leastNow, leastBefore);
        return least != Long.MAX_VALUE && rtt > 2 * least + POLLING;
    }

    /** Returns how near the worse of the two is to its limit; 1 is the limit. */
    double factor() {
        return Math.max(rtt / rttLimit, loss() / lossLimit);
    }

    /** {@return what is worse, round trip time or loss, and its limit, in words} */
    String describe() {
        return rtt / rttLimit >= loss() / lossLimit
                ? String.format(
                        Locale.ROOT,
                        "a round trip takes %,.0f ms, the limit is %,.0f ms",
                        rttMillis(),
                        rttLimit / NANOS_PER_MILLI)
                : String.format(
                        Locale.ROOT,
                        "%.0f %% of the datagrams are lost, the limit is %.0f %%",
                        loss() * 100,
                        lossLimit * 100);
    }

    double loss() {
        return known < LEAST_JUDGED ? 0 : lost / known;
    }

    /** Returns nanoseconds; 0 before the first acknowledgement. */
    long rtt() {
        return rtt;
    }

    float rttMillis() {
        return rtt / NANOS_PER_MILLI;
    }
}
