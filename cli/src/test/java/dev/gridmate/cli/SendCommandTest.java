package dev.gridmate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SendCommandTest {

    @Test
    void everyPacketComesBack() {
        try (Program echo = Program.echo()) {
            Program.Result result = Program.run("send", echo.address(), "--count", "3000");

            assertThat(result.status()).isZero();
            assertThat(result.out().lines().toList())
                    .hasSize(3)
                    .first()
                    .isEqualTo("sent=3000 received=3000 mismatched=0");
            assertThat(result.out()).containsPattern("p50=[\\d.]+ p90=[\\d.]+ p99=[\\d.]+ p99\\.9=[\\d.]+ max=[\\d.]+");
        }
    }

    @Test
    void countIsTheTotalOfAllConnections() {
        Program echo = Program.echo();
        Program.Result result =
                Program.run("send", echo.address(), "--count", "101", "--connections", "3", "--size", "1-65535");

        assertThat(result.out()).startsWith("sent=101 received=101 mismatched=0");
        assertThat(echo.stop().out())
                .contains("connections_accepted=3 ", " disconnects=3 ", " packets_in=101 packets_out=101 ");
    }

    @Test
    void aServerWithTheSmallestBuffersNeverSeesItAsSlow() {
        try (Program echo = Program.echo("--inbound", "65536", "--outbound", "65536")) {
            assertThat(Program.run("send", echo.address(), "--count", "2000", "--size", "1-30000"))
                    .extracting(Program.Result::status)
                    .isEqualTo(0);
        }
    }

    @Test
    void figuresAsJson() {
        try (Program echo = Program.echo()) {
            Program.Result result = Program.run("send", echo.address(), "--count", "20", "--rate", "1000/s", "--json");

            assertThat(result.status()).isZero();
            assertThat(result.out())
                    .matches("\\{\"sent\":20,\"received\":20,\"mismatched\":0(,\"[a-z0-9_.]+\":\\d+(\\.\\d+)?)+}\\R");
        }
    }

    @Test
    void aRefusedConnectIsOneLineThatSaysWhatToDo() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        Program.Result result = Program.run("send", "127.0.0.1:" + free);

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.err().lines()).hasSize(1);
        assertThat(result.err()).contains("cannot connect to 127.0.0.1:" + free, "gridmate echo --port " + free);
    }

    @Test
    void anUnknownHostIsOneLine() {
        Program.Result result = Program.run("send", "no-such-host.invalid:2017");

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err().lines()).hasSize(1);
        assertThat(result.err()).contains("no-such-host.invalid", "spelling");
    }

    @Test
    void aServerKilledMidwayIsSaidWithTheCount() throws Exception {
        Process echo = RealProgram.start("echo", "--port", "0");
        try (var output = echo.inputReader()) {
            String address = output.readLine().substring("listening on ".length());
            Program send = Program.start("send", address, "--count", "1000000000");
            String unused = send.awaitProgress("^[1-9].* came back");
            echo.destroyForcibly();
            Program.Result result = send.await();

            assertThat(result.status()).isEqualTo(1);
            assertThat(result.out()).containsPattern("sent=\\d+ received=\\d+ mismatched=0");
            assertThat(result.err())
                    .containsPattern("connection to " + address + " ended: REMOTE_\\w+.* after \\d+ of 1000000000");
        } finally {
            echo.destroyForcibly();
        }
    }

    @Test
    void aWrongAnswerIsCounted() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> liar = CompletableFuture.runAsync(() -> {
                try (Socket client = server.accept()) {
                    byte[] frame = client.getInputStream().readNBytes(10);
                    frame[5] ^= 1;
                    client.getOutputStream().write(frame);
                    client.getInputStream().transferTo(client.getOutputStream());
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            Program.Result result =
                    Program.run("send", "127.0.0.1:" + server.getLocalPort(), "--count", "50", "--size", "8");
            liar.join();

            assertThat(result.status()).isEqualTo(1);
            assertThat(result.out()).startsWith("sent=50 received=50 mismatched=1");
        }
    }

    @Test
    void aServerThatDoesNotEchoDoesNotHangIt() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> mute = CompletableFuture.runAsync(() -> {
                try (Socket client = server.accept();
                        InputStream in = client.getInputStream()) {
                    while (in.read() >= 0) {}
                } catch (IOException e) {
                    // the reset of a client that gave up
                }
            });
            Program.Result result = Program.run("send", "127.0.0.1:" + server.getLocalPort(), "--timeout", "0.2");
            mute.join();

            assertThat(result.status()).isEqualTo(1);
            assertThat(result.err()).contains("no echo for 0.2 s", "is 127.0.0.1");
        }
    }

    @Test
    void stoppedByTheUserItWaitsForTheEchoesAndReports() {
        try (Program echo = Program.echo()) {
            Program send = Program.start("send", echo.address(), "--count", "1000000000");
            String unused = send.awaitProgress("^[1-9].* came back");
            Program.Result result = send.stop();

            assertThat(result.status()).isZero();
            assertThat(result.err()).containsPattern("stopped after \\d+ of 1000000000 packets");
        }
    }
}
