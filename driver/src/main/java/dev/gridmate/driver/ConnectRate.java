package dev.gridmate.driver;

import dev.gridmate.internal.AddressHash;
import dev.gridmate.internal.TokenBucket;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * How often each address may connect. There are so many addresses that nothing is kept for each: an
 * address has the bucket that a secret hash gives it. Two share one rarely, and nobody can aim at
 * the bucket of another.
 */
final class ConnectRate {

    private static final int BUCKETS = 4096;

    private final int perSecond;
    private final @Nullable TokenBucket[] buckets;

    /** @param perSecond connects; 0 for no limit */
    ConnectRate(int perSecond) {
        this.perSecond = perSecond;
        this.buckets = new @Nullable TokenBucket[perSecond == 0 ? 0 : BUCKETS];
    }

    /** Counts a connect; {@return true if it is within the limit} */
    boolean take(InetAddress ip, long now) {
        if (perSecond == 0) {
            return true;
        }
        int at = AddressHash.of(AddressHash.network(ip)) & (BUCKETS - 1);
        TokenBucket bucket = buckets[at];
        if (bucket == null) {
            bucket = TokenBucket.perSecond(perSecond);
            buckets[at] = bucket;
        }
        return bucket.take(now);
    }
}
