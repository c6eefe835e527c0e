package dev.gridmate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What ends {@code gridmate bench} before its time, and servers that are not what they should be.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BenchFailureTest {

    @Test
    void aRefusedConnectIsOneLineThatSaysWhatToDo() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        Program.Result result = Program.run("bench", "127.0.0.1:" + free);

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.err())
                .contains("cannot connect", "gridmate echo --port " + free)
                .hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"echo", "sink"})
    void aServerKilledMidwayIsSaidAfterWhatWasMeasured(String kind) throws Exception {
        String[] command = kind.equals("sink")
                ? new String[] {"echo", "--port", "0", "--sink"}
                : new String[] {"echo", "--port", "0"};
        Process server = RealProgram.start(command);
        try (var output = server.inputReader()) {
            String address = output.readLine().substring("listening on ".length());
            Program bench = Bench.start(address, Bench.ENDLESS, "--workload", "stream");
            String unused = bench.awaitProgress(" of 1000.0 s, [1-9]");
            server.destroyForcibly();
            Program.Result result = bench.await();

            assertThat(result.status()).isEqualTo(1);
            assertThat(result.out())
                    .startsWith("stream: ")
                    .contains(" per second, ")
                    .doesNotContain("Measured");
            assertThat(result.err())
                    .contains("stream was cut short")
                    .containsPattern("connection to " + address + " ended: REMOTE_\\w+.* after \\d+ packets of stream");
        } finally {
            server.destroyForcibly();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--poll", "--sink"})
    void stoppedByTheUserItGivesWhatItHas(String kind) {
        try (Program server = Program.echo(kind)) {
            Program bench = Bench.start(server.address(), Bench.ENDLESS, "--json");
            String unused = bench.awaitProgress(" of 1000.0 s, [1-9]");
            Program.Result result = bench.stop();

            assertThat(result.err()).contains(" was cut short");
            assertThat(Bench.json(result).values())
                    .last()
                    .asInstanceOf(InstanceOfAssertFactories.map(String.class, Object.class))
                    .containsEntry("complete", false)
                    .containsEntry("unanswered", 0.0);
        }
    }

    @Test
    void aServerThatNeverAnswersDoesNotHangIt() throws IOException {
        try (ForeignServer mute = new ForeignServer((connection, packet) -> null)) {
            Program.Result result = Program.run("bench", mute.address(), "--timeout", "0.2");

            assertThat(result.status()).isEqualTo(1);
            assertThat(result.err()).contains("no answer from " + mute.address() + " within 0.2 s");
        }
    }

    @Test
    void aServerThatFallsSilentDoesNotHangItEither() throws IOException {
        try (ForeignServer server = new ForeignServer((connection, packet) -> connection == 0 ? packet : null)) {
            Program.Result result = Bench.run(server.address(), Bench.ENDLESS, "--timeout", "0.2");

            assertThat(result.status()).isEqualTo(1);
            assertThat(result.err())
                    .contains("nothing came from " + server.address() + " for 0.2 s after 0 packets of ping-pong");
            assertThat(result.out()).contains("1 sent and not back");
        }
    }

    @Test
    void aServerOfAnotherKindIsNoEcho() throws IOException {
        try (ForeignServer server =
                new ForeignServer((connection, packet) -> "220 ready".getBytes(StandardCharsets.US_ASCII))) {
            Program.Result result = Program.run("bench", server.address());

            assertThat(result.status()).isEqualTo(1);
            assertThat(result.err()).contains("it is not a gridmate echo");
        }
    }

    @Test
    void wrongEchoesAreSaid() throws IOException {
        try (ForeignServer server = new ForeignServer((connection, packet) -> {
            packet[0] ^= (byte) connection;
            return packet;
        })) {
            Program.Result result = Bench.run(server.address(), Bench.SHORT, "--workload", "ping-pong");

            assertThat(result.status()).isEqualTo(1);
            assertThat(result.out()).contains(" WRONG");
            assertThat(result.err()).containsPattern("\\d+ packets came that should not have");
        }
    }

    @Test
    void aSinkThatTellsTooMuchIsNotBelieved() throws IOException {
        byte[] lie = "packets=999999999999 bytes=1".getBytes(StandardCharsets.US_ASCII);
        try (ForeignServer server =
                new ForeignServer((connection, packet) -> packet.length == Sink.QUESTION.length() ? lie : null)) {
            Program.Result result = Bench.run(server.address(), Bench.SHORT);

            assertThat(result.status()).isEqualTo(1);
            assertThat(result.err()).containsPattern("\\d+ packets came that should not have");
        }
    }
}
