package dev.gridmate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ConnectCommandTest {

    @Test
    void inAPipeItSendsEveryLineAndPrintsWhatComesBack() {
        try (Program echo = Program.echo()) {
            Program.Result result = Program.runWith("a\nzwölf\nlast without an end", "connect", echo.address());

            assertThat(result.status()).isZero();
            assertThat(result.out()).isEqualTo("a\nzwölf\nlast without an end\n");
        }
    }

    @Test
    void manyLinesComeBackInOrder() {
        String lines = IntStream.range(0, 100_000).mapToObj(i -> i + "\n").collect(Collectors.joining());
        try (Program echo = Program.echo()) {
            Program.Result result = Program.runWith(lines, "connect", echo.address());

            assertThat(result.status()).isZero();
            assertThat(result.out().equals(lines)).isTrue();
        }
    }

    @Test
    void hexBothWays() {
        try (Program echo = Program.echo()) {
            Program.Result result = Program.runWith("00FF 0a\n7f\n", "connect", "--hex", echo.address());

            assertThat(result.status()).isZero();
            assertThat(result.out()).isEqualTo("00ff0a\n7f\n");
        }
    }

    @Test
    void aLineThatIsNoPacketIsSaidAndTheOthersAreSent() {
        try (Program echo = Program.echo()) {
            Program.Result result = Program.runWith("00\nxyz\n01\n", "connect", "--hex", echo.address());

            assertThat(result.status()).isEqualTo(1);
            assertThat(result.out()).isEqualTo("00\n01\n");
            assertThat(result.err()).contains("line 2 is not pairs of hexadecimal digits: not sent");
        }
    }

    @Test
    void theLargestPacketGoesAndALongerLineDoesNot() {
        String largest = "x".repeat(65_535);
        try (Program echo = Program.echo()) {
            Program.Result result = Program.runWith(largest + "\n" + largest + "y\nz\n", "connect", echo.address());

            assertThat(result.status()).isEqualTo(1);
            assertThat(result.out().equals(largest + "\nz\n")).isTrue();
            assertThat(result.err()).contains("line 2 is longer than 65535 bytes");
        }
    }

    @Test
    void theCarriageReturnOfALineEndIsNoPartOfThePacketUnlessItIsAskedFor() {
        try (Program echo = Program.echo()) {
            Program.Result result = Program.runWith("a\r\nb\r\r\n\r\nc", "connect", echo.address());
            assertThat(result.status()).isZero();
            assertThat(result.out()).isEqualTo("a\nb\r\nc\n");
            assertThat(result.err()).containsOnlyOnce("empty lines are skipped");

            result = Program.runWith("a\r\n\r\n", "connect", "--keep-cr", echo.address());
            assertThat(result.out()).isEqualTo("a\r\n\r\n");
        }
    }

    @Test
    void emptyLinesAreSkippedAndSaidOnce() {
        try (Program echo = Program.echo()) {
            Program.Result result = Program.runWith("\na\n\nb\n", "connect", echo.address());

            assertThat(result.status()).isZero();
            assertThat(result.out()).isEqualTo("a\nb\n");
            assertThat(result.err()).containsOnlyOnce("empty lines are skipped");
        }
    }

    @Test
    void aLineTypedIsAnsweredBeforeTheInputEnds() throws IOException {
        PipedOutputStream keyboard = new PipedOutputStream();
        try (Program echo = Program.echo();
                Program connect = Program.startWith(new PipedInputStream(keyboard), "connect", echo.address())) {
            keyboard.write("hello\n".getBytes(StandardCharsets.UTF_8));
            keyboard.flush();
            assertThat(connect.awaitOutput("hello")).isEqualTo("hello");
            keyboard.close();
            assertThat(connect.await().status()).isZero();
        }
    }

    @Test
    void aServerThatEndsFirstIsSaid() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                PipedOutputStream keyboard = new PipedOutputStream();
                PipedInputStream input = new PipedInputStream(keyboard)) {
            CompletableFuture<Void> closing = CompletableFuture.runAsync(() -> {
                try (Socket client = server.accept()) {
                    client.getOutputStream().write(new byte[] {0, 2, 'h', 'i'});
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            Program.Result result = Program.startWith(input, "connect", "127.0.0.1:" + server.getLocalPort())
                    .await();
            closing.join();

            assertThat(result.status()).isEqualTo(1);
            assertThat(result.out()).isEqualTo("hi\n");
            assertThat(result.err()).contains("ended: REMOTE_CLOSED");
        }
    }

    @Test
    void aServerThatDoesNotCloseIsLeft() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + server.getLocalPort();
            Program.Result result = Program.runWith("a\n", "connect", address, "--timeout", "0.2");

            assertThat(result.status()).isZero();
            assertThat(result.err()).contains("the server did not close its side");
        }
    }
}
