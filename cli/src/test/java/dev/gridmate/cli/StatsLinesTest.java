package dev.gridmate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server says how it goes: from time to time, and when a signal asks. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StatsLinesTest {

    @Test
    void aLineNamesTheConnectionForWhichMostBytesWait() throws Exception {
        try (Program echo = Program.echo("--stats", "50ms", "--outbound", "33554432")) {
            HostPort at = HostPort.parse(echo.address());
            try (Socket reader = new Socket(at.host(), at.port());
                    Socket deaf = new Socket(at.host(), at.port())) {
                reader.getOutputStream().write(new byte[] {0, 1, 'x'});
                assertThat(reader.getInputStream().readNBytes(3)).containsExactly(0, 1, 'x');
                Thread writer = new Thread(() -> writeMuch(deaf));
                writer.start();
                String line = echo.awaitErrorWith("stats: 2 connections, waiting .* worst 127\\.0\\.0\\.1:"
                        + deaf.getLocalPort() + " waiting [1-9].*");
                assertThat(line).contains("per second packets ", " updates/s", "busy ");
                deaf.shutdownOutput(); // if it still writes, its next write fails
                writer.join();
            }
        }
    }

    // It takes no echo, so that the server has them waiting: more than the system's buffers hold,
    // and less than it would be ended for.
    private static void writeMuch(Socket deaf) {
        byte[] packets = new byte[(2 + 1000) * 10];
        for (int i = 0; i < packets.length; i += 1002) {
            packets[i] = (byte) (1000 >> 8);
            packets[i + 1] = (byte) 1000;
        }
        try {
            for (int i = 0; i < 2_000; i++) {
                deaf.getOutputStream().write(packets);
            }
        } catch (IOException e) {
            // closed
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"echo", "carrier-echo"})
    @DisabledOnOs(OS.WINDOWS)
    void aSignalHasOneLinePrinted(String command) throws Exception {
        Process server = RealProgram.startUnread(command, "--port", "0");
        try (BufferedReader out =
                        new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
                BufferedReader err =
                        new BufferedReader(new InputStreamReader(server.getErrorStream(), StandardCharsets.UTF_8))) {
            assertThat(out.readLine()).startsWith("listening on ");
            for (int i = 0; i < 2; i++) {
                assertThat(new ProcessBuilder("kill", "-USR1", Long.toString(server.pid()))
                                .start()
                                .waitFor())
                        .isZero();
                assertThat(nextLine(err)).matches("\\S+Z stats: 0 connections, waiting 0; per second .*");
            }
            server.toHandle().destroy(); // the streams stay open
            assertThat(nextLine(err)).isNull();
            assertThat(server.waitFor()).isZero();
        } finally {
            server.destroyForcibly();
        }
    }

    private static @Nullable String nextLine(BufferedReader err) throws IOException {
        String line = err.readLine();
        while (line != null && line.contains(RealProgram.PAUSED)) {
            line = err.readLine();
        }
        return line;
    }

    @Test
    void aTimeThatIsNoneIsRefused() {
        Program.Result result = Program.run("echo", "--stats", "0");
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).contains("--stats is 0");
    }
}
