package dev.gridmate.cli;

import dev.gridmate.driver.ConnectionLimits;
import dev.gridmate.driver.StreamSocketDriverConfig;
import dev.gridmate.driver.TlsConfig;
import java.net.InetAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** What a server over TCP takes from strangers: how many, how often, and for how long. */
final class LimitOptions {

    @Mixin
    private final PerAddressOptions perAddress = new PerAddressOptions();

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
        ConnectionLimits defaults = StreamSocketDriverConfig.builder().build().limits();
        config.maxConnectionsPerRemoteIp(perAddress.connections(command, bind, defaults.maxConnectionsPerRemoteIp()))
                .connectsPerSecondPerRemoteIp(perAddress.connectsPerSecond(
                        command, bind, Integer.MAX_VALUE, defaults.connectsPerSecondPerRemoteIp()));
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
