package dev.gridmate.driver;

import dev.gridmate.driver.stream.Frame;
import dev.gridmate.driver.transport.Transport;
import dev.gridmate.internal.Arguments;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Everything that can be set about a {@link StreamSocketDriver}. Immutable; one may serve many drivers.
 *
 * <p>Timeouts are durations on the driver's clock, and zero switches one off. The wire has no heartbeat, so a peer that
 * is merely quiet looks like one that is dead: the timeouts that would end a quiet peer are off until asked for.
 */
public final class StreamSocketDriverConfig {

    private final int maxConnections;
    private final int maxPacketSize;
    private final int inboundBufferSize;
    private final int outboundBufferSize;
    private final SlowConsumerPolicy slowConsumerPolicy;
    private final SurplusPolicy surplusPolicy;
    private final RateLimitPolicy rateLimitPolicy;
    private final int maxConnectionsPerRemoteIp;
    private final int maxPacketsPerSecond;
    private final int maxBytesPerSecond;
    private final int acceptsPerUpdate;
    private final Duration connectTimeout;
    private final Duration firstPacketTimeout;
    private final Duration idleTimeout;
    private final Duration writeTimeout;
    private final Duration drainTimeout;
    private final Duration acceptRetryDelay;
    private final Duration updateGapLimit;
    private final Transport.Factory transport;
    private final @Nullable TlsConfig tls;

    private StreamSocketDriverConfig(Builder builder) {
        maxConnections = Arguments.atLeast("maxConnections", builder.maxConnections, 1);
        maxPacketSize = Arguments.atLeast("maxPacketSize", builder.maxPacketSize, 1);
        inboundBufferSize =
                Arguments.inRange("inboundBufferSize", builder.inboundBufferSize, 1, Builder.MAX_BUFFER_SIZE);
        outboundBufferSize =
                Arguments.inRange("outboundBufferSize", builder.outboundBufferSize, 1, Builder.MAX_BUFFER_SIZE);
        if (maxPacketSize > outboundBufferSize) {
            throw new IllegalArgumentException("maxPacketSize " + maxPacketSize + " is above outboundBufferSize "
                    + outboundBufferSize + ": a packet must fit the buffer that it is sent from");
        }
        slowConsumerPolicy = builder.slowConsumerPolicy;
        surplusPolicy = builder.surplusPolicy;
        rateLimitPolicy = builder.rateLimitPolicy;
        maxConnectionsPerRemoteIp =
                Arguments.atLeast("maxConnectionsPerRemoteIp", builder.maxConnectionsPerRemoteIp, 0);
        maxPacketsPerSecond = Arguments.atLeast("maxPacketsPerSecond", builder.maxPacketsPerSecond, 0);
        maxBytesPerSecond = Arguments.atLeast("maxBytesPerSecond", builder.maxBytesPerSecond, 0);
        acceptsPerUpdate = Arguments.atLeast("acceptsPerUpdate", builder.acceptsPerUpdate, 1);
        connectTimeout = Arguments.timeout("connectTimeout", builder.connectTimeout);
        firstPacketTimeout = Arguments.timeout("firstPacketTimeout", builder.firstPacketTimeout);
        idleTimeout = Arguments.timeout("idleTimeout", builder.idleTimeout);
        writeTimeout = Arguments.timeout("writeTimeout", builder.writeTimeout);
        drainTimeout = Arguments.timeout("drainTimeout", builder.drainTimeout);
        acceptRetryDelay = Arguments.timeout("acceptRetryDelay", builder.acceptRetryDelay);
        updateGapLimit = Arguments.timeout("updateGapLimit", builder.updateGapLimit);
        transport = builder.transport;
        tls = builder.tls;
    }

    /**
     * Returns a builder with the defaults.
     *
     * @return the builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns the maximum number of connections.
     *
     * @return 1 or more
     */
    public int maxConnections() {
        return maxConnections;
    }

    /**
     * Returns the largest packet in bytes, sent or received: what was set, or what the wire can express if that is less.
     *
     * @return 1 to 65,535
     */
    public int maxPacketSize() {
        return Math.min(maxPacketSize, Frame.MAX_PAYLOAD);
    }

    /**
     * Returns the inbound buffer size that was asked for, in bytes for each connection.
     *
     * @return 1 or more
     */
    public int inboundBufferSize() {
        return inboundBufferSize;
    }

    /**
     * Returns the outbound buffer size that was asked for, in bytes for each connection.
     *
     * @return 1 or more
     */
    public int outboundBufferSize() {
        return outboundBufferSize;
    }

    /**
     * Returns what {@code send} does when the outbound buffer is full.
     *
     * @return the policy
     */
    public SlowConsumerPolicy slowConsumerPolicy() {
        return slowConsumerPolicy;
    }

    /**
     * Returns what happens to peers beyond the maximum number of connections.
     *
     * @return the policy
     */
    public SurplusPolicy surplusPolicy() {
        return surplusPolicy;
    }

    /**
     * Returns what happens to peers that exceed a rate limit.
     *
     * @return the policy
     */
    public RateLimitPolicy rateLimitPolicy() {
        return rateLimitPolicy;
    }

    /**
     * Returns how many accepted connections one remote IP address may have.
     *
     * @return 1 or more; 0 for no limit
     */
    public int maxConnectionsPerRemoteIp() {
        return maxConnectionsPerRemoteIp;
    }

    /**
     * Returns how many packets per second one connection may send.
     *
     * @return 1 or more; 0 for no limit
     */
    public int maxPacketsPerSecond() {
        return maxPacketsPerSecond;
    }

    /**
     * Returns how many bytes per second, headers included, one connection may send.
     *
     * @return 1 or more; 0 for no limit
     */
    public int maxBytesPerSecond() {
        return maxBytesPerSecond;
    }

    /**
     * Returns how many connections one {@code update} accepts at the most.
     *
     * @return 1 or more
     */
    public int acceptsPerUpdate() {
        return acceptsPerUpdate;
    }

    /**
     * Returns how long a connect may take.
     *
     * @return the duration; zero for no limit
     */
    public Duration connectTimeout() {
        return connectTimeout;
    }

    /**
     * Returns how long an accepted peer may take to send its first whole packet.
     *
     * @return the duration; zero for no limit
     */
    public Duration firstPacketTimeout() {
        return firstPacketTimeout;
    }

    /**
     * Returns how long nothing may arrive from a peer.
     *
     * @return the duration; zero for no limit
     */
    public Duration idleTimeout() {
        return idleTimeout;
    }

    /**
     * Returns how long bytes may wait without the peer taking any.
     *
     * @return the duration; zero for no limit
     */
    public Duration writeTimeout() {
        return writeTimeout;
    }

    /**
     * Returns how long a connection that is ending may take: to send what is waiting, to be closed by the peer, to have
     * its packets received by the program. Each step forward starts it anew.
     *
     * @return the duration; zero for no limit
     */
    public Duration drainTimeout() {
        return drainTimeout;
    }

    /**
     * Returns how long the driver accepts nothing after the system refused an accept.
     *
     * @return the duration; zero to try again in each update
     */
    public Duration acceptRetryDelay() {
        return acceptRetryDelay;
    }

    /**
     * Returns how much time a gap between two updates counts for at most.
     *
     * @return the duration; zero for no limit
     */
    public Duration updateGapLimit() {
        return updateGapLimit;
    }

    /**
     * Returns what opens the network for each driver.
     *
     * @return the factory
     */
    public Transport.Factory transport() {
        return transport;
    }

    /**
     * Returns how connections are encrypted.
     *
     * @return the configuration of TLS; null for none
     */
    public @Nullable TlsConfig tls() {
        return tls;
    }

    /** Builds a {@link StreamSocketDriverConfig}. */
    public static final class Builder {

        /** The largest buffer that can be asked for: 256 MiB. */
        public static final int MAX_BUFFER_SIZE = 1 << 28;

        /** The longest timeout that can be asked for. */
        public static final Duration MAX_TIMEOUT = Arguments.LONGEST;

        private int maxConnections = 1024;
        private int maxPacketSize = 64 * 1024;
        private int inboundBufferSize = 64 * 1024;
        private int outboundBufferSize = 64 * 1024;
        private SlowConsumerPolicy slowConsumerPolicy = SlowConsumerPolicy.DISCONNECT;
        private SurplusPolicy surplusPolicy = SurplusPolicy.CLOSE;
        private RateLimitPolicy rateLimitPolicy = RateLimitPolicy.THROTTLE;
        private int maxConnectionsPerRemoteIp;
        private int maxPacketsPerSecond;
        private int maxBytesPerSecond;
        private int acceptsPerUpdate = 64;
        private Duration connectTimeout = Duration.ofSeconds(10);
        private Duration firstPacketTimeout = Duration.ZERO;
        private Duration idleTimeout = Duration.ZERO;
        private Duration writeTimeout = Duration.ofSeconds(30);
        private Duration drainTimeout = Duration.ofSeconds(5);
        private Duration acceptRetryDelay = Duration.ofMillis(100);
        private Duration updateGapLimit = Duration.ofSeconds(1);
        private Transport.Factory transport = Transport::nio;
        private @Nullable TlsConfig tls;

        private Builder() {}

        /**
         * Sets the maximum number of connections; 1 for clients of one server. Default 1,024.
         *
         * @param connections 1 or more
         * @return this
         */
        public Builder maxConnections(int connections) {
            maxConnections = connections;
            return this;
        }

        /**
         * Sets the largest packet, sent or received. Default 65,536, which means 65,535, all that the wire can express.
         *
         * @param bytes 1 or more, at most the outbound buffer size
         * @return this
         */
        public Builder maxPacketSize(int bytes) {
            maxPacketSize = bytes;
            return this;
        }

        /**
         * Sets how many arrived bytes wait for the program at the most, for each connection. It is rounded up to a power
         * of two that holds one largest packet with its header. Default 65,536.
         *
         * @param bytes 1 to 268,435,456
         * @return this
         */
        public Builder inboundBufferSize(int bytes) {
            inboundBufferSize = bytes;
            return this;
        }

        /**
         * Sets how many sent bytes wait for the system at the most, for each connection. It is rounded up to a power of
         * two that holds one largest packet with its header. Default 65,536.
         *
         * @param bytes 1 to 268,435,456
         * @return this
         */
        public Builder outboundBufferSize(int bytes) {
            outboundBufferSize = bytes;
            return this;
        }

        /**
         * Sets what {@code send} does when the outbound buffer is full. Default {@link SlowConsumerPolicy#DISCONNECT}.
         *
         * @param policy the policy
         * @return this
         */
        public Builder slowConsumerPolicy(SlowConsumerPolicy policy) {
            slowConsumerPolicy = Objects.requireNonNull(policy, "slowConsumerPolicy");
            return this;
        }

        /**
         * Sets what happens to peers beyond the maximum number of connections. Default {@link SurplusPolicy#CLOSE}.
         *
         * @param policy the policy
         * @return this
         */
        public Builder surplusPolicy(SurplusPolicy policy) {
            surplusPolicy = Objects.requireNonNull(policy, "surplusPolicy");
            return this;
        }

        /**
         * Sets what happens to peers that exceed a rate limit. Default {@link RateLimitPolicy#THROTTLE}.
         *
         * @param policy the policy
         * @return this
         */
        public Builder rateLimitPolicy(RateLimitPolicy policy) {
            rateLimitPolicy = Objects.requireNonNull(policy, "rateLimitPolicy");
            return this;
        }

        /**
         * Sets how many accepted connections one remote IP address may have. Default 0, no limit; leave it off behind a
         * proxy, where all peers have one address.
         *
         * @param connections 1 or more; 0 for no limit
         * @return this
         */
        public Builder maxConnectionsPerRemoteIp(int connections) {
            maxConnectionsPerRemoteIp = connections;
            return this;
        }

        /**
         * Sets how many packets per second one connection may send; a second's worth may come at once. What one read
         * brings beyond is received too, and paid for by a longer rest. Default 0.
         *
         * @param packets 1 or more; 0 for no limit
         * @return this
         */
        public Builder maxPacketsPerSecond(int packets) {
            maxPacketsPerSecond = packets;
            return this;
        }

        /**
         * Sets how many bytes per second, headers included, one connection may send; a second's worth may come at once.
         * Default 0.
         *
         * @param bytes 1 or more; 0 for no limit
         * @return this
         */
        public Builder maxBytesPerSecond(int bytes) {
            maxBytesPerSecond = bytes;
            return this;
        }

        /**
         * Sets how many connections one {@code update} accepts at the most, so that a rush of newcomers does not make
         * the tick long for those already there. Default 64.
         *
         * @param accepts 1 or more
         * @return this
         */
        public Builder acceptsPerUpdate(int accepts) {
            acceptsPerUpdate = accepts;
            return this;
        }

        /**
         * Sets how long a connect may take. Default 10 seconds.
         *
         * @param timeout zero for no limit
         * @return this
         */
        public Builder connectTimeout(Duration timeout) {
            connectTimeout = timeout;
            return this;
        }

        /**
         * Sets how long an accepted peer may take to send its first whole packet. Default zero, no limit.
         *
         * @param timeout zero for no limit
         * @return this
         */
        public Builder firstPacketTimeout(Duration timeout) {
            firstPacketTimeout = timeout;
            return this;
        }

        /**
         * Sets how long nothing may arrive from a peer. Default zero, no limit.
         *
         * @param timeout zero for no limit
         * @return this
         */
        public Builder idleTimeout(Duration timeout) {
            idleTimeout = timeout;
            return this;
        }

        /**
         * Sets how long bytes may wait without the peer taking any. Default 30 seconds.
         *
         * @param timeout zero for no limit
         * @return this
         */
        public Builder writeTimeout(Duration timeout) {
            writeTimeout = timeout;
            return this;
        }

        /**
         * Sets how long a connection that is ending may stay without a step forward. Default 5 seconds.
         *
         * @param timeout zero for no limit
         * @return this
         */
        public Builder drainTimeout(Duration timeout) {
            drainTimeout = timeout;
            return this;
        }

        /**
         * Sets how long the driver accepts nothing after the system refused an accept, most often for lack of file
         * descriptors. Default 100 milliseconds.
         *
         * @param delay zero to try again in each update
         * @return this
         */
        public Builder acceptRetryDelay(Duration delay) {
            acceptRetryDelay = delay;
            return this;
        }

        /**
         * Sets how much time a gap between two updates counts for at most. When the program stood still (a debugger, a
         * garbage collection), the peers could not know, and their deadlines are extended by the rest. Default 1 second.
         * Time spent in {@code waitForData} always counts in full.
         *
         * @param limit zero for no limit
         * @return this
         */
        public Builder updateGapLimit(Duration limit) {
            updateGapLimit = limit;
            return this;
        }

        /**
         * Sets what opens the network, for example a host of a {@link dev.gridmate.driver.sim.SimulatedNetwork}.
         * Default the system's TCP sockets.
         *
         * @param factory called once for each driver, in {@code initialize}
         * @return this
         */
        public Builder transport(Transport.Factory factory) {
            transport = Objects.requireNonNull(factory, "transport");
            return this;
        }

        /**
         * Has every connection encrypted. Packets and their lengths are the same, inside TLS. Default: no TLS.
         *
         * @param config how
         * @return this
         */
        public Builder tls(TlsConfig config) {
            tls = Objects.requireNonNull(config, "tls");
            return this;
        }

        /**
         * Builds the config.
         *
         * @return the config
         * @throws IllegalArgumentException if a value is out of range, or two do not fit together; names them
         */
        public StreamSocketDriverConfig build() {
            return new StreamSocketDriverConfig(this);
        }
    }
}
