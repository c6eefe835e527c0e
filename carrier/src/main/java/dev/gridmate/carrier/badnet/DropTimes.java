package dev.gridmate.carrier.badnet;

import java.util.SplittableRandom;

/**
 * The times in which a line drops everything, and those between in which all passes. Times are
 * nanoseconds.
 */
final class DropTimes {

    // Of its own, so that when it drops does not depend on how many packets there were.
    private final SplittableRandom random;

    private long minInterval;
    private long maxInterval;
    private long minPeriod;
    private long maxPeriod;
    private boolean isDropping;
    private boolean isBegun;
    private long changesAt;

    DropTimes(SplittableRandom random) {
        this.random = random;
    }

    void set(long leastInterval, long mostInterval, long leastPeriod, long mostPeriod) {
        minInterval = leastInterval;
        maxInterval = mostInterval;
        minPeriod = leastPeriod;
        maxPeriod = mostPeriod;
        clear();
    }

    void clear() {
        isDropping = false;
        isBegun = false;
    }

    /** Moves on, also when no packet comes. */
    void advance(long now) {
        if (maxPeriod == 0) {
            return;
        }
        if (!isBegun) {
            isBegun = true;
            changesAt = now + Draw.between(random, minPeriod, maxPeriod);
        }
        while (changesAt <= now) { // each is a millisecond or more, so this takes no time even after a long gap
            isDropping = !isDropping;
            changesAt += isDropping
                    ? Draw.between(random, minInterval, maxInterval)
                    : Draw.between(random, minPeriod, maxPeriod);
        }
    }

    boolean isDroppingAt(long now) {
        advance(now);
        return isDropping;
    }
}
