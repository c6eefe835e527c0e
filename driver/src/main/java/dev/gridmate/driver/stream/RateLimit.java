package dev.gridmate.driver.stream;

/**
 * A rate limit that lets a second's worth through at once, kept as a single time: the moment until which what has
 * arrived is paid for. Each unit pushes it on by its share of a second; it never lies further back than a second.
 */
final class RateLimit {

    private static final long SECOND = 1_000_000_000L;
    private static final RateLimit NONE = new RateLimit(0);

    private final int perSecond;
    private long paidUntil = Long.MIN_VALUE;

    private RateLimit(int perSecond) {
        this.perSecond = perSecond;
    }

    /** @param units 0 for no limit */
    static RateLimit perSecond(int units) {
        return units == 0 ? NONE : new RateLimit(units);
    }

    /** Charges what has arrived; returns until when nothing more should, which is in the past if all is well. */
    long charge(long now, int units) {
        if (perSecond == 0) {
            return Long.MIN_VALUE;
        }
        paidUntil = Math.max(paidUntil, now - SECOND) + units * SECOND / perSecond;
        return paidUntil;
    }
}
