package dev.gridmate.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.driver.transport.TransportException;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How often the driver asks the system, counted at the seam, so that no machine's mood can change
 * the outcome.
 */
@Timeout(60)
class SystemCallsTest {

    private final CountingTransport network;
    private final Loopback server;

    SystemCallsTest() throws TransportException {
        network = new CountingTransport();
        server = Loopback.server(
                Loopback.config().maxConnections(2000).transport(() -> network).build());
    }

    @Test
    void aPacketInAndItsEchoCostOneReadThatFindsSomethingAndOneWrite() {
        try (server) {
            Loopback client = server.connectedClient();
            PacketHandler echo = server.driver::send;
            network.take();
            int trips = 100;
            for (int i = 0; i < trips; i++) {
                Loopback.ok(client.driver.send(client.addressOf(server), ByteBuffer.allocate(64)));
                client.driver.flush();
                untilReceived(echo, 1);
                server.driver.update();
            }
            CountingTransport.Calls calls = network.take();
            assertThat(calls.writes()).isEqualTo(trips);
            assertThat(calls.reads() - calls.emptyReads()).isEqualTo(trips);
        }
    }

    @Test
    void manyPacketsToManyPeersAreOneWriteForEachPeer() {
        try (server) {
            int peers = 50;
            for (int i = 0; i < peers; i++) {
                server.socket();
            }
            List<SocketDriverAddress> to = server.driver.connections();
            network.take();
            for (int packet = 0; packet < 10; packet++) {
                for (SocketDriverAddress each : to) {
                    Loopback.ok(server.driver.send(each, ByteBuffer.allocate(100)));
                }
            }
            server.driver.flush();
            assertThat(network.take().writes()).isEqualTo(peers);
            server.driver.update();
            assertThat(network.take().writes()).isZero();
        }
    }

    @Test
    void whatManyPeersSentIsOneReadForEachPeer() {
        try (server) {
            int peers = 50;
            int packets = 10;
            List<Loopback> clients = new ArrayList<>();
            for (int i = 0; i < peers; i++) {
                clients.add(server.connectedClient());
            }
            network.take();
            for (Loopback client : clients) {
                for (int i = 0; i < packets; i++) {
                    Loopback.ok(client.driver.send(client.addressOf(server), ByteBuffer.allocate(64)));
                }
                client.driver.flush(); // ten packets in one write, which loopback hands over as one piece
            }
            untilReceived((from, packet) -> {}, peers * packets);
            CountingTransport.Calls calls = network.take();
            assertThat(calls.reads()).isEqualTo(peers);
            assertThat(calls.emptyReads()).isZero();
            assertThat(calls.writes()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 100, 1000})
    void idleConnectionsAreNeitherNamedNorRead(int idle) {
        try (server) {
            for (int i = 0; i < idle; i++) {
                server.socket();
            }
            Loopback active = server.connectedClient();
            PacketHandler echo = server.driver::send;
            network.take();
            for (int i = 0; i < 20; i++) {
                assertThat(server.driver.update()).isZero();
            }
            assertThat(network.take()).isEqualTo(new CountingTransport.Calls(20, 0, 0, 0, 0));

            Loopback.ok(active.driver.send(active.addressOf(server), ByteBuffer.allocate(64)));
            active.driver.flush();
            untilReceived(echo, 1);
            server.driver.update();
            CountingTransport.Calls calls = network.take();
            assertThat(calls.named()).isEqualTo(1);
            assertThat(calls.reads()).isEqualTo(1);
            assertThat(calls.writes()).isEqualTo(1);
        }
    }

    @Test
    void whoCannotBeReadNowIsNotNamedAgainAndAgain() throws IOException {
        try (Loopback small = Loopback.server(Loopback.config()
                .maxPacketSize(1000)
                .inboundBufferSize(1000)
                .maxPacketsPerSecond(1)
                .transport(() -> network)
                .build())) {
            Socket full = small.socket();
            Socket fast = small.socket();
            Socket closed = small.socket();
            Loopback.write(full, Packets.frame(Packets.packet(0, 1000)));
            Loopback.write(full, Packets.frame(Packets.packet(0, 1000)));
            Loopback.write(fast, Packets.frames(100, 1));
            Loopback.write(fast, Packets.frames(100, 1));
            Loopback.write(closed, Packets.frames(1, 1));
            closed.shutdownOutput();
            small.untilWithoutReceiving(() ->
                    small.count(DriverCounter.BYTES_IN) >= 1024 + 3 + 3 && small.count(DriverCounter.THROTTLES) > 0);
            for (int i = 0; i < 20; i++) {
                small.driver.update(); // the end of the third one, and that the first one is full
            }
            network.take();
            for (int i = 0; i < 20; i++) {
                small.driver.update();
            }
            assertThat(network.take().named()).isZero();
        } finally {
            server.close();
        }
    }

    private void untilReceived(PacketHandler handler, int packets) {
        long end = System.nanoTime() + Loopback.PATIENCE.toNanos();
        for (int received = 0; received < packets; ) {
            assertThat(System.nanoTime()).isLessThan(end);
            server.driver.update();
            received += server.driver.receive(handler, 10_000);
        }
    }
}
