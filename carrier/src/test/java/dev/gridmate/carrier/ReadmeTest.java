package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.GridMate;
import dev.gridmate.testkit.Page;
import dev.gridmate.testkit.Programs;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The README says what is so. */
@Timeout(60)
class ReadmeTest {

    @TempDir
    private Path directory;

    @Test
    void theReadmesServerCompilesAndEchoes() throws Exception {
        int port = Programs.freeUdpPort();
        Programs programs = new Programs(directory, Carrier.class, GridMate.class)
                .add(
                        "MessageServer",
                        Page.of("README.md").program("MessageServer").replace("2018", "" + port));
        assertThat(programs.compile()).isZero();

        Process server = programs.run("MessageServer");
        try (GridMate gridMate = new GridMate();
                Carrier carrier = Carrier.create(
                        CarrierDesc.builder().connectionTimeoutMS(30_000).build(), gridMate)) {
            ConnectionId id = carrier.connect("127.0.0.1", port);
            List<String> received = new ArrayList<>();
            boolean sent = false;
            while (received.isEmpty() && server.isAlive()) {
                carrier.update();
                if (!sent && carrier.connectionState(id) == ConnectionState.CONNECTED) {
                    sent = carrier.send(ByteBuffer.wrap("hello".getBytes(StandardCharsets.UTF_8)), id) == SendResult.OK;
                }
                carrier.receive(
                        (from, channel, reliability, message) -> received.add(
                                StandardCharsets.UTF_8.decode(message).toString()),
                        100);
                carrier.waitForData(Duration.ofMillis(16));
            }
            assertThat(received).containsExactly("hello");
        } finally {
            server.destroyForcibly();
        }
    }
}
