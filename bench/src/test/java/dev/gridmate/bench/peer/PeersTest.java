package dev.gridmate.bench.peer;

import static dev.gridmate.bench.peer.PeerProcess.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each peer as a process, as {@code PEERS.md} says that it behaves. */
@Timeout(60)
class PeersTest {

    private static final String PING_SIZE = "100";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gridmate",
                "netty-epoll",
                "netty-epoll-stock",
                "netty-nio",
                "netty-io_uring",
                "netty-manual",
                "kryonet",
                "jeromq"
            })
    void echoesWhatItsPingSendsAndCountsIt(String peer) throws Exception {
        try (PeerProcess server = PeerProcess.start(peer, "echo")) {
            String port = port(server);
            assertThat(server.say("mark")).isEqualTo("{\"event\":\"marked\"}");
            try (PeerProcess client = PeerProcess.start(
                    peer, "ping", "--port", port, "--size", PING_SIZE, "--warmup", "0.05", "--seconds", "0.05")) {
                String result = client.line();
                assertThat(result).startsWith("{\"event\":\"result\"");
                assertThat(number(result, "p50_ns")).isBetween(1L, number(result, "max_ns"));
                assertThat(client.exitStatus()).isZero();

                String report = server.say("report");
                assertThat(number(report, "packets")).isGreaterThan(number(result, "count"));
                assertThat(number(report, "bytes")).isEqualTo(number(report, "packets") * Integer.parseInt(PING_SIZE));
            }
            assertThat(number(server.say("memory"), "heap")).isPositive();
            assertThat(server.endOfInput()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gridmate", "netty-epoll", "kryonet", "jeromq"})
    void sinksWhatItsStreamSendsUntilThatEnds(String peer) throws Exception {
        try (PeerProcess server = PeerProcess.start(peer, "sink");
                PeerProcess client = PeerProcess.start(peer, "stream", "--port", port(server), "--size", "1000")) {
            assertThat(client.line()).isEqualTo("{\"event\":\"started\"}");
            String report;
            do {
                report = server.say("report");
            } while (number(report, "packets") < 1000);
            assertThat(number(report, "bytes")).isEqualTo(number(report, "packets") * 1000);
            byte[] packet = Payload.of(1000);
            assertThat(number(report, "sum")).isEqualTo(number(report, "packets") * (packet[0] + packet[999]));
            assertThat(client.endOfInput()).isZero();
        }
    }

    @Test
    void aRoleThatAPeerDoesNotHaveIsUnavailableWithAReason() throws Exception {
        try (PeerProcess peer = PeerProcess.start("kryonet", "echo", "--mode", "polled")) {
            assertThat(peer.line()).startsWith("{\"event\":\"unavailable\",\"reason\":\"KryoNet's update(0) sleeps");
            assertThat(peer.exitStatus()).isEqualTo(3);
        }
    }

    @Test
    void aMistakeIsSaidOnStandardErrorAndEndsWithStatusOne() throws Exception {
        try (PeerProcess peer = PeerProcess.start("gridmate", "echo", "--mode", "lazy")) {
            assertThat(peer.errors().strip()).isEqualTo("--mode is polled or blocking, not lazy");
            assertThat(peer.exitStatus()).isEqualTo(1);
        }
    }

    private static String port(PeerProcess server) throws IOException {
        String line = server.line();
        assumeFalse(line.contains("unavailable"), line);
        return Long.toString(number(line, "port"));
    }
}
