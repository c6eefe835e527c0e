package dev.gridmate.carrier;

import dev.gridmate.carrier.badnet.Simulator;
import dev.gridmate.carrier.compress.CompressionFactory;
import dev.gridmate.carrier.traffic.DefaultTrafficControl;
import dev.gridmate.carrier.traffic.TrafficControl;
import dev.gridmate.driver.AddressFamily;
import dev.gridmate.driver.Driver;
import dev.gridmate.driver.SocketDriver;
import dev.gridmate.driver.SocketDriverConfig;
import dev.gridmate.internal.Arguments;
import java.time.Duration;
import java.util.Objects;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Everything that can be set about a {@link Carrier}, by subject. Immutable. The builder has the
 * names, units and defaults of the original's {@code CarrierDesc}.
 *
 * <p>Three things of the original are missing, since the carrier has no thread: {@code
 * m_threadCpuID}, {@code m_threadPriority} and {@code m_threadInstantResponse}. {@code
 * m_securityData} belongs to the driver.
 */
public final class CarrierDesc {

    private final PlugPoints plugPoints;
    private final LocalSide local;
    private final DisconnectDetection detection;
    private final CarrierLimits limits;
    private final CarrierTiming timing;
    private final NewcomerLimits newcomers;
    private final IntSupplier firstNumbers;

    /**
     * What a program can replace; null for the default.
     *
     * @param driver {@link Builder#driver}
     * @param trafficControl {@link Builder#trafficControl}
     * @param simulator {@link Builder#simulator}
     * @param compressionFactory {@link Builder#compressionFactory}
     * @param handshake {@link Builder#handshake}; never null
     */
    public record PlugPoints(
            @Nullable Driver driver,
            @Nullable TrafficControl trafficControl,
            @Nullable Simulator simulator,
            @Nullable CompressionFactory compressionFactory,
            Handshake handshake) {}

    /**
     * What a driver is initialized with, and how the carrier's own is made.
     *
     * @param familyType {@link Builder#familyType}
     * @param address {@link Builder#address}
     * @param port {@link Builder#port}
     * @param receiveBufferSize {@link Builder#driverReceiveBufferSize}, in bytes
     * @param sendBufferSize {@link Builder#driverSendBufferSize}, in bytes
     * @param ownDriver how the carrier's own driver is made
     */
    public record LocalSide(
            AddressFamily familyType,
            @Nullable String address,
            int port,
            int receiveBufferSize,
            int sendBufferSize,
            SocketDriverConfig ownDriver) {}

    private CarrierDesc(Builder builder) {
        local = builder.local();
        detection = builder.detection.build();
        limits = builder.limits.build();
        timing = builder.timing.build();
        newcomers = builder.newcomers;
        firstNumbers = CarrierDescParts.firstNumbers(builder.firstNumbers, newcomers.isFirstNumberRandom());
        plugPoints = builder.plugPoints(detection.timeout());
    }

    /** {@return a builder with the defaults} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return what the program replaces} */
    public PlugPoints plugPoints() {
        return plugPoints;
    }

    /** {@return what a driver is initialized with} */
    public LocalSide local() {
        return local;
    }

    /** {@return when a connection counts as lost} */
    public DisconnectDetection detection() {
        return detection;
    }

    /** {@return how much peers may ask for} */
    public CarrierLimits limits() {
        return limits;
    }

    /** {@return how much strangers may ask for} */
    public NewcomerLimits newcomers() {
        return newcomers;
    }

    /** {@return where the numbers of first datagrams come from} */
    IntSupplier firstNumbers() {
        return firstNumbers;
    }

    /** {@return how the carrier keeps its pace} */
    public CarrierTiming timing() {
        return timing;
    }

    /** Builds a {@link CarrierDesc}. {@link #build()} refuses a value that is out of range. */
    public static final class Builder {

        private @Nullable Driver driver;
        private @Nullable TrafficControl trafficControl;
        private @Nullable Handshake handshake;
        private @Nullable Simulator simulator;
        private @Nullable CompressionFactory compressionFactory;
        private int version = 1;
        private final CarrierDescParts.Local local = new CarrierDescParts.Local();
        private final CarrierDescParts.Detection detection = new CarrierDescParts.Detection();
        private final CarrierDescParts.Limits limits = new CarrierDescParts.Limits();
        private final CarrierDescParts.Timing timing = new CarrierDescParts.Timing();
        private NewcomerLimits newcomers = NewcomerLimits.DEFAULTS;

        /** Where the numbers of first datagrams come from, if a test says so. */
        @Nullable
        IntSupplier firstNumbers;

        private Builder() {}

        /**
         * {@return this} Sets the driver. The carrier initializes it if need be, updates it, and
         * does not close it. Default: a {@link SocketDriver} of the carrier's own.
         *
         * @param value the driver; null when the carrier is to make its own
         */
        public Builder driver(@Nullable Driver value) {
            driver = value;
            return this;
        }

        /**
         * {@return this} Sets the traffic control. Default: a {@link DefaultTrafficControl} with
         * these thresholds.
         *
         * @param value the traffic control; null for the default
         */
        public Builder trafficControl(@Nullable TrafficControl value) {
            trafficControl = value;
            return this;
        }

        /**
         * {@return this} Sets what decides which peers may connect. Default: a {@link
         * DefaultHandshake} with the version and the connection timeout.
         *
         * @param value the handshake
         */
        public Builder handshake(Handshake value) {
            handshake = Objects.requireNonNull(value, "handshake");
            return this;
        }

        /**
         * {@return this} Sets what simulates a worse network. Default: nothing does.
         *
         * @param value the simulator; null for none
         */
        public Builder simulator(@Nullable Simulator value) {
            simulator = value;
            return this;
        }

        /**
         * {@return this} Sets what makes the compressor. Both sides must have the same, or neither.
         * Default: none.
         *
         * @param value the factory; null for none
         */
        public Builder compressionFactory(@Nullable CompressionFactory value) {
            compressionFactory = value;
            return this;
        }

        /**
         * {@return this} Sets the kind of address of a driver that is not initialized. Default
         * IPv4.
         *
         * @param value the family
         */
        public Builder familyType(AddressFamily value) {
            local.familyType = Objects.requireNonNull(value, "familyType");
            return this;
        }

        /**
         * {@return this} Sets the IP address or name of a local interface, for a driver that is not
         * initialized. Default: all interfaces.
         *
         * @param value the address; null for all interfaces
         */
        public Builder address(@Nullable String value) {
            local.address = value;
            return this;
        }

        /**
         * {@return this} Sets the port of a driver that is not initialized. Default 0: the system
         * chooses.
         *
         * @param value 0 to 65,535
         */
        public Builder port(int value) {
            local.port = value;
            return this;
        }

        /**
         * {@return this} Sets the system's receive buffer of a driver that is not initialized.
         * Default 0: 262,144 for UDP, as the original; for TCP the system chooses.
         *
         * @param value bytes, 0 or more
         */
        public Builder driverReceiveBufferSize(int value) {
            local.driverReceiveBufferSize = value;
            return this;
        }

        /**
         * {@return this} Sets the system's send buffer of a driver that is not initialized. Default
         * 0: as for the receive buffer.
         *
         * @param value bytes, 0 or more
         */
        public Builder driverSendBufferSize(int value) {
            local.driverSendBufferSize = value;
            return this;
        }

        /**
         * {@return this} Sets whether the carrier's own driver sends datagrams of up to 64 KiB, as
         * {@link SocketDriverConfig.Builder#isFullPackets}. Default false.
         *
         * @param value true for large datagrams
         */
        public Builder driverIsFullPackets(boolean value) {
            local.driverIsFullPackets = value;
            return this;
        }

        /**
         * {@return this} Sets whether the carrier's own driver keeps to datagrams that every
         * platform takes, as {@link SocketDriverConfig.Builder#isCrossPlatform}. Default false.
         *
         * @param value true for small datagrams
         */
        public Builder driverIsCrossPlatform(boolean value) {
            local.driverIsCrossPlatform = value;
            return this;
        }

        /**
         * {@return this} Sets the version, which both sides must have alike. Default 1.
         *
         * @param value all 32 bits count
         */
        public Builder version(int value) {
            version = value;
            return this;
        }

        /**
         * {@return this} Sets whether a connection ends because the peer is silent or confirms
         * nothing, or the network is too bad. Default true; false is for debugging.
         *
         * @param value true to end bad connections
         */
        public Builder enableDisconnectDetection(boolean value) {
            detection.enableDisconnectDetection = value;
            return this;
        }

        /**
         * {@return this} Sets how long a peer may be silent, or confirm nothing, before the
         * connection counts as lost. Default 5,000.
         *
         * @param value milliseconds, 1 to 86,400,000
         */
        public Builder connectionTimeoutMS(int value) {
            detection.connectionTimeoutMS = value;
            return this;
        }

        /**
         * {@return this} Sets the longest round trip time; above it for three seconds the
         * connection ends. What a silence of the peer adds does not count. Default 500.
         *
         * @param value milliseconds; 0 for no limit
         */
        public Builder disconnectDetectionRttThreshold(float value) {
            detection.disconnectDetectionRttThreshold = value;
            return this;
        }

        /**
         * {@return this} Sets the largest share of lost datagrams; above it for three seconds, by
         * more than chance explains, the connection ends. What is lost in a silence of the peer
         * does not count. Over a driver that loses nothing (TCP) there is no limit, unless a
         * simulator loses something. Default 0.3.
         *
         * @param value 0 to 1; 0 for no limit
         */
        public Builder disconnectDetectionPacketLossThreshold(float value) {
            detection.disconnectDetectionPacketLossThreshold = value;
            return this;
        }

        /**
         * {@return this} Sets the part of the connection timeout that counts for the others when
         * one connection has timed out, so that a lost network drops all at once. Default 0, which
         * is off: each connection is judged by its own silence alone. The original's value is 0.5.
         *
         * @param value 0 to 1; 0 does not judge the others, 1 judges them as always
         */
        public Builder connectionEvaluationThreshold(float value) {
            detection.connectionEvaluationThreshold = value;
            return this;
        }

        /**
         * {@return this} Sets how long a {@link CarrierRunner} waits at most between two updates,
         * and how long a batch waits to become full. Default 30.
         *
         * @param value milliseconds, 0 to 100
         */
        public Builder threadUpdateTimeMS(int value) {
            timing.threadUpdateTimeMS = value;
            return this;
        }

        /**
         * {@return this} Sets how many datagrams a second a connection may receive; what comes
         * beyond is dropped. Default 0.
         *
         * @param value 1 or more; 0 for no limit
         */
        public Builder recvPacketsLimit(int value) {
            limits.recvPacketsLimit = value;
            return this;
        }

        /**
         * {@return this} Sets how many connections there may be; a peer that asks beyond is
         * refused. Default 4,096.
         *
         * @param value 1 or more
         */
        public Builder maxConnections(int value) {
            limits.maxConnections = value;
            return this;
        }

        /**
         * {@return this} Sets how much strangers may ask for, and all peers of one remote IP.
         * Default {@link NewcomerLimits#DEFAULTS}.
         *
         * @param value the limits
         */
        public Builder newcomers(NewcomerLimits value) {
            newcomers = Objects.requireNonNull(value, "newcomers");
            return this;
        }

        /**
         * {@return this} Sets after what time a request to connect is repeated; then it is twice
         * the time, and so on. Default 10.
         *
         * @param value milliseconds, 1 to 86,400,000
         */
        public Builder connectionRetryIntervalBase(int value) {
            timing.connectionRetryIntervalBase = value;
            return this;
        }

        /**
         * {@return this} Sets the longest interval between requests to connect. Default 1,000.
         *
         * @param value milliseconds, from the first interval to 86,400,000
         */
        public Builder connectionRetryIntervalMax(int value) {
            timing.connectionRetryIntervalMax = value;
            return this;
        }

        /**
         * {@return this} Sets how many full datagrams messages wait for, at most {@link
         * #threadUpdateTimeMS}. Default 0: messages do not wait.
         *
         * @param value datagrams, 0 to 1,000
         */
        public Builder sendBatchPacketCount(int value) {
            timing.sendBatchPacketCount = value;
            return this;
        }

        /**
         * {@return this} Sets whether an unreliable message that is larger than {@link
         * Carrier#messageMtu()} is not taken. Default false: it is sent, reliable, since the wire
         * has no unreliable chunks, and {@link SendResult#OK_BUT_RELIABLE} says so.
         *
         * @param value true to take no such message
         */
        public Builder rejectLargeUnreliable(boolean value) {
            timing.rejectLargeUnreliable = value;
            return this;
        }

        /**
         * {@return this} Sets how many bytes of messages of one connection may wait to leave or to
         * be confirmed; beyond, send takes nothing. Default 64 MiB.
         *
         * @param value bytes, 1 to 1 GiB
         */
        public Builder sendQueueSize(int value) {
            limits.sendQueueSize = value;
            return this;
        }

        /**
         * {@return this} Sets how many bytes of memory one connection may hold for messages that
         * wait for the program, or for others before them; beyond, datagrams are dropped and come
         * again. It limits the largest message too. Default 64 MiB.
         *
         * @param value bytes, 1 to 1 GiB
         */
        public Builder receiveQueueSize(int value) {
            limits.receiveQueueSize = value;
            return this;
        }

        /**
         * {@return this} Sets how many bytes of memory all connections together may hold for
         * messages that the program has not received; beyond, datagrams are dropped and come again.
         * If a peer needs room then, the connection with the most bytes of messages that are not
         * whole ends. Half of this limits the {@link #receiveQueueSize} of each connection.
         * Default: a quarter of the memory that the JVM may use, at least 16 MiB.
         *
         * @param value bytes, 65,536 or more; 0 for the default
         */
        public Builder receiveMemorySize(long value) {
            limits.receiveMemorySize = value;
            return this;
        }

        private PlugPoints plugPoints(Duration timeout) {
            return new PlugPoints(
                    driver,
                    trafficControl,
                    simulator,
                    compressionFactory,
                    handshake == null ? new DefaultHandshake(version, timeout) : handshake);
        }

        private LocalSide local() {
            return new LocalSide(
                    local.familyType,
                    local.address,
                    Arguments.inRange("port", local.port, 0, 65_535),
                    Arguments.atLeast("driverReceiveBufferSize", local.driverReceiveBufferSize, 0),
                    Arguments.atLeast("driverSendBufferSize", local.driverSendBufferSize, 0),
                    SocketDriverConfig.builder()
                            .isFullPackets(local.driverIsFullPackets)
                            .isCrossPlatform(local.driverIsCrossPlatform)
                            .build());
        }

        /**
         * {@return the description}
         *
         * @throws IllegalArgumentException if a value is out of range; the message names it, and
         *     the range
         */
        public CarrierDesc build() {
            return new CarrierDesc(this);
        }
    }
}
