package dev.gridmate.carrier;

import dev.gridmate.internal.AddressCounts;
import dev.gridmate.internal.AddressHash;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How many connections each remote IP has, and how fast it begins new ones. Only peers that have
 * proved their address count: a stranger cannot use up what belongs to another.
 */
final class RemoteIps {

    private static final long SECOND = 1_000 * CarrierTime.MILLISECOND;

    private final NewcomerLimits limits;
    private final AddressCounts connections = new AddressCounts();
    private final Map<Long, Rate> rates = new HashMap<>();

    /** Those with a rate, the one that began first in front. */
    private final Deque<Rate> begun = new ArrayDeque<>();

    /** Until when what has come is paid for; never further in the past than a second. */
    private static final class Rate {
        private final long network;
        private long paidUntil;

        Rate(long network, long paidUntil) {
            this.network = network;
            this.paidUntil = paidUntil;
        }
    }

    RemoteIps(NewcomerLimits limits) {
        this.limits = limits;
    }

    /** {@return true if it has as many connections as it may} */
    boolean isFull(InetAddress ip) {
        int most = limits.maxConnectionsPerRemoteIp();
        return most > 0 && connections.of(ip) >= most;
    }

    /** {@return true if it has begun as many connections in the last second as it may} */
    boolean isTooFast(InetAddress ip, long now) {
        Rate rate = rates.get(AddressHash.network(ip));
        return rate != null && rate.paidUntil > now - SECOND / limits.connectsPerSecondPerRemoteIp();
    }

    void onConnect(InetAddress ip, long now) {
        int ignored = connections.add(ip);
        int perSecond = limits.connectsPerSecondPerRemoteIp();
        if (perSecond > 0) {
            forgetOld(now);
            long network = AddressHash.network(ip);
            @Nullable Rate known = rates.get(network);
            Rate rate = known == null ? new Rate(network, now - SECOND) : known;
            rate.paidUntil = Math.max(rate.paidUntil, now - SECOND) + SECOND / perSecond;
            if (known == null) {
                rates.put(network, rate);
                begun.add(rate);
            }
        }
    }

    /** Two are looked at for each that comes, so there are never many that are too old. */
    private void forgetOld(long now) {
        for (int i = 0; i < 2 && !begun.isEmpty(); i++) {
            Rate oldest = begun.remove();
            if (oldest.paidUntil <= now - SECOND) {
                rates.remove(oldest.network);
            } else {
                begun.add(oldest);
            }
        }
    }

    void onOver(InetAddress ip) {
        connections.remove(ip);
    }
}
