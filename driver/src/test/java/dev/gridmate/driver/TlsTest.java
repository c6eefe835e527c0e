package dev.gridmate.driver;

import static dev.gridmate.driver.Loopback.ok;
import static dev.gridmate.driver.Packets.buffer;
import static dev.gridmate.driver.Packets.frame;
import static dev.gridmate.driver.Packets.packet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.gridmate.GridMate;
import dev.gridmate.driver.sim.Faults;
import dev.gridmate.driver.sim.SimulatedPeer;
import dev.gridmate.driver.tls.Certificates;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What TLS adds: who is let in, what a bad peer can do, and what it costs the others. */
class TlsTest {

    private static final Certificates OTHERS = new Certificates("EC");

    static TlsConfig.Builder serverTls() {
        return TlsConfig.builder()
                .certificatePem(Certificates.COMMON.server().certificatePem())
                .privateKeyPem(Certificates.COMMON.server().keyPem());
    }

    static TlsConfig.Builder clientTls() {
        return TlsConfig.builder()
                .certificateAuthorityPem(Certificates.COMMON.authority().certificatePem());
    }

    private static StreamSocketDriverConfig config(TlsConfig.Builder tls) {
        return Loopback.config().tls(tls.build()).build();
    }

    private static SimulatedPair simulated(UnaryOperator<TlsConfig.Builder> settings) {
        return new SimulatedPair(
                config -> config.tls(settings.apply(serverTls()).build()));
    }

    /** Runs a client and a server until the client knows how its connect ended. */
    private static DisconnectReason outcome(TlsConfig.Builder serverTls, TlsConfig.Builder clientTls) {
        try (Loopback server = Loopback.server(config(serverTls));
                Loopback client = server.unconnectedClient(config(clientTls))) {
            ok(client.driver.connectTo(client.addressOf(server)));
            server.until(() -> !client.events.reasons.isEmpty()
                    || (!client.events.established.isEmpty() && !server.events.established.isEmpty()));
            if (client.events.reasons.isEmpty()) {
                return null;
            }
            // In TLS 1.3 a client is done before the server has looked at its certificate.
            assertThat(server.events.established).isEmpty();
            return client.events.reasons.get(0);
        }
    }

    // ------------------------------------------------------------------------------------ who is let in

    @Test
    void aServerWithACertificateOfAKnownAuthorityForItsAddressIsLetIn() {
        assertThat(outcome(serverTls(), clientTls())).isNull();
    }

    @Test
    void g21_aServerOfAnotherAuthorityIsRefused() {
        DisconnectReason reason = outcome(
                serverTls(),
                TlsConfig.builder().certificateAuthorityPem(OTHERS.authority().certificatePem()));
        assertThat(reason.code()).isEqualTo(DisconnectReason.Code.TLS_FAILED);
        assertThat(reason.detail()).contains("the server's certificate is signed by nobody who is trusted here");
    }

    @Test
    void g21_aServerIsRefusedByTheAuthoritiesOfTheJavaVmIfThereAreNoOthers() {
        assertThat(outcome(serverTls(), TlsConfig.builder()).detail()).contains("nobody who is trusted here");
    }

    @Test
    void g21_aServerWhoseCertificateIsForAnotherNameIsRefused() {
        DisconnectReason reason = outcome(serverTls(), clientTls().serverName("game.example"));
        assertThat(reason.code()).isEqualTo(DisconnectReason.Code.TLS_FAILED);
        assertThat(reason.detail()).contains("for another name").contains("game.example");
        Certificates.Identity elsewhere =
                Certificates.COMMON.identity("CN=elsewhere", Duration.ofHours(-1), "192.0.2.1");
        reason = outcome(
                TlsConfig.builder().certificatePem(elsewhere.certificatePem()).privateKeyPem(elsewhere.keyPem()),
                clientTls());
        assertThat(reason.detail()).contains("for another name").contains("127.0.0.1");
    }

    @Test
    void verificationIsSwitchedOffByName() {
        assertThat(outcome(serverTls(), clientTls().serverName("game.example").skipHostNameCheck()))
                .isNull();
        assertThat(outcome(serverTls(), TlsConfig.builder().trustAnyServer())).isNull();
        assertThat(outcome(
                                serverTls(),
                                TlsConfig.builder()
                                        .certificateAuthorityPem(
                                                OTHERS.authority().certificatePem())
                                        .skipHostNameCheck())
                        .detail())
                .contains("nobody who is trusted here");
    }

    @Test
    void aNameGivenWithTheConnectIsTheOneThatCounts() {
        try (Loopback server = Loopback.server(config(serverTls()));
                Loopback client = server.unconnectedClient(config(clientTls().serverName("game.example")))) {
            ok(client.driver.connectTo(client.addressOf(server), "localhost"));
            server.until(() -> !client.events.established.isEmpty());
        }
    }

    @Test
    void anExpiredServerIsRefused() {
        Certificates.Identity old = Certificates.COMMON.identity("CN=old", Duration.ofDays(-3), "127.0.0.1");
        assertThatTlsIsRefused(
                TlsConfig.builder().certificatePem(old.certificatePem()).privateKeyPem(old.keyPem()), "expired on");
    }

    private static void assertThatTlsIsRefused(TlsConfig.Builder tls, String... words) {
        try (GridMate gridMate = new GridMate();
                StreamSocketDriver driver = new StreamSocketDriver(gridMate, config(tls))) {
            assertThat(driver.initialize(AddressFamily.IPV4, "127.0.0.1", 0)).isEqualTo(ResultCode.TLS_CONFIGURATION);
            assertThat(driver.lastError()).contains(words);
            assertThat(driver.isInitialized()).isFalse();
        }
    }

    @Test
    void g20_aClientWithoutACertificateIsRefusedIfOneIsRequired() {
        TlsConfig.Builder server = serverTls()
                .certificateAuthorityPem(Certificates.COMMON.authority().certificatePem())
                .authenticateClient(true);
        try (Loopback it = Loopback.server(config(server));
                Loopback client = it.unconnectedClient(config(clientTls()))) {
            ok(client.driver.connectTo(client.addressOf(it)));
            it.until(() -> !client.events.reasons.isEmpty() && it.count(DriverCounter.TLS_HANDSHAKES_FAILED) == 1);
            assertThat(it.events.established).isEmpty();
            assertThat(it.driver.lastError()).contains("showed no certificate, and one is required");
            assertThat(client.events.reasons.get(0).code()).isEqualTo(DisconnectReason.Code.TLS_FAILED);
            assertThat(client.events.reasons.get(0).detail())
                    .contains("the server refused: Received fatal alert")
                    .contains("does it want a certificate of this side");
        }
        Certificates.Identity stranger = OTHERS.client();
        assertThat(outcomeOfServer(
                        server,
                        clientTls().certificatePem(stranger.certificatePem()).privateKeyPem(stranger.keyPem())))
                .contains("the client's certificate is signed by nobody who is trusted here");
        Certificates.Identity known = Certificates.COMMON.client();
        try (Loopback it = Loopback.server(config(server));
                Loopback client = it.unconnectedClient(config(
                        clientTls().certificatePem(known.certificatePem()).privateKeyPem(known.keyPem())))) {
            ok(client.driver.connectTo(client.addressOf(it)));
            it.until(() -> !it.events.established.isEmpty());
            SSLSession session = it.driver.tlsSession(it.events.established.get(0));
            assertThat(peerOf(session).getSubjectX500Principal().getName()).isEqualTo("CN=client");
        }
    }

    @Test
    void aClientThatIsRefusedWhileItClosesHearsWhyItsPacketsNeverLeft() {
        TlsConfig.Builder server = serverTls()
                .certificateAuthorityPem(Certificates.COMMON.authority().certificatePem())
                .authenticateClient(true);
        try (Loopback it = Loopback.server(config(server));
                Loopback client = it.unconnectedClient(config(clientTls()))) {
            SocketDriverAddress address = client.addressOf(it);
            ok(client.driver.connectTo(address));
            it.until(() -> !client.events.established.isEmpty());
            for (int i = 0; i < 10_000 && it.count(DriverCounter.TLS_HANDSHAKES_FAILED) == 0; i++) {
                it.driver.update(); // the client does not look meanwhile
                it.driver.waitForData(Duration.ofMillis(1));
            }
            ok(client.driver.send(address, buffer(1, 100)));
            ok(client.driver.disconnectFrom(address));
            it.until(() -> !client.events.reasons.isEmpty());
            DisconnectReason reason = client.events.reasons.get(0);
            assertThat(reason.code()).isEqualTo(DisconnectReason.Code.LOCAL_CLOSED);
            assertThat(reason.unsentBytes()).isEqualTo(102);
            assertThat(reason.detail())
                    .startsWith("closed by this side; then the server refused: Received fatal alert");
        }
    }

    private static String outcomeOfServer(TlsConfig.Builder serverTls, TlsConfig.Builder clientTls) {
        try (Loopback server = Loopback.server(config(serverTls));
                Loopback client = server.unconnectedClient(config(clientTls))) {
            ok(client.driver.connectTo(client.addressOf(server)));
            server.until(() -> server.count(DriverCounter.TLS_HANDSHAKES_FAILED) == 1);
            assertThat(server.events.established).isEmpty();
            return server.driver.lastError();
        }
    }

    private static X509Certificate peerOf(SSLSession session) {
        try {
            return (X509Certificate) session.getPeerCertificates()[0];
        } catch (SSLPeerUnverifiedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theProgramSeesWhatWasAgreedOn() {
        try (Loopback server = Loopback.server(config(serverTls()));
                Loopback client = server.unconnectedClient(config(clientTls()))) {
            SocketDriverAddress address = client.addressOf(server);
            ok(client.driver.connectTo(address));
            assertThat(client.driver.tlsSession(address)).isNull();
            server.until(() -> !client.events.established.isEmpty() && !server.events.established.isEmpty());
            SSLSession session = client.driver.tlsSession(address);
            assertThat(session.getProtocol()).isEqualTo("TLSv1.3");
            assertThat(peerOf(session)).isEqualTo(Certificates.COMMON.server().certificate());
            assertThat(server.driver
                            .tlsSession(server.events.established.get(0))
                            .getCipherSuite())
                    .isEqualTo(session.getCipherSuite());
        }
    }

    @Test
    void theCompatibleProfileSpeaksWhatTheOriginalSpeaksAndNothingElse() {
        Certificates rsa = new Certificates("RSA");
        TlsConfig.Builder server = TlsConfig.builder()
                .certificatePem(rsa.server().certificatePem())
                .privateKeyPem(rsa.server().keyPem())
                .profile(TlsProfile.GRIDMATE_COMPATIBLE);
        TlsConfig.Builder client = TlsConfig.builder()
                .certificateAuthorityPem(rsa.authority().certificatePem())
                .profile(TlsProfile.GRIDMATE_COMPATIBLE);
        try (Loopback it = Loopback.server(config(server));
                Loopback other = it.unconnectedClient(config(client))) {
            ok(other.driver.connectTo(other.addressOf(it)));
            it.until(() -> !it.events.established.isEmpty());
            SSLSession session = it.driver.tlsSession(it.events.established.get(0));
            assertThat(session.getProtocol()).isEqualTo("TLSv1.2");
            assertThat(session.getCipherSuite()).isEqualTo("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");
        }
        // A server with a key of another kind has nothing in common with it.
        DisconnectReason reason = outcome(serverTls(), clientTls().profile(TlsProfile.GRIDMATE_COMPATIBLE));
        assertThat(reason.detail()).contains("handshake_failure").contains("in common?");
    }

    @Test
    void inTheCompatibleProfileAServersKeyHasToBeAnRsaKeyAndAClientsDoesNot() {
        TlsConfig.Builder ec = serverTls().profile(TlsProfile.GRIDMATE_COMPATIBLE);
        try (GridMate gridMate = new GridMate();
                StreamSocketDriver driver = new StreamSocketDriver(gridMate, config(ec))) {
            ok(driver.initialize(AddressFamily.IPV4, "127.0.0.1", 0));
            assertThat(driver.startListen(8)).isEqualTo(ResultCode.TLS_CONFIGURATION);
            assertThat(driver.lastError()).contains("GRIDMATE_COMPATIBLE", "an RSA key, and this one is not");
            assertThat(driver.isListening()).isFalse();
        }
        Certificates rsa = new Certificates("RSA");
        TlsConfig.Builder server = TlsConfig.builder()
                .certificatePem(rsa.server().certificatePem())
                .privateKeyPem(rsa.server().keyPem())
                .certificateAuthorityPem(Certificates.COMMON.authority().certificatePem())
                .authenticateClient(true)
                .profile(TlsProfile.GRIDMATE_COMPATIBLE);
        TlsConfig.Builder client = TlsConfig.builder()
                .certificatePem(Certificates.COMMON.client().certificatePem())
                .privateKeyPem(Certificates.COMMON.client().keyPem())
                .certificateAuthorityPem(rsa.authority().certificatePem())
                .profile(TlsProfile.GRIDMATE_COMPATIBLE);
        try (Loopback it = Loopback.server(config(server));
                Loopback other = it.unconnectedClient(config(client))) {
            ok(other.driver.connectTo(other.addressOf(it)));
            it.until(() -> !it.events.established.isEmpty());
            assertThat(it.driver.reloadTls(ec.build())).isEqualTo(ResultCode.TLS_CONFIGURATION);
            assertThat(it.driver.lastError()).contains("an RSA key, and this one is not");
        }
    }

    // ------------------------------------------------------------------------------------ sending

    @Test
    void g22_packetsSentBeforeTheHandshakeIsMadeArrive() {
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
    void g35_anyAmountMoves() {
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
    void g23_aPeerThatDoesNotReadHoldsNoMoreThanTheOutboundBufferAndOneBuffer() throws Exception {
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

    // ------------------------------------------------------------------------------------ handshakes cut, damaged,
    // stopped

    @ParameterizedTest
    @ValueSource(strings = {TlsPeer.TLS12, TlsPeer.TLS13})
    void aHandshakeCutAtAnyByteIsNoConnectionAndLeavesNothing(String version) throws Exception {
        int all;
        try (SimulatedPair it = simulated(tls -> tls)) {
            TlsPeer peer = new TlsPeer(it, version);
            assertThat(peer.handshake()).isTrue();
            all = peer.sent.size();
            assertThat(it.events.established).hasSize(1);
        }
        try (SimulatedPair it = simulated(tls -> tls)) {
            int cuts = 0;
            for (int at = 0; at < all - 8; at++) { // records differ by a few bytes
                TlsPeer peer = new TlsPeer(it, version);
                peer.sendsAtMost = at;
                peer.handshake();
                assertThat(it.events.established).as("cut at %d of %d", at, all).isEmpty();
                peer.peer.shutdownOutput();
                it.pass(Duration.ofMillis(30));
                cuts++;
                assertThat(it.driver.counter(DriverCounter.TLS_HANDSHAKES_FAILED))
                        .as("cut at %d", at)
                        .isEqualTo(cuts);
                assertThat(it.driver.lastError()).contains("in the middle of the handshake");
                peer.peer.close();
            }
            it.pass(Duration.ofMillis(50));
            assertThat(it.serverHost.openEndpoints()).as("endpoints").isZero();
            assertThat(it.events.reasons).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {TlsPeer.TLS12, TlsPeer.TLS13})
    void whatWasChangedOnItsWayIsNeverDelivered(String version) throws Exception {
        int handshake;
        int all;
        try (SimulatedPair it = simulated(tls -> tls)) {
            TlsPeer peer = new TlsPeer(it, version);
            assertThat(peer.handshake()).isTrue();
            handshake = peer.sent.size();
            peer.send(frame(packet(7, 100)));
            all = peer.sent.size();
        }
        for (int at = 5; at < all; at += at >= handshake - 20 ? 1 : 13) {
            try (SimulatedPair it = simulated(tls -> tls)) {
                TlsPeer peer = new TlsPeer(it, version);
                peer.damagedByte = at;
                List<byte[]> received = new ArrayList<>();
                try {
                    peer.handshake();
                    peer.send(frame(packet(7, 100)));
                } catch (SSLException e) {
                    assertThat(e).isNotNull(); // the server's alert
                }
                it.pass(Duration.ofMillis(50));
                it.driver.receive((from, bytes) -> received.add(DriverPair.copy(bytes)), 10);
                // A version in a record's header, or what nobody signs of a hello, may change without harm.
                assertThat(received.isEmpty() || Arrays.equals(received.get(0), packet(7, 100)))
                        .as("byte %d of %d", at, all)
                        .isTrue();
                boolean isInTheSealedPacket = at >= handshake + 5 && peer.sent.size() == all;
                assertThat(isInTheSealedPacket && !received.isEmpty())
                        .as("byte %d of %d", at, all)
                        .isFalse();
            }
        }
    }

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

    @Test
    void aPeerThatStopsInTheMiddleOfItsHandshakeIsGivenUpAtTheDeadline() throws Exception {
        try (SimulatedPair it = simulated(tls -> tls.handshakeTimeout(Duration.ofSeconds(3)))) {
            TlsPeer peer = new TlsPeer(it, TlsPeer.TLS13);
            peer.sendsAtMost = 100;
            peer.handshake();
            it.pass(Duration.ofMillis(2900));
            assertThat(it.driver.counter(DriverCounter.TLS_HANDSHAKES_FAILED)).isZero();
            it.pass(Duration.ofMillis(200));
            assertThat(it.driver.counter(DriverCounter.TLS_HANDSHAKES_FAILED)).isEqualTo(1);
            assertThat(it.driver.counter(DriverCounter.TIMEOUTS)).isEqualTo(1);
            assertThat(it.driver.lastError()).contains("HANDSHAKE_TIMEOUT");
            assertThat(it.events.reasons).isEmpty();
            assertThat(it.serverHost.openEndpoints()).isZero();
        }
    }

    @Test
    void aPeerInPlaintextIsToldFromOneInTlsByItsFirstByte() {
        try (SimulatedPair it = simulated(tls -> tls)) {
            SimulatedPeer plain = it.peerHost.connectRaw(SimulatedPair.at("10.0.0.1", SimulatedPair.PORT));
            it.network.advance(Duration.ofMillis(1));
            plain.write(frame(packet(1, 30)));
            it.pass(Duration.ofMillis(20));
            assertThat(it.driver.lastError()).contains("the peer does not speak TLS: it begins with 00 1e");
            plain.write("GET / HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(it.events.established).isEmpty();
            assertThat(it.driver.counter(DriverCounter.TLS_HANDSHAKES_FAILED)).isEqualTo(1);
        }
    }

    @Test
    void aServerInPlaintextIsToldFromOneInTls() {
        try (Loopback server =
                        Loopback.server(Loopback.config().maxPacketSize(1000).build());
                Loopback client = server.unconnectedClient(config(clientTls()))) {
            ok(client.driver.connectTo(client.addressOf(server)));
            server.until(() -> !client.events.reasons.isEmpty() && !server.events.reasons.isEmpty());
            assertThat(client.events.reasons.get(0).detail()).contains("does it speak TLS, on this port?");
            assertThat(server.events.reasons.get(0).code()).isEqualTo(DisconnectReason.Code.PACKET_TOO_LARGE);
        }
    }

    @Test
    void aServerThatTakesTheConnectionAndSaysNothingIsToldFromOneThatIsNotThere() {
        assertThat(connectTimeout(Faults.NONE))
                .isEqualTo("the peer took the connection, and made no TLS handshake (does it speak TLS, on this port?)"
                        + " for PT3S");
        Faults nobodyAnswers = new Faults(0, 0, 0, 0, 0, 0, 1, 0, Duration.ZERO);
        assertThat(connectTimeout(nobodyAnswers)).isEqualTo("no answer for PT3S");
    }

    /** Connects with TLS to a driver without it, which takes the hello for a part of a packet; returns what is said. */
    private static String connectTimeout(Faults faults) {
        try (SimulatedPair plain = new SimulatedPair(config -> config);
                GridMate gridMate = new GridMate();
                StreamSocketDriver client = new StreamSocketDriver(
                        gridMate,
                        Loopback.config()
                                .transport(plain.peerHost)
                                .connectTimeout(Duration.ofSeconds(3))
                                .tls(clientTls().build())
                                .build())) {
            Recorder events = Recorder.on(gridMate);
            plain.network.faults(faults);
            ok(client.initialize(AddressFamily.IPV4));
            ok(client.connectTo(client.createDriverAddress(SimulatedPair.at("10.0.0.1", SimulatedPair.PORT))));
            for (int i = 0; i < 400 && events.reasons.isEmpty(); i++) {
                plain.step(Duration.ofMillis(10));
                client.update();
            }
            assertThat(events.reasons.get(0).code()).isEqualTo(DisconnectReason.Code.CONNECT_TIMEOUT);
            return events.reasons.get(0).detail();
        }
    }

    @Test
    void aHelloWithoutAnEndIsCutOff() {
        try (SimulatedPair it = simulated(tls -> tls)) {
            SimulatedPeer peer = it.peerHost.connectRaw(SimulatedPair.at("10.0.0.1", SimulatedPair.PORT));
            it.network.advance(Duration.ofMillis(1));
            // A client hello that claims 16 MB, in records of 16 KB.
            byte[] record = new byte[5 + 16_384];
            byte[] head = {22, 3, 3, 0x40, 0, 1, (byte) 0xff, (byte) 0xff, (byte) 0xff};
            System.arraycopy(head, 0, record, 0, head.length);
            long sent = 0;
            for (int i = 0; i < 2000 && it.driver.counter(DriverCounter.TLS_HANDSHAKES_FAILED) == 0; i++) {
                sent += peer.write(record);
                it.step(Duration.ofMillis(1));
            }
            assertThat(it.driver.counter(DriverCounter.TLS_HANDSHAKES_FAILED)).isEqualTo(1);
            assertThat(sent).isLessThan(400_000);
            assertThat(it.serverHost.openEndpoints()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0x4000 + 2048 + 1, 0x8010, 0x813f, 0x8140, 0xffff})
    void aRecordThatIsTooLargeEndsItsConnection(int length) throws Exception {
        try (SimulatedPair it = simulated(tls -> tls)) {
            it.network.window(1 << 18);
            TlsPeer peer = new TlsPeer(it, TlsPeer.TLS13);
            assertThat(peer.handshake()).isTrue();
            byte[] record = new byte[5 + length];
            byte[] head = {23, 3, 3, (byte) (length >>> 8), (byte) length};
            System.arraycopy(head, 0, record, 0, head.length);
            peer.sendRaw(record);
            it.pass(Duration.ofMillis(50));
            assertThat(it.lastCode()).isEqualTo(DisconnectReason.Code.TLS_FAILED);
        }
    }

    @Test
    void aNewHandshakeOnAnEstablishedConnectionIsRefused() throws Exception {
        try (SimulatedPair it = simulated(tls -> tls)) {
            TlsPeer peer = new TlsPeer(it, TlsPeer.TLS12);
            assertThat(peer.handshake()).isTrue();
            peer.engine.beginHandshake();
            try {
                peer.handshake();
            } catch (SSLException e) {
                assertThat(e).hasMessageContaining("alert");
            }
            it.pass(Duration.ofMillis(20));
            assertThat(it.lastCode()).isEqualTo(DisconnectReason.Code.TLS_FAILED);
            assertThat(it.events.reasons.get(0).detail()).contains("renegotiation");
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
    void aPeerThatAsksForNewKeysAndReadsNoAnswerIsNotReadEither() throws Exception {
        try (SimulatedPair it = simulated(tls -> tls)) {
            it.network.window(5_000);
            TlsPeer peer = new TlsPeer(it, TlsPeer.TLS13);
            assertThat(peer.handshake()).isTrue();
            int most = 10_000;
            int asked = 0;
            for (boolean taken = true; taken && asked < most; asked++) {
                taken = peer.asksForNewKeys();
            }
            // Each side's part of the network takes 10,000 bytes, and the driver a buffer of 36 KiB and one of 64;
            // an answer is a record of 27 bytes.
            assertThat(asked).isLessThan(most);
            assertThat(it.events.reasons).isEmpty();
            assertThat(it.driver.waitForData(Duration.ofSeconds(1)))
                    .as("nor does it keep the loop awake")
                    .isFalse();
        }
    }

    @Test
    void aTrustManagerThatThrowsCostsThatConnectionOnly() throws Exception {
        SSLContext upset = SSLContext.getInstance("TLS");
        upset.init(null, new TrustManager[] {new UpsetTrustManager()}, null);
        DisconnectReason reason = outcome(serverTls(), TlsConfig.builder().sslContext(upset));
        assertThat(reason.code()).isEqualTo(DisconnectReason.Code.TLS_FAILED);
        assertThat(reason.detail()).contains("upset by this certificate");
    }

    /** Throws what no trust manager should. */
    private static final class UpsetTrustManager extends X509ExtendedTrustManager {
        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
            throw new IllegalStateException("upset by this certificate");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    // ------------------------------------------------------------------------------------ many at once

    @Test
    void twoHundredStalledHandshakesDoNotKeepAnHonestClientOut() throws Exception {
        try (SimulatedPair it = new SimulatedPair(config -> config.maxConnections(10)
                .tls(serverTls()
                        .maxHandshakes(20)
                        .handshakeTimeout(Duration.ofSeconds(5))
                        .build()))) {
            List<TlsPeer> stalled = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                TlsPeer peer = new TlsPeer(it, TlsPeer.TLS13);
                peer.sendsAtMost = 50;
                stalled.add(peer);
                if (i < 16) {
                    peer.handshake();
                }
            }
            TlsPeer honest = new TlsPeer(it, TlsPeer.TLS13);
            long start = it.driver.nanoTime();
            // The backlog of the simulated system is 16, so whoever is behind it comes later, as with a real one.
            while (it.events.established.isEmpty() && it.driver.nanoTime() - start < 10_000_000_000L) {
                if (!honest.peer.isConnected()) {
                    honest = new TlsPeer(it, TlsPeer.TLS13);
                }
                honest.handshake();
            }
            assertThat(Duration.ofNanos(it.driver.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
            it.pass(Duration.ofSeconds(60)); // those that the full backlog had turned away come back now and then
            assertThat(it.driver.numberOfConnections()).isEqualTo(1);
            assertThat(it.serverHost.openEndpoints())
                    .as("only the honest one is left")
                    .isEqualTo(1);
            assertThat(stalled).hasSize(200);
        }
    }

    @Test
    void handshakesTakeNoPlacesOfConnectionsAndTheLastPlaceGoesToTheFirstThatIsDone() throws Exception {
        try (SimulatedPair it = new SimulatedPair(
                config -> config.maxConnections(1).tls(serverTls().build()))) {
            TlsPeer stalled = new TlsPeer(it, TlsPeer.TLS13);
            stalled.sendsAtMost = 50;
            stalled.handshake();
            TlsPeer first = new TlsPeer(it, TlsPeer.TLS13);
            assertThat(first.handshake()).isTrue();
            assertThat(it.events.established).hasSize(1);
            assertThat(it.driver.connectTo(it.driver.createDriverAddress("10.0.0.2|9")))
                    .isEqualTo(ResultCode.TOO_MANY_CONNECTIONS);
            stalled.sendsAtMost = Integer.MAX_VALUE;
            stalled.sendRaw(Arrays.copyOfRange(stalled.sent.toByteArray(), 50, stalled.sent.size()));
            try {
                stalled.handshake();
            } catch (SSLException e) {
                assertThat(e).isNotNull();
            }
            it.pass(Duration.ofMillis(50));
            assertThat(it.driver.numberOfConnections()).isEqualTo(1);
            assertThat(it.driver.counter(DriverCounter.CONNECTIONS_REJECTED)).isEqualTo(1);
            assertThat(it.serverHost.openEndpoints()).isEqualTo(1);
        }
    }

    @Test
    void anExecutorDoesTheExpensivePartAndTheLoopGoesOnMeanwhile() {
        ArrayBlockingQueue<Runnable> tasks = new ArrayBlockingQueue<>(100);
        try (Loopback server = Loopback.server(config(serverTls().handshakeExecutor(tasks::add)));
                Loopback client = server.unconnectedClient(config(clientTls()))) {
            ok(client.driver.connectTo(client.addressOf(server)));
            server.until(() -> !tasks.isEmpty());
            for (int i = 0; i < 100; i++) {
                server.driver.update();
            }
            assertThat(server.events.established).isEmpty();
            server.until(() -> {
                Runnable task = tasks.poll();
                if (task != null) {
                    Thread other = new Thread(task);
                    other.start();
                    assertThat(server.driver.waitForData(Loopback.PATIENCE))
                            .as("its end wakes the loop")
                            .isTrue();
                }
                return !server.events.established.isEmpty();
            });
        }
    }

    @Test
    void whatAnExecutorRejectsIsDoneByTheLoop() {
        TlsConfig.Builder tls = serverTls().handshakeExecutor(task -> {
            throw new RejectedExecutionException("full");
        });
        assertThat(outcome(tls, clientTls())).isNull();
    }

    @Test
    void anUpdateLeavesHandshakesThatItsBudgetDoesNotCoverToTheNext() {
        try (Loopback server = Loopback.server(config(serverTls().handshakeBudget(Duration.ofNanos(1))))) {
            List<Loopback> clients = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                Loopback client = server.unconnectedClient(config(clientTls()));
                ok(client.driver.connectTo(client.addressOf(server)));
                clients.add(client);
            }
            server.until(() -> server.events.established.size() == 8);
            clients.forEach(Loopback::close);
        }
    }

    // ------------------------------------------------------------------------------------ reloading

    @Test
    void newHandshakesUseAReloadedCertificateAndConnectionsStay(@TempDir Path folder) throws IOException {
        Path certificate = folder.resolve("server.pem");
        Path key = folder.resolve("server-key.pem");
        Files.writeString(certificate, Certificates.COMMON.server().certificatePem());
        Files.writeString(key, Certificates.COMMON.server().keyPem());
        TlsConfig tls =
                TlsConfig.builder().certificate(certificate).privateKey(key).build();
        try (Loopback server = Loopback.server(Loopback.config().tls(tls).build());
                Loopback first = server.unconnectedClient(config(clientTls()));
                Loopback second = server.unconnectedClient(config(clientTls()))) {
            ok(first.driver.connectTo(first.addressOf(server)));
            server.until(() -> server.events.established.size() == 1);

            Files.writeString(certificate, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
            assertThat(server.driver.reloadTls(tls)).isEqualTo(ResultCode.TLS_CONFIGURATION);
            assertThat(server.driver.lastError()).contains(certificate.toString());

            Certificates.Identity renewed =
                    Certificates.COMMON.identity("CN=renewed", Duration.ofHours(-1), "127.0.0.1");
            Files.writeString(certificate, renewed.certificatePem());
            assertThat(server.driver.reloadTls(tls)).isEqualTo(ResultCode.TLS_CONFIGURATION);
            assertThat(server.driver.lastError()).contains("is not the key of").contains(key.toString());

            Files.writeString(key, renewed.keyPem());
            ok(server.driver.reloadTls(tls));
            ok(second.driver.connectTo(second.addressOf(server)));
            server.until(() -> server.events.established.size() == 2 && !second.events.established.isEmpty());
            assertThat(peerOf(second.driver.tlsSession(second.addressOf(server))))
                    .isEqualTo(renewed.certificate());
            ok(first.driver.send(first.addressOf(server), buffer(1, 100)));
            server.until(() -> server.received.size() == 1);
            assertThat(server.events.disconnected).isEmpty();
        }
    }

    // ------------------------------------------------------------------------------------ leaks

    @Test
    void g24_connectingAndDisconnectingLeavesNothingBehind() {
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
            // What the test itself writes down of each connection is some hundred bytes; a context was 100,000.
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

    // ------------------------------------------------------------------------------------ mistakes of the caller

    @Test
    void aConfigurationThatContradictsItselfIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TlsConfig.builder().certificatePem("x").build())
                .withMessageContaining("without its privateKey");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TlsConfig.builder().privateKeyPem("x").build())
                .withMessageContaining("without its certificate");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> serverTls().authenticateClient(true).build())
                .withMessageContaining("no certificateAuthority to authenticate clients by");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> clientTls().trustAnyServer().build())
                .withMessageContaining("trustAnyServer would ignore it");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> clientTls().maxHandshakes(0).build())
                .withMessageContaining("maxHandshakes is 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> clientTls().handshakeTimeout(Duration.ZERO).build())
                .withMessageContaining("handshakeTimeout is PT0S");
    }

    @Test
    void callsThatTakeTlsOrACertificateSayWhatIsMissing() throws GeneralSecurityException {
        try (Loopback server = Loopback.server(config(serverTls()));
                Loopback client = server.unconnectedClient(config(clientTls()));
                Loopback plain = server.unconnectedClient(Loopback.config().build())) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> client.driver.startListen(8))
                    .withMessageContaining("certificate and its privateKey");
            assertThatIllegalStateException()
                    .isThrownBy(() -> plain.driver.connectTo(plain.addressOf(server), "localhost"))
                    .withMessageContaining("TlsConfig");
            assertThatIllegalStateException()
                    .isThrownBy(() -> plain.driver.reloadTls(clientTls().build()))
                    .withMessageContaining("TlsConfig");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> server.driver.reloadTls(clientTls().build()))
                    .withMessageContaining("no certificate");
        }
        TlsConfig.Builder given =
                TlsConfig.builder().sslContext(TlsPeer.context(Certificates.COMMON, Certificates.COMMON.server()));
        assertThat(outcome(given, clientTls())).isNull();
    }
}
