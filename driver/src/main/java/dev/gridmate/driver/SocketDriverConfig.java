package dev.gridmate.driver;

import dev.gridmate.driver.transport.DatagramTransport;
import java.util.Objects;

/** Everything that can be set about a {@link SocketDriver}. Immutable; one may serve many drivers. */
public final class SocketDriverConfig {

    /** The headers of UDP and IPv4, which the original leaves room for in each of its sizes. */
    private static final int HEADERS = 28;

    private final boolean isFullPackets;
    private final boolean isCrossPlatform;
    private final DatagramTransport.Factory transport;

    private SocketDriverConfig(Builder builder) {
        isFullPackets = builder.isFullPackets;
        isCrossPlatform = builder.isCrossPlatform;
        if (isFullPackets && isCrossPlatform) {
            throw new IllegalArgumentException(
                    "isFullPackets and isCrossPlatform are both set: the one allows packets of " + (65_507 - HEADERS)
                            + " bytes, the other of " + (1264 - HEADERS));
        }
        transport = builder.transport;
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
     * Says whether packets may be as large as UDP allows.
     *
     * @return whether
     */
    public boolean isFullPackets() {
        return isFullPackets;
    }

    /**
     * Says whether packets are small enough for the original's game consoles.
     *
     * @return whether
     */
    public boolean isCrossPlatform() {
        return isCrossPlatform;
    }

    /**
     * Returns the largest packet that can be sent, which the other two settings decide.
     *
     * @return bytes: 1,372; 1,236 if cross-platform; 65,479 for full packets
     */
    public int maxSendSize() {
        return (isFullPackets ? 65_507 : isCrossPlatform ? 1264 : 1400) - HEADERS;
    }

    /**
     * Returns what opens the network for each driver.
     *
     * @return the factory
     */
    public DatagramTransport.Factory transport() {
        return transport;
    }

    /** Builds a {@link SocketDriverConfig}. */
    public static final class Builder {

        private boolean isFullPackets;
        private boolean isCrossPlatform;
        private DatagramTransport.Factory transport = DatagramTransport::nio;

        private Builder() {}

        /**
         * Sets whether packets may be as large as UDP allows: 65,479 bytes instead of 1,372. On its way such a datagram
         * is cut into pieces, and lost if one of them is. Default false.
         *
         * @param full whether
         * @return this
         */
        public Builder isFullPackets(boolean full) {
            isFullPackets = full;
            return this;
        }

        /**
         * Sets whether packets are to be small enough for every network that the original knows, game consoles included:
         * 1,236 bytes instead of 1,372. Default false.
         *
         * @param cross whether
         * @return this
         */
        public Builder isCrossPlatform(boolean cross) {
            isCrossPlatform = cross;
            return this;
        }

        /**
         * Sets what opens the network, for example {@code host::openDatagrams} with a host of a {@link
         * dev.gridmate.driver.sim.SimulatedNetwork}. Default the system's UDP sockets.
         *
         * @param factory called once for each {@code initialize}
         * @return this
         */
        public Builder transport(DatagramTransport.Factory factory) {
            transport = Objects.requireNonNull(factory, "transport");
            return this;
        }

        /**
         * Builds the config.
         *
         * @return the config
         * @throws IllegalArgumentException if both sizes are asked for
         */
        public SocketDriverConfig build() {
            return new SocketDriverConfig(this);
        }
    }
}
