package dev.gridmate.internal;

/**
 * The time by which the deadlines of a polled loop run. It is real time, but a gap between two
 * updates counts for a limit at most: after the program stood still, no deadline has passed that
 * its peers could have met otherwise.
 *
 * <p>All times are in nanoseconds. This time starts at 0.
 */
public final class LoopTime {

    private final long gapLimit;
    private long lastReal;
    private long lastGap;
    private long now;
    private long uncounted;

    /**
     * @param gapLimit nanoseconds, above 0; {@link Long#MAX_VALUE} for no limit
     * @param real the real time now
     */
    public LoopTime(long gapLimit, long real) {
        this.gapLimit = gapLimit;
        this.lastReal = real;
    }

    /** Moves on to the real time; returns true if that was a gap above the limit. */
    public boolean advance(long real) {
        lastGap = real - lastReal;
        lastReal = real;
        boolean stoodStill = lastGap > gapLimit;
        now += stoodStill ? gapLimit : lastGap;
        if (stoodStill) {
            uncounted += lastGap - gapLimit;
        }
        return stoodStill;
    }

    /**
     * Moves on to the real time after a wait: what was asked for counts in full; returns as {@link
     * #advance}.
     */
    public boolean advanceWaiting(long real, long asked) {
        now += asked;
        lastReal += asked;
        return advance(real);
    }

    /** {@return the time of the clock that it was advanced to last} */
    public long lastReal() {
        return lastReal;
    }

    /** {@return the time that has counted so far} */
    public long now() {
        return now;
    }

    /** {@return the real time that has not counted so far} */
    public long uncounted() {
        return uncounted;
    }

    /**
     * {@return the real time between the last two calls of {@link #advance}, whatever counted of
     * it}
     */
    public long lastGap() {
        return lastGap;
    }
}
