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
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What the C++ original gets wrong about the life of connections and drivers, as {@link
 * KnownDefectsTest} about packets.
 */
@Timeout(60)
class KnownConnectionDefectsTest {

    @Test
    @Tag("G12")
    void aRefusedConnectIsNeverEstablished() throws IOException {
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
    @Tag("G13")
    void whatThePeerSentBeforeItsFinIsReceived() throws IOException {
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
    @Tag("G13")
    void aPeerThatSendsAndClosesHasAllItsPacketsEchoedBeforeTheFin() throws Exception {
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
    @Tag("G14")
    void disconnectFromSendsWhatWasQueued() throws IOException {
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
    @Tag("G15")
    void atTheMaximumASurplusPeerIsClosedAndCounted() throws IOException {
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
    @Tag("G16")
    void aSecondConnectionFromAKnownAddressIsServedAndEndsTheFirst() throws IOException {
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
    @Tag("G17")
    void stopListenKeepsConnectionsAndListeningAgainWorksAtOnceOnTheSamePort() {
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
    @Tag("G18")
    void closingTheDriverFiresTheDisconnectedEvents() {
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
    @Tag("G29")
    void aServerCanRestartAtOnceOnItsPort() {
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
    @Tag("G30")
    void aHandlerMayDisconnectAndReconnectFromInsideAnEvent() {
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
    @Tag("G31")
    void anAddressOutlivesItsDriver() {
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
    @Tag("G32")
    void anyThreadMayEndTheWaitOfAListeningServer() throws InterruptedException {
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
    @Tag("G33")
    void whatWasSentToAConnectThatFailsIsReportedAsNeverSent() throws IOException {
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
}
