package dev.gridmate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BenchCommandTest {

    private static final String[] SHORT = {"--seconds", "0.1", "--warmup", "0.05"};
    private static final String[] ENDLESS = {"--seconds", "1000", "--warmup", "0"};
    private static final String PERCENTILES = "p50=[\\d.]+ p90=[\\d.]+ p99=[\\d.]+ p99\\.9=[\\d.]+ max=[\\d.]+\\R";

    @Test
    void everyWorkloadIsMeasuredAndSaysHow() {
        try (Program echo = Program.echo()) {
            Program.Result result = bench(echo.address(), SHORT, "--connections", "3");

            assertThat(result.status()).isZero();
            assertThat(result.err()).isEmpty();
            assertThat(result.out())
                    .contains("ping-pong: 1 connection, 64 B, ", "\nstream: 1 connection, 1,024 B, there and back, ")
                    .contains(
                            "\nmany: 3 connections, 64 B, ", "\ntick: 3 connections, 200 B, a packet on each at 60 Hz")
                    .containsPattern("round trip in us: " + PERCENTILES + "  not corrected: ")
                    .containsPattern("from when a packet was due, .*\\R  " + PERCENTILES)
                    .containsPattern("from when it left, .*\\R  " + PERCENTILES)
                    .containsPattern("ticks started at worst [\\d.,]+ us late")
                    .containsPattern("this program was busy \\d+ % of the time")
                    .contains("Not measured: ", "TLS", echo.address() + " is this machine", "nothing about a network");
            assertThat(result.out().lines())
                    .filteredOn(line -> !line.startsWith("this program"))
                    .allMatch(line -> line.length() <= 80, "at most 80 columns");
        }
    }

    @Test
    void oneWayCountsWhatTheServerSaysThatItTook() {
        Program sink = Program.echo("--sink");
        Map<String, Object> figures = json(bench(sink.address(), SHORT, "--json"));
        Map<?, ?> stream = (Map<?, ?>) figures.get("stream");
        Program.Result served = sink.stop();

        assertThat(figures)
                .containsEntry("server", "sink")
                .containsOnlyKeys("target", "server", "same_machine", "stream");
        assertThat(stream.get("one_way")).isEqualTo(true);
        assertThat(stream.get("unanswered")).isEqualTo(0.0);
        assertThat(stream.get("mismatched")).isEqualTo(0.0);
        double packets = (Double) stream.get("packets");
        assertThat(stream.get("bytes")).isEqualTo(packets * 1024);
        assertThat(packets)
                .isPositive()
                .isLessThan(Double.parseDouble(served.out().replaceAll("(?s).* packets_in=(\\d+) .*", "$1")));
    }

    @Test
    void oneWayInWords() {
        try (Program sink = Program.echo("--sink", "--poll")) {
            Program.Result result = bench(sink.address(), SHORT);

            assertThat(result.status()).isZero();
            assertThat(result.out())
                    .startsWith("stream: 1 connection, 1,024 B, one way, ")
                    .containsPattern(
                            "the server took [\\d,]+ packets in [\\d.]+ s, [\\d,]+ per second, [\\d,.]+ MB/s\\R")
                    .contains("as it says itself", "ping-pong, many and tick need ")
                    .doesNotContain("round trip");
        }
    }

    @Test
    void figuresAsJson() {
        try (Program echo = Program.echo("--poll")) {
            Map<String, Object> figures = json(bench(echo.address(), SHORT, "--connections", "2", "--json"));

            assertThat(figures)
                    .containsEntry("target", echo.address())
                    .containsEntry("server", "echo")
                    .containsEntry("same_machine", true)
                    .containsOnlyKeys("target", "server", "same_machine", "ping_pong", "stream", "many", "tick");
            assertThat((Map<?, ?>) figures.get("tick"))
                    .extracting(Map::keySet)
                    .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.collection(Object.class))
                    .contains("round_trip_from_due_us_p99.9", "round_trip_from_leaving_us_max", "tick_late_us_max")
                    .contains("connections", "size_bytes", "warmup_seconds", "rate_per_second", "window_bytes")
                    .contains("complete", "seconds", "packets", "bytes", "mismatched", "unsent", "unanswered")
                    .contains("packets_per_second", "megabytes_per_second", "client_busy_percent");
            assertThat(((Map<?, ?>) figures.get("ping_pong")).get("round_trip_us_p50"))
                    .isInstanceOf(Double.class);
            assertThat(((Map<?, ?>) figures.get("many")).get("connections")).isEqualTo(2.0);
        }
    }

    @Test
    void whatWasAskedForIsWhatIsDone() {
        try (Program echo = Program.echo()) {
            String[] what = {"--workload", "tick", "--rate", "200Hz", "--size", "9", "--connections", "4", "--json"};
            Map<String, Object> figures = json(bench(echo.address(), SHORT, what));
            Map<?, ?> tick = (Map<?, ?>) figures.get("tick");

            assertThat(figures).doesNotContainKeys("ping_pong", "stream", "many");
            assertThat(tick.get("rate_per_second")).isEqualTo(200.0);
            assertThat(tick.get("size_bytes")).isEqualTo(9.0);
            assertThat(tick.get("connections")).isEqualTo(4.0);
            assertThat(tick.get("complete")).isEqualTo(true);
            assertThat(tick.get("bytes")).isEqualTo(9 * (Double) tick.get("packets"));
        }
    }

    @Test
    void aSinkHasNoRoundTrips() {
        try (Program sink = Program.echo("--sink")) {
            Program.Result result = bench(sink.address(), SHORT, "--workload", "ping-pong");

            assertThat(result.status()).isEqualTo(1);
            assertThat(result.out()).isEmpty();
            assertThat(result.err()).contains("is a sink", "--workload stream").hasLineCount(1);
        }
    }

    @Test
    void aSinkAnswersWhoAsksByHand() {
        try (Program sink = Program.echo("--sink")) {
            Program.Result result =
                    Program.runWith("hello\nworld!\n" + Sink.QUESTION + "\n", "connect", sink.address());

            assertThat(result.out()).isEqualToIgnoringNewLines("packets=2 bytes=11");
        }
    }

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
            Program bench = Program.start(words(address, ENDLESS, "--workload", "stream"));
            String unused = bench.awaitErrorWith(" of 1000.0 s, ");
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
            Program bench = Program.start(words(server.address(), ENDLESS, "--json"));
            String unused = bench.awaitErrorWith(" of 1000.0 s, ");
            Program.Result result = bench.stop();

            assertThat(result.err()).contains(" was cut short");
            assertThat(json(result).values())
                    .last()
                    .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.map(String.class, Object.class))
                    .containsEntry("complete", false)
                    .containsEntry("unanswered", 0.0);
        }
    }

    @Test
    void aServerThatNeverAnswersDoesNotHangIt() throws IOException {
        try (Foreign mute = new Foreign((connection, packet) -> null)) {
            Program.Result result = Program.run("bench", mute.address(), "--timeout", "0.2");

            assertThat(result.status()).isEqualTo(1);
            assertThat(result.err())
                    .contains("no answer from " + mute.address() + " within 0.2 s")
                    .hasLineCount(1);
        }
    }

    @Test
    void aServerThatFallsSilentDoesNotHangItEither() throws IOException {
        try (Foreign server = new Foreign((connection, packet) -> connection == 0 ? packet : null)) {
            Program.Result result = bench(server.address(), ENDLESS, "--timeout", "0.2");

            assertThat(result.status()).isEqualTo(1);
            assertThat(result.err())
                    .contains("nothing came from " + server.address() + " for 0.2 s after 0 packets of ping-pong");
            assertThat(result.out()).contains("1 that left and did not come");
        }
    }

    @Test
    void aServerOfAnotherKindIsNoEcho() throws IOException {
        try (Foreign server = new Foreign((connection, packet) -> "220 ready".getBytes(StandardCharsets.US_ASCII))) {
            Program.Result result = Program.run("bench", server.address());

            assertThat(result.status()).isEqualTo(1);
            assertThat(result.err()).contains("it is not a gridmate echo").hasLineCount(1);
        }
    }

    @Test
    void wrongEchoesAreSaid() throws IOException {
        try (Foreign server = new Foreign((connection, packet) -> {
            packet[0] ^= (byte) connection;
            return packet;
        })) {
            Program.Result result = bench(server.address(), SHORT, "--workload", "ping-pong");

            assertThat(result.status()).isEqualTo(1);
            assertThat(result.out()).contains(" WRONG");
            assertThat(result.err()).containsPattern("\\d+ packets came that should not have");
        }
    }

    @Test
    void aSinkThatTellsTooMuchIsNotBelieved() throws IOException {
        byte[] lie = "packets=999999999999 bytes=1".getBytes(StandardCharsets.US_ASCII);
        try (Foreign server =
                new Foreign((connection, packet) -> packet.length == Sink.QUESTION.length() ? lie : null)) {
            Program.Result result = bench(server.address(), SHORT);

            assertThat(result.status()).isEqualTo(1);
            assertThat(result.err()).containsPattern("\\d+ packets came that should not have");
        }
    }

    private static String[] words(String address, String[] some, String... more) {
        String[] words = new String[2 + some.length + more.length];
        words[0] = "bench";
        words[1] = address;
        System.arraycopy(some, 0, words, 2, some.length);
        System.arraycopy(more, 0, words, 2 + some.length, more.length);
        return words;
    }

    private static Program.Result bench(String address, String[] some, String... more) {
        return Program.run(words(address, some, more));
    }

    private static Map<String, Object> json(Program.Result result) {
        assertThat(result.status()).isZero();
        assertThat(result.out()).hasLineCount(1);
        return Json.parse(result.out().stripTrailing());
    }

    /** A server that is not this program's, and answers as it is told to. */
    private static final class Foreign implements AutoCloseable {

        /** Returns what to send for a packet on a connection, which are numbered from 0; null for nothing. */
        interface Answer {
            byte[] to(int connection, byte[] packet);
        }

        private final ServerSocket server = new ServerSocket(0, 9, InetAddress.getLoopbackAddress());
        private final CompletableFuture<Void> serving;

        Foreign(Answer answer) throws IOException {
            serving = CompletableFuture.runAsync(() -> serve(answer));
        }

        String address() {
            return "127.0.0.1:" + server.getLocalPort();
        }

        private void serve(Answer answer) {
            for (int connection = 0; !server.isClosed(); connection++) {
                try (Socket client = server.accept()) {
                    var in = new DataInputStream(client.getInputStream());
                    var out = new DataOutputStream(client.getOutputStream());
                    while (true) {
                        byte[] packet = in.readNBytes(in.readUnsignedShort());
                        byte[] back = answer.to(connection, packet);
                        if (back != null) {
                            out.writeShort(back.length);
                            out.write(back);
                        }
                    }
                } catch (EOFException e) {
                    // the client is done
                } catch (IOException e) {
                    // a client that gave up, or the end
                }
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
            serving.join();
        }
    }
}
