package dev.gridmate.carrier.traffic;

import java.util.Locale;

/**
 * Round trip time and loss of one connection, smoothed, and the verdict on them. Times are in
 * nanoseconds.
 *
 * <p>A second is judged by what happened in it. While the peer acknowledges nothing, nothing is
 * judged, and what was on its way meanwhile says nothing about the line: that it was not
 * acknowledged, or late, says only that the peer stood still or was cut off, and there is a timeout
 * for that.
 */
final class LinkQuality {

    /**
     * A peer that acknowledges nothing for so long is silent. It does so each 100 ms, as something
     * is sent to it so often; where half of that is lost, this happens by chance every few seconds.
     */
    private static final long SILENCE = 500_000_000;

    private static final int BAD_SECONDS = 3;
    private static final double CLEARED = 0.9;

    /**
     * Seconds after which the shortest round trip is measured anew: the path may have become
     * longer.
     */
    private static final int LEAST_PERIOD = 10;

    /** Periods after which a round trip that looked like a queue is taken for a longer path. */
    private static final int LONGEST_QUEUE = 6;

    private static final double RADIO_LOSS = 0.3;

    /**
     * What two programs add to a round trip at times if they poll every 30 ms and acknowledge after
     * 15 ms.
     */
    private static final long POLLING = 100_000_000;

    private static final float NANOS_PER_MILLI = 1_000_000;

    private final float rttLimit;
    private final float lossLimit;
    private final LossShare losses;
    private long rtt;
    private long rttVariance;

    /** The shortest round trip of this period and of the one before it. */
    private long leastNow = Long.MAX_VALUE;

    private long leastBefore = Long.MAX_VALUE;
    private long secondsLeft = LEAST_PERIOD;
    private int queueingPeriods;
    private long judgedFrom = Long.MAX_VALUE;
    private long lastAck;
    private long silentUntil = Long.MIN_VALUE;
    private int badSeconds;

    /**
     * @param rttLimit in nanoseconds; infinity means that there is no limit, here and for the loss
     */
    LinkQuality(float rttLimit, float lossLimit, long now) {
        this.rttLimit = rttLimit;
        this.lossLimit = lossLimit;
        losses = new LossShare(lossLimit);
        lastAck = now;
    }

    void onHandshakeComplete(long now) {
        judgedFrom = now;
    }

    private boolean isSilent(long now) {
        return now - lastAck >= SILENCE;
    }

    // A peer whose program updates once a second is silent most of the time. Then that is how the
    // line is: of two silences in a row only one is an excuse.
    private void endSilence(long now) {
        if (isSilent(now) && lastAck != silentUntil) {
            silentUntil = now;
        }
        lastAck = now;
    }

    /**
     * {@return true if the fate of a datagram counts: it does not if it was sent before the end of
     * the handshake, or before the end of a silence}
     */
    boolean isJudged(long sentAt) {
        return sentAt >= judgedFrom && sentAt >= silentUntil;
    }

    /**
     * Takes a measurement as RFC 6298 does. No number is ever sent twice, so every measurement is
     * valid.
     */
    void onAck(boolean isPrompt, long sentAt, long now) {
        endSilence(now);
        long sample = Math.max(1, now - sentAt); // 0 means that there was none
        // An acknowledgement that may have waited for data only says that the round trip was not
        // longer. But on an idle link there is no other sign that a bad time is over. One that
        // waited for the end of a silence says no more.
        boolean isExact = isPrompt && (rtt == 0 || sentAt >= silentUntil);
        if (isExact || sample < rtt) {
            // As RFC 6298 has it: a quarter of the distance, before the mean moves.
            rttVariance = rtt == 0 ? sample / 2 : rttVariance + (Math.abs(sample - rtt) - rttVariance) / 4;
            rtt = rtt == 0 ? sample : rtt + (sample - rtt) / 8;
            leastNow = Math.min(leastNow, sample);
        }
        if (isJudged(sentAt)) {
            losses.onAcknowledged();
        }
    }

    void onNack(long sentAt) {
        if (isJudged(sentAt)) {
            losses.onMissing();
        }
    }

    void onLost(long sentAt, long now) {
        if (isJudged(sentAt) && !isSilent(now)) {
            losses.onLost();
        }
    }

    /**
     * One or more seconds are over. They count as one, however many there are since the last call:
     * nothing was measured in them while the program stood still.
     *
     * @param canSlowDown true if this side has filled its window, and the window may still become
     *     smaller. Then this side may cause the losses itself. So they mean that it must slow down,
     *     and not that the link is bad.
     */
    void onSeconds(long seconds, boolean canSlowDown, long now) {
        secondsLeft -= seconds;
        if (secondsLeft <= 0) {
            secondsLeft = LEAST_PERIOD;
            // While there is a queue, every measurement includes it. If it were taken for the
            // length of the path, the losses of this queue would look like those of a bad line. But
            // no queue lasts for ever: after a minute the path must be longer. So when a queue
            // begins, the shortest round trip from before it is kept apart from those in it.
            queueingPeriods = isQueueing() ? queueingPeriods + 1 : 0;
            int period = queueingPeriods % LONGEST_QUEUE;
            if (period <= 1) {
                leastBefore = period == 0 ? leastNow : Math.min(leastBefore, leastNow);
                leastNow = Long.MAX_VALUE;
            }
        }
        boolean isLossy = losses.endSeconds(seconds) && !canSlowDown;
        if (isSilent(now)) {
            badSeconds = 0;
        } else if (isLossy || rtt > rttLimit) {
            badSeconds = Math.min(badSeconds + 1, BAD_SECONDS);
        } else if (badSeconds < BAD_SECONDS || factor() < CLEARED) {
            badSeconds = 0;
        }
    }

    /**
     * Judges the link. A threshold below 1 is used when another connection has just failed. Then
     * the answer is needed now, as in three seconds each connection would time out on its own. So
     * in that case the present values count.
     *
     * @return true if the link is bad
     */
    boolean isBad(float threshold) {
        double factor = factor();
        return threshold < 1 ? factor > threshold : badSeconds == BAD_SECONDS && factor >= CLEARED * threshold;
    }

    /**
     * Tells congestion from a bad line. On a network that gets more than it can carry, a queue
     * makes the round trip longer before it overflows; where there is no queue, most of the excess
     * is lost. Radio does neither: it loses a share of everything.
     *
     * @return true if losses look like congestion
     */
    boolean isCongested() {
        return loss() > RADIO_LOSS || isQueueing();
    }

    /** {@return the shortest round trip of these ten seconds and those before; 0 for none} */
    long leastRtt() {
        long least = Math.min(leastNow, leastBefore);
        return least == Long.MAX_VALUE ? 0 : least;
    }

    long rttVariance() {
        return rttVariance;
    }

    private boolean isQueueing() {
        long least = Math.min(leastNow, leastBefore);
        return least != Long.MAX_VALUE && rtt > 2 * least + POLLING;
    }

    /** {@return the worse of the two as a share of its limit; 1 is the limit} */
    double factor() {
        return Math.max(rtt / rttLimit, losses.factor());
    }

    /** {@return what is worse, round trip time or loss, and its limit, in words} */
    String describe() {
        return rtt / rttLimit >= losses.factor()
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
        return losses.share();
    }

    /** {@return nanoseconds; 0 before the first acknowledgement} */
    long rtt() {
        return rtt;
    }

    float rttMillis() {
        return rtt / NANOS_PER_MILLI;
    }
}
