package dev.gridmate.driver;

import dev.gridmate.internal.AddressCounts;
import dev.gridmate.internal.AddressHash;
import dev.gridmate.internal.TokenBucket;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * How many accepted connections each remote IP has, and how often it may connect. For the second
 * nothing is kept for each IP, as strangers have so many: an IP has the bucket that a secret hash
 * gives it. Two share one rarely, and nobody can aim at the bucket of another.
 */
final class RemoteIps {

    private static final int BUCKETS = 4096;

    private final int most;
    private final int perSecond;
    private final AddressCounts connections = new AddressCounts();
    private final @Nullable TokenBucket[] buckets;

    RemoteIps(ConnectionLimits limits) {
        most = limits.maxConnectionsPerRemoteIp();
        perSecond = limits.connectsPerSecondPerRemoteIp();
        buckets = new @Nullable TokenBucket[perSecond == 0 ? 0 : BUCKETS];
    }

    /** Counts a connect; {@return true if it comes sooner than it may} */
    boolean isTooFast(InetAddress ip, long now) {
        if (perSecond == 0) {
            return false;
        }
        int at = AddressHash.of(AddressHash.network(ip)) & (BUCKETS - 1);
        TokenBucket bucket = buckets[at];
        if (bucket == null) {
            bucket = TokenBucket.perSecond(perSecond);
            buckets[at] = bucket;
        }
        return !bucket.take(now);
    }

    /** {@return true if it has as many connections as it may} */
    boolean isFull(InetAddress ip) {
        return most > 0 && connections.of(ip) >= most;
    }

    void onAccepted(InetAddress ip) {
        int ignored = connections.add(ip);
    }

    void onEnded(InetAddress ip) {
        connections.remove(ip);
    }
}
