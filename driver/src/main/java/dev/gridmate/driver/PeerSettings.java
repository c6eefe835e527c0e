package dev.gridmate.driver;

import dev.gridmate.internal.Arguments;
import java.time.Duration;
import java.util.Objects;

/**
 * The settings about peers: how many there may be and how much they may ask for, how long they are
 * waited for, and what happens when there is too much. A part of {@link
 * StreamSocketDriverConfig.Builder}.
 *
 * @param <B> the builder
 */
public abstract class PeerSettings<B extends PeerSettings<B>> {

    int maxConnections = 1024;
    int maxConnectionsPerRemoteIp = 128;
    int connectsPerSecondPerRemoteIp = 128;
    int maxPacketsPerSecond;
    int maxBytesPerSecond;
    Duration connectTimeout = Duration.ofSeconds(10);
    Duration firstPacketTimeout = Duration.ZERO;
    Duration idleTimeout = Duration.ZERO;
    Duration writeTimeout = Duration.ofSeconds(30);
    Duration drainTimeout = Duration.ofSeconds(5);
    SlowConsumerPolicy slowConsumerPolicy = SlowConsumerPolicy.DISCONNECT;
    SurplusPolicy surplusPolicy = SurplusPolicy.CLOSE;
    RateLimitPolicy rateLimitPolicy = RateLimitPolicy.THROTTLE;

    PeerSettings() {}

    abstract B self();

    ConnectionLimits limits() {
        return new ConnectionLimits(
                maxConnections,
                maxConnectionsPerRemoteIp,
                connectsPerSecondPerRemoteIp,
                maxPacketsPerSecond,
                maxBytesPerSecond);
    }

    /**
     * Sets the maximum number of connections; 1 for clients of one server. Default 1,024. Then
     * an accepted peer that has sent no packet for some seconds gives way to a newcomer.
     *
     * @param connections 1 or more
     * @return this
     */
    public B maxConnections(int connections) {
        maxConnections = Arguments.atLeast("maxConnections", connections, 1);
        return self();
    }

    /**
     * Sets how many accepted connections one remote address may have: an IPv4 address, or the
     * first 64 bits of an IPv6 address. Default 128; switch it off behind a proxy, where all
     * peers have one address.
     *
     * @param connections 1 or more; 0 for no limit
     * @return this
     */
    public B maxConnectionsPerRemoteIp(int connections) {
        maxConnectionsPerRemoteIp = Arguments.atLeast("maxConnectionsPerRemoteIp", connections, 0);
        return self();
    }

    /**
     * Sets how many connections per second are accepted of one remote address, as above; a
     * second's worth may come at once. What is beyond is closed at once. Default 128; switch it
     * off behind a proxy.
     *
     * @param connects 1 or more; 0 for no limit
     * @return this
     */
    public B connectsPerSecondPerRemoteIp(int connects) {
        connectsPerSecondPerRemoteIp = Arguments.atLeast("connectsPerSecondPerRemoteIp", connects, 0);
        return self();
    }

    /**
     * Sets how many packets per second one connection may send; a second's worth may come at
     * once. What one read brings beyond is received, and paid for by a longer rest. Default 0.
     *
     * @param packets 1 or more; 0 for no limit
     * @return this
     */
    public B maxPacketsPerSecond(int packets) {
        maxPacketsPerSecond = Arguments.atLeast("maxPacketsPerSecond", packets, 0);
        return self();
    }

    /**
     * Sets how many bytes per second, headers included, one connection may send; a second's
     * worth may come at once. Default 0.
     *
     * @param bytes 1 or more; 0 for no limit
     * @return this
     */
    public B maxBytesPerSecond(int bytes) {
        maxBytesPerSecond = Arguments.atLeast("maxBytesPerSecond", bytes, 0);
        return self();
    }

    /**
     * Sets how long a connect may take. Default 10 seconds.
     *
     * @param timeout zero for no limit
     * @return this
     */
    public B connectTimeout(Duration timeout) {
        connectTimeout = Arguments.timeout("connectTimeout", timeout);
        return self();
    }

    /**
     * Sets how long an accepted peer may take to send its first packet. Default zero, no limit.
     *
     * @param timeout zero for no limit
     * @return this
     */
    public B firstPacketTimeout(Duration timeout) {
        firstPacketTimeout = Arguments.timeout("firstPacketTimeout", timeout);
        return self();
    }

    /**
     * Sets how long nothing may arrive from a peer. Default zero, no limit.
     *
     * @param timeout zero for no limit
     * @return this
     */
    public B idleTimeout(Duration timeout) {
        idleTimeout = Arguments.timeout("idleTimeout", timeout);
        return self();
    }

    /**
     * Sets how long bytes may wait without the peer taking any. Default 30 seconds.
     *
     * @param timeout zero for no limit
     * @return this
     */
    public B writeTimeout(Duration timeout) {
        writeTimeout = Arguments.timeout("writeTimeout", timeout);
        return self();
    }

    /**
     * Sets how long a connection that is ending may take: to send what is waiting, to be closed
     * by the peer, to have its packets received by the program. Each step forward starts it
     * anew. Default 5 seconds.
     *
     * @param timeout zero for no limit
     * @return this
     */
    public B drainTimeout(Duration timeout) {
        drainTimeout = Arguments.timeout("drainTimeout", timeout);
        return self();
    }

    /**
     * Sets what {@code send} does when the outbound buffer is full. Default {@link
     * SlowConsumerPolicy#DISCONNECT}.
     *
     * @param policy the policy
     * @return this
     */
    public B slowConsumerPolicy(SlowConsumerPolicy policy) {
        slowConsumerPolicy = Objects.requireNonNull(policy, "slowConsumerPolicy");
        return self();
    }

    /**
     * Sets what happens to peers beyond the maximum number of connections. Default {@link
     * SurplusPolicy#CLOSE}.
     *
     * @param policy the policy
     * @return this
     */
    public B surplusPolicy(SurplusPolicy policy) {
        surplusPolicy = Objects.requireNonNull(policy, "surplusPolicy");
        return self();
    }

    /**
     * Sets what happens to peers that exceed a rate limit. Default {@link
     * RateLimitPolicy#THROTTLE}.
     *
     * @param policy the policy
     * @return this
     */
    public B rateLimitPolicy(RateLimitPolicy policy) {
        rateLimitPolicy = Objects.requireNonNull(policy, "rateLimitPolicy");
        return self();
    }
}
