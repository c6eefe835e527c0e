package dev.gridmate.driver.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gridmate.driver.AddressFamily;
import dev.gridmate.driver.transport.DatagramTransport;
import dev.gridmate.driver.transport.SocketOptions;
import dev.gridmate.driver.transport.TransportException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Two hosts can have a worse way to each other, or a better one, than all others. */
class SimulatedLinkTest {

    private static final InetSocketAddress SERVER = new InetSocketAddress("10.0.0.1", 2017);

    private final SimulatedNetwork network = new SimulatedNetwork(1);
    private final SimulatedHost server = network.host("10.0.0.1");
    private final SimulatedHost slow = network.host("10.0.0.2");
    private final SimulatedHost fast = network.host("10.0.0.3");

    @Test
    void oneConnectionIsSlowAmongOthers() {
        network.latency(Duration.ofMillis(10));
        network.link(server, slow).latency(Duration.ofMillis(300));
        SimulatedPeer.Listener listener = server.listenRaw(2017);
        SimulatedPeer late = slow.connectRaw(SERVER);
        SimulatedPeer early = fast.connectRaw(SERVER);

        network.advance(Duration.ofMillis(20));
        assertThat(early.isConnected()).isTrue();
        assertThat(late.isConnected()).isFalse();
        network.advance(Duration.ofMillis(579));
        assertThat(late.isConnected()).isFalse();
        network.advance(Duration.ofMillis(1));
        assertThat(late.isConnected()).isTrue();

        SimulatedPeer first = listener.accept().orElseThrow();
        SimulatedPeer second = listener.accept().orElseThrow();
        second.write((byte) 1); // the late one was the second to come in
        first.write((byte) 2);
        network.advance(Duration.ofMillis(10));
        assertThat(early.read(9)).containsExactly(2);
        network.advance(Duration.ofMillis(289));
        assertThat(late.read(9)).isEmpty();
        network.advance(Duration.ofMillis(1));
        assertThat(late.read(9)).containsExactly(1);
    }

    @Test
    void oneHostLosesDatagramsAndOnlyThatOne() throws Exception {
        network.link(slow, server).datagramFaults(DatagramFaults.NONE.withLoss(1));
        DatagramTransport at = socket(server, 2017);
        DatagramTransport lossy = socket(slow, 1);
        DatagramTransport sound = socket(fast, 1);

        for (int i = 0; i < 10; i++) {
            assertThat(lossy.send(ByteBuffer.wrap(new byte[] {1}), SERVER)).isTrue();
            assertThat(sound.send(ByteBuffer.wrap(new byte[] {2}), SERVER)).isTrue();
        }
        assertThat(arrived(at)).hasSize(10).containsOnly((byte) 2);
        assertThat(network.datagramsLost()).isEqualTo(10);

        network.link(server, slow).datagramFaults(DatagramFaults.NONE); // the order of the two does not matter
        assertThat(lossy.send(ByteBuffer.wrap(new byte[] {1}), SERVER)).isTrue();
        assertThat(arrived(at)).containsExactly((byte) 1);
    }

    @Test
    void aLinkMayAlsoBeBetterThanTheNetwork() throws Exception {
        network.datagramFaults(DatagramFaults.NONE.withLoss(1));
        network.link(fast, server).datagramFaults(DatagramFaults.NONE);
        DatagramTransport at = socket(server, 2017);
        assertThat(socket(slow, 1).send(ByteBuffer.wrap(new byte[] {1}), SERVER))
                .isTrue();
        assertThat(socket(fast, 1).send(ByteBuffer.wrap(new byte[] {2}), SERVER))
                .isTrue();
        assertThat(arrived(at)).containsExactly((byte) 2);
    }

    @Test
    void aRefusedSendIsOfThisLink() throws Exception {
        network.link(slow, server).datagramFaults(DatagramFaults.NONE.withRefusedSends(1));
        assertThat(socket(slow, 1).send(ByteBuffer.wrap(new byte[] {1}), SERVER))
                .isFalse();
        assertThat(socket(fast, 1).send(ByteBuffer.wrap(new byte[] {1}), SERVER))
                .isTrue();
    }

    @Test
    void connectsFailOnOneLinkOnly() {
        network.link(server, slow).faults(Faults.NONE.withConnectsRefused(1));
        SimulatedPeer.Listener listener = server.listenRaw(2017);
        SimulatedPeer refused = slow.connectRaw(SERVER);
        SimulatedPeer taken = fast.connectRaw(SERVER);
        network.advance(Duration.ofMillis(1));
        assertThat(refused.isConnected()).isFalse();
        assertThat(taken.isConnected()).isTrue();
        assertThat(listener.accept()).isPresent();
        assertThat(listener.accept()).isEmpty();
    }

    @Test
    void resetUndoesAllSettingsAndHealEndsTheFaultsOnly() throws Exception {
        DatagramTransport at = socket(server, 2017);
        DatagramTransport from = socket(slow, 1);
        SimulatedLink link = network.link(server, slow)
                .latency(Duration.ofMillis(50))
                .faults(Faults.CHOPPY)
                .datagramFaults(DatagramFaults.NONE.withLoss(1));

        network.heal();
        assertThat(from.send(ByteBuffer.wrap(new byte[] {1}), SERVER)).isTrue();
        network.advance(Duration.ofMillis(49));
        assertThat(arrived(at)).isEmpty();
        network.advance(Duration.ofMillis(1));
        assertThat(arrived(at)).containsExactly((byte) 1);
        assertThat(link.faults()).isEqualTo(Faults.NONE);

        link.datagramFaults(DatagramFaults.NONE.withLoss(1)).faults(Faults.CHOPPY);
        link.reset();
        network.latency(Duration.ofMillis(7));
        assertThat(from.send(ByteBuffer.wrap(new byte[] {2}), SERVER)).isTrue();
        network.advance(Duration.ofMillis(7));
        assertThat(arrived(at)).containsExactly((byte) 2);
        assertThat(link.faults()).isEqualTo(Faults.NONE);
    }

    @Test
    void aRunCallsEachProgramOnceForEachTickAndEndsOnTime() {
        List<String> calls = new ArrayList<>();
        network.tick(Duration.ofMillis(10));
        network.run(
                Duration.ofMillis(25),
                () -> calls.add("a" + network.nanoTime() / 1_000_000),
                () -> calls.add("b" + network.nanoTime() / 1_000_000));
        assertThat(calls).containsExactly("a10", "b10", "a20", "b20", "a25", "b25");
        network.run(Duration.ZERO, () -> calls.add("never"));
        assertThat(calls).hasSize(6);
    }

    @Test
    void aRunUntilEndsWithItsConditionOrItsTime() {
        int[] rounds = {0};
        assertThat(network.runUntil(() -> rounds[0] == 3, Duration.ofSeconds(1), () -> rounds[0]++))
                .isTrue();
        assertThat(rounds[0]).isEqualTo(3);
        assertThat(network.nanoTime()).isEqualTo(Duration.ofMillis(48).toNanos());
        assertThat(network.runUntil(() -> false, Duration.ofSeconds(1))).isFalse();
        assertThat(network.nanoTime()).isEqualTo(Duration.ofMillis(1_048).toNanos());
        assertThat(network.runUntil(() -> true, Duration.ZERO)).isTrue();
    }

    @Test
    void wrongSettingsAreRefusedWithTheirNumbers() {
        assertThatThrownBy(() -> network.link(server, slow).latency(Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("latency is PT-0.001S");
        assertThatThrownBy(() -> network.tick(Duration.ZERO)).hasMessageContaining("tick is PT0S");
        assertThatThrownBy(() -> network.run(Duration.ofMillis(-1))).hasMessageContaining("time is PT-0.001S");
    }

    private static DatagramTransport socket(SimulatedHost host, int port) throws TransportException {
        DatagramTransport socket = host.openDatagrams();
        socket.bind(new InetSocketAddress("0.0.0.0", port), false, new SocketOptions(AddressFamily.IPV4, 0, 0));
        return socket;
    }

    private static List<Byte> arrived(DatagramTransport at) throws IOException {
        List<Byte> all = new ArrayList<>();
        ByteBuffer into = ByteBuffer.allocate(10);
        while (at.receive(into.clear()) != null) {
            all.add(into.get(0));
        }
        return all;
    }
}
