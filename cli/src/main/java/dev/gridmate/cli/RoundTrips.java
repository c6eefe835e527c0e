package dev.gridmate.cli;

import org.HdrHistogram.Histogram;

/**
 * How long packets took, counted from two moments.
 *
 * <p>Who measures a rhythm and counts from when a packet <i>left</i> omits what matters most: while
 * the network, the server or this program stands still, the packets that should leave do not, and
 * one stall of a second shows as one slow packet instead of sixty (Gil Tene's "coordinated
 * omission"). Counted from when it was <i>due</i>, each packet that was kept from leaving tells of
 * the stall, with nothing made up. Where the next packet leaves when the last one is back, nothing
 * is due at a time of its own: the two are the same, and say how long one round trip takes, not how
 * long a user would wait.
 */
final class RoundTrips {

    private final Histogram fromDue = Figures.histogramOfNanos();
    private final Histogram fromLeaving = Figures.histogramOfNanos();
    private long begin;

    RoundTrips(long begin) {
        this.begin = begin;
    }

    /** Begins anew: only what is due from now on counts. */
    void begin(long now) {
        begin = now;
        fromDue.reset();
        fromLeaving.reset();
    }

    /** A packet came back that was due, and left, at its time. */
    void add(long due, long left, long came) {
        if (due - begin >= 0) {
            record(fromDue, came - due);
            record(fromLeaving, came - left);
        }
    }

    private static void record(Histogram histogram, long nanos) {
        histogram.recordValue(Math.min(nanos, histogram.getHighestTrackableValue()));
    }

    /**
     * Returns the times from when each packet should have left: a stall counts for all that it kept
     * from leaving.
     */
    Histogram fromDue() {
        return fromDue;
    }

    /** Returns the times from when each packet left. */
    Histogram fromLeaving() {
        return fromLeaving;
    }
}
