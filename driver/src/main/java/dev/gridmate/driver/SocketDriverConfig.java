package dev.gridmate.driver;

import dev.gridmate.driver.transport.DatagramTransport;
import dev.gridmate.driver.transport.SystemSockets;
import dev.gridmate.snapshot.Visibility;
import java.util.Objects;

/**
 * Everything that can be set about a {@link SocketDriver}. Immutable; one may serve many drivers.
 *
 * @param isFullPackets {@link Builder#isFullPackets}
 * @param isCrossPlatform {@link Builder#isCrossPlatform}
 * @param transport {@link Builder#transport}
 * @param hostNames {@link Builder#hostNames}
 * @param visibility {@link Builder#visibility}
 */
public record SocketDriverConfig(
        boolean isFullPackets,
        boolean isCrossPlatform,
        DatagramTransport.Factory transport,
        HostNames hostNames,
        Visibility visibility) {

    /** The headers of UDP and IPv4, which the original leaves room for in each of its sizes. */
    private static final int HEADERS = 28;

    /**
     * Checks that one size is asked for, and not two.
     *
     * @param isFullPackets false if {@code isCrossPlatform}
     * @param isCrossPlatform false if {@code isFullPackets}
     * @param transport what opens the network
     * @param hostNames how names are looked up
     * @param visibility how it shows itself
     */
    public SocketDriverConfig {
        Objects.requireNonNull(transport, "transport");
        Objects.requireNonNull(hostNames, "hostNames");
        Objects.requireNonNull(visibility, "visibility");
        if (isFullPackets && isCrossPlatform) {
            throw new IllegalArgumentException(
                    "isFullPackets and isCrossPlatform are both set: the one allows packets of " + (65_507 - HEADERS)
                            + " bytes, the other of " + (1264 - HEADERS));
        }
    }

    /** {@return a builder with the defaults} */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * {@return the largest packet that can be sent, in bytes: 1,372; 1,236 if cross-platform;
     * 65,479 for full packets}
     */
    public int maxSendSize() {
        return (isFullPackets ? 65_507 : isCrossPlatform ? 1264 : 1400) - HEADERS;
    }

    /** Builds a {@link SocketDriverConfig}. */
    public static final class Builder {

        private boolean isFullPackets;
        private boolean isCrossPlatform;
        private DatagramTransport.Factory transport = SystemSockets::udp;

        private HostNames hostNames = HostNames.DEFAULT;
        private Visibility visibility = Visibility.DEFAULT;

        private Builder() {}

        /**
         * Sets whether packets may be as large as UDP allows: 65,479 bytes instead of 1,372. On its
         * way such a datagram is cut into pieces, and lost if one of them is. Default false.
         *
         * @param full true for large packets
         * @return this
         */
        public Builder isFullPackets(boolean full) {
            isFullPackets = full;
            return this;
        }

        /**
         * Sets whether packets are to be small enough for every network that the original knows,
         * game consoles included: 1,236 bytes instead of 1,372. Default false.
         *
         * @param cross true for small packets
         * @return this
         */
        public Builder isCrossPlatform(boolean cross) {
            isCrossPlatform = cross;
            return this;
        }

        /**
         * Sets what opens the network, for example {@code host::openDatagrams} with a host of a
         * {@link dev.gridmate.driver.sim.SimulatedNetwork}. Default the system's UDP sockets.
         *
         * @param factory called once for each {@code initialize}
         * @return this
         */
        public Builder transport(DatagramTransport.Factory factory) {
            transport = factory;
            return this;
        }

        /**
         * Sets how a carrier on this driver looks host names up and tries their addresses. Default
         * {@link HostNames#DEFAULT}.
         *
         * @param names how
         * @return this
         */
        public Builder hostNames(HostNames names) {
            hostNames = names;
            return this;
        }

        /**
         * Sets the name of the driver in all views, and whether it has an MBean and writes to the
         * log. Default {@link Visibility#DEFAULT}: it does, under the name {@code datagram}.
         *
         * @param shown how it shows itself
         * @return this
         */
        public Builder visibility(Visibility shown) {
            visibility = shown;
            return this;
        }

        /**
         * {@return the config}
         *
         * @throws IllegalArgumentException if both sizes are asked for
         */
        public SocketDriverConfig build() {
            return new SocketDriverConfig(isFullPackets, isCrossPlatform, transport, hostNames, visibility);
        }
    }
}
