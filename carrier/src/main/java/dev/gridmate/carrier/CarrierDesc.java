package dev.gridmate.carrier;

import dev.gridmate.carrier.badnet.Simulator;
import dev.gridmate.carrier.compress.CompressionFactory;
import dev.gridmate.carrier.traffic.DefaultTrafficControl;
import dev.gridmate.carrier.traffic.TrafficControl;
import dev.gridmate.driver.AddressFamily;
import dev.gridmate.driver.Driver;
import dev.gridmate.driver.SocketDriver;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Everything that can be set about a {@link Carrier}: the original's {@code CarrierDesc}, with its names, units and
 * defaults. Immutable.
 *
 * <p>What the original has and this has not: {@code m_threadCpuID}, {@code m_threadPriority} and {@code
 * m_threadInstantResponse}, since the carrier has no thread; and {@code m_securityData}, which is the driver's affair.
 */
public final class CarrierDesc {

    private final @Nullable Driver driver;
    private final @Nullable TrafficControl trafficControl;
    private final Handshake handshake;
    private final @Nullable Simulator simulator;
    private final @Nullable CompressionFactory compressionFactory;
    private final AddressFamily familyType;
    private final @Nullable String address;
    private final int port;
    private final int driverReceiveBufferSize;
    private final int driverSendBufferSize;
    private final boolean driverIsFullPackets;
    private final boolean driverIsCrossPlatform;
    private final int version;
    private final boolean enableDisconnectDetection;
    private final int connectionTimeoutMS;
    private final float disconnectDetectionRttThreshold;
    private final float disconnectDetectionPacketLossThreshold;
    private final float connectionEvaluationThreshold;
    private final int threadUpdateTimeMS;
    private final int recvPacketsLimit;
    private final int maxConnections;
    private final int connectionRetryIntervalBase;
    private final int connectionRetryIntervalMax;
    private final int sendBatchPacketCount;
    private final int sendQueueSize;
    private final int receiveQueueSize;

    private CarrierDesc(Builder builder) {
        driver = builder.driver;
        trafficControl = builder.trafficControl;
        simulator = builder.simulator;
        compressionFactory = builder.compressionFactory;
        familyType = builder.familyType;
        address = builder.address;
        port = inRange("port", builder.port, 0, 65_535);
        driverReceiveBufferSize =
                inRange("driverReceiveBufferSize", builder.driverReceiveBufferSize, 0, Integer.MAX_VALUE);
        driverSendBufferSize = inRange("driverSendBufferSize", builder.driverSendBufferSize, 0, Integer.MAX_VALUE);
        driverIsFullPackets = builder.driverIsFullPackets;
        driverIsCrossPlatform = builder.driverIsCrossPlatform;
        version = builder.version;
        enableDisconnectDetection = builder.enableDisconnectDetection;
        connectionTimeoutMS = inRange("connectionTimeoutMS", builder.connectionTimeoutMS, 1, Builder.MAX_TIME_MS);
        disconnectDetectionRttThreshold =
                threshold("disconnectDetectionRttThreshold", builder.disconnectDetectionRttThreshold, Float.MAX_VALUE);
        disconnectDetectionPacketLossThreshold =
                threshold("disconnectDetectionPacketLossThreshold", builder.disconnectDetectionPacketLossThreshold, 1);
        connectionEvaluationThreshold =
                threshold("connectionEvaluationThreshold", builder.connectionEvaluationThreshold, 1);
        threadUpdateTimeMS = inRange("threadUpdateTimeMS", builder.threadUpdateTimeMS, 0, 100);
        recvPacketsLimit = inRange("recvPacketsLimit", builder.recvPacketsLimit, 0, Integer.MAX_VALUE);
        maxConnections = inRange("maxConnections", builder.maxConnections, 1, Integer.MAX_VALUE);
        connectionRetryIntervalBase =
                inRange("connectionRetryIntervalBase", builder.connectionRetryIntervalBase, 1, Builder.MAX_TIME_MS);
        connectionRetryIntervalMax = inRange(
                "connectionRetryIntervalMax",
                builder.connectionRetryIntervalMax,
                connectionRetryIntervalBase,
                Builder.MAX_TIME_MS);
        sendBatchPacketCount = inRange("sendBatchPacketCount", builder.sendBatchPacketCount, 0, 1000);
        sendQueueSize = inRange("sendQueueSize", builder.sendQueueSize, 1, Builder.MAX_QUEUE_SIZE);
        receiveQueueSize = inRange("receiveQueueSize", builder.receiveQueueSize, 1, Builder.MAX_QUEUE_SIZE);
        handshake = builder.handshake == null
                ? new DefaultHandshake(version, Duration.ofMillis(connectionTimeoutMS))
                : builder.handshake;
    }

    /**
     * Returns a builder with the defaults.
     *
     * @return the builder
     */
    public static Builder builder() {
        return new Builder();
    }

    private static int inRange(String name, int value, int from, int to) {
        if (value < from || value > to) {
            throw new IllegalArgumentException(name + " is " + value + ", it must be " + from + " to " + to);
        }
        return value;
    }

    private static float threshold(String name, float value, float most) {
        if (!(value >= 0 && value <= most)) {
            throw new IllegalArgumentException(name + " is " + value + ", it must be 0 to " + most);
        }
        return value;
    }

    /**
     * Returns the driver underneath.
     *
     * @return the driver; null when the carrier is to make its own
     */
    public @Nullable Driver driver() {
        return driver;
    }

    /**
     * Returns what decides how much may be on its way.
     *
     * @return the traffic control; null for the default
     */
    public @Nullable TrafficControl trafficControl() {
        return trafficControl;
    }

    /**
     * Returns what decides who may connect.
     *
     * @return the handshake
     */
    public Handshake handshake() {
        return handshake;
    }

    /**
     * Returns what plays a worse network.
     *
     * @return the simulator; null for none
     */
    public @Nullable Simulator simulator() {
        return simulator;
    }

    /**
     * Returns what makes the compressor.
     *
     * @return the factory; null for none
     */
    public @Nullable CompressionFactory compressionFactory() {
        return compressionFactory;
    }

    /**
     * Returns the kind of address.
     *
     * @return the family
     */
    public AddressFamily familyType() {
        return familyType;
    }

    /**
     * Returns the local address.
     *
     * @return the address; null for all interfaces
     */
    public @Nullable String address() {
        return address;
    }

    /**
     * Returns the local port.
     *
     * @return the port
     */
    public int port() {
        return port;
    }

    /**
     * Returns the size of the system's receive buffer.
     *
     * @return bytes, 0 or more
     */
    public int driverReceiveBufferSize() {
        return driverReceiveBufferSize;
    }

    /**
     * Returns the size of the system's send buffer.
     *
     * @return bytes, 0 or more
     */
    public int driverSendBufferSize() {
        return driverSendBufferSize;
    }

    /**
     * Returns whether the carrier's own driver sends datagrams of up to 64 KiB.
     *
     * @return whether
     */
    public boolean driverIsFullPackets() {
        return driverIsFullPackets;
    }

    /**
     * Returns whether the carrier's own driver keeps to datagrams that every platform takes.
     *
     * @return whether
     */
    public boolean driverIsCrossPlatform() {
        return driverIsCrossPlatform;
    }

    /**
     * Returns the version.
     *
     * @return the version
     */
    public int version() {
        return version;
    }

    /**
     * Returns whether bad connections are ended.
     *
     * @return whether
     */
    public boolean enableDisconnectDetection() {
        return enableDisconnectDetection;
    }

    /**
     * Returns how long a peer may be silent.
     *
     * @return milliseconds
     */
    public int connectionTimeoutMS() {
        return connectionTimeoutMS;
    }

    /**
     * Returns the longest round trip time.
     *
     * @return milliseconds
     */
    public float disconnectDetectionRttThreshold() {
        return disconnectDetectionRttThreshold;
    }

    /**
     * Returns the largest share of lost datagrams.
     *
     * @return 0 to 1
     */
    public float disconnectDetectionPacketLossThreshold() {
        return disconnectDetectionPacketLossThreshold;
    }

    /**
     * Returns how strictly the others are judged when one connection is lost.
     *
     * @return 0 to 1
     */
    public float connectionEvaluationThreshold() {
        return connectionEvaluationThreshold;
    }

    /**
     * Returns how often a runner updates.
     *
     * @return milliseconds
     */
    public int threadUpdateTimeMS() {
        return threadUpdateTimeMS;
    }

    /**
     * Returns the limit of datagrams a second.
     *
     * @return datagrams a second, 0 or more
     */
    public int recvPacketsLimit() {
        return recvPacketsLimit;
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
     * Returns the first interval between requests to connect.
     *
     * @return milliseconds
     */
    public int connectionRetryIntervalBase() {
        return connectionRetryIntervalBase;
    }

    /**
     * Returns the longest interval between requests to connect.
     *
     * @return milliseconds
     */
    public int connectionRetryIntervalMax() {
        return connectionRetryIntervalMax;
    }

    /**
     * Returns how many full datagrams make a batch.
     *
     * @return datagrams
     */
    public int sendBatchPacketCount() {
        return sendBatchPacketCount;
    }

    /**
     * Returns how much may wait to be sent.
     *
     * @return bytes, 1 or more
     */
    public int sendQueueSize() {
        return sendQueueSize;
    }

    /**
     * Returns how much may wait to be received.
     *
     * @return bytes, 1 or more
     */
    public int receiveQueueSize() {
        return receiveQueueSize;
    }

    /** Sets a {@link CarrierDesc} up. What is wrong with a value is said by {@link #build()}. */
    public static final class Builder {

        static final int MAX_TIME_MS = 86_400_000;
        static final int MAX_QUEUE_SIZE = 1 << 30;

        private @Nullable Driver driver;
        private @Nullable TrafficControl trafficControl;
        private @Nullable Handshake handshake;
        private @Nullable Simulator simulator;
        private @Nullable CompressionFactory compressionFactory;
        private AddressFamily familyType = AddressFamily.IPV4;
        private @Nullable String address;
        private int port;
        private int driverReceiveBufferSize;
        private int driverSendBufferSize;
        private boolean driverIsFullPackets;
        private boolean driverIsCrossPlatform;
        private int version = 1;
        private boolean enableDisconnectDetection = true;
        private int connectionTimeoutMS = 5_000;
        private float disconnectDetectionRttThreshold = 500;
        private float disconnectDetectionPacketLossThreshold = 0.3f;
        private float connectionEvaluationThreshold = 0.5f;
        private int threadUpdateTimeMS = 30;
        private int recvPacketsLimit;
        private int maxConnections = Integer.MAX_VALUE;
        private int connectionRetryIntervalBase = 10;
        private int connectionRetryIntervalMax = 1_000;
        private int sendBatchPacketCount;
        private int sendQueueSize = 64 << 20;
        private int receiveQueueSize = 64 << 20;

        private Builder() {}

        /**
         * The driver underneath: TCP or UDP, initialized already or not, with connections or without. The
         * carrier initializes it if need be, calls its update, and does not close it. Not set: the carrier
         * makes a {@link SocketDriver} of its own.
         *
         * @param value the driver; null when the carrier is to make its own
         * @return this
         */
        public Builder driver(@Nullable Driver value) {
            driver = value;
            return this;
        }

        /**
         * What decides how much may be on its way. Not set: a {@link DefaultTrafficControl} with the
         * thresholds of this description.
         *
         * @param value the traffic control; null for the default
         * @return this
         */
        public Builder trafficControl(@Nullable TrafficControl value) {
            trafficControl = value;
            return this;
        }

        /**
         * What decides who may connect. Not set: a {@link DefaultHandshake} with the version and the
         * connection timeout of this description.
         *
         * @param value the handshake
         * @return this
         */
        public Builder handshake(Handshake value) {
            handshake = Objects.requireNonNull(value, "handshake");
            return this;
        }

        /**
         * What plays a worse network. Not set: nothing.
         *
         * @param value the simulator; null for none
         * @return this
         */
        public Builder simulator(@Nullable Simulator value) {
            simulator = value;
            return this;
        }

        /**
         * What makes the compressor. Both sides must have the same, or neither. Not set: datagrams are not
         * compressed, and have no byte that says so.
         *
         * @param value the factory; null for none
         * @return this
         */
        public Builder compressionFactory(@Nullable CompressionFactory value) {
            compressionFactory = value;
            return this;
        }

        /**
         * The kind of address, for a driver that is not initialized yet. IPv4 at first.
         *
         * @param value the family
         * @return this
         */
        public Builder familyType(AddressFamily value) {
            familyType = Objects.requireNonNull(value, "familyType");
            return this;
        }

        /**
         * The IP address or name of a local interface, for a driver that is not initialized yet. Not set:
         * all interfaces.
         *
         * @param value the address; null for all interfaces
         * @return this
         */
        public Builder address(@Nullable String value) {
            address = value;
            return this;
        }

        /**
         * The port, 0 to 65535, for a driver that is not initialized yet; 0, as at first, lets the system
         * choose.
         *
         * @param value the port
         * @return this
         */
        public Builder port(int value) {
            port = value;
            return this;
        }

        /**
         * Bytes of the system's receive buffer, for a driver that is not initialized yet; 0, as at first,
         * leaves it to the system.
         *
         * @param value bytes, 0 or more
         * @return this
         */
        public Builder driverReceiveBufferSize(int value) {
            driverReceiveBufferSize = value;
            return this;
        }

        /**
         * Bytes of the system's send buffer, for a driver that is not initialized yet; 0, as at first,
         * leaves it to the system.
         *
         * @param value bytes, 0 or more
         * @return this
         */
        public Builder driverSendBufferSize(int value) {
            driverSendBufferSize = value;
            return this;
        }

        /**
         * Whether the carrier's own driver sends datagrams of up to 64 KiB, which work within a building
         * and hardly beyond. Off at first; counts only without a driver.
         *
         * @param value whether
         * @return this
         */
        public Builder driverIsFullPackets(boolean value) {
            driverIsFullPackets = value;
            return this;
        }

        /**
         * Whether the carrier's own driver keeps to datagrams that every platform takes. Off at first;
         * counts only without a driver.
         *
         * @param value whether
         * @return this
         */
        public Builder driverIsCrossPlatform(boolean value) {
            driverIsCrossPlatform = value;
            return this;
        }

        /**
         * The version, which both sides must have alike; all 32 bits count. 1 at first.
         *
         * @param value the version
         * @return this
         */
        public Builder version(int value) {
            version = value;
            return this;
        }

        /**
         * Whether connections are ended because the peer is not heard, confirms nothing, or the network is
         * too bad. On at first; off is for debugging.
         *
         * @param value whether
         * @return this
         */
        public Builder enableDisconnectDetection(boolean value) {
            enableDisconnectDetection = value;
            return this;
        }

        /**
         * How long a peer may be silent, or confirm nothing, until the connection counts as lost:
         * milliseconds, 1 to 86,400,000. 5,000 at first.
         *
         * @param value milliseconds
         * @return this
         */
        public Builder connectionTimeoutMS(int value) {
            connectionTimeoutMS = value;
            return this;
        }

        /**
         * The longest round trip time, in milliseconds; beyond, the connection ends. 500 at first; 0
         * switches it off.
         *
         * @param value milliseconds
         * @return this
         */
        public Builder disconnectDetectionRttThreshold(float value) {
            disconnectDetectionRttThreshold = value;
            return this;
        }

        /**
         * The largest share of lost datagrams, 0 to 1; beyond, the connection ends. 0.3 at first; 0
         * switches it off.
         *
         * @param value 0 to 1
         * @return this
         */
        public Builder disconnectDetectionPacketLossThreshold(float value) {
            disconnectDetectionPacketLossThreshold = value;
            return this;
        }

        /**
         * When one connection is lost, the others are judged by this part of the limits, 0 to 1, so that a
         * lost network drops all at once. 0.5 at first; 1 judges them as always.
         *
         * @param value 0 to 1
         * @return this
         */
        public Builder connectionEvaluationThreshold(float value) {
            connectionEvaluationThreshold = value;
            return this;
        }

        /**
         * How long a {@link CarrierRunner} waits at most between two updates, and how long a batch waits
         * to become full: milliseconds, 0 to 100. 30 at first.
         *
         * @param value milliseconds
         * @return this
         */
        public Builder threadUpdateTimeMS(int value) {
            threadUpdateTimeMS = value;
            return this;
        }

        /**
         * How many datagrams a second a connection may receive; what comes beyond is dropped. 0, as at
         * first, is no limit.
         *
         * @param value datagrams a second, 0 or more
         * @return this
         */
        public Builder recvPacketsLimit(int value) {
            recvPacketsLimit = value;
            return this;
        }

        /**
         * How many connections there may be; who asks beyond is refused. Unlimited at first.
         *
         * @param value 1 or more
         * @return this
         */
        public Builder maxConnections(int value) {
            maxConnections = value;
            return this;
        }

        /**
         * After this time a request to connect is repeated, then after twice the time, and so on:
         * milliseconds, 1 or more. 10 at first.
         *
         * @param value milliseconds
         * @return this
         */
        public Builder connectionRetryIntervalBase(int value) {
            connectionRetryIntervalBase = value;
            return this;
        }

        /**
         * The longest interval between requests to connect: milliseconds, not below the first. 1,000 at
         * first.
         *
         * @param value milliseconds
         * @return this
         */
        public Builder connectionRetryIntervalMax(int value) {
            connectionRetryIntervalMax = value;
            return this;
        }

        /**
         * With 0, as at first, messages leave in the update after they were sent. With more, they wait
         * until there are enough for so many full datagrams, or for {@link #threadUpdateTimeMS}; 0 to
         * 1,000.
         *
         * @param value datagrams
         * @return this
         */
        public Builder sendBatchPacketCount(int value) {
            sendBatchPacketCount = value;
            return this;
        }

        /**
         * Bytes of messages of one connection that may wait to leave or to be confirmed; beyond, send
         * takes nothing. 64 MiB at first.
         *
         * @param value bytes, 1 or more
         * @return this
         */
        public Builder sendQueueSize(int value) {
            sendQueueSize = value;
            return this;
        }

        /**
         * Bytes of memory for messages of one connection that wait for the program, or for others before
         * them; beyond, datagrams are dropped and come again. It bounds the largest message too. 64 MiB at
         * first.
         *
         * @param value bytes, 1 or more
         * @return this
         */
        public Builder receiveQueueSize(int value) {
            receiveQueueSize = value;
            return this;
        }

        /**
         * Makes the description.
         *
         * @return the description
         * @throws IllegalArgumentException if a value is out of range; the message names it, and the range
         */
        public CarrierDesc build() {
            return new CarrierDesc(this);
        }
    }
}
