package dev.gridmate.driver;

import dev.gridmate.driver.stream.Frame;
import dev.gridmate.driver.transport.Transport;
import dev.gridmate.internal.Arguments;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Everything that can be set about a {@link StreamSocketDriver}, by subject. Immutable; one may
 * serve many drivers.
 *
 * <p>Timeouts are durations on the driver's clock, and zero switches one off. The wire has no
 * heartbeat, so a peer that is merely quiet looks like one that is dead: the timeouts that would
 * end a quiet peer are off until asked for.
 */
public final class StreamSocketDriverConfig {

    private final ConnectionLimits limits;
    private final Buffers buffers;
    private final Timeouts timeouts;
    private final Policies policies;
    private final Loop loop;
    private final Transport.Factory transport;
    private final @Nullable TlsConfig tls;
    private final HostNames hostNames;

    /**
     * How large packets are, and how many bytes may wait for each connection.
     *
     * @param maxPacketSize {@link Builder#maxPacketSize}, or what the wire can express if that is
     *     less
     * @param inbound {@link Builder#inboundBufferSize}
     * @param outbound {@link Builder#outboundBufferSize}
     * @param memory {@link Builder#bufferMemory}
     */
    public record Buffers(int maxPacketSize, int inbound, int outbound, long memory) {}

    /**
     * How long to wait for a peer.
     *
     * @param connect {@link Builder#connectTimeout}
     * @param firstPacket {@link Builder#firstPacketTimeout}
     * @param idle {@link Builder#idleTimeout}
     * @param write {@link Builder#writeTimeout}
     * @param drain {@link Builder#drainTimeout}
     */
    public record Timeouts(Duration connect, Duration firstPacket, Duration idle, Duration write, Duration drain) {}

    /**
     * What happens when there is too much of something.
     *
     * @param slowConsumer {@link Builder#slowConsumerPolicy}
     * @param surplus {@link Builder#surplusPolicy}
     * @param rateLimit {@link Builder#rateLimitPolicy}
     */
    public record Policies(SlowConsumerPolicy slowConsumer, SurplusPolicy surplus, RateLimitPolicy rateLimit) {}

    /**
     * How the loop keeps its pace.
     *
     * @param acceptsPerUpdate {@link Builder#acceptsPerUpdate}
     * @param acceptRetryDelay {@link Builder#acceptRetryDelay}
     * @param updateGapLimit {@link Builder#updateGapLimit}
     * @param updateBudget {@link Builder#updateBudget}
     */
    public record Loop(
            int acceptsPerUpdate, Duration acceptRetryDelay, Duration updateGapLimit, Duration updateBudget) {}

    private StreamSocketDriverConfig(Builder builder) {
        limits = builder.limits;
        buffers = builder.buffers;
        timeouts = builder.timeouts;
        policies = builder.policies;
        loop = builder.loop;
        transport = builder.transport;
        tls = builder.tls;
        hostNames = builder.hostNames;
        if (buffers.maxPacketSize > buffers.outbound) {
            throw new IllegalArgumentException(
                    "maxPacketSize " + buffers.maxPacketSize + " is above outboundBufferSize " + buffers.outbound
                            + ": a packet must fit the buffer that it is sent from");
        }
    }

    /** {@return a builder with the defaults} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return how much peers may ask for} */
    public ConnectionLimits limits() {
        return limits;
    }

    /** {@return how large packets are, and how many bytes may wait} */
    public Buffers buffers() {
        return buffers;
    }

    /** {@return how long to wait for a peer} */
    public Timeouts timeouts() {
        return timeouts;
    }

    /** {@return what happens when there is too much of something} */
    public Policies policies() {
        return policies;
    }

    /** {@return how the loop keeps its pace} */
    public Loop loop() {
        return loop;
    }

    /** {@return {@link Builder#transport}} */
    public Transport.Factory transport() {
        return transport;
    }

    /** {@return {@link Builder#tls}; null for none} */
    public @Nullable TlsConfig tls() {
        return tls;
    }

    /** {@return {@link Builder#hostNames}} */
    public HostNames hostNames() {
        return hostNames;
    }

    /**
     * Builds a {@link StreamSocketDriverConfig}. A setter refuses a value that is out of range, and
     * names it; {@link #build()} refuses two that do not fit together.
     */
    public static final class Builder {

        /** The largest buffer that can be asked for: 256 MiB. */
        public static final int MAX_BUFFER_SIZE = 1 << 28;

        /** The longest timeout that can be asked for: 365 days. */
        public static final Duration MAX_TIMEOUT = Arguments.LONGEST;

        private static final long LEAST_BUFFER_MEMORY = 1 << 20;
        private ConnectionLimits limits = new ConnectionLimits(1024, 128, 128, 0, 0);
        private Buffers buffers = new Buffers(
                Frame.MAX_PAYLOAD,
                64 * 1024,
                64 * 1024,
                Math.max(LEAST_BUFFER_MEMORY, Runtime.getRuntime().maxMemory() / 2));
        private Timeouts timeouts = new Timeouts(
                Duration.ofSeconds(10), Duration.ZERO, Duration.ZERO, Duration.ofSeconds(30), Duration.ofSeconds(5));
        private Policies policies =
                new Policies(SlowConsumerPolicy.DISCONNECT, SurplusPolicy.CLOSE, RateLimitPolicy.THROTTLE);
        private Loop loop = new Loop(64, Duration.ofMillis(100), Duration.ofSeconds(1), Duration.ofMillis(8));
        private Transport.Factory transport = Transport::nio;
        private @Nullable TlsConfig tls;
        private HostNames hostNames = HostNames.DEFAULT;

        private Builder() {}

        /**
         * Sets the maximum number of connections; 1 for clients of one server. Default 1,024. Then
         * an accepted peer that has sent no packet for some seconds gives way to a newcomer.
         *
         * @param connections 1 or more
         * @return this
         */
        public Builder maxConnections(int connections) {
            int most = Arguments.atLeast("maxConnections", connections, 1);
            return limits(most, limits.maxConnectionsPerRemoteIp(), limits.connectsPerSecondPerRemoteIp());
        }

        /**
         * Sets how many accepted connections one remote address may have: an IPv4 address, or the
         * first 64 bits of an IPv6 address. Default 128; switch it off behind a proxy, where all
         * peers have one address.
         *
         * @param connections 1 or more; 0 for no limit
         * @return this
         */
        public Builder maxConnectionsPerRemoteIp(int connections) {
            int most = Arguments.atLeast("maxConnectionsPerRemoteIp", connections, 0);
            return limits(limits.maxConnections(), most, limits.connectsPerSecondPerRemoteIp());
        }

        /**
         * Sets how many connections per second are accepted of one remote address, as above; a
         * second's worth may come at once. What is beyond is closed at once. Default 128; switch it
         * off behind a proxy.
         *
         * @param connects 1 or more; 0 for no limit
         * @return this
         */
        public Builder connectsPerSecondPerRemoteIp(int connects) {
            int most = Arguments.atLeast("connectsPerSecondPerRemoteIp", connects, 0);
            return limits(limits.maxConnections(), limits.maxConnectionsPerRemoteIp(), most);
        }

        private Builder limits(int connections, int perRemoteIp, int connectsPerSecond) {
            limits = new ConnectionLimits(
                    connections,
                    perRemoteIp,
                    connectsPerSecond,
                    limits.maxPacketsPerSecond(),
                    limits.maxBytesPerSecond());
            return this;
        }

        /**
         * Sets how many packets per second one connection may send; a second's worth may come at
         * once. What one read brings beyond is received, and paid for by a longer rest. Default 0.
         *
         * @param packets 1 or more; 0 for no limit
         * @return this
         */
        public Builder maxPacketsPerSecond(int packets) {
            return rates(Arguments.atLeast("maxPacketsPerSecond", packets, 0), limits.maxBytesPerSecond());
        }

        /**
         * Sets how many bytes per second, headers included, one connection may send; a second's
         * worth may come at once. Default 0.
         *
         * @param bytes 1 or more; 0 for no limit
         * @return this
         */
        public Builder maxBytesPerSecond(int bytes) {
            return rates(limits.maxPacketsPerSecond(), Arguments.atLeast("maxBytesPerSecond", bytes, 0));
        }

        private Builder rates(int packets, int bytes) {
            ConnectionLimits l = limits;
            limits = new ConnectionLimits(
                    l.maxConnections(),
                    l.maxConnectionsPerRemoteIp(),
                    l.connectsPerSecondPerRemoteIp(),
                    packets,
                    bytes);
            return this;
        }

        /**
         * Sets the largest packet, sent or received. Default 65,535, all that the wire can express;
         * more means that too.
         *
         * @param bytes 1 or more, at most the outbound buffer size
         * @return this
         */
        public Builder maxPacketSize(int bytes) {
            int most = Math.min(Arguments.atLeast("maxPacketSize", bytes, 1), Frame.MAX_PAYLOAD);
            buffers = new Buffers(most, buffers.inbound, buffers.outbound, buffers.memory);
            return this;
        }

        /**
         * Sets how many arrived bytes wait for the program at the most, for each connection. It is
         * rounded up to a power of two that holds one largest packet with its header. Default
         * 65,536.
         *
         * @param bytes 1 to 268,435,456
         * @return this
         */
        public Builder inboundBufferSize(int bytes) {
            int size = Arguments.inRange("inboundBufferSize", bytes, 1, MAX_BUFFER_SIZE);
            buffers = new Buffers(buffers.maxPacketSize, size, buffers.outbound, buffers.memory);
            return this;
        }

        /**
         * Sets how many sent bytes wait for the system at the most, for each connection. It is
         * rounded up to a power of two that holds one largest packet with its header. Default
         * 65,536.
         *
         * @param bytes 1 to 268,435,456
         * @return this
         */
        public Builder outboundBufferSize(int bytes) {
            int size = Arguments.inRange("outboundBufferSize", bytes, 1, MAX_BUFFER_SIZE);
            buffers = new Buffers(buffers.maxPacketSize, buffers.inbound, size, buffers.memory);
            return this;
        }

        /**
         * Sets how much direct memory all buffers of a driver may have together, those of TLS
         * included. When it is used up, connections wait to be read, and {@code send} takes its
         * buffer to be full; the last quarter is kept for peers with little to say. Default half of
         * what the Java VM may use as heap.
         *
         * @param bytes 1,048,576 or more
         * @return this
         */
        public Builder bufferMemory(long bytes) {
            long most = Arguments.atLeast("bufferMemory", bytes, LEAST_BUFFER_MEMORY);
            buffers = new Buffers(buffers.maxPacketSize, buffers.inbound, buffers.outbound, most);
            return this;
        }

        /**
         * Sets how long a connect may take. Default 10 seconds.
         *
         * @param timeout zero for no limit
         * @return this
         */
        public Builder connectTimeout(Duration timeout) {
            Duration most = Arguments.timeout("connectTimeout", timeout);
            timeouts = new Timeouts(most, timeouts.firstPacket, timeouts.idle, timeouts.write, timeouts.drain);
            return this;
        }

        /**
         * Sets how long an accepted peer may take to send its first packet. Default zero, no limit.
         *
         * @param timeout zero for no limit
         * @return this
         */
        public Builder firstPacketTimeout(Duration timeout) {
            Duration most = Arguments.timeout("firstPacketTimeout", timeout);
            timeouts = new Timeouts(timeouts.connect, most, timeouts.idle, timeouts.write, timeouts.drain);
            return this;
        }

        /**
         * Sets how long nothing may arrive from a peer. Default zero, no limit.
         *
         * @param timeout zero for no limit
         * @return this
         */
        public Builder idleTimeout(Duration timeout) {
            Duration most = Arguments.timeout("idleTimeout", timeout);
            timeouts = new Timeouts(timeouts.connect, timeouts.firstPacket, most, timeouts.write, timeouts.drain);
            return this;
        }

        /**
         * Sets how long bytes may wait without the peer taking any. Default 30 seconds.
         *
         * @param timeout zero for no limit
         * @return this
         */
        public Builder writeTimeout(Duration timeout) {
            Duration most = Arguments.timeout("writeTimeout", timeout);
            timeouts = new Timeouts(timeouts.connect, timeouts.firstPacket, timeouts.idle, most, timeouts.drain);
            return this;
        }

        /**
         * Sets how long a connection that is ending may take: to send what is waiting, to be closed
         * by the peer, to have its packets received by the program. Each step forward starts it
         * anew. Default 5 seconds.
         *
         * @param timeout zero for no limit
         * @return this
         */
        public Builder drainTimeout(Duration timeout) {
            Duration most = Arguments.timeout("drainTimeout", timeout);
            timeouts = new Timeouts(timeouts.connect, timeouts.firstPacket, timeouts.idle, timeouts.write, most);
            return this;
        }

        /**
         * Sets what {@code send} does when the outbound buffer is full. Default {@link
         * SlowConsumerPolicy#DISCONNECT}.
         *
         * @param policy the policy
         * @return this
         */
        public Builder slowConsumerPolicy(SlowConsumerPolicy policy) {
            policies = new Policies(
                    Objects.requireNonNull(policy, "slowConsumerPolicy"), policies.surplus, policies.rateLimit);
            return this;
        }

        /**
         * Sets what happens to peers beyond the maximum number of connections. Default {@link
         * SurplusPolicy#CLOSE}.
         *
         * @param policy the policy
         * @return this
         */
        public Builder surplusPolicy(SurplusPolicy policy) {
            policies = new Policies(
                    policies.slowConsumer, Objects.requireNonNull(policy, "surplusPolicy"), policies.rateLimit);
            return this;
        }

        /**
         * Sets what happens to peers that exceed a rate limit. Default {@link
         * RateLimitPolicy#THROTTLE}.
         *
         * @param policy the policy
         * @return this
         */
        public Builder rateLimitPolicy(RateLimitPolicy policy) {
            policies = new Policies(
                    policies.slowConsumer, policies.surplus, Objects.requireNonNull(policy, "rateLimitPolicy"));
            return this;
        }

        /**
         * Sets how many connections one {@code update} accepts at the most, so that a rush of
         * newcomers does not make the tick long for those already there. Default 64.
         *
         * @param accepts 1 or more
         * @return this
         */
        public Builder acceptsPerUpdate(int accepts) {
            int most = Arguments.atLeast("acceptsPerUpdate", accepts, 1);
            loop = new Loop(most, loop.acceptRetryDelay, loop.updateGapLimit, loop.updateBudget);
            return this;
        }

        /**
         * Sets how long the driver accepts nothing after the system refused an accept, most often
         * for lack of file descriptors. Default 100 milliseconds.
         *
         * @param delay zero to try again in each update
         * @return this
         */
        public Builder acceptRetryDelay(Duration delay) {
            Duration rest = Arguments.timeout("acceptRetryDelay", delay);
            loop = new Loop(loop.acceptsPerUpdate, rest, loop.updateGapLimit, loop.updateBudget);
            return this;
        }

        /**
         * Sets how much time a gap between two updates counts for at most. When the program stood
         * still (a debugger, a garbage collection), the peers could not know, and their deadlines
         * are extended by the rest. Default 1 second. Time spent in {@code waitForData} always
         * counts in full.
         *
         * @param limit zero for no limit
         * @return this
         */
        public Builder updateGapLimit(Duration limit) {
            Duration most = Arguments.timeout("updateGapLimit", limit);
            loop = new Loop(loop.acceptsPerUpdate, loop.acceptRetryDelay, most, loop.updateBudget);
            return this;
        }

        /**
         * Sets how long one {@code update} may take for what peers ask of it: reading, records,
         * handshakes, accepts. What is left is done in the next update, before anything else.
         * Default 8 milliseconds, half a tick at 60 Hz. One step cannot be divided, so an update
         * exceeds it by one: a read of a buffer, or a step of a handshake.
         *
         * @param budget zero for no limit
         * @return this
         */
        public Builder updateBudget(Duration budget) {
            Duration most = Arguments.timeout("updateBudget", budget);
            loop = new Loop(loop.acceptsPerUpdate, loop.acceptRetryDelay, loop.updateGapLimit, most);
            return this;
        }

        /**
         * Sets what opens the network, for example a host of a {@link
         * dev.gridmate.driver.sim.SimulatedNetwork}. Default the system's TCP sockets.
         *
         * @param factory called once for each driver, in {@code initialize}
         * @return this
         */
        public Builder transport(Transport.Factory factory) {
            transport = Objects.requireNonNull(factory, "transport");
            return this;
        }

        /**
         * Encrypts every connection. Packets and their lengths stay as they are. Default: no TLS.
         *
         * @param config how
         * @return this
         */
        public Builder tls(TlsConfig config) {
            tls = Objects.requireNonNull(config, "tls");
            return this;
        }

        /**
         * Sets how {@code connectToHost} looks names up and tries their addresses. Default {@link
         * HostNames#DEFAULT}.
         *
         * @param names how
         * @return this
         */
        public Builder hostNames(HostNames names) {
            hostNames = Objects.requireNonNull(names, "hostNames");
            return this;
        }

        /**
         * {@return the config}
         *
         * @throws IllegalArgumentException if two values do not fit together; names them
         */
        public StreamSocketDriverConfig build() {
            return new StreamSocketDriverConfig(this);
        }
    }
}
