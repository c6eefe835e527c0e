package dev.gridmate.carrier;

import dev.gridmate.internal.Arguments;

/**
 * How much strangers may ask for: peers that have not proved their address yet, and all peers of
 * one remote IP address. That is an IPv4 address, or an IPv6 /64 network, which usually belongs to
 * one household.
 *
 * @param max how many peers may ask to connect at once; beyond, one of the remote IP with the most
 *     of them gives way. Each takes less than 512 bytes
 * @param maxPerRemoteIp how many of one remote IP may ask at once; beyond, the one that asked first
 *     gives way. 0 for no limit
 * @param maxConnectionsPerRemoteIp how many connections one remote IP may have; a peer that asks
 *     beyond is refused. 0 for no limit. Whole schools and mobile networks share an IPv4 address
 * @param connectsPerSecondPerRemoteIp how many connections of one remote IP may begin in a second;
 *     a second's worth may come at once. Requests beyond are dropped, and come again. 0 for no
 *     limit
 * @param isFirstNumberRandom whether the number of a connection's first datagram is drawn at
 *     random. A stranger that cannot read this side's datagrams cannot know it, and so cannot
 *     connect in the name of another. False begins with 2, as the original does, and gives that up
 */
public record NewcomerLimits(
        int max,
        int maxPerRemoteIp,
        int maxConnectionsPerRemoteIp,
        int connectsPerSecondPerRemoteIp,
        boolean isFirstNumberRandom) {

    /** 8,192; 1,024; 128; 128; true: a public server can run with these. */
    public static final NewcomerLimits DEFAULTS = new NewcomerLimits(8_192, 1_024, 128, 128, true);

    private static final int MOST = 1_000_000;

    /**
     * Checks the limits.
     *
     * @param max 1 to 1,000,000
     * @param maxPerRemoteIp 0 or more
     * @param maxConnectionsPerRemoteIp 0 or more
     * @param connectsPerSecondPerRemoteIp 0 to 1,000,000
     * @param isFirstNumberRandom either
     * @throws IllegalArgumentException if one is out of range; the message names it, and the range
     */
    public NewcomerLimits {
        max = Arguments.inRange("max", max, 1, MOST);
        maxPerRemoteIp = Arguments.atLeast("maxPerRemoteIp", maxPerRemoteIp, 0);
        maxConnectionsPerRemoteIp = Arguments.atLeast("maxConnectionsPerRemoteIp", maxConnectionsPerRemoteIp, 0);
        connectsPerSecondPerRemoteIp =
                Arguments.inRange("connectsPerSecondPerRemoteIp", connectsPerSecondPerRemoteIp, 0, MOST);
    }

    /**
     * {@return these limits with another {@link #max}}
     *
     * @param value peers
     */
    public NewcomerLimits withMax(int value) {
        return new NewcomerLimits(
                value, maxPerRemoteIp, maxConnectionsPerRemoteIp, connectsPerSecondPerRemoteIp, isFirstNumberRandom);
    }

    /**
     * {@return these limits with another {@link #maxPerRemoteIp}}
     *
     * @param value peers, 0 for no limit
     */
    public NewcomerLimits withMaxPerRemoteIp(int value) {
        return new NewcomerLimits(
                max, value, maxConnectionsPerRemoteIp, connectsPerSecondPerRemoteIp, isFirstNumberRandom);
    }

    /**
     * {@return these limits with another {@link #maxConnectionsPerRemoteIp}}
     *
     * @param value connections, 0 for no limit
     */
    public NewcomerLimits withMaxConnectionsPerRemoteIp(int value) {
        return new NewcomerLimits(max, maxPerRemoteIp, value, connectsPerSecondPerRemoteIp, isFirstNumberRandom);
    }

    /**
     * {@return these limits with another {@link #connectsPerSecondPerRemoteIp}}
     *
     * @param value connections a second, 0 for no limit
     */
    public NewcomerLimits withConnectsPerSecondPerRemoteIp(int value) {
        return new NewcomerLimits(max, maxPerRemoteIp, maxConnectionsPerRemoteIp, value, isFirstNumberRandom);
    }

    /**
     * {@return these limits with another {@link #isFirstNumberRandom}}
     *
     * @param value false to begin with 2
     */
    public NewcomerLimits withFirstNumberRandom(boolean value) {
        return new NewcomerLimits(max, maxPerRemoteIp, maxConnectionsPerRemoteIp, connectsPerSecondPerRemoteIp, value);
    }
}
