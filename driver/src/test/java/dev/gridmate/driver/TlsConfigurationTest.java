package dev.gridmate.driver;

import static dev.gridmate.driver.Loopback.ok;
import static dev.gridmate.driver.Packets.buffer;
import static dev.gridmate.driver.TlsFixture.OTHERS;
import static dev.gridmate.driver.TlsFixture.clientTls;
import static dev.gridmate.driver.TlsFixture.config;
import static dev.gridmate.driver.TlsFixture.outcome;
import static dev.gridmate.driver.TlsFixture.peerOf;
import static dev.gridmate.driver.TlsFixture.serverTls;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.gridmate.driver.tls.Certificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a configuration refuses, and when its files are read again. */
class TlsConfigurationTest {

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

    @Test
    void aReloadThatFailsAgainChangesNothingEither(@TempDir Path folder) throws IOException {
        Path certificate = folder.resolve("server.pem");
        TlsConfig tls = TlsConfig.builder()
                .certificate(certificate)
                .privateKeyPem(Certificates.COMMON.server().keyPem())
                .build();
        Files.writeString(certificate, Certificates.COMMON.server().certificatePem());
        try (Loopback server = Loopback.server(Loopback.config().tls(tls).build())) {
            ok(server.driver.reloadTls(tls));
            for (int i = 1; i <= 3; i++) {
                Files.writeString(certificate, i == 2 ? OTHERS.server().certificatePem() : "nothing " + i);
                assertThat(server.driver.reloadTls(tls)).isEqualTo(ResultCode.TLS_CONFIGURATION);
                assertThat(server.driver.lastError()).contains(i == 2 ? "is not the key of" : "is not PEM");
                Loopback client = server.unconnectedClient(config(clientTls()));
                ok(client.driver.connectTo(client.addressOf(server)));
                int all = i;
                server.until(() -> server.events.established.size() == all && !client.events.established.isEmpty());
                assertThat(peerOf(client.driver.tlsSession(client.addressOf(server))))
                        .isEqualTo(Certificates.COMMON.server().certificate());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                " ",
                "a b",
                "game..example",
                "game.example:2017",
                "1.2.3",
                "1234",
                "256.1.1.1",
                "1::2::3",
                "[::1]",
                "https://game.example",
                "*.example"
            })
    void whatIsNeitherAHostNameNorAnAddressIsRefusedBeforeAnythingIsConnected(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TlsConfig.builder().serverName(name))
                .withMessageContaining("serverName is \"" + name + "\"");
        try (Loopback server = Loopback.server(config(serverTls()));
                Loopback client = server.unconnectedClient(config(clientTls()))) {
            SocketDriverAddress address = client.addressOf(server);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> client.driver.connectTo(address, name))
                    .withMessageContaining("serverName is \"" + name + "\"");
            assertThat(client.count(DriverCounter.CONNECTS_STARTED)).isZero();
            ok(client.driver.connectTo(address, "localhost"));
            server.until(() -> !client.events.established.isEmpty());
            assertThat(server.count(DriverCounter.CONNECTIONS_ACCEPTED)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "game.example., game.example",
        "b\u00fccher.example, xn--bcher-kva.example",
        "my_server, my_server",
        "127.0.0.1, 127.0.0.1",
        "::1, 0:0:0:0:0:0:0:1",
        "fe80::1%eth0, fe80:0:0:0:0:0:0:1"
    })
    void aServerNameIsKeptInTheFormThatCertificatesHave(String given, String kept) {
        assertThat(TlsConfig.builder().serverName(given).build().trust().serverName())
                .isEqualTo(kept);
    }

    @Test
    void aPrivateKeyIsNeverPrinted() {
        assertThat(serverTls().build().identity().toString())
                .isEqualTo("TlsIdentity[certificate=certificatePem, privateKey=privateKeyPem]");
    }

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
