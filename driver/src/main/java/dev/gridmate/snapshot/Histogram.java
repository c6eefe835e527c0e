package dev.gridmate.snapshot;

import java.util.ArrayList;
import java.util.List;

/**
 * How many times were how long. The buckets are the same in every histogram: two for each doubling,
 * from below a microsecond to above eight seconds.
 *
 * @param counts how many there were in each bucket, {@link #BUCKETS} of them
 * @param sumNanos all times together
 * @param mostNanos the longest time
 */
public record Histogram(List<Long> counts, long sumNanos, long mostNanos) {

    /** The first bucket ends at 2 to the power of this, in nanoseconds: about a microsecond. */
    private static final int LEAST_BITS = 10;

    /** The last bucket but one ends at 2 to the power of this: about eight and a half seconds. */
    private static final int MOST_BITS = 33;

    /** How many buckets there are. */
    public static final int BUCKETS = 2 + 2 * (MOST_BITS - LEAST_BITS);

    /**
     * Makes a histogram that never changes.
     *
     * @param counts how many in each bucket
     * @param sumNanos all times together
     * @param mostNanos the longest
     * @throws IllegalArgumentException if there are not {@link #BUCKETS} counts
     */
    public Histogram {
        counts = List.copyOf(counts);
        if (counts.size() != BUCKETS) {
            throw new IllegalArgumentException(counts.size() + " counts, there must be " + BUCKETS);
        }
    }

    /**
     * {@return the bucket that a time belongs to, 0 to {@link #BUCKETS} - 1}
     *
     * @param nanos the time; below 0 counts as 0
     */
    public static int bucket(long nanos) {
        if (nanos < 1L << LEAST_BITS) {
            return 0;
        }
        int bits = 63 - Long.numberOfLeadingZeros(nanos);
        int half = (int) (nanos >>> (bits - 1)) & 1;
        return Math.min(BUCKETS - 1, 1 + 2 * (bits - LEAST_BITS) + half);
    }

    /**
     * {@return the time in nanoseconds below which the times of a bucket are; {@link
     * Long#MAX_VALUE} of the last one}
     *
     * @param bucket 0 to {@link #BUCKETS} - 1
     */
    public static long upperNanos(int bucket) {
        if (bucket == BUCKETS - 1) {
            return Long.MAX_VALUE;
        }
        long power = 1L << (LEAST_BITS + bucket / 2);
        return bucket % 2 == 0 ? power : power + power / 2;
    }

    /** {@return how many times there are} */
    public long count() {
        long count = 0;
        for (long each : counts) {
            count += each;
        }
        return count;
    }

    /**
     * {@return a time in nanoseconds that a share of the times does not exceed} It is the end of a
     * bucket, so up to half too long, and never above the longest time; 0 if there are none.
     *
     * @param share 0 to 1, for example 0.99
     */
    public long quantileNanos(double share) {
        long below = (long) Math.ceil(share * count());
        long seen = 0;
        for (int i = 0; i < BUCKETS; i++) {
            seen += counts.get(i);
            if (seen >= below && seen > 0) {
                return Math.min(upperNanos(i), mostNanos);
            }
        }
        return 0;
    }

    /** {@return the mean in nanoseconds; 0 if there are none} */
    public long meanNanos() {
        long count = count();
        return count == 0 ? 0 : sumNanos / count;
    }

    /**
     * {@return the times that are not in an earlier histogram of the same loop} The longest is not
     * known: it is the end of its bucket, or that of all if it was not longer.
     *
     * @param earlier the earlier one
     */
    public Histogram since(Histogram earlier) {
        List<Long> between = new ArrayList<>(BUCKETS);
        long most = 0;
        for (int i = 0; i < BUCKETS; i++) {
            long count = counts.get(i) - earlier.counts.get(i);
            between.add(count);
            most = count > 0 ? Math.min(upperNanos(i), mostNanos) : most;
        }
        return new Histogram(between, sumNanos - earlier.sumNanos, most);
    }
}
