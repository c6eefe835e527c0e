package dev.gridmate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A person, or a pipe, talks to a carrier. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CarrierConnectCommandTest {

    @ParameterizedTest
    @ValueSource(strings = {"--udp", "--tcp"})
    void inAPipeItSendsEveryLineAndPrintsWhatComesBack(String wire) {
        try (Program echo = Program.carrierEcho(wire)) {
            Program.Result result = Program.runWith(
                    "a\r\nzwölf\n\nlast without an end", "carrier-connect", wire, "--linger", "300ms", echo.address());
            assertThat(result.out()).isEqualTo("a\nzwölf\nlast without an end\n");
            assertThat(result.err()).contains("connected to 127.0.0.1:").containsOnlyOnce("empty lines are skipped");
            assertThat(result.status()).isZero();
        }
    }

    @Test
    void hexBothWaysAndAnotherChannel() {
        try (Program echo = Program.carrierEcho()) {
            Program.Result result = Program.runWith(
                    "00FF 0a\nxyz\n",
                    "carrier-connect",
                    "--hex",
                    "--channel",
                    "2",
                    "--unreliable",
                    "--linger",
                    "300ms",
                    echo.address());
            assertThat(result.out()).isEqualTo("00ff0a\n");
            assertThat(result.err()).contains("line 2 is not pairs of hexadecimal digits: not sent");
            assertThat(result.status()).isEqualTo(1);
        }
    }

    @Test
    void aLineTypedIsAnsweredBeforeTheInputEndsAndASignalEndsIt() throws IOException {
        PipedOutputStream keyboard = new PipedOutputStream();
        try (Program echo = Program.carrierEcho();
                Program connect =
                        Program.startWith(new PipedInputStream(keyboard), "carrier-connect", echo.address())) {
            keyboard.write("hello\n".getBytes(StandardCharsets.UTF_8));
            keyboard.flush();
            assertThat(connect.awaitOutput("hello")).isEqualTo("hello");
            assertThat(connect.stop().status()).isZero();
        }
    }

    @Test
    void whatGoesWrongIsSaid() {
        Program echo = Program.carrierEcho();
        String address = echo.address();
        assertThat(Program.run("carrier-connect", address, "--carrier-version", "7")
                        .err())
                .contains("another version than 7");
        PipedOutputStream keyboard = new PipedOutputStream();
        try (PipedInputStream in = new PipedInputStream(keyboard)) {
            Program connect = Program.startWith(in, "carrier-connect", address);
            assertThat(connect.awaitError("connected to")).isNotEmpty();
            assertThat(echo.stop().status()).isZero();
            Program.Result result = connect.await();
            assertThat(result.err()).contains("connection to " + address + " ended: SHUTTING_DOWN");
            assertThat(result.status()).isEqualTo(1);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        Program.Result nobody = Program.run("carrier-connect", address, "--timeout", "300ms");
        assertThat(nobody.err()).contains("nobody answers at " + address + " within 0.3 s");
        assertThat(nobody.status()).isEqualTo(1);
        assertThat(Program.run("carrier-connect", address, "--channel", "3").err())
                .contains("--channel is 3, it must be 0 to 2");
    }
}
