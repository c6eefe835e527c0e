package dev.gridmate.driver;

import static dev.gridmate.driver.Loopback.ok;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.driver.tls.Certificates;
import java.security.cert.X509Certificate;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * What the tests of TLS have in common: configurations of both sides, and how a connect between
 * them ends.
 */
final class TlsFixture {

    /** An authority that the common configurations do not know. */
    static final Certificates OTHERS = new Certificates("EC");

    /** An authority whose keys are RSA keys, as the compatible profile needs them. */
    static final Certificates RSA = new Certificates("RSA");

    private TlsFixture() {}

    static TlsConfig.Builder serverTls() {
        return serverTls(Certificates.COMMON.server());
    }

    static TlsConfig.Builder rsaServerTls() {
        return serverTls(RSA.server());
    }

    static TlsConfig.Builder serverTls(Certificates.Identity identity) {
        return TlsConfig.builder().certificatePem(identity.certificatePem()).privateKeyPem(identity.keyPem());
    }

    static TlsConfig.Builder clientTls() {
        return TlsConfig.builder()
                .certificateAuthorityPem(Certificates.COMMON.authority().certificatePem());
    }

    static StreamSocketDriverConfig config(TlsConfig.Builder tls) {
        return Loopback.config().tls(tls.build()).build();
    }

    static SimulatedPair simulated(UnaryOperator<TlsConfig.Builder> settings) {
        return new SimulatedPair(
                config -> config.tls(settings.apply(serverTls()).build()));
    }

    /** Runs a client and a server until the client knows how its connect ended. */
    static DisconnectReason outcome(TlsConfig.Builder serverTls, TlsConfig.Builder clientTls) {
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

    static String outcomeOfServer(TlsConfig.Builder serverTls, TlsConfig.Builder clientTls) {
        try (Loopback server = Loopback.server(config(serverTls));
                Loopback client = server.unconnectedClient(config(clientTls))) {
            ok(client.driver.connectTo(client.addressOf(server)));
            server.until(() -> server.count(DriverCounter.TLS_HANDSHAKES_FAILED) == 1);
            assertThat(server.events.established).isEmpty();
            return server.driver.lastError();
        }
    }

    static X509Certificate peerOf(SSLSession session) {
        try {
            return (X509Certificate) session.getPeerCertificates()[0];
        } catch (SSLPeerUnverifiedException e) {
            throw new AssertionError(e);
        }
    }

    /** Runs a client that refuses the server after the server has made its handshake. */
    static DisconnectReason outcomeOfClient(TlsConfig.Builder serverTls, TlsConfig.Builder clientTls) {
        try (Loopback server = Loopback.server(config(serverTls));
                Loopback client = server.unconnectedClient(config(clientTls))) {
            ok(client.driver.connectTo(client.addressOf(server)));
            server.until(() -> !client.events.reasons.isEmpty());
            assertThat(client.events.established).isEmpty();
            return client.events.reasons.get(0);
        }
    }
}
