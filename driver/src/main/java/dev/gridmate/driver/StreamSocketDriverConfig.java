package dev.gridmate.driver;

import dev.gridmate.driver.stream.Frame;
import dev.gridmate.driver.transport.SystemSockets;
import dev.gridmate.driver.transport.Transport;
import dev.gridmate.internal.Arguments;
import dev.gridmate.snapshot.Visibility;
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
    private final Visibility visibility;

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
        limits = builder.limits();
        buffers = new Buffers(
                builder.maxPacketSize, builder.inboundBufferSize, builder.outboundBufferSize, builder.bufferMemory);
        timeouts = new Timeouts(
                builder.connectTimeout,
                builder.firstPacketTimeout,
                builder.idleTimeout,
                builder.writeTimeout,
                builder.drainTimeout);
        policies = new Policies(builder.slowConsumerPolicy, builder.surplusPolicy, builder.rateLimitPolicy);
        loop = new Loop(
                builder.acceptsPerUpdate, builder.acceptRetryDelay, builder.updateGapLimit, builder.updateBudget);
        transport = builder.transport;
        tls = builder.tls;
        hostNames = builder.hostNames;
        visibility = builder.visibility;
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

    /** {@return {@link Builder#visibility}} */
    public Visibility visibility() {
        return visibility;
    }

    /**
     * Builds a {@link StreamSocketDriverConfig}. A setter refuses a value that is out of range, and
     * names it; {@link #build()} refuses two that do not fit together.
     */
    public static final class Builder extends PeerSettings<Builder> {

        /** The largest buffer that can be asked for: 256 MiB. */
        public static final int MAX_BUFFER_SIZE = 1 << 28;

        /** The longest timeout that can be asked for: 365 days. */
        public static final Duration MAX_TIMEOUT = Arguments.LONGEST;

        private static final long LEAST_BUFFER_MEMORY = 1 << 20;

        private int maxPacketSize = Frame.MAX_PAYLOAD;
        private int inboundBufferSize = 64 * 1024;
        private int outboundBufferSize = 64 * 1024;
        private long bufferMemory =
                Math.max(LEAST_BUFFER_MEMORY, Runtime.getRuntime().maxMemory() / 2);
        private int acceptsPerUpdate = 64;
        private Duration acceptRetryDelay = Duration.ofMillis(100);
        private Duration updateGapLimit = Duration.ofSeconds(1);
        private Duration updateBudget = Duration.ofMillis(8);
        private Transport.Factory transport = SystemSockets::tcp;
        private @Nullable TlsConfig tls;
        private HostNames hostNames = HostNames.DEFAULT;
        private Visibility visibility = Visibility.DEFAULT;

        private Builder() {}

        @Override
        Builder self() {
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
            maxPacketSize = Math.min(Arguments.atLeast("maxPacketSize", bytes, 1), Frame.MAX_PAYLOAD);
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
            inboundBufferSize = Arguments.inRange("inboundBufferSize", bytes, 1, MAX_BUFFER_SIZE);
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
            outboundBufferSize = Arguments.inRange("outboundBufferSize", bytes, 1, MAX_BUFFER_SIZE);
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
            bufferMemory = Arguments.atLeast("bufferMemory", bytes, LEAST_BUFFER_MEMORY);
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
            acceptsPerUpdate = Arguments.atLeast("acceptsPerUpdate", accepts, 1);
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
            acceptRetryDelay = Arguments.timeout("acceptRetryDelay", delay);
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
            updateGapLimit = Arguments.timeout("updateGapLimit", limit);
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
            updateBudget = Arguments.timeout("updateBudget", budget);
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
         * Sets the name of the driver in all views, and whether it has an MBean and writes to the
         * log. Default {@link Visibility#DEFAULT}: it does, under the name {@code stream}.
         *
         * @param shown how it shows itself
         * @return this
         */
        public Builder visibility(Visibility shown) {
            visibility = Objects.requireNonNull(shown, "visibility");
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
