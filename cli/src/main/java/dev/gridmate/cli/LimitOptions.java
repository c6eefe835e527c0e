package dev.gridmate.cli;

import dev.gridmate.driver.StreamSocketDriverConfig;
import dev.gridmate.driver.TlsConfig;
import java.net.InetAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** What a server over TCP takes from strangers: how many, how often, and for how long. */
final class LimitOptions {

    @Option(
            names = "--per-ip",
            paramLabel = "N",
            description =
                    "Have at most this many connections from one address (IPv6: its first 64 bits); 0: any number."
                            + " Default: 128, and any number on a loopback --bind.")
    private @Nullable Integer perIp;

    @Option(
            names = "--connect-rate",
            paramLabel = "N",
            description = "Accept at most this many connections per second from one address; 0: any number."
                    + " Default: 128, and any number on a loopback --bind.")
    private @Nullable Integer connectRate;

    @Option(
            names = "--first-packet-timeout",
            paramLabel = "S",
            description = "Disconnect a peer that has sent no packet after so many seconds. Default: only if the server"
                    + " is full and others come.")
    private @Nullable Double firstPacketTimeout;

    @Option(
            names = "--idle-timeout",
            paramLabel = "S",
            description = "Disconnect a peer from which nothing arrived for so many seconds. Default: never.")
    private @Nullable Double idleTimeout;

    @Option(
            names = "--handshake-timeout",
            paramLabel = "S",
            description = "Disconnect a peer that has not made its TLS handshake after so many seconds. Default: 10.")
    private @Nullable Double handshakeTimeout;

    /** @param bind where the server listens; on the loopback all peers are this machine's own */
    void apply(CommandSpec command, InetAddress bind, StreamSocketDriverConfig.Builder config) {
        if (bind.isLoopbackAddress()) {
            config.maxConnectionsPerRemoteIp(0).connectsPerSecondPerRemoteIp(0);
        }
        if (perIp != null) {
            Checks.range(command, "--per-ip", perIp, 0, Integer.MAX_VALUE);
            config.maxConnectionsPerRemoteIp(perIp);
        }
        if (connectRate != null) {
            Checks.range(command, "--connect-rate", connectRate, 0, Integer.MAX_VALUE);
            config.connectsPerSecondPerRemoteIp(connectRate);
        }
        if (firstPacketTimeout != null) {
            config.firstPacketTimeout(timeout(command, "--first-packet-timeout", firstPacketTimeout));
        }
        if (idleTimeout != null) {
            config.idleTimeout(timeout(command, "--idle-timeout", idleTimeout));
        }
    }

    /** Sets what is about TLS. */
    void apply(CommandSpec command, TlsConfig.Builder config) {
        if (handshakeTimeout != null) {
            config.handshakeTimeout(timeout(command, "--handshake-timeout", handshakeTimeout));
        }
    }

    /** Throws if there is an option for TLS without TLS. */
    void checkPlain(CommandSpec command) {
        if (handshakeTimeout != null) {
            throw Checks.wrong(command, "--handshake-timeout is for TLS: give --tls-cert and --tls-key");
        }
    }

    private static Duration timeout(CommandSpec command, String option, double seconds) {
        Duration timeout = Duration.ofNanos(Checks.nanos(command, option, seconds));
        if (timeout.compareTo(StreamSocketDriverConfig.Builder.MAX_TIMEOUT) > 0) {
            throw Checks.wrong(command, option + " is " + seconds + ", it must be at most 365 days");
        }
        return timeout;
    }
}
