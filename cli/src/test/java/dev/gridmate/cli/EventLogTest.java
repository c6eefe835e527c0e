package dev.gridmate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Lines about connections are as many as the user asked for, and hold nobody up. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EventLogTest {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream err = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    private String[] lines() {
        return bytes.toString(StandardCharsets.UTF_8).split("\n");
    }

    @Test
    void aFloodIsCountedAfterTenLinesInASecond() {
        EventLog log = new EventLog(err, new EventLog.Style(false, false));
        IntStream.range(0, 200).forEach(i -> log.unusual("line " + i));
        log.usual("nobody asked for this");
        log.end();
        String[] lines = lines();
        assertThat(lines).hasSizeLessThan(200).startsWith("line 0");
        assertThat(lines[lines.length - 1]).startsWith("... and ");
    }

    @Test
    void allAreToldIfTheUserAsksForAll() {
        EventLog log = new EventLog(err, new EventLog.Style(true, false));
        IntStream.range(0, 200).forEach(i -> log.usual("line " + i));
        log.end();
        assertThat(lines()).hasSize(200).endsWith("line 199");
    }

    @Test
    void aLineBeginsWithTheTimeUnlessTheJournalWritesIt() {
        Instant before = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        new EventLog(err, EventLog.Style.UNUSUAL).unusual("words");
        new EventLog(err, new EventLog.Style(false, false)).unusual("words");
        assertThat(lines()[0]).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z words");
        assertThat(Instant.parse(lines()[0].replace(" words", ""))).isBetween(before, Instant.now());
        assertThat(lines()[1]).isEqualTo("words");
    }

    @Test
    void aServerWhoseLinesNobodyReadsGoesOnServing() throws IOException, InterruptedException {
        Process server = RealProgram.startUnread("echo", "--port", "0", "--verbose");
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8))) {
            String address = out.readLine().substring("listening on ".length());
            int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
            for (int i = 0; i < 1_500; i++) { // more lines than a pipe holds
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    socket.getOutputStream().write(new byte[] {0, 1, 'x'});
                    assertThat(socket.getInputStream().readNBytes(3)).containsExactly(0, 1, 'x');
                }
            }
            assertThat(server.getErrorStream().available()).isGreaterThan(10_000);
            assertThat(Program.run("send", address, "--count", "100").status()).isZero();
            server.toHandle().destroy(); // the streams stay open
            assertThat(out.readLine()).contains("connections_accepted=1501");
            assertThat(server.waitFor()).isZero();
        } finally {
            server.destroyForcibly(); // if it is still there, the test has failed
        }
    }
}
