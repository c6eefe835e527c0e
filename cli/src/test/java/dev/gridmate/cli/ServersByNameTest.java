package dev.gridmate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands that connect take the name of a server; the names here are those of a file. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ServersByNameTest {

    @TempDir
    private Path folder;

    private Path hosts;

    @BeforeEach
    void nameHosts() throws IOException {
        hosts = folder.resolve("hosts");
        Files.writeString(hosts, "127.0.0.9 game.example\n127.0.0.1 game.example\n127.0.0.9 dead.example\n");
    }

    /** What a command says on both its outputs, and how it ended. */
    private record Outcome(int status, String out, String err) {}

    private Outcome run(String input, String... args) throws IOException, InterruptedException {
        Process process = RealProgram.start(List.of("-Djdk.net.hosts.file=" + hosts), args);
        process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = process.waitFor();
        return new Outcome(status, out, RealProgram.said(process));
    }

    private static String named(String host, Program server) {
        String address = server.address();
        return host + address.substring(address.lastIndexOf(':'));
    }

    @Test
    void sendAndConnectFindTheAddressThatAnswers() throws IOException, InterruptedException {
        try (Program echo = Program.echo()) {
            String server = named("game.example", echo);
            Outcome sent = run("", "send", server, "--count", "10", "--connections", "2");
            assertThat(sent.err()).isEmpty();
            assertThat(sent.status()).isZero();

            Outcome connected = run("hello\n", "connect", server);
            assertThat(connected.out()).isEqualTo("hello\n");
            assertThat(connected.err()).contains("connected to 127.0.0.1:");
            assertThat(connected.status()).isZero();
        }
    }

    @Test
    void carrierSendFindsTheAddressThatAnswersOverUdpAndTcp() throws IOException, InterruptedException {
        for (String wire : List.of("--udp", "--tcp")) {
            try (Program echo = Program.carrierEcho(wire)) {
                Outcome sent = run("", "carrier-send", named("game.example", echo), wire, "--count", "10");
                assertThat(sent.out()).contains("received").contains("10");
                assertThat(sent.status()).isZero();
            }
        }
    }

    @Test
    void anUnknownHostIsSaidWithWhatHelps() throws IOException, InterruptedException {
        for (String command : List.of("send", "connect", "bench", "carrier-send", "carrier-connect")) {
            Outcome outcome = run("", command, "nowhere.example:2017");
            assertThat(outcome.err())
                    .as(command)
                    .contains(
                            "cannot connect to nowhere.example:2017: no address of nowhere.example is known: no host has"
                                    + " that name. Check the spelling, or use an IP address");
            assertThat(outcome.status()).as(command).isEqualTo(1);
        }
    }

    @Test
    void whenNoAddressAnswersEachIsNamedWithItsReason() throws IOException, InterruptedException {
        int free = freePort();
        Outcome two = run("", "send", "game.example:" + free);
        assertThat(two.err())
                .contains("no address of game.example could be connected to: 127.0.0.9|" + free
                        + ": Connection refused; " + "127.0.0.1|" + free + ": Connection refused")
                .contains("Is a server listening there?");
        assertThat(two.status()).isEqualTo(1);
        Outcome silent = run("", "carrier-send", "game.example:" + free, "--timeout", "0.5");
        assertThat(silent.err())
                .contains("nobody answers at game.example:" + free)
                .contains(
                        "127.0.0.9|" + free + ": the peer did not answer", "127.0.0.1|" + free + ": the peer did not");
        assertThat(silent.status()).isEqualTo(1);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
