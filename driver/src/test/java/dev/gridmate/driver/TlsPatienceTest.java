package dev.gridmate.driver;

import static dev.gridmate.driver.Loopback.ok;
import static dev.gridmate.driver.Packets.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.driver.DisconnectReason.Code;
import dev.gridmate.driver.sim.SimulatedPeer;
import java.io.ByteArrayOutputStream;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import org.junit.jupiter.api.Test;

/** With TLS: the time and places of handshakes, waits, renewed keys and memory, more than once. */
class TlsPatienceTest {

    private static final Duration MOMENT = Duration.ofMillis(1);
    private static final Duration SECOND = Duration.ofSeconds(1);

    private static SimulatedPair secure(
            UnaryOperator<StreamSocketDriverConfig.Builder> settings, UnaryOperator<TlsConfig.Builder> tls) {
        return new SimulatedPair(config -> settings.apply(
                config.maxPacketSize(1000).tls(tls.apply(TlsFixture.serverTls()).build())));
    }

    private static TlsPeer connected(SimulatedPair it) throws Exception {
        int before = it.driver.numberOfConnections();
        TlsPeer peer = new TlsPeer(it, TlsPeer.TLS13);
        assertThat(peer.handshake()).isTrue();
        assertThat(it.driver.numberOfConnections()).isEqualTo(before + 1);
        return peer;
    }

    private static SimulatedPeer stalled(SimulatedPair it) {
        SimulatedPeer peer = it.peerHost.connectRaw(SimulatedPair.at("10.0.0.1", SimulatedPair.PORT));
        it.step(MOMENT);
        return peer;
    }

    private static int receive(SimulatedPair it) {
        return it.driver.receive((from, packet) -> {}, 1000);
    }

    @Test
    void whoStallsIsGivenUpAtTheHandshakeTimeoutEachTimeAndNoEventTellsOfIt() {
        try (SimulatedPair it = secure(config -> config, tls -> tls.handshakeTimeout(Duration.ofSeconds(3)))) {
            it.pass(Duration.ofSeconds(20));
            for (int i = 1; i <= 2; i++) {
                SimulatedPeer peer = stalled(it);
                it.pass(Duration.ofMillis(2980));
                assertThat(it.count(DriverCounter.TIMEOUTS)).isEqualTo(i - 1);
                it.pass(Duration.ofMillis(20));
                assertThat(it.count(DriverCounter.TIMEOUTS)).isEqualTo(i);
                assertThat(it.count(DriverCounter.TLS_HANDSHAKES_FAILED)).isEqualTo(i);
                assertThat(it.driver.lastError())
                        .startsWith("nothing came of connection ")
                        .contains(" from 10.0.0.2|")
                        .endsWith("HANDSHAKE_TIMEOUT: the handshake was not made in time");
                assertThat(peer.read(1)).isEmpty();
                assertThat(peer.isAtEnd()).isTrue();
            }
            assertThat(it.events.reasons).isEmpty();
            assertThat(it.serverHost.openEndpoints()).isZero();
            assertThat(it.count(DriverCounter.DISCONNECTS)).isZero();
        }
    }

    @Test
    void aSlowHandshakeIsNoIdlenessAndNoMissingPacket() throws Exception {
        try (SimulatedPair it = secure(
                config -> config.firstPacketTimeout(Duration.ofSeconds(2)).idleTimeout(Duration.ofSeconds(3)),
                tls -> tls.handshakeTimeout(Duration.ofSeconds(30)))) {
            TlsPeer first = new TlsPeer(it, TlsPeer.TLS13);
            it.pass(Duration.ofSeconds(10));
            assertThat(first.handshake()).isTrue();
            assertThat(it.driver.numberOfConnections()).isEqualTo(1);
            it.pass(Duration.ofMillis(1900));
            assertThat(it.events.disconnected).isEmpty();
            it.pass(Duration.ofMillis(150));
            assertThat(it.lastCode()).isEqualTo(Code.FIRST_PACKET_TIMEOUT);
        }
        try (SimulatedPair it = secure(
                config -> config.idleTimeout(Duration.ofSeconds(3)),
                tls -> tls.handshakeTimeout(Duration.ofSeconds(30)))) {
            TlsPeer first = new TlsPeer(it, TlsPeer.TLS13);
            it.pass(Duration.ofSeconds(10));
            assertThat(first.handshake()).isTrue();
            it.pass(Duration.ofMillis(2900));
            assertThat(it.events.disconnected).isEmpty();
            it.pass(Duration.ofMillis(150));
            assertThat(it.lastCode()).isEqualTo(Code.IDLE_TIMEOUT);
        }
    }

    @Test
    void thePlaceOfAHandshakeIsGivenBackWhenItIsMadeAndWhenItFails() throws Exception {
        try (SimulatedPair it =
                secure(config -> config, tls -> tls.maxHandshakes(2).handshakeTimeout(Duration.ofSeconds(60)))) {
            List<TlsPeer> inside = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                inside.add(connected(it));
                SimulatedPeer leaving = stalled(it);
                leaving.close();
                it.step(MOMENT);
                it.step(MOMENT);
                it.pass(Duration.ofMillis(600)); // long enough to lose a place, for whoever still has one
            }
            assertThat(it.driver.numberOfConnections()).isEqualTo(5);
            assertThat(it.count(DriverCounter.TLS_HANDSHAKES)).isEqualTo(5);
            assertThat(it.count(DriverCounter.TLS_HANDSHAKES_FAILED)).isEqualTo(5);
            for (TlsPeer each : inside) {
                each.send(frame(packet(0, 10)));
            }
            it.step(MOMENT);
            assertThat(receive(it)).isEqualTo(5);
        }
    }

    @Test
    void whoWaitsForAPlaceGetsItWhenTheOldestHadItsTimeAndNotBefore() {
        try (SimulatedPair it =
                secure(config -> config, tls -> tls.maxHandshakes(1).handshakeTimeout(Duration.ofSeconds(60)))) {
            SimulatedPeer oldest = stalled(it);
            assertThat(it.count(DriverCounter.CONNECTIONS_ACCEPTED)).isEqualTo(1);
            assertThat(it.waitFor(Duration.ofSeconds(2)))
                    .as("nobody else is waiting, but somebody may come")
                    .isEqualTo(Duration.ofMillis(500));
            it.driver.update();
            assertThat(it.waitFor(Duration.ofSeconds(2))).as("nobody came").isEqualTo(Duration.ofSeconds(2));
            it.driver.update();
            assertThat(oldest.isAtEnd()).isFalse();
            for (int i = 1; i <= 3; i++) {
                SimulatedPeer next = stalled(it);
                it.step(MOMENT);
                assertThat(it.count(DriverCounter.CONNECTIONS_ACCEPTED)).isEqualTo(i + 1);
                assertThat(it.count(DriverCounter.TLS_HANDSHAKES_FAILED)).isEqualTo(i);
                assertThat(it.driver.lastError()).endsWith("its handshake gave way to others that were waiting");
                assertThat(oldest.read(1)).isEmpty();
                assertThat(oldest.isAtEnd()).isTrue();
                oldest = next;
                it.pass(Duration.ofMillis(600));
            }
            SimulatedPeer present = stalled(it);
            stalled(it);
            it.pass(Duration.ofMillis(490));
            assertThat(it.count(DriverCounter.CONNECTIONS_ACCEPTED)).isEqualTo(5);
            assertThat(present.isAtEnd()).isFalse();
            it.pass(Duration.ofMillis(20));
            assertThat(it.count(DriverCounter.CONNECTIONS_ACCEPTED)).isEqualTo(6);
        }
    }

    @Test
    void aHandshakeThatWasPutOffEndsAWaitAndOneThatWaitsForItsPeerDoesNot() throws Exception {
        try (SimulatedPair it = secure(config -> config, tls -> tls.handshakeBudget(Duration.ofNanos(1)))) {
            List<TlsPeer> peers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                TlsPeer peer = new TlsPeer(it, TlsPeer.TLS13);
                it.network.advance(MOMENT);
                peer.send(); // its hello
                peers.add(peer);
            }
            it.driver.update(); // accepts them
            for (int i = 0; i < 3; i++) {
                it.driver.update();
                assertThat(it.waitFor(SECOND)).as("somebody was put off").isZero();
            }
            for (int i = 0; i < 500 && it.driver.numberOfConnections() < 3; i++) {
                for (TlsPeer each : peers) {
                    each.move();
                }
            }
            assertThat(it.driver.numberOfConnections()).isEqualTo(3);
            assertThat(it.waitFor(SECOND)).as("all are made").isEqualTo(SECOND);
            SimulatedPeer silent = stalled(it);
            it.driver.update();
            assertThat(it.waitFor(SECOND)).as("it has said nothing").isEqualTo(SECOND);
            assertThat(silent.isAtEnd()).isFalse();
        }
    }

    @Test
    void aHandshakeThatTheNetworkTakesInPiecesIsMadeAndSoIsTheNext() throws Exception {
        try (SimulatedPair it = secure(config -> config, tls -> tls)) {
            it.network.window(100);
            for (int i = 1; i <= 2; i++) {
                connected(it);
                assertThat(it.waitFor(SECOND)).as("nothing is to be written").isEqualTo(SECOND);
            }
        }
    }

    @Test
    void whatCameTogetherWithTheEndOfTheHandshakeIsReceivedWithoutAnotherByte() throws Exception {
        for (String version : new String[] {TlsPeer.TLS12, TlsPeer.TLS13}) {
            try (SimulatedPair it = secure(config -> config, tls -> tls)) {
                TlsPeer peer = new TlsPeer(it, version);
                while (peer.engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING) {
                    peer.move();
                }
                peer.send(frames(3, 10)); // in TLS 1.3 the server has not seen the end of the handshake yet
                int received = 0;
                for (int i = 0; i < 10 && received == 0; i++) {
                    it.waitFor(Duration.ofSeconds(30));
                    it.driver.update();
                    received += receive(it);
                }
                assertThat(received).isEqualTo(3);
                assertThat(it.waitFor(SECOND)).isEqualTo(SECOND);
            }
        }
    }

    @Test
    void aRecordThatIsLargerThanTheInboundBufferIsReceivedInPiecesAgainAndAgain() throws Exception {
        try (SimulatedPair it = secure(config -> config.maxPacketSize(100).inboundBufferSize(102), tls -> tls)) {
            TlsPeer peer = connected(it);
            for (int round = 0; round < 3; round++) {
                peer.send(frames(30, 100)); // 3,060 bytes in one record; the buffer has 128
                int received = 0;
                for (int i = 0; i < 200 && received < 30; i++) {
                    assertThat(it.driver.waitForData(Duration.ofSeconds(30))).isTrue();
                    it.driver.update();
                    received += receive(it);
                }
                assertThat(received).isEqualTo(30);
                assertThat(it.network.nanoTime()).as("no wait slept").isLessThan(SECOND.toNanos());
            }
            assertThat(it.waitFor(SECOND)).isEqualTo(SECOND);
            assertThat(it.driver.update()).isZero();
        }
    }

    @Test
    void keysAreRenewedAsOftenAsThePeerAsks() throws Exception {
        try (SimulatedPair it = secure(config -> config, tls -> tls)) {
            TlsPeer peer = connected(it);
            for (int i = 0; i < 4; i++) {
                peer.engine.beginHandshake();
                peer.send();
                peer.send(frame(packet(i, 50)));
                it.step(MOMENT);
                it.step(MOMENT);
                assertThat(receive(it)).isEqualTo(1);
                ok(it.driver.send(it.last(), buffer(i, 60)));
                it.step(MOMENT);
                assertThat(peer.read()).isEqualTo(frame(packet(i, 60)));
                assertThat(it.waitFor(SECOND)).isEqualTo(SECOND);
            }
            assertThat(it.events.disconnected).isEmpty();
        }
    }

    @Test
    void aPeerThatAsksForKeysWhileItDoesNotReadIsHeardAgainWhenItReads() throws Exception {
        try (SimulatedPair it = secure(config -> config.outboundBufferSize(400_000), tls -> tls)) {
            it.network.window(2000);
            TlsPeer peer = connected(it);
            peer.read();
            for (int round = 0; round < 2; round++) {
                for (int i = 0; i < 200; i++) {
                    ok(it.driver.send(it.last(), buffer(i, 1000)));
                }
                it.step(MOMENT);
                peer.engine.beginHandshake();
                peer.send();
                it.step(MOMENT);
                peer.send(frame(packet(7, 10)));
                it.step(MOMENT);
                it.step(MOMENT);
                int received = receive(it);
                assertThat(it.waitFor(SECOND))
                        .as("nothing to do until it reads")
                        .isEqualTo(SECOND);
                assertThat(it.driver.update()).isZero();
                ByteArrayOutputStream all = new ByteArrayOutputStream();
                for (int i = 0; i < 2000 && (all.size() < 200 * 1002 || received == 0); i++) {
                    all.writeBytes(peer.read());
                    it.step(MOMENT);
                    received += receive(it);
                }
                assertThat(all.toByteArray()).isEqualTo(frames(200, 1000));
                assertThat(received).isEqualTo(1);
            }
            assertThat(it.waitFor(SECOND)).isEqualTo(SECOND);
        }
    }

    private static long directMemory() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    @Test
    void idleConnectionsAndThoseThatEndedHoldNoBuffers() throws Exception {
        try (SimulatedPair it = secure(config -> config, tls -> tls)) {
            List<TlsPeer> peers = new ArrayList<>();
            long before = 0;
            for (int i = 0; i < 20; i++) {
                TlsPeer peer = connected(it);
                peers.add(peer);
                peer.send(frame(packet(i, 900)));
                it.step(MOMENT);
                assertThat(it.driver.receive(it.driver::send, 10)).isEqualTo(1);
                it.step(MOMENT);
                assertThat(peer.read()).isEqualTo(frame(packet(i, 900)));
                before = i == 1 ? directMemory() : before;
            }
            for (TlsPeer each : peers) { // the last thing that happens is a read
                each.send(frame(packet(0, 900)));
                it.step(MOMENT);
                assertThat(receive(it)).isEqualTo(1);
            }
            it.network.window(500);
            for (int i = 0; i < 12; i++) {
                TlsPeer peer = connected(it);
                SocketDriverAddress address = it.last();
                for (int packets = 0; packets < 20; packets++) {
                    ok(it.driver.send(address, buffer(packets, 1000)));
                }
                if (i % 3 == 2) {
                    peer.send((byte) 0, (byte) 0);
                }
                peer.sendRaw((byte) 23, (byte) 3, (byte) 3, (byte) 1); // the beginning of a record
                it.step(MOMENT);
                if (i % 3 == 0) {
                    ok(it.driver.abort(address));
                } else if (i % 3 == 1) {
                    peer.peer.reset();
                }
                it.step(MOMENT);
                it.step(MOMENT);
            }
            assertThat(it.driver.numberOfConnections()).isEqualTo(20);
            assertThat(directMemory() - before).as("bytes").isLessThan(4 * (1 << 16));
        }
    }

    @Test
    void whatMovesIsCountedInPlaintext() throws Exception {
        try (SimulatedPair it = secure(config -> config, tls -> tls)) {
            TlsPeer peer = connected(it);
            peer.send(frames(3, 100));
            it.step(MOMENT);
            assertThat(receive(it)).isEqualTo(3);
            ok(it.driver.send(it.last(), buffer(0, 200)));
            ok(it.driver.send(it.last(), buffer(1, 200)));
            it.step(MOMENT);
            assertThat(it.count(DriverCounter.BYTES_IN)).isEqualTo(3 * 102);
            assertThat(it.count(DriverCounter.PACKETS_IN)).isEqualTo(3);
            assertThat(it.count(DriverCounter.BYTES_OUT)).isEqualTo(2 * 202);
            assertThat(it.count(DriverCounter.WRITES)).isEqualTo(1);
            assertThat(it.count(DriverCounter.TLS_HANDSHAKES)).isEqualTo(1);
            assertThat(it.count(DriverCounter.CONNECTIONS_ESTABLISHED)).isEqualTo(1);
        }
    }
}
