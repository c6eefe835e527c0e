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
import dev.gridmate.snapshot.Visibility;
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
    private final Visibility visibility;

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
        visibility = builder.visibility;
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

    /** {@return how the carrier and its own driver show themselves} */
    public Visibility visibility() {
        return visibility;
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
    public static final class Builder extends ConnectionSettings<Builder> {

        private @Nullable Driver driver;
        private @Nullable TrafficControl trafficControl;
        private @Nullable Handshake handshake;
        private @Nullable Simulator simulator;
        private @Nullable CompressionFactory compressionFactory;
        private int version = 1;
        private Visibility visibility = Visibility.DEFAULT;
        private final CarrierDescParts.Local local = new CarrierDescParts.Local();

        /** Where the numbers of first datagrams come from, if a test says so. */
        @Nullable
        IntSupplier firstNumbers;

        private Builder() {}

        @Override
        Builder self() {
            return this;
        }

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
         * {@return this} Sets the name in all views, and whether there is an MBean and lines in the
         * log, for the carrier and its own driver. Default {@link Visibility#DEFAULT}.
         *
         * @param value how it shows itself
         */
        public Builder visibility(Visibility value) {
            visibility = Objects.requireNonNull(value, "visibility");
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
                            .visibility(visibility)
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
