package dev.gridmate.driver.tls;

import static dev.gridmate.driver.DisconnectReason.Code.TLS_FAILED;

import dev.gridmate.driver.TlsProfile;
import dev.gridmate.driver.TlsTrust;
import dev.gridmate.driver.transport.EndpointException;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Makes the engines of connections, all of one context: their sessions are resumed, and files are
 * not read again.
 */
public final class TlsContext {

    private final SSLContext context;
    private final TlsTrust trust;
    private final @Nullable ServerName serverName;
    private final String[] protocols;
    private final String[] suites;
    private final @Nullable String obstacle;
    private final boolean expectsGoodbye;
    private final @Nullable X509Certificate certificate;

    TlsContext(
            SSLContext context,
            TlsTrust trust,
            TlsProfile profile,
            @Nullable String obstacle,
            @Nullable X509Certificate certificate) {
        this.context = context;
        this.trust = trust;
        this.serverName = trust.serverName() == null ? null : ServerName.of(trust.serverName());
        this.protocols = profile.protocols().toArray(new String[0]);
        this.suites = profile.cipherSuites().toArray(new String[0]);
        this.obstacle = obstacle;
        this.certificate = certificate;
        this.expectsGoodbye = profile != TlsProfile.GRIDMATE_COMPATIBLE;
    }

    /**
     * {@return why every client would be refused, in words for a person; null if nothing is known
     * to be wrong}
     */
    public @Nullable String obstacleToAccepting() {
        return obstacle;
    }

    /** {@return the certificate that is shown to peers; null if there is none, or none is known} */
    public @Nullable X509Certificate certificate() {
        return certificate;
    }

    /**
     * {@return the name that a server has to prove: the given one, or the configured; null for its
     * address}
     */
    @Nullable
    ServerName nameToProve(@Nullable ServerName given) {
        return given != null ? given : serverName;
    }

    /** {@return true if peers end their streams with a close_notify} The original does not. */
    boolean expectsGoodbye() {
        return expectsGoodbye;
    }

    /** {@return an engine for an accepted peer} */
    SSLEngine accepting(InetSocketAddress peer) {
        SSLEngine engine = context.createSSLEngine(peer.getAddress().getHostAddress(), peer.getPort());
        engine.setUseClientMode(false);
        SSLParameters parameters = parameters(engine);
        parameters.setNeedClientAuth(trust.authenticatesClients());
        engine.setSSLParameters(parameters);
        return engine;
    }

    /**
     * {@return an engine for a connection to a server, which has to prove a name, or its address}
     */
    SSLEngine connecting(InetSocketAddress peer, @Nullable ServerName name) {
        String host = name != null ? name.text() : peer.getAddress().getHostAddress();
        SSLEngine engine = context.createSSLEngine(host, peer.getPort());
        engine.setUseClientMode(true);
        SSLParameters parameters = parameters(engine);
        if (checksNames() && !isUnusual(name)) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        if (name != null && name.kind() == ServerName.Kind.HOST) {
            parameters.setServerNames(List.of(new SNIHostName(name.text())));
        }
        engine.setSSLParameters(parameters);
        return engine;
    }

    private boolean checksNames() {
        return !trust.trustsAnyServer() && !trust.skipsHostNameCheck();
    }

    private static boolean isUnusual(@Nullable ServerName name) {
        return name != null && name.kind() == ServerName.Kind.UNUSUAL;
    }

    private SSLParameters parameters(SSLEngine engine) {
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(protocols);
        if (suites.length > 0) {
            parameters.setCipherSuites(suites);
        }
        return parameters;
    }

    /**
     * After a handshake: checks the server's certificate for a name that the JDK does not check.
     */
    void checkUnusualName(@Nullable ServerName name, SSLSession session) throws EndpointException {
        if (name == null || !isUnusual(name) || !checksNames()) {
            return;
        }
        try {
            if (session.getPeerCertificates()[0] instanceof X509Certificate certificate && name.isIn(certificate)) {
                return;
            }
        } catch (SSLPeerUnverifiedException e) {
            throw new EndpointException(TLS_FAILED, "the server showed no certificate, and one is required", e);
        }
        throw new EndpointException(
                TLS_FAILED, "the server's certificate is for another name: it does not have " + name.text(), null);
    }
}
