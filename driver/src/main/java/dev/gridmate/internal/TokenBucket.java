package dev.gridmate.internal;

/**
 * A rate limit that lets a second's worth through at once: a bucket of tokens, which starts full.
 * It is kept as a single time, the moment until which everything that came is paid for. Each unit
 * pushes that moment on by its share of a second, and it is never further in the past than a
 * second.
 *
 * <p>A program that paused finds in one go what an honest peer sent meanwhile, and the time
 * that went by has filled the bucket for it.
 */
public final class TokenBucket {

    private static final long SECOND = 1_000_000_000L;
    private static final TokenBucket UNLIMITED = new TokenBucket(0);

    private final int perSecond;
    private long paidUntil = Long.MIN_VALUE;

    private TokenBucket(int perSecond) {
        this.perSecond = perSecond;
    }

    /**
     * {@return a full bucket}
     *
     * @param units how many a second; 0 for no limit
     */
    public static TokenBucket perSecond(int units) {
        return units == 0 ? UNLIMITED : new TokenBucket(units);
    }

    /**
     * Charges what has come already, even if that is above the limit.
     *
     * @param now nanoseconds
     * @return until when nothing more should come; a time in the past if all is well
     */
    public long charge(long now, int units) {
        if (perSecond == 0) {
            return Long.MIN_VALUE;
        }
        paidUntil = paidAfter(now, units);
        return paidUntil;
    }

    /**
     * Takes one unit if it is within the limit; a unit that is refused costs nothing.
     *
     * @param now nanoseconds
     * @return true if it was within the limit
     */
    public boolean take(long now) {
        if (perSecond == 0) {
            return true;
        }
        long paid = paidAfter(now, 1);
        if (paid > now) {
            return false;
        }
        paidUntil = paid;
        return true;
    }

    private long paidAfter(long now, int units) {
        return Math.max(paidUntil, now - SECOND) + units * SECOND / perSecond;
    }
}
