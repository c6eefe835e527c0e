package dev.gridmate.driver;

import static dev.gridmate.driver.Loopback.ok;
import static dev.gridmate.driver.Packets.buffer;
import static dev.gridmate.driver.TlsFixture.OTHERS;
import static dev.gridmate.driver.TlsFixture.clientTls;
import static dev.gridmate.driver.TlsFixture.config;
import static dev.gridmate.driver.TlsFixture.outcome;
import static dev.gridmate.driver.TlsFixture.outcomeOfClient;
import static dev.gridmate.driver.TlsFixture.outcomeOfServer;
import static dev.gridmate.driver.TlsFixture.peerOf;
import static dev.gridmate.driver.TlsFixture.serverTls;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.gridmate.GridMate;
import dev.gridmate.driver.tls.Certificates;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who is accepted as the peer: authorities, names, certificates of clients. */
class TlsIdentityTest {

    @Test
    void aServerWithACertificateOfAKnownAuthorityForItsAddressIsLetIn() {
        assertThat(outcome(serverTls(), clientTls())).isNull();
    }

    @Test
    @Tag("G21")
    void aServerOfAnotherAuthorityIsRefused() {
        DisconnectReason reason = outcome(
                serverTls(),
                TlsConfig.builder().certificateAuthorityPem(OTHERS.authority().certificatePem()));
        assertThat(reason.code()).isEqualTo(DisconnectReason.Code.TLS_FAILED);
        assertThat(reason.detail()).contains("the server's certificate is signed by nobody who is trusted here");
    }

    @Test
    @Tag("G21")
    void aServerIsRefusedByTheAuthoritiesOfTheJavaVmIfThereAreNoOthers() {
        assertThat(outcome(serverTls(), TlsConfig.builder()).detail()).contains("nobody who is trusted here");
    }

    @Test
    @Tag("G21")
    void aServerWhoseCertificateIsForAnotherNameIsRefused() {
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
    void aHostThatIsConnectedToByNameHasToProveThatNameWhicheverAddressWins() {
        Names names = new Names();
        names.put("localhost", "127.0.0.9", "127.0.0.1");
        names.put("other.example", "127.0.0.9", "127.0.0.1");
        StreamSocketDriverConfig config = Loopback.config()
                .tls(clientTls().build())
                .hostNames(names.settings().build())
                .build();
        try (Loopback server = Loopback.server(config(serverTls()));
                Loopback client = server.unconnectedClient(config)) {
            HostConnect right = client.driver.connectToHost("localhost", server.driver.port());
            names.answer();
            server.until(() -> !server.events.established.isEmpty() && !client.events.established.isEmpty());
            assertThat(right.address()).isEqualTo(client.addressOf(server));
            ExtendedSSLSession session =
                    (ExtendedSSLSession) server.driver.tlsSession(server.events.established.get(0));
            assertThat(session.getRequestedServerNames()).containsExactly(new SNIHostName("localhost"));
            ok(client.driver.disconnectFrom(right.address()));
            server.until(() -> !client.events.disconnected.isEmpty());

            HostConnect wrong = client.driver.connectToHost("other.example", server.driver.port());
            names.answer();
            server.until(() -> !client.events.failed.isEmpty());
            assertThat(client.events.failed).containsExactly(wrong.name());
            assertThat(client.events.reasons.get(1).detail())
                    .contains("127.0.0.9|", "127.0.0.1|", "for another name", "other.example");
            assertThatIllegalArgumentException().isThrownBy(() -> client.driver.connectToHost("no name", 1));
        }
    }

    @Test
    void theNameInTheConfigurationCountsForAHostThatIsConnectedToByAnother() {
        Names names = new Names();
        names.put("other.example", "127.0.0.1");
        StreamSocketDriverConfig config = Loopback.config()
                .tls(clientTls().serverName("localhost").build())
                .hostNames(names.settings().build())
                .build();
        try (Loopback server = Loopback.server(config(serverTls()));
                Loopback client = server.unconnectedClient(config)) {
            client.driver.connectToHost("other.example", server.driver.port());
            names.answer();
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
    @Tag("G20")
    void aClientWithoutACertificateIsRefusedIfOneIsRequired() {
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

    @Test
    void aNameWithADotAtItsEndIsTheNameWithoutIt() {
        assertThat(outcome(serverTls(), clientTls().serverName("localhost."))).isNull();
    }

    @Test
    void aNameThatCannotBeAskedForIsCheckedNevertheless() {
        Certificates.Identity unusual = Certificates.COMMON.identity(
                "CN=unusual", Duration.ofHours(-1), "my_server", "*.my_domain.example", "game.example");
        assertThat(outcome(serverTls(unusual), clientTls().serverName("My_Server")))
                .isNull();
        assertThat(outcome(serverTls(unusual), clientTls().serverName("a_b.my_domain.example")))
                .isNull();
        for (String other : List.of("my_servers", "a.b_c.my_domain.example", "my_domain.example")) {
            assertThat(outcomeOfClient(serverTls(unusual), clientTls().serverName(other))
                            .detail())
                    .isEqualTo("the server's certificate is for another name: it does not have " + other);
        }
        assertThat(outcome(
                        serverTls(unusual), clientTls().serverName("other_name").skipHostNameCheck()))
                .isNull();
    }

    @ParameterizedTest
    @EnumSource(TlsProfile.class)
    void keysThatAreForPssOnlyWorkWhereTheProfileHasThem(TlsProfile profile) {
        TlsConfig.Builder server =
                serverTls(Certificates.COMMON.identityOf("RSASSA-PSS", "CN=pss", Duration.ofHours(-1), "127.0.0.1"));
        if (profile == TlsProfile.DEFAULT) {
            assertThat(outcome(server, clientTls())).isNull();
            return;
        }
        try (GridMate gridMate = new GridMate();
                StreamSocketDriver driver = new StreamSocketDriver(gridMate, config(server.profile(profile)))) {
            ok(driver.initialize(AddressFamily.IPV4, "127.0.0.1", 0));
            assertThat(driver.startListen(8)).isEqualTo(ResultCode.TLS_CONFIGURATION);
            assertThat(driver.lastError()).contains("an RSA key, and this one is not");
        }
    }
}
