package dev.gridmate.driver;

/**
 * The time by which a driver's deadlines run: real time, but a gap between two updates counts for a limit at most. After
 * the program stood still, no deadline has passed that its peers could have met had it not.
 */
final class DriverTime {

    private final long gapLimit;
    private long lastReal;
    private long now;

    DriverTime(long gapLimit, long real) {
        this.gapLimit = gapLimit;
        this.lastReal = real;
    }

    /** Moves on to the real time; returns true if that was a gap above the limit. */
    boolean advance(long real) {
        long gap = real - lastReal;
        lastReal = real;
        boolean stoodStill = gap > gapLimit;
        now += stoodStill ? gapLimit : gap;
        return stoodStill;
    }

    /** Moves on to the real time after a wait: what was asked for counts in full; returns as {@link #advance}. */
    boolean advanceWaiting(long real, long asked) {
        now += asked;
        lastReal += asked;
        return advance(real);
    }

    long now() {
        return now;
    }
}
