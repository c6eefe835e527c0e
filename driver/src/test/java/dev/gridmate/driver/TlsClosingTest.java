package dev.gridmate.driver;

import static dev.gridmate.driver.Loopback.ok;
import static dev.gridmate.driver.Packets.buffer;
import static dev.gridmate.driver.Packets.frame;
import static dev.gridmate.driver.Packets.packet;
import static dev.gridmate.driver.TlsFixture.RSA;
import static dev.gridmate.driver.TlsFixture.clientTls;
import static dev.gridmate.driver.TlsFixture.outcome;
import static dev.gridmate.driver.TlsFixture.outcomeOfServer;
import static dev.gridmate.driver.TlsFixture.rsaServerTls;
import static dev.gridmate.driver.TlsFixture.simulated;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a connection ends: close_notify, truncation, half-closed connections, alerts. */
class TlsClosingTest {

    @ParameterizedTest
    @ValueSource(strings = {TlsPeer.TLS12, TlsPeer.TLS13})
    void packetsCutAtEveryByteOfTheirRecordsArriveWholeOrNotAtAll(String version) throws Exception {
        byte[] sealed;
        try (SimulatedPair it = simulated(tls -> tls)) {
            TlsPeer peer = new TlsPeer(it, version);
            assertThat(peer.handshake()).isTrue();
            int before = peer.sent.size();
            peer.send(frame(packet(1, 30)));
            peer.send(frame(packet(2, 30)));
            sealed = Arrays.copyOfRange(peer.sent.toByteArray(), before, peer.sent.size());
        }
        for (int at = 0; at <= sealed.length; at++) {
            try (SimulatedPair it = simulated(tls -> tls)) {
                TlsPeer peer = new TlsPeer(it, version);
                assertThat(peer.handshake()).isTrue();
                peer.sendsAtMost = peer.sent.size() + at;
                peer.send(frame(packet(1, 30)));
                peer.send(frame(packet(2, 30)));
                it.pass(Duration.ofMillis(20));
                List<byte[]> received = new ArrayList<>();
                it.driver.receive((from, bytes) -> received.add(DriverPair.copy(bytes)), 10);
                int whole = at == sealed.length ? 2 : at >= sealed.length / 2 ? 1 : 0;
                assertThat(received).as("cut at %d of %d", at, sealed.length).hasSize(whole);
                peer.peer.shutdownOutput();
                it.pass(Duration.ofMillis(20));
                assertThat(it.lastCode()).isEqualTo(DisconnectReason.Code.REMOTE_TRUNCATED);
            }
        }
    }

    @Test
    void anOrderlyEndIsToldFromATruncatedOne() throws Exception {
        try (SimulatedPair it = simulated(tls -> tls)) {
            TlsPeer peer = new TlsPeer(it, TlsPeer.TLS13);
            assertThat(peer.handshake()).isTrue();
            peer.send(frame(packet(1, 30)));
            peer.engine.closeOutbound();
            peer.send();
            peer.peer.shutdownOutput();
            it.pass(Duration.ofMillis(20));
            assertThat(it.driver.receive((from, bytes) -> {}, 10)).isEqualTo(1);
            it.pass(Duration.ofMillis(20));
            assertThat(it.lastCode()).isEqualTo(DisconnectReason.Code.REMOTE_CLOSED);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {TlsPeer.TLS12, TlsPeer.TLS13})
    void whatCameInTwoRecordsBeforeATruncationIsDeliveredAndThenTheTruncationIsTold(String version) throws Exception {
        try (SimulatedPair it = simulated(tls -> tls)) {
            TlsPeer peer = new TlsPeer(it, version);
            assertThat(peer.handshake()).isTrue();
            peer.send(frame(packet(1, 30)));
            peer.send(frame(packet(2, 20_000)));
            peer.peer.shutdownOutput();
            it.pass(Duration.ofMillis(50));
            List<byte[]> received = new ArrayList<>();
            it.driver.receive((from, bytes) -> received.add(DriverPair.copy(bytes)), 10);
            it.pass(Duration.ofMillis(50));
            it.driver.receive((from, bytes) -> received.add(DriverPair.copy(bytes)), 10);
            assertThat(received).containsExactly(packet(1, 30), packet(2, 20_000));
            it.pass(Duration.ofMillis(50));
            assertThat(it.lastCode()).isEqualTo(DisconnectReason.Code.REMOTE_TRUNCATED);
        }
    }

    @Test
    void aPeerThatHasClosedStillGetsWhatWasOnItsWayInTls13() throws Exception {
        try (SimulatedPair it = simulated(tls -> tls)) {
            it.network.window(5_000);
            TlsPeer peer = new TlsPeer(it, TlsPeer.TLS13);
            assertThat(peer.handshake()).isTrue();
            ok(it.driver.send(it.events.established.get(0), buffer(7, 40_000)));
            peer.closes();
            ByteArrayOutputStream received = new ByteArrayOutputStream();
            for (int i = 0; i < 1000 && !peer.engine.isInboundDone(); i++) {
                it.step(Duration.ofMillis(1));
                received.writeBytes(peer.read());
            }
            assertThat(received.toByteArray()).isEqualTo(frame(packet(7, 40_000)));
            assertThat(peer.engine.isInboundDone()).as("and then close_notify").isTrue();
            it.pass(Duration.ofMillis(50));
            assertThat(it.lastCode()).isEqualTo(DisconnectReason.Code.REMOTE_CLOSED);
        }
    }

    @Test
    void whoClosesStillReceivesWhatThePeerHasToSayInTls13() throws Exception {
        try (SimulatedPair it = simulated(tls -> tls)) {
            TlsPeer peer = new TlsPeer(it, TlsPeer.TLS13);
            assertThat(peer.handshake()).isTrue();
            it.driver.disconnectFrom(it.events.established.get(0));
            it.pass(Duration.ofMillis(20));
            peer.read();
            assertThat(peer.engine.isInboundDone()).as("close_notify").isTrue();
            peer.send(frame(packet(3, 100)));
            peer.send(frame(packet(4, 100)));
            peer.closes();
            it.pass(Duration.ofMillis(20));
            List<byte[]> received = new ArrayList<>();
            it.driver.receive((from, bytes) -> received.add(DriverPair.copy(bytes)), 10);
            assertThat(received).containsExactly(packet(3, 100), packet(4, 100));
            it.pass(Duration.ofMillis(20));
            assertThat(it.lastCode()).isEqualTo(DisconnectReason.Code.LOCAL_CLOSED);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {TlsPeer.TLS12, TlsPeer.TLS13})
    void aDriverThatClosesSendsCloseNotifyToEachPeer(String version) throws Exception {
        try (SimulatedPair it = simulated(tls -> tls)) {
            List<TlsPeer> peers = List.of(new TlsPeer(it, version), new TlsPeer(it, version), new TlsPeer(it, version));
            for (TlsPeer peer : peers) {
                assertThat(peer.handshake()).isTrue();
            }
            ok(it.driver.send(it.events.established.get(1), buffer(1, 100)));
            it.driver.close();
            it.network.advance(Duration.ofMillis(10));
            assertThat(peers.get(1).read()).isEqualTo(frame(packet(1, 100)));
            for (TlsPeer peer : peers) {
                peer.read();
                assertThat(peer.engine.isInboundDone()).isTrue();
                assertThat(peer.peer.isReset()).isFalse();
            }
        }
    }

    // ------------------------------------------------------------ alerts

    @ParameterizedTest
    @ValueSource(strings = {TlsPeer.TLS12, TlsPeer.TLS13})
    void aClientThatHasNoSignatureInCommonHearsItByAnAlert(String version) throws Exception {
        try (SimulatedPair it = simulated(tls -> tls)) {
            TlsPeer peer = new TlsPeer(it, version, "ECDSA"); // the server's certificate is an EC one
            assertThatExceptionOfType(SSLException.class)
                    .isThrownBy(peer::handshake)
                    .withMessageContaining("handshake_failure");
            assertThat(it.driver.counter(DriverCounter.TLS_HANDSHAKES_FAILED)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(TlsProfile.class)
    void aServerHearsWhyAClientRefusesIt(TlsProfile profile) {
        assertThat(outcomeOfServer(
                        rsaServerTls().profile(profile), clientTls().profile(profile))) // of another authority
                .contains("the client refused: Received fatal alert: certificate_unknown");
    }

    @ParameterizedTest
    @EnumSource(TlsProfile.class)
    void aClientHearsWhyAServerRefusesIt(TlsProfile profile) {
        DisconnectReason reason = outcome(
                rsaServerTls()
                        .certificateAuthorityPem(RSA.authority().certificatePem())
                        .authenticateClient(true)
                        .profile(profile),
                TlsConfig.builder()
                        .certificateAuthorityPem(RSA.authority().certificatePem())
                        .profile(profile));
        assertThat(reason.code()).isEqualTo(DisconnectReason.Code.TLS_FAILED);
        assertThat(reason.detail()).contains("the server refused: Received fatal alert");
    }
}
