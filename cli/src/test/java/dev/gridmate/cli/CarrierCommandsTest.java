package dev.gridmate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.GridMate;
import dev.gridmate.carrier.Carrier;
import dev.gridmate.carrier.CarrierDesc;
import dev.gridmate.carrier.CarrierEvents;
import dev.gridmate.carrier.CarrierRunner;
import dev.gridmate.carrier.ConnectionId;
import dev.gridmate.carrier.DefaultHandshake;
import dev.gridmate.carrier.DisconnectNotice;
import dev.gridmate.carrier.Handshake;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code carrier-echo} and {@code carrier-send}, which need each other. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CarrierCommandsTest {

    private static final String NUMBERS = "[a-z0-9_.]+=-?[\\d.]+( [a-z0-9_.]+=-?[\\d.]+)*";
    private static final String JSON_NUMBERS = "(,\"[a-z0-9_.]+\":-?\\d+(\\.\\d+)?)+}\\R";

    @ParameterizedTest
    @ValueSource(strings = {"--udp", "--tcp"})
    void everyMessageComesBack(String wire) {
        try (Program echo = Program.carrierEcho(wire)) {
            assertThat(echo.address()).matches("127\\.0\\.0\\.1:[1-9]\\d*");
            Program.Result result = Program.run(
                    "carrier-send", echo.address(), wire, "--count", "2000", "--size", "1-5000", "--channel", "all");

            assertThat(result.status()).isZero();
            assertThat(result.out().lines().toList())
                    .hasSize(4)
                    .startsWith("sent=2000 received=2000 mismatched=0")
                    .element(2)
                    .asString()
                    .matches(NUMBERS)
                    .contains("lost=0 ", "datagrams_out=", "resent=", "clock_ahead_ms=0 ", "seed=");
            assertThat(result.out()).containsPattern("p50=[\\d.]+ p90=[\\d.]+ p99=[\\d.]+ p99\\.9=[\\d.]+ max=[\\d.]+");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--udp", "--tcp"})
    void everyReliableMessageComesBackThoughTheNetworkLosesDatagrams(String wire) {
        Program echo = Program.carrierEcho(wire);
        Program.Result result = Program.run(
                "carrier-send",
                echo.address(),
                wire,
                "--loss",
                "25",
                "--latency",
                "5",
                "--count",
                "60",
                "--size",
                "1-200",
                "--channel",
                "all",
                "--seed",
                "7",
                "--window",
                "1000");

        assertThat(result.status()).isZero();
        assertThat(result.out())
                .startsWith("sent=60 received=60 mismatched=0")
                .containsPattern(" simulated_loss_out=[1-9]\\d* simulated_loss_in=[1-9]\\d* ")
                .contains(" seed=7");
        assertThat(echo.stop().out()).contains(" disconnects=1 messages_out=60 messages_in=60 ");
    }

    @Test
    void unreliableMessagesAreLostAndNothingElseHappensToThem() {
        Program echo = Program.carrierEcho();
        Program.Result result = Program.run(
                "carrier-send",
                echo.address(),
                "--unreliable",
                "--loss",
                "20",
                "--count",
                "300",
                "--rate",
                "1000/s",
                "--channel",
                "all",
                "--size",
                "1-300");

        assertThat(result.status()).isZero();
        assertThat(result.out())
                .containsPattern("sent=300 received=\\d+ mismatched=0")
                .containsPattern("lost=[1-9]\\d* resent=0 ");
        assertThat(echo.stop().out()).contains(" messages_resent=0 ");
    }

    @Test
    void anEchoThatAnswersReliablyWhateverCameIsToldApartFromAWrongOne() {
        try (GridMate gridMate = new GridMate()) {
            Carrier server = server(gridMate, new DefaultHandshake(1, Duration.ofSeconds(5)));
            gridMate.eventBus(CarrierEvents.class).connect(new CarrierEvents() {
                @Override
                public void onReceive(Carrier carrier, ConnectionId id, int channel) {
                    int unused =
                            carrier.receive((from, on, reliability, message) -> carrier.send(message, from), 1_000);
                }
            });
            int port = server.port();
            CarrierRunner runner = new CarrierRunner(server, 10);
            try (runner) {
                Program.Result result = Program.run(
                        "carrier-send", "127.0.0.1:" + port, "--unreliable", "--count", "50", "--size", "100");
                assertThat(result.out())
                        .startsWith("sent=50 received=50 mismatched=0")
                        .contains(" other_reliability=50 ");
                assertThat(result.err())
                        .contains(
                                "50 came back with another reliability than they were sent with: the server is an echo,"
                                        + " but not a carrier-echo of this program");
                assertThat(result.status()).isZero();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--udp", "--tcp"})
    void severalConnectionsShareTheMessages(String wire) {
        Program echo = Program.carrierEcho(wire);
        Program.Result result = Program.run(
                "carrier-send", echo.address(), wire, "--connections", "7", "--count", "100", "--channel", "all");
        assertThat(result.out()).startsWith("sent=100 received=100 mismatched=0");
        assertThat(result.status()).isZero();
        assertThat(echo.stop().out()).contains("connections_established=7", " messages_in=100 ");
    }

    @Test
    void messagesThatNeedManyDatagramsAreReliable() {
        try (Program echo = Program.carrierEcho()) {
            Program.Result result = Program.run(
                    "carrier-send", echo.address(), "--unreliable", "--count", "50", "--size", "60000-65535");

            assertThat(result.status()).isZero();
            assertThat(result.out())
                    .startsWith("sent=50 received=50 mismatched=0")
                    .contains("lost=0 ");
        }
    }

    @Test
    void datagramsOf64KibTakeSuchMessagesWhole() {
        try (Program echo = Program.carrierEcho("--full-packets")) {
            Program.Result result =
                    Program.run("carrier-send", echo.address(), "--full-packets", "--count", "20", "--size", "60000");

            assertThat(result.out()).startsWith("sent=20 received=20 mismatched=0");
        }
    }

    @Test
    void ipv6AndSmallPackets() {
        try (Program echo = Program.carrierEcho("--tcp", "--bind", "::1", "--max-packet", "128")) {
            assertThat(echo.address()).matches("\\[::1]:[1-9]\\d*");
            Program.Result result = Program.run(
                    "carrier-send",
                    echo.address(),
                    "--tcp",
                    "--max-packet",
                    "128",
                    "--count",
                    "100",
                    "--size",
                    "1-1000");
            assertThat(result.out()).startsWith("sent=100 received=100 mismatched=0");
        }
    }

    @Test
    void figuresAsJson() {
        Program echo = Program.carrierEcho("--json");
        Program.Result result = Program.run("carrier-send", echo.address(), "--count", "20", "--json");

        assertThat(result.status()).isZero();
        assertThat(result.out()).matches("\\{\"sent\":20,\"received\":20,\"mismatched\":0" + JSON_NUMBERS);
        assertThat(echo.stop().out().lines().skip(1).findFirst().orElseThrow() + "\n")
                .matches("\\{\"connects_started\":0" + JSON_NUMBERS)
                .contains("\"messages_in\":20");
    }

    @Test
    void theServerStopsByItselfAndSaysWhatItCounted() {
        Program.Result result = Program.run("carrier-echo", "--port", "0", "--seconds", "0.05");

        assertThat(result.status()).isZero();
        assertThat(result.err()).isEmpty();
        String counters = result.out().lines().skip(1).findFirst().orElseThrow();
        assertThat(counters).matches(NUMBERS);
        Stream.of(
                        "connections_established",
                        "messages_in",
                        "messages_resent",
                        "datagrams_out",
                        "datagrams_lost",
                        "datagrams_duplicated",
                        "datagrams_bad",
                        "echoes_dropped")
                .forEach(name -> assertThat(" " + counters).contains(" " + name + "=0"));
    }

    @Test
    void theClientFollowsTheServersClock() {
        try (Program echo = Program.carrierEcho("--clock-sync", "5")) {
            String address = echo.address();
            long later = System.nanoTime() + 50_000_000;
            while (System.nanoTime() < later) {
                Thread.onSpinWait(); // so that the clocks differ
            }
            Program.Result result = Program.run("carrier-send", address, "--count", "50", "--rate", "500/s");

            assertThat(result.out()).containsPattern(" clock_ahead_ms=[1-9]\\d+ ");
        }
    }

    @Test
    void tellsOfEveryConnectionWhenAsked() {
        Program echo = Program.carrierEcho("--verbose");
        assertThat(Program.run("carrier-send", echo.address(), "--count", "1").status())
                .isZero();
        assertThat(echo.stop().err())
                .containsPattern("connected 127\\.0\\.0\\.1:\\d+\\R")
                .containsPattern("disconnected 127\\.0\\.0\\.1:\\d+ USER_REQUESTED");
    }

    // ------------------------------------------------------------ what goes wrong

    @ParameterizedTest
    @ValueSource(strings = {"--udp", "--tcp"})
    void anotherVersionIsSaidOnBothSides(String wire) {
        Program echo = Program.carrierEcho(wire, "--carrier-version", "4294967295");
        Program.Result result = Program.run("carrier-send", echo.address(), wire);

        assertOneLine(result, "another version than 1", "--carrier-version");
        assertThat(echo.awaitError("not connected ")).contains("VERSION_MISMATCH");
        assertThat(Program.run("carrier-send", echo.address(), wire, "--carrier-version", "4294967295", "--count", "1")
                        .status())
                .isZero();
        echo.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--udp", "--tcp"})
    void aFullServerIsSaid(String wire) {
        Program echo = Program.carrierEcho(wire, "--max-connections", "1");
        try (Program first = Program.start("carrier-send", echo.address(), wire, "--count", "1000000000")) {
            String unused = first.awaitProgress("^[1-9].* came back");
            assertOneLine(
                    Program.run("carrier-send", echo.address(), wire),
                    "is full",
                    "no more connections",
                    "--max-connections");
        }
        assertThat(echo.stop().out()).containsPattern(" connections_refused=[1-9]");
    }

    @Test
    void theWordsOfARefusalAreSaidAndATerminalDoesNotActOnThem() {
        DefaultHandshake bans = new DefaultHandshake(1, Duration.ofSeconds(5)) {
            @Override
            protected Result judgeRequest(ConnectionId id, ByteBuffer in, ByteBuffer out) {
                return Result.rejected(DisconnectNotice.BANNED.withText("until\u001b[2J Friday"));
            }
        };
        try (GridMate gridMate = new GridMate()) {
            Carrier server = server(gridMate, bans);
            int port = server.port();
            CarrierRunner runner = new CarrierRunner(server, 10);
            try (runner) {
                assertOneLine(
                        Program.run("carrier-send", "127.0.0.1:" + port),
                        "takes no connection from here",
                        "BANNED \"until\\u001b[2J Friday\"");
            }
        }
    }

    @Test
    void theWordsOfAKickAreSaid() {
        try (GridMate gridMate = new GridMate()) {
            Carrier server = server(gridMate, new DefaultHandshake(1, Duration.ofSeconds(5)));
            gridMate.eventBus(CarrierEvents.class).connect(new CarrierEvents() {
                @Override
                public void onReceive(Carrier carrier, ConnectionId id, int channel) {
                    carrier.disconnect(id, DisconnectNotice.KICKED.withText("be nice"));
                }
            });
            int port = server.port();
            CarrierRunner runner = new CarrierRunner(server, 10);
            try (runner) {
                Program.Result result = Program.run("carrier-send", "127.0.0.1:" + port);
                assertThat(result.status()).isEqualTo(1);
                assertThat(result.err()).contains("ended: USER_REQUESTED: the peer ended it: KICKED \"be nice\" after");
            }
        }
    }

    private static Carrier server(GridMate gridMate, Handshake handshake) {
        CarrierDesc desc =
                CarrierDesc.builder().address("127.0.0.1").handshake(handshake).build();
        return Carrier.create(desc, gridMate);
    }

    @Test
    void nobodyThereIsSaidWithWhatToDo() throws IOException {
        int free;
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        Program.Result result = Program.run("carrier-send", "127.0.0.1:" + free, "--timeout", "0.2");

        assertOneLine(
                result,
                "nobody answers at 127.0.0.1:" + free + " within 0.2 s",
                "gridmate carrier-echo --udp --port " + free);
    }

    @Test
    void aRefusedTcpConnectionIsSaidWithWhatToDo() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        Program.Result result = Program.run("carrier-send", "127.0.0.1:" + free, "--tcp");

        assertOneLine(result, "refused", "gridmate carrier-echo --tcp --port " + free);
    }

    @Test
    void aTcpServerThatIsNoCarrierIsSaid() throws IOException {
        try (ServerSocket mute = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Program.Result result =
                    Program.run("carrier-send", "127.0.0.1:" + mute.getLocalPort(), "--tcp", "--timeout", "0.2");

            assertOneLine(result, "nobody answers", "carrier-echo --tcp");
        }
    }

    @Test
    void differentPacketSizesAreSaid() {
        try (Program echo = Program.carrierEcho("--tcp", "--max-packet", "1500")) {
            Program.Result result = Program.run("carrier-send", echo.address(), "--tcp", "--size", "5000");

            assertThat(result.status()).isEqualTo(1);
            assertThat(result.err()).contains("DRIVER_ERROR", "the same --max-packet?");
        }
    }

    @Test
    void portInUseIsOneLineThatSaysWhatToDo() throws IOException {
        try (DatagramSocket taken = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            Program.Result result = Program.run("carrier-echo", "--port", Integer.toString(taken.getLocalPort()));

            assertOneLine(result, "127.0.0.1:" + taken.getLocalPort(), "in use", "--port");
        }
    }

    @Test
    void aStoppedServerTellsItsClients() {
        Program echo = Program.carrierEcho();
        Program send = Program.start("carrier-send", echo.address(), "--count", "1000000000");
        String unused = send.awaitProgress("^[1-9].* came back");
        assertThat(echo.stop().status()).isZero();
        Program.Result result = send.await();

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err())
                .containsPattern("ended: SHUTTING_DOWN \\(it was stopped\\) after \\d+ of 1000000000 messages");
    }

    @Test
    void stoppedByTheUserItWaitsForTheEchoesAndReports() {
        try (Program echo = Program.carrierEcho()) {
            Program send = Program.start("carrier-send", echo.address(), "--count", "1000000000");
            String unused = send.awaitProgress("^[1-9].* came back");
            Program.Result result = send.stop();

            assertThat(result.status()).isZero();
            assertThat(result.err()).containsPattern("stopped after \\d+ of 1000000000 messages");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--udp", "--tcp"})
    void aServerKilledMidwayIsSaidWithTheCount(String wire) throws Exception {
        Process echo = RealProgram.start("carrier-echo", wire, "--port", "0");
        try (var output = echo.inputReader()) {
            String address = output.readLine().substring("listening on ".length());
            Program send = Program.start("carrier-send", address, wire, "--count", "1000000000");
            String unused = send.awaitProgress("^[1-9].* came back");
            echo.destroyForcibly();
            Program.Result result = send.await();

            assertThat(result.status()).isEqualTo(1);
            assertThat(result.out()).containsPattern("sent=\\d+ received=\\d+ mismatched=0");
            assertThat(result.err())
                    .containsPattern("connection to " + address + " ended: "
                            + (wire.equals("--tcp") ? "DRIVER_ERROR \\(REMOTE_\\w+" : "BAD_CONNECTION")
                            + ".* after \\d+ of 1000000000 messages");
        } finally {
            echo.destroyForcibly();
        }
    }

    @Test
    void aSignalEndsTheServerInOrderWithStatusZero() throws Exception {
        Process process = RealProgram.start("carrier-echo", "--port", "0");
        try (var output = process.inputReader()) {
            assertThat(output.readLine()).startsWith("listening on 127.0.0.1:");
            process.toHandle().destroy(); // as against Process.destroy, leaves the pipe to be read

            assertThat(output.readLine()).startsWith("connects_started=0 ");
            assertThat(output.readLine()).isNull();
            assertThat(process.waitFor()).isZero();
        } finally {
            process.destroyForcibly();
        }
        assertThat(RealProgram.said(process)).isEmpty();
    }

    private static void assertOneLine(Program.Result result, String... says) {
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.out().lines().filter(line -> !line.startsWith("listening")))
                .isEmpty();
        assertThat(result.err().lines()).hasSize(1);
        Stream.of(says)
                .forEach(each ->
                        assertThat(result.err().toLowerCase(Locale.ROOT)).contains(each.toLowerCase(Locale.ROOT)));
    }
}
