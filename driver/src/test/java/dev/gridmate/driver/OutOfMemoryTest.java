package dev.gridmate.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What happens when the Java VM has less direct memory than the connections want, in a VM of its own. */
@Timeout(120)
class OutOfMemoryTest {

    private static final int PEERS = 40;

    @Test
    void connectionsForWhichThereIsNoMemoryWaitAndLoseNothing() throws Exception {
        Process program = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:MaxDirectMemorySize=2m",
                        "-cp",
                        System.getProperty("jdk.module.path", "")
                                + System.getProperty("path.separator")
                                + System.getProperty("java.class.path")
                                + System.getProperty("path.separator")
                                + Path.of("target", "test-classes").toAbsolutePath(),
                        Program.class.getName())
                .inheritIO()
                .start();
        assertThat(program.waitFor()).isZero();
    }

    static final class Program {
        private Program() {}

        public static void main(String[] args) {
            try (Loopback server =
                    Loopback.server(Loopback.config().maxConnections(100).build())) {
                List<Socket> peers = new ArrayList<>();
                for (int i = 0; i < PEERS; i++) {
                    peers.add(server.socket());
                }
                for (int i = 0; i < PEERS; i++) {
                    Loopback.write(peers.get(i), Packets.frame(Packets.packet(i, 60_000)));
                }
                server.untilWithoutReceiving(() -> server.count(DriverCounter.OUT_OF_MEMORY) > 0);
                server.until(() -> server.received.size() == PEERS);
                for (int i = 0; i < PEERS; i++) {
                    assertThat(server.receivedFrom(server.addressOf(peers.get(i)))
                                    .get(0))
                            .isEqualTo(Packets.packet(i, 60_000));
                }
                assertThat(server.events.disconnected).isEmpty();
            }
        }
    }
}
