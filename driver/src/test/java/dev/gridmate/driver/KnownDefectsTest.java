package dev.gridmate.driver;

import static dev.gridmate.driver.Packets.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the C++ original gets wrong about packets, one test for each, over real sockets. Each test
 * would fail on the original. The numbers are those of docs/kept-and-fixed.md.
 */
@Timeout(60)
class KnownDefectsTest {

    @Test
    @Tag("G1")
    void aPacketIsNotReceivedBeforeItsLastByteIsThere() throws IOException {
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
    @Tag("G2")
    void aPeerThatBreaksTheProtocolDoesNotKeepOthersFromBeingReceived() {
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
    @Tag("G3")
    void aFloodingPeerDoesNotKeepAQuietOneFromBeingReceived() {
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
    @Tag("G4")
    void aFrameLargerThanTheInboundBufferIsRefusedFromItsHeader() {
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
    @Tag("G5")
    void everyByteOfAPacketThatSendAcceptedArrives() {
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
    @Tag("G6")
    void theMaximumPacketSizeIsEnforcedBothWays() {
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
    @Tag("G7")
    void fullAndClosedHaveDifferentCodes() {
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
    @Tag("G8")
    @Tag("G9")
    void manyPacketsLeaveInOneWrite() {
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
    @Tag("G10")
    void anUpdateDoesNotReadConnectionsThatHaveNothing() {
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
    @Tag("G11")
    void oneUpdateReadsAllThatIsThere() {
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
    @Tag("G25")
    void aFullInboundBufferDoesNotStopTheOutboundSide() {
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
    @Tag("G26")
    void theLargestPacketFitsTheSeedsOwnBufferSizes() {
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
    @Tag("G27")
    void aPeerThatDoesNotReadDoesNotFreezeSend() {
        try (Loopback server = Loopback.server()) {
            SocketDriverAddress peer = server.addressOf(server.socket());
            assertThat(fill(server, peer)).isEqualTo(ResultCode.SEND_SLOW_CONSUMER);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {30, 62, 126, 254, 510, 1022, 2046, 4094, 8190, 16_382, 32_766})
    @Tag("G28")
    void aFrameSizeThatDividesTheBufferDoesNotFreezeTheDriver(int size) {
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
    @Tag("G34")
    void aZeroLengthFrameIsNoticedWithoutAnotherByte() throws IOException {
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
    @Tag("G37")
    void everyPacketOfAStressRunIsCounted() {
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
