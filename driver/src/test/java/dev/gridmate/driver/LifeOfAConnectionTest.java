package dev.gridmate.driver;

import static dev.gridmate.driver.Loopback.ok;
import static dev.gridmate.driver.Packets.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gridmate.GridMate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * How connections begin and end, over real sockets. What needs a clock is tested on the simulated
 * network.
 */
@Timeout(60)
class LifeOfAConnectionTest {

    @Test
    void establishedFiresBeforeTheFirstPacketCanBeReceived() {
        try (Loopback server = Loopback.server()) {
            Socket eager = server.unannouncedSocket();
            Loopback.write(eager, frames(3, 10));
            server.until(() -> {
                assertThat(server.received).hasSizeLessThanOrEqualTo(server.events.established.isEmpty() ? 0 : 3);
                return server.received.size() == 3;
            });
        }
    }

    @Test
    void packetsSentWhileConnectingArrive() {
        try (Loopback server = Loopback.server()) {
            Loopback client = server.client();
            for (int i = 0; i < 10; i++) {
                assertThat(client.driver.send(client.addressOf(server), buffer(i, 100)))
                        .isEqualTo(ResultCode.OK);
            }
            server.until(() -> server.received.size() == 10);
            assertThat(server.received.get(9).packet()).isEqualTo(packet(9, 100));
        }
    }

    @Test
    void afterThePeersFinSendGoesOnWorkingUntilDisconnectedFires() throws IOException {
        try (Loopback server = Loopback.server()) {
            Socket peer = server.socket();
            SocketDriverAddress address = server.addressOf(peer);
            Loopback.write(peer, frames(1, 10));
            peer.shutdownOutput();
            server.untilWithoutReceiving(() -> server.count(DriverCounter.PACKETS_IN) == 1);
            server.tick(false);
            server.tick(false);
            assertThat(server.driver.isConnectedTo(address)).isTrue();
            assertThat(server.driver.send(address, buffer(5, 20))).isEqualTo(ResultCode.OK);
            server.until(() -> !server.events.disconnected.isEmpty());
            assertThat(server.driver.send(address, buffer(5, 20))).isEqualTo(ResultCode.SEND_ADDRESS_NOT_BOUND);
            assertThat(Loopback.readPacket(peer)).isEqualTo(packet(5, 20));
            assertThat(peer.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void afterDisconnectFromWhatThePeerStillSendsIsReceived() throws IOException {
        try (Loopback server = Loopback.server()) {
            Socket peer = server.socket();
            SocketDriverAddress address = server.addressOf(peer);
            server.driver.disconnectFrom(address);
            server.tick(true);
            assertThat(peer.getInputStream().read()).isEqualTo(-1);
            assertThat(server.driver.isConnectedTo(address)).isFalse();
            assertThat(server.driver.send(address, buffer(0, 1))).isEqualTo(ResultCode.SEND_ADDRESS_NOT_BOUND);
            Loopback.write(peer, frames(5, 100));
            peer.shutdownOutput();
            server.until(() -> !server.events.disconnected.isEmpty());
            assertThat(server.received).hasSize(5);
            assertThat(server.events.reasons.get(0).code()).isEqualTo(DisconnectReason.Code.LOCAL_CLOSED);
        }
    }

    @Test
    void abortIsARst() throws IOException {
        try (Loopback server = Loopback.server()) {
            Socket peer = server.socket();
            server.driver.abort(server.addressOf(peer));
            server.tick(true);
            assertThatThrownBy(() -> peer.getInputStream().read()).isInstanceOf(SocketException.class);
            server.until(() -> !server.events.disconnected.isEmpty());
            assertThat(server.events.reasons.get(0).code()).isEqualTo(DisconnectReason.Code.LOCAL_ABORTED);
        }
    }

    @Test
    void afterThePeersRstWhatHadArrivedIsReceived() throws IOException {
        try (Loopback server = Loopback.server()) {
            Socket peer = server.socket();
            Loopback.write(peer, frames(10, 100));
            server.untilWithoutReceiving(() -> server.count(DriverCounter.PACKETS_IN) == 10);
            peer.setSoLinger(true, 0);
            peer.close();
            server.untilWithoutReceiving(() -> !server.driver.isConnectedTo(server.events.established.get(0)));
            assertThat(server.events.disconnected).isEmpty();
            server.until(() -> !server.events.disconnected.isEmpty());
            assertThat(server.received).hasSize(10);
            assertThat(server.events.reasons.get(0).code()).isEqualTo(DisconnectReason.Code.REMOTE_RESET);
        }
    }

    @Test
    void aPeerThatClosesInTheMiddleOfAPacketIsReportedAsSuch() throws IOException {
        try (Loopback server = Loopback.server()) {
            Socket peer = server.socket();
            Loopback.write(peer, new byte[] {0, 50, 1, 2, 3});
            peer.close();
            server.until(() -> !server.events.disconnected.isEmpty());
            DisconnectReason reason = server.events.reasons.get(0);
            assertThat(reason.code()).isEqualTo(DisconnectReason.Code.REMOTE_CLOSED_MID_PACKET);
            assertThat(reason.detail()).contains("3 of the 50 bytes");
            assertThat(server.count(DriverCounter.BYTES_DISCARDED)).isEqualTo(5);
        }
    }

    @Test
    void disconnectingAConnectThatIsUnderWayFiresFailed() {
        try (Loopback server = Loopback.server()) {
            Loopback client = server.client();
            client.driver.disconnectFrom(client.addressOf(server));
            server.until(() -> !client.events.failed.isEmpty());
            assertThat(client.events.established).isEmpty();
            assertThat(client.events.reasons.get(0).code()).isEqualTo(DisconnectReason.Code.LOCAL_CLOSED);
        }
    }

    @Test
    void theProgramMayConnectAgainRightAfterDisconnectFrom() {
        try (Loopback server = Loopback.server()) {
            Loopback client = server.connectedClient();
            SocketDriverAddress to = client.addressOf(server);
            client.driver.disconnectFrom(to);
            assertThat(client.driver.connectTo(to)).isEqualTo(ResultCode.OK);
            assertThat(client.driver.send(to, buffer(1, 10)))
                    .as("goes to the new one")
                    .isEqualTo(ResultCode.OK);
            server.until(() -> client.events.established.size() == 2 && server.received.size() == 1);
            assertThat(client.events.disconnected).hasSize(1);
            assertThat(client.driver.isConnectedTo(to)).isTrue();
        }
    }

    @Test
    void aSurplusPeerLeftInTheBacklogIsAcceptedWhenAPlaceIsFree() throws IOException {
        StreamSocketDriverConfig config = Loopback.config()
                .maxConnections(1)
                .surplusPolicy(SurplusPolicy.LEAVE_IN_BACKLOG)
                .build();
        try (Loopback server = Loopback.server(config)) {
            Socket first = server.socket();
            Socket second = server.unannouncedSocket();
            Loopback.write(second, frames(1, 10));
            for (int i = 0; i < 100; i++) {
                server.tick(true);
            }
            assertThat(server.driver.numberOfConnections()).isEqualTo(1);
            assertThat(server.count(DriverCounter.CONNECTIONS_REJECTED)).isZero();
            first.close();
            server.until(() -> server.received.size() == 1);
        }
    }

    @Test
    void oneRemoteIpCannotTakeAllPlaces() throws IOException {
        StreamSocketDriverConfig config =
                Loopback.config().maxConnectionsPerRemoteIp(2).build();
        try (Loopback server = Loopback.server(config)) {
            Socket first = server.socket();
            server.socket();
            Socket third = server.unannouncedSocket();
            server.until(() -> server.count(DriverCounter.CONNECTIONS_REJECTED) == 1);
            assertThat(third.getInputStream().read()).isEqualTo(-1);
            first.close();
            server.until(() -> server.events.disconnected.size() == 1);
            server.socket();
        }
    }

    @Test
    void aPacketHandlerMayDoAnythingWithTheDriver() {
        try (Loopback server = Loopback.server()) {
            Socket peer = server.socket();
            Socket other = server.socket();
            Loopback.write(peer, frames(5, 100));
            server.untilWithoutReceiving(() -> server.count(DriverCounter.PACKETS_IN) == 5);
            List<byte[]> seen = new ArrayList<>();
            server.driver.receive(
                    (from, outer) -> {
                        server.driver.update();
                        Loopback.write(other, frame(packet(9, 30)));
                        server.driver.receive(
                                (from2, inner) -> {
                                    seen.add(bytes(inner));
                                    server.driver.disconnectFrom(from2);
                                    server.driver.update();
                                    seen.add(bytes(inner));
                                },
                                1);
                        seen.add(bytes(outer));
                    },
                    1);
            assertThat(seen.get(0)).isEqualTo(packet(1, 100));
            assertThat(seen.get(1)).isEqualTo(packet(1, 100));
            assertThat(seen.get(2)).as("the outer packet is as it was").isEqualTo(packet(0, 100));
            server.until(() -> server.received.size() == 4);
        }
    }

    @Test
    void aPacketThatAHandlerLooksAtStaysAsItIsWhateverArrivesMeanwhile() {
        try (Loopback server = Loopback.server()) {
            Socket peer = server.socket();
            Socket other = server.socket();
            Loopback.write(peer, frame(packet(1, 1000)));
            server.untilWithoutReceiving(() -> server.count(DriverCounter.PACKETS_IN) == 1);
            server.driver.receive(
                    (from, packet) -> {
                        // Enough that the ring would have to grow, and somebody who would get its
                        // old memory.
                        Loopback.write(peer, frame(packet(2, 60_000)));
                        Loopback.write(other, frames(1, 1500));
                        long before = server.count(DriverCounter.BYTES_IN);
                        while (server.count(DriverCounter.BYTES_IN) < before + 1502) {
                            server.driver.update();
                        }
                        for (int i = 0; i < 10; i++) {
                            server.driver.update();
                        }
                        assertThat(bytes(packet)).isEqualTo(packet(1, 1000));
                    },
                    1);
            server.until(() -> server.received.size() == 2);
            assertThat(server.receivedFrom(server.addressOf(peer)).get(0)).isEqualTo(packet(2, 60_000));
        }
    }

    private static byte[] bytes(ByteBuffer packet) {
        byte[] bytes = new byte[packet.remaining()];
        packet.duplicate().get(bytes);
        return bytes;
    }

    @Test
    void aPacketHandlerMayCloseTheDriverAndItsPacketStaysReadable() {
        Loopback server = Loopback.server();
        Socket peer = server.socket();
        Loopback.write(peer, frames(5, 100));
        server.untilWithoutReceiving(() -> server.count(DriverCounter.PACKETS_IN) == 5);
        byte[][] seen = new byte[1][];
        int received = server.driver.receive(
                (from, packet) -> {
                    server.driver.close();
                    seen[0] = bytes(packet);
                },
                100);
        assertThat(received).isEqualTo(1);
        assertThat(seen[0]).isEqualTo(packet(0, 100));
        assertThat(server.events.reasons.get(0).undeliveredPackets()).isEqualTo(4);
        assertThat(server.count(DriverCounter.PACKETS_UNDELIVERED)).isEqualTo(4);
        server.close();
    }

    @Test
    void aPacketHandlerThatThrowsLosesOnlyItsPacket() {
        try (Loopback server = Loopback.server()) {
            Loopback.write(server.socket(), frames(3, 10));
            server.untilWithoutReceiving(() -> server.count(DriverCounter.PACKETS_IN) == 3);
            assertThatThrownBy(() -> server.driver.receive(
                            (from, packet) -> {
                                throw new IllegalArgumentException("mine");
                            },
                            10))
                    .hasMessage("mine");
            assertThat(server.driver.receive((from, packet) -> {}, 10)).isEqualTo(2);
        }
    }

    @Test
    void anEventHandlerThatThrowsStopsNeitherTheOthersNorTheDriver() {
        try (Loopback server = Loopback.server()) {
            server.gridMate.eventBus(StreamSocketDriverEvents.class).connect(new StreamSocketDriverEvents() {
                @Override
                public void onConnectionEstablished(SocketDriverAddress address) {
                    throw new IllegalStateException("handler");
                }
            });
            Recorder later = Recorder.on(server.gridMate);
            server.socket();
            server.socket();
            assertThat(later.established).hasSize(2);
            assertThat(server.handlerErrors).hasSize(2);
        }
    }

    @Test
    void anEventHandlerMayCloseTheDriverOrItsGridMateAndTheOtherEventsStillFire() {
        closingFromInsideAnEvent(server -> server.driver.close());
        closingFromInsideAnEvent(server -> server.gridMate.close());
    }

    private static void closingFromInsideAnEvent(Consumer<Loopback> close) {
        Loopback server = Loopback.server();
        server.socket();
        server.gridMate.eventBus(StreamSocketDriverEvents.class).connect(new StreamSocketDriverEvents() {
            @Override
            public void onConnectionEstablished(SocketDriverAddress address) {
                close.accept(server);
            }
        });
        server.unannouncedSocket();
        while (server.events.established.size() < 2) {
            server.driver.update();
        }
        assertThat(server.events.disconnected).hasSize(2);
        assertThat(server.handlerErrors).isEmpty();
        server.close();
    }

    @Test
    void closingGridMateClosesItsDriversWithEvents() {
        Loopback server = Loopback.server();
        server.socket();
        server.gridMate.close();
        assertThat(server.events.disconnected).hasSize(1);
        assertThatThrownBy(server.driver::update).hasMessageContaining("closed");
        server.close();
    }

    @Test
    void ipv6WorksAsIpv4Does() throws IOException {
        GridMate gridMate = new GridMate();
        Recorder events = Recorder.on(gridMate);
        StreamSocketDriver server = new StreamSocketDriver(gridMate, 4, 1000, 4096, 4096);
        ok(server.initialize(AddressFamily.IPV6, "::1", 0));
        assertThat(server.startListen(4)).isEqualTo(ResultCode.OK);
        try (gridMate;
                GridMate clientGridMate = new GridMate();
                StreamSocketDriver client = new StreamSocketDriver(clientGridMate, 1, 1000, 4096, 4096)) {
            ok(client.initialize(AddressFamily.IPV6));
            SocketDriverAddress to = client.createDriverAddress("::1|" + server.port());
            ok(client.connectTo(to));
            client.send(to, buffer(1, 100));
            int[] received = {0};
            while (received[0] == 0) {
                client.update();
                server.update();
                server.receive((from, packet) -> received[0] = packet.remaining(), 1);
            }
            assertThat(received[0]).isEqualTo(100);
            assertThat(events.established.get(0).toString()).startsWith("::1|");
        }
    }

    @Test
    void anIpv6DriverOnAllInterfacesServesIpv4Peers() throws IOException {
        try (GridMate gridMate = new GridMate();
                StreamSocketDriver server = new StreamSocketDriver(gridMate, 4, 1000, 4096, 4096)) {
            Recorder events = Recorder.on(gridMate);
            ok(server.initialize(AddressFamily.IPV6, null, 0));
            ok(server.startListen(4));
            try (Socket peer = new Socket(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), server.port())) {
                while (events.established.isEmpty()) {
                    server.update();
                }
                assertThat(events.established.get(0).toString()).isEqualTo("127.0.0.1|" + peer.getLocalPort());
                SocketDriverAddress same =
                        server.createDriverAddress(events.established.get(0).toString());
                assertThat(server.send(same, buffer(0, 10))).isEqualTo(ResultCode.OK);
            }
        }
    }

    @Test
    void waitForDataReturnsWhenAPacketArrivesAndWhenSomethingIsLeftToReceive() throws IOException {
        try (Loopback server = Loopback.server()) {
            Socket peer = server.socket();
            assertThat(server.driver.waitForData(Duration.ZERO)).isFalse();
            Loopback.write(peer, frames(2, 10));
            while (server.count(DriverCounter.PACKETS_IN) < 2) {
                assertThat(server.driver.waitForData(Duration.ofSeconds(50))).isTrue();
                server.driver.update();
            }
            long before = System.nanoTime();
            assertThat(server.driver.waitForData(Duration.ofSeconds(50))).isTrue();
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(40));
        }
    }

    @Test
    void waitForDataWakesWhenABlockedPeerReadsAgain() throws InterruptedException {
        StreamSocketDriverConfig config =
                Loopback.config().slowConsumerPolicy(SlowConsumerPolicy.REJECT).build();
        try (Loopback server = Loopback.server(config)) {
            Socket peer = server.socket();
            SocketDriverAddress address = server.addressOf(peer);
            int accepted = 0;
            while (server.driver.send(address, buffer(accepted, 10_000)) == ResultCode.OK) {
                accepted++;
            }
            assertThat(accepted).isPositive();
            int all = accepted;
            Thread reader = new Thread(() -> {
                for (int i = 0; i < all; i++) {
                    assertThat(Loopback.readPacket(peer)).isEqualTo(packet(i, 10_000));
                }
            });
            reader.start();
            while (server.count(DriverCounter.BYTES_OUT) < all * 10_002L) {
                assertThat(server.driver.waitForData(Duration.ofSeconds(50))).isTrue();
                server.driver.update();
            }
            reader.join();
        }
    }

    @Test
    void waitForDataDoesNotSleepWhileAPeerInTheBacklogHasAPlaceAgain() throws IOException {
        StreamSocketDriverConfig config = Loopback.config()
                .maxConnections(1)
                .surplusPolicy(SurplusPolicy.LEAVE_IN_BACKLOG)
                .build();
        try (Loopback server = Loopback.server(config)) {
            Socket first = server.socket();
            server.unannouncedSocket();
            server.tick(true);
            first.close();
            server.until(() -> server.events.disconnected.size() == 1);
            long before = System.nanoTime();
            while (server.events.established.size() < 2) {
                server.driver.waitForData(Duration.ofSeconds(50));
                server.driver.update();
            }
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(40));
        }
    }

    @Test
    void theByteOrderThatOneHandlerSetsIsNotTheNextOnes() {
        try (Loopback server = Loopback.server()) {
            Socket peer = server.socket();
            for (int i = 0; i < 3; i++) {
                Loopback.write(peer, frame(new byte[] {0, 0, 0, 1}));
                int packets = i + 1;
                server.untilWithoutReceiving(() -> server.count(DriverCounter.PACKETS_IN) == packets);
                server.driver.receive(
                        (from, packet) -> {
                            assertThat(packet.getInt(packet.position())).isEqualTo(1);
                            packet.order(ByteOrder.LITTLE_ENDIAN);
                        },
                        1);
            }
        }
    }

    @Test
    void aHandlerThatConnectsAgainWheneverItFailsDoesNotKeepUpdateFromReturning() {
        StreamSocketDriverConfig small =
                Loopback.config().maxPacketSize(100).outboundBufferSize(100).build();
        try (Loopback server = Loopback.server()) {
            Loopback client = server.client(small);
            SocketDriverAddress to = client.addressOf(server);
            int[] failures = {0};
            client.gridMate.eventBus(StreamSocketDriverEvents.class).connect(new StreamSocketDriverEvents() {
                @Override
                public void onConnectionFailed(SocketDriverAddress address, DisconnectReason reason) {
                    failures[0]++;
                    ok(client.driver.connectTo(address));
                    overflow();
                }

                private void overflow() {
                    while (client.driver.send(to, buffer(0, 100)) == ResultCode.OK) {}
                }
            });
            while (client.driver.send(to, buffer(0, 100)) == ResultCode.OK) {}
            for (int i = 1; i <= 5; i++) {
                client.driver.update();
                assertThat(failures[0]).isEqualTo(i);
            }
        }
    }

    @Test
    void anyNumberOfConnectsThatWereGivenUpBeforeAnUpdateFailInThatUpdate() {
        try (Loopback server = Loopback.server()) {
            Loopback client = server.connectedClient();
            SocketDriverAddress nobody = client.driver.createDriverAddress("127.0.0.1|1");
            for (int i = 0; i < 5_000; i++) {
                ok(client.driver.connectTo(nobody));
                ok(client.driver.disconnectFrom(nobody));
            }
            client.driver.update();
            assertThat(client.events.failed).hasSize(5_000);
        }
    }

    @Test
    void twoConnectsThatAlwaysFailAtOnceDoNotKeepUpdateFromReturning() {
        StreamSocketDriverConfig small =
                Loopback.config().maxPacketSize(100).outboundBufferSize(100).build();
        try (Loopback server = Loopback.server()) {
            Loopback client = server.client(small);
            SocketDriverAddress to = client.addressOf(server);
            Runnable failAtOnce = () -> {
                while (client.driver.send(to, buffer(0, 100)) == ResultCode.OK) {}
            };
            client.gridMate.eventBus(StreamSocketDriverEvents.class).connect(new StreamSocketDriverEvents() {
                @Override
                public void onConnectionFailed(SocketDriverAddress address, DisconnectReason reason) {
                    ok(client.driver.connectTo(address));
                    failAtOnce.run();
                }
            });
            failAtOnce.run();
            ok(client.driver.connectTo(to));
            failAtOnce.run();
            client.driver.update();
            assertThat(client.events.failed).hasSize(2);
            assertThat(client.handlerErrors).isEmpty();
        }
    }
}
