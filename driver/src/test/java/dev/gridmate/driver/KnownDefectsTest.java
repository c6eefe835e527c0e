package dev.gridmate.driver;

import static dev.gridmate.driver.Loopback.ok;
import static dev.gridmate.driver.Packets.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the C++ original gets wrong, one test for each, over real sockets. Each test would fail on the original. The
 * numbers are those of docs/kept-and-fixed.md.
 */
@Timeout(60)
class KnownDefectsTest {

    @Test
    void g1_aPacketIsNotReceivedBeforeItsLastByteIsThere() throws IOException {
        try (Loopback server = Loopback.server()) {
            Socket peer = server.socket();
            byte[] frame = frame(packet(1, 10));
            Loopback.write(peer, Arrays.copyOf(frame, 11));
            server.until(() -> server.count(DriverCounter.BYTES_IN) == 11);

            PacketInfo result = new PacketInfo();
            assertThat(server.driver.receive(ByteBuffer.allocate(65_535), result))
                    .isZero();
            assertThat(result.code()).isEqualTo(ResultCode.OK);

            Loopback.write(peer, new byte[] {frame[11]});
            server.until(() -> !server.received.isEmpty());
            assertThat(server.received.get(0).packet()).isEqualTo(packet(1, 10));
        }
    }

    @Test
    void g2_aPeerThatBreaksTheProtocolDoesNotKeepOthersFromBeingReceived() {
        try (Loopback server =
                Loopback.server(Loopback.config().maxPacketSize(1000).build())) {
            Socket bad = server.socket();
            Socket good = server.socket();
            Loopback.write(bad, new byte[] {(byte) 0xff, (byte) 0xff, 1, 2, 3});
            Loopback.write(good, frames(10, 100));

            server.until(() -> server.received.size() == 10 && !server.events.disconnected.isEmpty());

            assertThat(server.receivedFrom(server.addressOf(good))).hasSize(10);
            assertThat(server.events.disconnected).containsExactly(server.addressOf(bad));
        }
    }

    @Test
    void g3_aFloodingPeerDoesNotKeepAQuietOneFromBeingReceived() {
        try (Loopback server = Loopback.server()) {
            Socket flooding = server.socket();
            Socket quiet = server.socket();
            Loopback.write(flooding, frames(500, 100));
            Loopback.write(quiet, frames(1, 100));
            server.untilWithoutReceiving(() -> server.count(DriverCounter.BYTES_IN) == 500 * 102 + 102);

            Set<SocketDriverAddress> senders = new HashSet<>();
            PacketInfo result = new PacketInfo();
            ByteBuffer buffer = ByteBuffer.allocate(65_535);
            for (int i = 0; i < 2; i++) {
                server.driver.receive(buffer.clear(), result);
                senders.add(result.from());
            }
            assertThat(senders).containsExactlyInAnyOrder(server.addressOf(flooding), server.addressOf(quiet));
        }
    }

    @Test
    void g4_aFrameLargerThanTheInboundBufferIsRefusedFromItsHeader() {
        StreamSocketDriverConfig config =
                Loopback.config().maxPacketSize(1000).inboundBufferSize(1000).build();
        try (Loopback server = Loopback.server(config)) {
            Socket peer = server.socket();
            Loopback.write(peer, new byte[] {0x10, 0x00});
            server.until(() -> !server.events.disconnected.isEmpty());

            DisconnectReason reason = server.events.reasons.get(0);
            assertThat(reason.code()).isEqualTo(DisconnectReason.Code.PACKET_TOO_LARGE);
            assertThat(reason.detail()).contains("4096").contains("1000");
        }
    }

    @Test
    void g5_everyByteOfAPacketThatSendAcceptedArrives() {
        StreamSocketDriverConfig small = Loopback.config()
                .maxPacketSize(6000)
                .outboundBufferSize(6000)
                .slowConsumerPolicy(SlowConsumerPolicy.REJECT)
                .build();
        try (Loopback server = Loopback.server()) {
            Loopback client = server.client(small);
            server.until(() -> server.driver.numberOfConnections() == 1);
            SocketDriverAddress to = client.addressOf(server);
            int accepted = 0;
            int offered = 0;
            while (offered < 3000) {
                if (client.driver.send(to, buffer(accepted, 6000)) == ResultCode.OK) {
                    accepted++;
                }
                offered++;
            }
            assertThat(accepted).as("some were accepted, and some refused").isBetween(1, 2999);
            int all = accepted;
            server.until(() -> server.received.size() == all);
            for (int i = 0; i < all; i++) {
                assertThat(server.received.get(i).packet()).isEqualTo(packet(i, 6000));
            }
        }
    }

    @Test
    void g6_theMaximumPacketSizeIsEnforcedBothWays() {
        try (Loopback server =
                Loopback.server(Loopback.config().maxPacketSize(100).build())) {
            Socket peer = server.socket();
            SocketDriverAddress address = server.addressOf(peer);
            assertThat(catchThrowable(() -> server.driver.send(address, ByteBuffer.allocate(101))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("101")
                    .hasMessageContaining("100");
            Loopback.write(peer, frame(packet(0, 100)));
            Loopback.write(peer, frame(packet(1, 101)));
            server.until(() -> !server.events.disconnected.isEmpty());
            assertThat(server.received).hasSize(1);
            assertThat(server.events.reasons.get(0).code()).isEqualTo(DisconnectReason.Code.PACKET_TOO_LARGE);
        }
    }

    @Test
    void g7_fullAndClosedHaveDifferentCodes() {
        StreamSocketDriverConfig rejecting =
                Loopback.config().slowConsumerPolicy(SlowConsumerPolicy.REJECT).build();
        try (Loopback server = Loopback.server(rejecting)) {
            SocketDriverAddress peer = server.addressOf(server.socket());
            assertThat(fill(server, peer)).isEqualTo(ResultCode.SEND_BUFFER_FULL);
            assertThat(server.driver.isConnectedTo(peer)).isTrue();
            server.driver.abort(peer);
            assertThat(server.driver.send(peer, buffer(0, 10))).isEqualTo(ResultCode.SEND_ADDRESS_NOT_BOUND);
        }
        try (Loopback server = Loopback.server()) {
            SocketDriverAddress peer = server.addressOf(server.socket());
            assertThat(fill(server, peer)).isEqualTo(ResultCode.SEND_SLOW_CONSUMER);
            assertThat(server.driver.isConnectedTo(peer)).isFalse();
            server.until(() -> !server.events.disconnected.isEmpty());
            assertThat(server.events.reasons.get(0).code()).isEqualTo(DisconnectReason.Code.SLOW_CONSUMER);
            assertThat(server.count(DriverCounter.SLOW_CONSUMERS)).isEqualTo(1);
        }
    }

    private static ResultCode fill(Loopback server, SocketDriverAddress peer) {
        ResultCode code = ResultCode.OK;
        for (int i = 0; code == ResultCode.OK && i < 10_000; i++) {
            code = server.driver.send(peer, buffer(i, 10_000));
        }
        return code;
    }

    @Test
    void g8_g9_manyPacketsLeaveInOneWrite() {
        try (Loopback server = Loopback.server()) {
            Socket peer = server.socket();
            for (int i = 0; i < 100; i++) {
                server.driver.send(server.addressOf(peer), buffer(i, 100));
            }
            server.driver.flush();
            assertThat(server.count(DriverCounter.WRITES)).isEqualTo(1);
            for (int i = 0; i < 100; i++) {
                assertThat(Loopback.readPacket(peer)).isEqualTo(packet(i, 100));
            }
        }
    }

    @Test
    void g10_anUpdateDoesNotReadConnectionsThatHaveNothing() {
        try (Loopback server =
                Loopback.server(Loopback.config().maxConnections(300).build())) {
            for (int i = 0; i < 200; i++) {
                server.socket();
            }
            Socket active = server.socket();
            server.tick(true);
            long before = server.count(DriverCounter.READS);
            Loopback.write(active, frames(1, 10));
            server.until(() -> server.received.size() == 1);
            assertThat(server.count(DriverCounter.READS) - before).isEqualTo(1);
        }
    }

    @Test
    void g11_oneUpdateReadsAllThatIsThere() {
        try (Loopback server = Loopback.server()) {
            Socket peer = server.socket();
            Loopback.write(peer, frames(100, 300));
            server.untilWithoutReceiving(() -> server.count(DriverCounter.BYTES_IN) > 0);
            server.tick(false);
            assertThat(server.driver.receive((from, packet) -> {}, Integer.MAX_VALUE))
                    .isEqualTo(100);
        }
    }

    @Test
    void g12_aRefusedConnectIsNeverEstablished() throws IOException {
        int port;
        try (ServerSocket nobody = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = nobody.getLocalPort();
        }
        try (Loopback client = Loopback.server()) {
            SocketDriverAddress to = client.driver.createDriverAddress("127.0.0.1|" + port);
            assertThat(client.driver.connectTo(to)).isEqualTo(ResultCode.OK);
            client.until(() -> !client.events.failed.isEmpty());
            assertThat(client.events.established).isEmpty();
            assertThat(client.events.disconnected).isEmpty();
            assertThat(client.events.reasons.get(0).code()).isEqualTo(DisconnectReason.Code.CONNECT_FAILED);
        }
    }

    @Test
    void g13_whatThePeerSentBeforeItsFinIsReceived() throws IOException {
        try (Loopback server = Loopback.server()) {
            Socket peer = server.socket();
            Loopback.write(peer, frames(10, 100));
            peer.shutdownOutput();
            server.until(() -> !server.events.disconnected.isEmpty());
            assertThat(server.received).hasSize(10);
            assertThat(server.events.reasons.get(0).code()).isEqualTo(DisconnectReason.Code.REMOTE_CLOSED);
        }
    }

    @Test
    void g13_aPeerThatSendsAndClosesHasAllItsPacketsEchoedBeforeTheFin() throws Exception {
        try (Loopback server =
                Loopback.server(Loopback.config().outboundBufferSize(1 << 20).build())) {
            Socket peer = server.socket();
            Loopback.write(peer, frames(2000, 64));
            peer.shutdownOutput();
            while (server.events.disconnected.isEmpty()) {
                server.driver.update();
                server.driver.receive(server.driver::send, Integer.MAX_VALUE);
            }
            for (int i = 0; i < 2000; i++) {
                assertThat(Loopback.readPacket(peer)).isEqualTo(packet(i, 64));
            }
            assertThat(peer.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void g14_disconnectFromSendsWhatWasQueued() throws IOException {
        try (Loopback server = Loopback.server()) {
            Socket peer = server.socket();
            SocketDriverAddress address = server.addressOf(peer);
            for (int i = 0; i < 65; i++) {
                assertThat(server.driver.send(address, buffer(i, 1000))).isEqualTo(ResultCode.OK);
            }
            server.driver.disconnectFrom(address);
            server.driver.update();
            for (int i = 0; i < 65; i++) {
                assertThat(Loopback.readPacket(peer)).isEqualTo(packet(i, 1000));
            }
            assertThat(peer.getInputStream().read()).isEqualTo(-1);
            peer.close();
            server.until(() -> !server.events.disconnected.isEmpty());
            assertThat(server.events.reasons.get(0).unsentBytes()).isZero();
        }
    }

    @Test
    void g15_atTheMaximumASurplusPeerIsClosedAndCounted() throws IOException {
        try (Loopback server =
                Loopback.server(Loopback.config().maxConnections(1).build())) {
            server.socket();
            Socket surplus = server.unannouncedSocket();
            server.until(() -> server.count(DriverCounter.CONNECTIONS_REJECTED) == 1);
            assertThat(surplus.getInputStream().read()).isEqualTo(-1);
            assertThat(server.driver.numberOfConnections()).isEqualTo(1);
        }
    }

    @Test
    void g16_aSecondConnectionFromAKnownAddressIsServedAndEndsTheFirst() throws IOException {
        try (Loopback server = Loopback.serverOnAllInterfaces()) {
            Socket first = new Socket();
            first.setReuseAddress(true);
            first.bind(new InetSocketAddress("127.0.0.1", 0));
            first.connect(new InetSocketAddress("127.0.0.1", server.driver.port()));
            server.until(() -> server.driver.numberOfConnections() == 1);
            try (Socket second = new Socket()) {
                second.setReuseAddress(true);
                second.bind(new InetSocketAddress("127.0.0.1", first.getLocalPort()));
                second.connect(new InetSocketAddress("127.0.0.2", server.driver.port()));
                Loopback.write(second, frames(1, 50));
                server.until(() -> server.received.size() == 1);
                SocketDriverAddress address = server.addressOf(second);
                assertThat(server.events.established).containsExactly(address, address);
                assertThat(server.events.disconnected).containsExactly(address);
                assertThat(server.events.reasons.get(0).code()).isEqualTo(DisconnectReason.Code.SUPERSEDED);
                assertThat(server.driver.isConnectedTo(address)).isTrue();
            } finally {
                first.close();
            }
        }
    }

    @Test
    void g17_stopListenKeepsConnectionsAndListeningAgainWorksAtOnceOnTheSamePort() {
        try (Loopback server = Loopback.server()) {
            Socket early = server.socket();
            int port = server.driver.port();
            assertThat(server.driver.stopListen()).isEqualTo(ResultCode.OK);
            assertThat(server.driver.isListening()).isFalse();
            assertThat(catchThrowable(() -> new Socket(InetAddress.getLoopbackAddress(), port)))
                    .isInstanceOf(IOException.class);
            Loopback.write(early, frames(1, 10));
            server.until(() -> server.received.size() == 1);

            assertThat(server.driver.startListen(16)).isEqualTo(ResultCode.OK);
            assertThat(server.driver.port()).isEqualTo(port);
            server.socket();
            assertThat(server.driver.numberOfConnections()).isEqualTo(2);
        }
    }

    @Test
    void g18_closingTheDriverFiresTheDisconnectedEvents() {
        Loopback server = Loopback.server();
        server.socket();
        server.socket();
        server.close();
        assertThat(server.events.disconnected)
                .hasSameElementsAs(server.events.established)
                .hasSize(2);
        assertThat(server.events.reasons)
                .extracting(DisconnectReason::code)
                .containsOnly(DisconnectReason.Code.DRIVER_CLOSED);
    }

    @Test
    void g25_aFullInboundBufferDoesNotStopTheOutboundSide() {
        StreamSocketDriverConfig config =
                Loopback.config().maxPacketSize(1000).inboundBufferSize(1002).build();
        try (Loopback server = Loopback.server(config)) {
            Socket peer = server.socket();
            Loopback.write(peer, frames(200, 1000));
            server.untilWithoutReceiving(() -> server.count(DriverCounter.BYTES_IN) >= 1024);
            server.driver.send(server.addressOf(peer), buffer(7, 500));
            server.tick(false);
            assertThat(Loopback.readPacket(peer)).isEqualTo(packet(7, 500));
            server.until(() -> server.received.size() == 200);
        }
    }

    @Test
    void g26_theLargestPacketFitsTheSeedsOwnBufferSizes() {
        StreamSocketDriverConfig seeds = Loopback.config()
                .maxPacketSize(64 * 1024)
                .inboundBufferSize(64 * 1024)
                .outboundBufferSize(64 * 1024)
                .build();
        try (Loopback server = Loopback.server(seeds)) {
            Loopback client = server.client(seeds);
            assertThat(client.driver.maxSendSize()).isEqualTo(65_535);
            assertThat(client.driver.send(client.addressOf(server), buffer(3, 65_535)))
                    .isEqualTo(ResultCode.OK);
            server.until(() -> server.received.size() == 1);
            assertThat(server.received.get(0).packet()).isEqualTo(packet(3, 65_535));
        }
    }

    @Test
    void g27_aPeerThatDoesNotReadDoesNotFreezeSend() {
        try (Loopback server = Loopback.server()) {
            SocketDriverAddress peer = server.addressOf(server.socket());
            assertThat(fill(server, peer)).isEqualTo(ResultCode.SEND_SLOW_CONSUMER);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {30, 62, 126, 254, 510, 1022, 2046, 4094, 8190, 16_382, 32_766})
    void g28_aFrameSizeThatDividesTheBufferDoesNotFreezeTheDriver(int size) {
        try (Loopback server = Loopback.server()) {
            Socket peer = server.socket();
            int count = 65_536 / (size + 2);
            Loopback.write(peer, frames(count, size));
            server.untilWithoutReceiving(() -> server.count(DriverCounter.BYTES_IN) == 65_536);
            server.driver.update();
            server.until(() -> server.received.size() == count);
            assertThat(server.received.get(count - 1).packet()).isEqualTo(packet(count - 1, size));
        }
    }

    @Test
    void g29_aServerCanRestartAtOnceOnItsPort() {
        int port;
        try (Loopback server = Loopback.server()) {
            server.socket();
            port = server.driver.port();
            server.driver.disconnectFrom(server.events.established.get(0)); // this side goes to TIME_WAIT
            server.tick(true);
        }
        try (Loopback again = Loopback.server(Loopback.config().build(), port)) {
            again.socket();
        }
    }

    @Test
    void g30_aHandlerMayDisconnectAndReconnectFromInsideAnEvent() {
        try (Loopback server = Loopback.server()) {
            Loopback client = server.client();
            int[] rounds = {0};
            client.gridMate.eventBus(StreamSocketDriverEvents.class).connect(new StreamSocketDriverEvents() {
                @Override
                public void onConnectionEstablished(SocketDriverAddress address) {
                    assertThat(client.driver.disconnectFrom(address)).isEqualTo(ResultCode.OK);
                }

                @Override
                public void onConnectionDisconnected(SocketDriverAddress address, DisconnectReason reason) {
                    if (++rounds[0] < 5) {
                        assertThat(client.driver.connectTo(address)).isEqualTo(ResultCode.OK);
                    }
                }
            });
            server.until(() -> rounds[0] == 5);
            assertThat(client.handlerErrors).isEmpty();
            server.until(() -> server.events.disconnected.size() == 5);
        }
    }

    @Test
    void g31_anAddressOutlivesItsDriver() {
        SocketDriverAddress address;
        try (Loopback server = Loopback.server()) {
            address = server.addressOf(server.socket());
        }
        assertThat(address.toString()).startsWith("127.0.0.1|");
        try (Loopback other = Loopback.server()) {
            assertThat(other.driver.send(address, buffer(0, 1))).isEqualTo(ResultCode.SEND_ADDRESS_NOT_BOUND);
        }
    }

    @Test
    void g32_anyThreadMayEndTheWaitOfAListeningServer() throws InterruptedException {
        try (Loopback server = Loopback.server()) {
            CountDownLatch started = new CountDownLatch(1);
            Thread stopper = new Thread(() -> {
                started.countDown();
                server.driver.stopWaitForData();
            });
            stopper.start();
            started.await();
            long before = System.nanoTime();
            server.driver.waitForData(Duration.ofSeconds(50));
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(40));
            stopper.join();
        }
    }

    @Test
    void g33_whatWasSentToAConnectThatFailsIsReportedAsNeverSent() throws IOException {
        int port;
        try (ServerSocket nobody = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = nobody.getLocalPort();
        }
        try (Loopback client = Loopback.server()) {
            SocketDriverAddress to = client.driver.createDriverAddress("127.0.0.1|" + port);
            ok(client.driver.connectTo(to));
            for (int i = 0; i < 4; i++) {
                assertThat(client.driver.send(to, buffer(i, 100))).isEqualTo(ResultCode.OK);
            }
            client.until(() -> !client.events.failed.isEmpty());
            assertThat(client.events.reasons.get(0).unsentBytes()).isEqualTo(4 * 102);
            assertThat(client.count(DriverCounter.BYTES_UNSENT)).isEqualTo(4 * 102);
        }
    }

    @Test
    void g34_aZeroLengthFrameIsNoticedWithoutAnotherByte() throws IOException {
        try (Loopback server = Loopback.server()) {
            Socket peer = server.socket();
            Loopback.write(peer, frame(packet(0, 5)));
            Loopback.write(peer, new byte[] {0, 0});
            server.until(() -> !server.events.disconnected.isEmpty());
            assertThat(server.received).hasSize(1);
            assertThat(server.events.reasons.get(0).code()).isEqualTo(DisconnectReason.Code.PROTOCOL_ERROR);
            assertThat(peer.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void g37_everyPacketOfAStressRunIsCounted() {
        try (Loopback server = Loopback.server()) {
            List<Loopback> clients = new ArrayList<>();
            for (int c = 0; c < 8; c++) {
                clients.add(server.connectedClient());
            }
            for (int round = 0; round < 100; round++) {
                for (Loopback client : clients) {
                    client.driver.send(client.addressOf(server), buffer(round, 1 + round * 13));
                }
                server.tick(true);
            }
            server.until(() -> server.received.size() == 800);
            assertThat(server.count(DriverCounter.PACKETS_IN)).isEqualTo(800);
            for (SocketDriverAddress from : server.events.established) {
                List<byte[]> packets = server.receivedFrom(from);
                assertThat(packets).hasSize(100);
                for (int round = 0; round < 100; round++) {
                    assertThat(packets.get(round)).isEqualTo(packet(round, 1 + round * 13));
                }
            }
        }
    }
}
