package dev.gridmate.cli;

import dev.gridmate.GridMate;
import dev.gridmate.carrier.Carrier;
import dev.gridmate.carrier.CarrierDesc;
import dev.gridmate.carrier.ConnectionId;
import dev.gridmate.carrier.DefaultHandshake;
import dev.gridmate.carrier.NewcomerLimits;
import dev.gridmate.carrier.badnet.Simulator;
import dev.gridmate.driver.Driver;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.SlowConsumerPolicy;
import dev.gridmate.driver.SocketDriver;
import dev.gridmate.driver.SocketDriverConfig;
import dev.gridmate.driver.StreamSocketDriver;
import dev.gridmate.driver.StreamSocketDriverConfig;
import dev.gridmate.driver.TlsConfig;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** What both sides of a carrier connection must agree on; without any option, UDP. */
final class CarrierOptions {

    /** A carrier needs as much for its own messages. */
    private static final int SMALLEST_PACKET = 128;

    private static final int OUTBOUND = 1 << 20;

    @Option(names = "--udp", description = "Over UDP; the default.")
    private boolean udp;

    @Option(names = "--tcp", description = "Over TCP, by the stream driver.")
    private boolean tcp;

    @Option(
            names = "--carrier-version",
            paramLabel = "N",
            description = "The version of the carrier's user, 0 to 4294967295; the other side must have the same."
                    + " Default: ${DEFAULT-VALUE}.")
    private long version = 1;

    @Option(
            names = "--full-packets",
            description = "With --udp: datagrams of up to 64 KiB; the other side must have the same. Default: 1372"
                    + " bytes.")
    private boolean fullPackets;

    @Option(
            names = "--max-packet",
            paramLabel = "N",
            description = "With --tcp: packets of up to this many bytes, 128 to 65535; the other side must take as"
                    + " many. Default: 65535.")
    private @Nullable Integer maxPacket;

    private @Nullable TlsConfig tls;
    private TlsFiles tlsFiles = TlsFiles.NONE;

    /** Sets how TLS is spoken, under the carrier; null for not at all. */
    void tls(CommandSpec command, @Nullable TlsConfig config, TlsFiles files) {
        if (config != null && !tcp) {
            throw Checks.wrong(command, "TLS is for --tcp: datagrams are not encrypted");
        }
        tls = config;
        tlsFiles = files;
    }

    /** Returns what the driver said when it could not be initialized, in the user's words. */
    String inTheUsersWords(String error) {
        return tlsFiles.inTheUsersWords(error);
    }

    void check(CommandSpec command) {
        Checks.range(command, "--carrier-version", version, 0, 0xFFFF_FFFFL);
        if (udp && tcp) {
            throw Checks.wrong(command, "--udp and --tcp exclude each other: give one");
        }
        if (tcp && fullPackets) {
            throw Checks.wrong(command, "--full-packets is for --udp; with --tcp, --max-packet sets the size");
        }
        if (maxPacket != null) {
            Checks.range(command, "--max-packet", maxPacket, SMALLEST_PACKET, PacketSource.MAX_SIZE);
            if (!tcp) {
                throw Checks.wrong(command, "--max-packet is for --tcp; with --udp there is --full-packets");
            }
        }
    }

    boolean isTcp() {
        return tcp;
    }

    long version() {
        return version;
    }

    /** Returns the options that start a server for a client that was given these. */
    String forServer(int port) {
        return (tcp ? "--tcp" : "--udp") + " --port " + port;
    }

    /** Returns the option that sets the size of datagrams. */
    String sizeOption() {
        return tcp ? "--max-packet" : "--full-packets";
    }

    Driver driver(GridMate gridMate, int maxConnections, Duration connectTimeout, NewcomerLimits newcomers) {
        if (!tcp) {
            return new SocketDriver(
                    gridMate,
                    SocketDriverConfig.builder().isFullPackets(fullPackets).build());
        }
        StreamSocketDriverConfig.Builder config = StreamSocketDriverConfig.builder()
                .maxConnections(maxConnections)
                .maxConnectionsPerRemoteIp(newcomers.maxConnectionsPerRemoteIp())
                .connectsPerSecondPerRemoteIp(newcomers.connectsPerSecondPerRemoteIp())
                .maxPacketSize(maxPacket == null ? PacketSource.MAX_SIZE : maxPacket)
                .outboundBufferSize(OUTBOUND)
                .slowConsumerPolicy(SlowConsumerPolicy.REJECT)
                .connectTimeout(connectTimeout);
        if (tls != null) {
            config.tls(tls);
        }
        return new StreamSocketDriver(gridMate, config.build());
    }

    /**
     * Begins a description. Round trip time and loss end no connection: these commands are for
     * seeing what a bad network does. Silence still does.
     */
    CarrierDesc.Builder desc(Driver driver) {
        return CarrierDesc.builder()
                .driver(driver)
                .version((int) version)
                .disconnectDetectionRttThreshold(0)
                .disconnectDetectionPacketLossThreshold(0);
    }

    /**
     * Makes the carrier of a client; fails with the user's way out.
     *
     * @param patience how long connecting may take
     * @param network what plays a worse network; null for none
     */
    Carrier client(GridMate gridMate, HostPort to, Duration patience, @Nullable Simulator network) {
        Driver driver = driver(gridMate, 1, patience, NewcomerLimits.DEFAULTS);
        ResultCode code = driver.initialize(to.family());
        if (code != ResultCode.OK) {
            gridMate.close();
            throw new Failure(
                    code == ResultCode.TLS_CONFIGURATION
                            ? inTheUsersWords(driver.lastError())
                            : "cannot connect: " + Clients.withWayOut(driver.lastError()));
        }
        return Carrier.create(
                desc(driver)
                        .handshake(new DefaultHandshake((int) version, patience))
                        .simulator(network)
                        .build(),
                gridMate);
    }

    /** Begins to connect. */
    ConnectionId connect(Carrier carrier, HostPort to) {
        try {
            return carrier.connect(to.host(), to.port());
        } catch (IllegalArgumentException e) {
            carrier.close();
            throw new Failure("cannot connect to " + to + ": " + e.getMessage());
        }
    }
}
