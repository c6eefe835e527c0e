package dev.gridmate.driver;

import static dev.gridmate.driver.Loopback.ok;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.GridMate;
import dev.gridmate.driver.sim.SimulatedNetwork;
import dev.gridmate.driver.transport.DatagramTransport;
import dev.gridmate.snapshot.SnapshotRequest;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Java VMs that have less than others, each in a process of its own. */
@Timeout(120)
class OddJavaVmTest {

    private static final int PEERS = 40;

    @Test
    void connectionsForWhichThereIsNoMemoryWaitAndLoseNothing() throws Exception {
        run(LittleMemory.class, "-XX:MaxDirectMemorySize=2m");
    }

    @Test
    void withoutIpv6AnIpv6DriverGetsAResultAndAnIpv4DriverWorks() throws Exception {
        run(NoIpv6.class, "-Djava.net.preferIPv4Stack=true");
    }

    @Test
    void aFloodOfInventedSendersFillsNoMemory() throws Exception {
        run(InventedSenders.class, "-Xmx24m");
    }

    @Test
    void withoutTheModulesForViewsADriverWorks() throws Exception {
        run(OnlyTheBase.class, "--limit-modules=java.base");
    }

    private static void run(Class<?> program, String option) throws Exception {
        String classPath = String.join(
                File.pathSeparator,
                System.getProperty("jdk.module.path", ""),
                System.getProperty("java.class.path"),
                Path.of("target", "test-classes").toAbsolutePath().toString());
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        option,
                        "-cp",
                        classPath,
                        program.getName())
                .inheritIO()
                .start();
        assertThat(process.waitFor()).isZero();
    }

    static final class LittleMemory {
        private LittleMemory() {}

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

    static final class InventedSenders {
        private static final int COUNT = 1_000_000; // of which each would take some 150 bytes if it stayed

        private InventedSenders() {}

        public static void main(String[] args) {
            SplittableRandom random = new SplittableRandom(1);
            DatagramTransport network = new SimulatedNetwork(1).host("10.0.0.1").openDatagrams();
            DatagramTransport flooded = new ForwardingDatagrams(network) {
                @Override
                public InetSocketAddress receive(ByteBuffer into) throws IOException {
                    into.put((byte) 1);
                    byte[] ip = new byte[4];
                    random.nextBytes(ip);
                    return new InetSocketAddress(InetAddress.getByAddress(ip), 1 + random.nextInt(65_535));
                }
            };
            try (GridMate gridMate = new GridMate()) {
                SocketDriver driver = new SocketDriver(
                        gridMate,
                        SocketDriverConfig.builder().transport(() -> flooded).build());
                ok(driver.initialize(AddressFamily.IPV4));
                assertThat(driver.receive((from, packet) -> {}, COUNT)).isEqualTo(COUNT);
            }
        }
    }

    /** Uses no library of tests: these need more modules. */
    static final class OnlyTheBase {
        private OnlyTheBase() {}

        public static void main(String[] args) {
            for (String missing : List.of("java.management", "java.logging", "jdk.jfr")) {
                if (ModuleLayer.boot().findModule(missing).isPresent()) {
                    throw new AssertionError(missing + " is there");
                }
            }
            try (GridMate gridMate = new GridMate();
                    StreamSocketDriver server = new StreamSocketDriver(gridMate, 4, 1000, 4096, 4096);
                    StreamSocketDriver client = new StreamSocketDriver(gridMate, 4, 1000, 4096, 4096)) {
                check(server.initialize(AddressFamily.IPV4, "127.0.0.1", 0));
                check(server.startListen(4));
                check(client.initialize(AddressFamily.IPV4, "127.0.0.1", 0));
                check(client.connectTo(client.createDriverAddress("127.0.0.1|" + server.port())));
                while (server.numberOfConnections() == 0 || client.numberOfConnections() == 0) {
                    client.update();
                    server.update();
                }
                var asked = server.snapshot(SnapshotRequest.DEFAULT);
                server.update();
                if (asked.join().connections().count() != 1) {
                    throw new AssertionError(asked.join());
                }
            }
        }

        private static void check(ResultCode code) {
            if (code != ResultCode.OK) {
                throw new AssertionError(code);
            }
        }
    }

    static final class NoIpv6 {
        private NoIpv6() {}

        public static void main(String[] args) {
            try (GridMate gridMate = new GridMate()) {
                StreamSocketDriver driver = new StreamSocketDriver(gridMate, 4, 1000, 4096, 4096);
                ok(driver.initialize(AddressFamily.IPV6));
                assertThat(driver.startListen(4)).isEqualTo(ResultCode.SOCKET_CREATE);
                assertThat(driver.connectTo(driver.createDriverAddress("::1|2017")))
                        .isEqualTo(ResultCode.SOCKET_CREATE);
                assertThat(driver.lastError()).isNotEmpty();
                SocketDriver datagrams = new SocketDriver(gridMate);
                assertThat(datagrams.initialize(AddressFamily.IPV6)).isEqualTo(ResultCode.SOCKET_CREATE);
                assertThat(datagrams.lastError()).isNotEmpty();
                ok(datagrams.initialize(AddressFamily.IPV4));
            }
            try (Loopback server = Loopback.server()) {
                server.socket();
            }
        }
    }
}
