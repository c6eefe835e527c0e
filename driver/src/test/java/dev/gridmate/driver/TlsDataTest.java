package dev.gridmate.driver;

import static dev.gridmate.driver.Loopback.ok;
import static dev.gridmate.driver.Packets.buffer;
import static dev.gridmate.driver.Packets.frame;
import static dev.gridmate.driver.Packets.packet;
import static dev.gridmate.driver.TlsFixture.clientTls;
import static dev.gridmate.driver.TlsFixture.config;
import static dev.gridmate.driver.TlsFixture.serverTls;
import static dev.gridmate.driver.TlsFixture.simulated;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Packets of every size, and how many records they take. */
class TlsDataTest {

    @Test
    @Tag("G22")
    void packetsSentBeforeTheHandshakeIsMadeArrive() {
        try (Loopback server = Loopback.server(config(serverTls()));
                Loopback client = server.unconnectedClient(config(clientTls()))) {
            SocketDriverAddress address = client.addressOf(server);
            ok(client.driver.connectTo(address));
            for (int i = 0; i < 4; i++) {
                ok(client.driver.send(address, buffer(i, 1000)));
                client.driver.update();
            }
            server.until(() -> server.received.size() == 4);
            for (int i = 0; i < 4; i++) {
                assertThat(server.received.get(i).packet).isEqualTo(packet(i, 1000));
            }
        }
    }

    @Test
    @Tag("G35")
    void packetsMoveWhetherTheyFitARecordOrNot() {
        try (Loopback server = Loopback.server(config(serverTls()));
                Loopback client = server.unconnectedClient(config(clientTls()))) {
            SocketDriverAddress address = client.addressOf(server);
            ok(client.driver.connectTo(address));
            server.until(() -> !client.events.established.isEmpty());
            for (int size : new int[] {16_000, 16_384, 16_382, 65_535, 1}) {
                int before = server.received.size();
                int count = Math.max(1, 80_000 / size);
                for (int i = 0; i < count && i < 100; i++) {
                    ok(client.driver.send(address, buffer(i, size)));
                }
                int all = before + Math.min(count, 100);
                server.until(() -> server.received.size() == all);
                assertThat(server.received.get(all - 1).packet).hasSize(size);
            }
        }
    }

    @Test
    @Tag("G23")
    void aPeerThatDoesNotReadHoldsNoMoreThanTheOutboundBufferAndOneBuffer() throws Exception {
        try (SimulatedPair it =
                new SimulatedPair(config -> config.tls(serverTls().build())
                        .slowConsumerPolicy(SlowConsumerPolicy.REJECT)
                        .outboundBufferSize(100_000))) {
            it.network.window(10_000);
            TlsPeer peer = new TlsPeer(it, TlsPeer.TLS13);
            assertThat(peer.handshake()).isTrue();
            SocketDriverAddress address = it.events.established.get(0);
            long accepted = 0;
            for (int i = 0; i < 1000; i++) {
                accepted += it.driver.send(address, buffer(i, 10_000)) == ResultCode.OK ? 10_002 : 0;
                it.step(Duration.ofMillis(1));
            }
            assertThat(accepted).isLessThan(131_072 + (1 << 16) + 2 * 10_000);
            it.driver.abort(address);
            it.step(Duration.ofMillis(1));
            assertThat(it.events.reasons.get(0).unsentBytes())
                    .as("what is sealed and has not left is unsent")
                    .isGreaterThan(accepted - 30_000);
        }
    }

    @Test
    void manySmallPacketsShareARecord() throws Exception {
        try (SimulatedPair it = simulated(tls -> tls)) {
            it.network.window(1 << 16);
            TlsPeer peer = new TlsPeer(it, TlsPeer.TLS13);
            assertThat(peer.handshake()).isTrue();
            peer.read();
            for (int i = 0; i < 200; i++) {
                ok(it.driver.send(it.events.established.get(0), buffer(i, 64)));
            }
            List<Integer> sizes = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                it.step(Duration.ofMillis(1));
                sizes.addAll(peer.recordSizes());
            }
            assertThat(sizes).hasSize(1).allMatch(size -> size > 200 * 66 && size < 200 * 66 + 64);
        }
    }

    @Test
    void aPeerThatReadsSlowlyAllTheTimeIsNotTakenForOneThatHangs() throws Exception {
        try (SimulatedPair it =
                new SimulatedPair(config -> config.tls(serverTls().build())
                        .writeTimeout(Duration.ofSeconds(30))
                        .drainTimeout(Duration.ofSeconds(5)))) {
            it.network.window(5_000);
            TlsPeer peer = new TlsPeer(it, TlsPeer.TLS13);
            assertThat(peer.handshake()).isTrue();
            SocketDriverAddress address = it.events.established.get(0);
            ok(it.driver.send(address, buffer(1, 60_000)));
            for (int second = 0; second < 40; second++) { // more than the write timeout
                peer.peer.read(500);
                it.step(Duration.ofSeconds(1));
            }
            assertThat(it.events.reasons).isEmpty();
            it.driver.disconnectFrom(address);
            for (int second = 0; second < 120 && it.events.reasons.isEmpty() && !peer.peer.isAtEnd(); second++) {
                peer.peer.read(4_000); // more than the drain timeout for all, less for what TCP holds
                it.step(Duration.ofSeconds(1));
            }
            assertThat(peer.peer.isAtEnd())
                    .as("all of it has left, and then a FIN")
                    .isTrue();
            assertThat(peer.peer.isReset()).isFalse();
        }
    }

    @Test
    void packetsGoOnInBothDirectionsAfterNewKeysAndAfterNewerOnes() throws Exception {
        try (SimulatedPair it = simulated(tls -> tls)) {
            TlsPeer peer = new TlsPeer(it, TlsPeer.TLS13);
            assertThat(peer.handshake()).isTrue();
            peer.read();
            SocketDriverAddress address = it.events.established.get(0);
            for (int i = 0; i < 3; i++) {
                assertThat(peer.asksForNewKeys()).isTrue();
                assertThat(peer.read()).as("an answer, and no packet").isEmpty();
                peer.send(frame(packet(i, 100)));
                ok(it.driver.send(address, buffer(i, 200)));
                it.pass(Duration.ofMillis(20));
                List<byte[]> received = new ArrayList<>();
                it.driver.receive((from, bytes) -> received.add(DriverPair.copy(bytes)), 10);
                assertThat(received).containsExactly(packet(i, 100));
                assertThat(peer.read()).isEqualTo(frame(packet(i, 200)));
            }
            assertThat(it.events.reasons).isEmpty();
        }
    }

    @Test
    @Tag("G24")
    void connectingAndDisconnectingLeavesNothingBehind() {
        int cycles = Integer.getInteger("gridmate.tlsCycles", 200);
        try (Loopback server = Loopback.server(config(serverTls()));
                Loopback client = server.unconnectedClient(config(clientTls()))) {
            SocketDriverAddress address = client.addressOf(server);
            Held before = null;
            for (int i = 0; i < cycles; i++) {
                if (i == cycles / 2) {
                    before = Held.now();
                }
                ok(client.driver.connectTo(address));
                int all = i + 1;
                ok(client.driver.send(address, buffer(i, 10)));
                server.until(() -> server.events.established.size() == all && server.received.size() == all);
                client.driver.disconnectFrom(address);
                server.until(
                        () -> client.events.disconnected.size() == all && server.events.disconnected.size() == all);
            }
            Held after = Held.now();
            System.out.printf("after %d and %d connections with TLS: %s, %s%n", cycles / 2, cycles, before, after);
            // What the test itself writes down of each connection is some hundred bytes; a context
            // was 100,000.
            assertThat(after.heap - before.heap).isLessThan(cycles / 2 * 2_000L + 1_000_000);
            assertThat(after.direct - before.direct).isLessThan(1_000_000);
            assertThat(after.descriptors - before.descriptors).isLessThan(8);
        }
    }

    /** What the process holds: bytes in the heap, bytes outside, files. */
    private record Held(long heap, long direct, long descriptors) {

        static Held now() {
            for (int i = 0; i < 3; i++) {
                System.gc();
            }
            long direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                    .filter(pool -> pool.getName().equals("direct"))
                    .mapToLong(BufferPoolMXBean::getMemoryUsed)
                    .sum();
            long descriptors = ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                    ? unix.getOpenFileDescriptorCount()
                    : 0;
            Runtime runtime = Runtime.getRuntime();
            return new Held(runtime.totalMemory() - runtime.freeMemory(), direct, descriptors);
        }
    }
}
