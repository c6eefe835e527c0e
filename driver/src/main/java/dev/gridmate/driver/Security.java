package dev.gridmate.driver;

import dev.gridmate.driver.stream.HandshakeLimits;
import dev.gridmate.driver.stream.StreamCore;
import dev.gridmate.driver.tls.SecureTransport;
import dev.gridmate.driver.tls.ServerName;
import dev.gridmate.driver.tls.TlsContext;
import dev.gridmate.driver.tls.TlsLoader;
import dev.gridmate.driver.tls.TlsMaterialException;
import dev.gridmate.driver.transport.Transport;
import dev.gridmate.driver.transport.TransportException;
import dev.gridmate.internal.Counters;
import dev.gridmate.snapshot.TlsSnapshot;
import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/**
 * Puts TLS between a driver and its network, and changes its keys later. The only place of a driver
 * that knows TLS: everything else sees a transport whose endpoints take a little longer to be
 * established.
 */
final class Security {

    private final TlsConfig tls;
    private final SecureTransport transport;

    private Security(TlsConfig tls, SecureTransport transport) {
        this.tls = tls;
        this.transport = transport;
    }

    /**
     * Opens a network with TLS on top; null if the configuration does without TLS. Keys are read
     * first, so that nothing is left open if they cannot be used.
     */
    static @Nullable Security open(StreamSocketDriverConfig config, StreamCore core, Counters<DriverCounter> counters)
            throws TransportException {
        TlsConfig tls = config.tls();
        if (tls == null) {
            return null;
        }
        TlsContext context = load(tls);
        Transport network = config.transport().open();
        return new Security(
                tls, new SecureTransport(network, context, tls.handshakes(), core.pool(), core.budget(), counters));
    }

    private static TlsContext load(TlsConfig tls) throws TransportException {
        try {
            return TlsLoader.load(tls);
        } catch (TlsMaterialException e) {
            throw new TransportException(ResultCode.TLS_CONFIGURATION, String.valueOf(e.getMessage()), e);
        }
    }

    static Security require(@Nullable Security security) {
        if (security == null) {
            throw new IllegalStateException("this driver does without TLS: give its configuration a TlsConfig");
        }
        return security;
    }

    Transport transport() {
        return transport;
    }

    static HandshakeLimits limits(@Nullable TlsConfig tls) {
        return tls == null
                ? HandshakeLimits.NONE
                : new HandshakeLimits(
                        tls.handshakes().timeout().toNanos(), tls.handshakes().maximum());
    }

    /** {@return the name to ask a host for; null if the configuration has one} */
    @Nullable
    String nameToAskFor(String host) {
        return tls.trust().serverName() == null ? ServerName.of(host).text() : null;
    }

    /** {@return what those outside may know} */
    TlsSnapshot snapshot(int handshakesPending) {
        X509Certificate certificate = transport.context().certificate();
        return certificate == null
                ? new TlsSnapshot(null, null, handshakesPending)
                : new TlsSnapshot(
                        certificate.getSubjectX500Principal().getName(),
                        certificate.getNotAfter().toInstant(),
                        handshakesPending);
    }

    /** Throws if every client would be refused. */
    void checkListening() throws TransportException {
        if (!tls.hasCertificate()) {
            throw new IllegalStateException(
                    "there is no certificate to show to those who connect: give TlsConfig a certificate and its privateKey");
        }
        checkAccepting(transport.context());
    }

    private static void checkAccepting(TlsContext context) throws TransportException {
        String obstacle = context.obstacleToAccepting();
        if (obstacle != null) {
            throw new TransportException(ResultCode.TLS_CONFIGURATION, obstacle, null);
        }
    }

    /**
     * Makes the handshakes that begin from now on use other keys; changes nothing if they cannot be
     * used.
     */
    void reload(TlsConfig next, boolean listening) throws TransportException {
        if (listening && !next.hasCertificate()) {
            throw new IllegalArgumentException("tls has no certificate, and the driver is listening");
        }
        TlsContext context = load(next);
        if (listening) {
            checkAccepting(context);
        }
        transport.context(context);
    }
}
