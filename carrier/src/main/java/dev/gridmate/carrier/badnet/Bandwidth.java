package dev.gridmate.carrier.badnet;

import java.util.SplittableRandom;

/**
 * How fast packets follow each other on a line. The bandwidth is drawn anew each second. Times are
 * nanoseconds.
 */
final class Bandwidth {

    private static final long SECOND = 1_000_000_000L;
    private static final long NANOS_PER_BYTE_AT_ONE_KBPS = 8_000_000L;

    private final SplittableRandom random;
    private int minKbps;
    private int maxKbps;
    private int kbps;
    private long kbpsUntil = Long.MIN_VALUE;
    private long busyUntil = Long.MIN_VALUE;

    Bandwidth(SplittableRandom random) {
        this.random = random;
    }

    void set(int min, int max) {
        minKbps = min;
        maxKbps = max;
        kbpsUntil = Long.MIN_VALUE;
    }

    /** {@return when a packet that comes now begins to leave} */
    long turn(long now) {
        if (maxKbps == 0) {
            return now;
        }
        if (now >= kbpsUntil) {
            kbps = (int) Draw.between(random, minKbps, maxKbps);
            kbpsUntil = now + SECOND;
        }
        return Math.max(busyUntil, now);
    }

    /** {@return when a packet whose turn it is has left} */
    long send(long turn, int size) {
        busyUntil = turn + (maxKbps == 0 ? 0 : size * NANOS_PER_BYTE_AT_ONE_KBPS / kbps);
        return busyUntil;
    }

    void clear() {
        busyUntil = Long.MIN_VALUE;
        kbpsUntil = Long.MIN_VALUE;
    }
}
