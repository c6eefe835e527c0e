package dev.gridmate.driver.tls;

import static dev.gridmate.driver.DisconnectReason.Code.TLS_FAILED;

import dev.gridmate.driver.transport.EndpointException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What went wrong with TLS on a connection, in words for a person. */
final class TlsFailure {

    private static final int RECORD_ALERT = 21;
    private static final int RECORD_HANDSHAKE = 22;
    private static final int MAJOR_VERSION = 3;

    private static final String ALERT = "fatal alert"; // the JDK's words for one that the peer sent

    private TlsFailure() {}

    /**
     * Looks at the first bytes of a peer. The very first one tells a peer that does not speak TLS.
     */
    static void checkFirstBytes(ByteBuffer arrived, boolean outgoing) throws EndpointException {
        int type = arrived.get(0) & 0xff;
        boolean looksRight = type == RECORD_HANDSHAKE || (outgoing && type == RECORD_ALERT);
        if (looksRight && (arrived.position() < 2 || arrived.get(1) == MAJOR_VERSION)) {
            return;
        }
        StringBuilder bytes = new StringBuilder();
        for (int i = 0; i < Math.min(4, arrived.position()); i++) {
            bytes.append(' ')
                    .append(Character.forDigit((arrived.get(i) >> 4) & 0xf, 16))
                    .append(Character.forDigit(arrived.get(i) & 0xf, 16));
        }
        throw new EndpointException(TLS_FAILED, "the peer does not speak TLS: it begins with" + bytes, null);
    }

    static EndpointException inHandshake(SSLException e, boolean outgoing) {
        return new EndpointException(TLS_FAILED, describe(e, outgoing), e);
    }

    // In TLS 1.3 a client is done with its handshake before the server has judged its certificate,
    // and hears of it here.
    static EndpointException afterHandshake(SSLException e, boolean outgoing) {
        String message = words(e);
        String detail = message.contains(ALERT)
                ? refused(message, outgoing)
                : "what the peer sent is not TLS, or was changed on its way: " + message;
        return new EndpointException(TLS_FAILED, detail, e);
    }

    /**
     * {@return what ends a connection: an exception of the network as it is, and in words what an
     * engine, or the program's trust manager, should not throw} That costs this connection and no
     * other. A stack that a peer's certificates have filled is empty again; any other trouble of
     * the Java VM is thrown on.
     */
    static IOException of(Throwable thrown) {
        if (thrown instanceof IOException known) {
            return known;
        }
        if (thrown instanceof VirtualMachineError error && !(thrown instanceof StackOverflowError)) {
            throw error;
        }
        return new EndpointException(TLS_FAILED, "TLS failed: " + thrown, thrown);
    }

    private static String describe(SSLException e, boolean outgoing) {
        String certificate = describeCertificate(e, outgoing);
        if (certificate != null) {
            return certificate;
        }
        String message = words(e);
        if (message.contains("Empty client certificate chain") || message.contains("Empty server certificate chain")) {
            return whose(outgoing) + " showed no certificate, and one is required";
        }
        if (message.contains(ALERT)) {
            return refused(message, outgoing);
        }
        Throwable thrown = notOfTls(e); // newer JDKs wrap what a trust manager throws
        return "the handshake failed: " + (thrown != null ? thrown : message + hint(message));
    }

    private static @Nullable String describeCertificate(SSLException e, boolean outgoing) {
        String whose = whose(outgoing);
        CertificateExpiredException expired = cause(e, CertificateExpiredException.class);
        if (expired != null) {
            return whose + "'s certificate has expired: " + expired.getMessage();
        }
        CertificateNotYetValidException early = cause(e, CertificateNotYetValidException.class);
        if (early != null) {
            return whose + "'s certificate is not valid yet: " + early.getMessage();
        }
        CertificateException refused = cause(e, CertificateException.class);
        if (refused != null && String.valueOf(refused.getMessage()).contains("ubject alternative")) {
            return "the server's certificate is for another name: "
                    + String.valueOf(refused.getMessage()).replaceFirst("\\.$", "");
        }
        if (cause(e, CertPathValidatorException.class) != null
                || words(e).contains("unable to find valid certification path")) {
            return whose + "'s certificate is signed by nobody who is trusted here";
        }
        return null;
    }

    private static String refused(String message, boolean outgoing) {
        return whose(outgoing) + " refused: " + message + hint(message);
    }

    private static String whose(boolean outgoing) {
        return outgoing ? "the server" : "the client";
    }

    // Newer JDKs put the name of the alert in front, where it would be told twice.
    private static String words(SSLException e) {
        return String.valueOf(e.getMessage()).replaceFirst("^\\(\\w+\\) ", "");
    }

    private static String hint(String message) {
        if (message.contains("certificate_required") || message.contains("bad_certificate")) {
            return " (does it want a certificate of this side, signed by an authority that it trusts?)";
        }
        if (message.contains("certificate_unknown") || message.contains("unknown_ca")) {
            return " (it does not trust this side's certificate)";
        }
        if (message.contains("handshake_failure")
                || message.contains("no cipher suites in common")
                || message.contains("No appropriate protocol")
                || message.contains("protocol_version")
                || message.contains("insufficient_security")) {
            return EllipticCurves.areMissing()
                    ? " (this Java VM cannot do much: " + EllipticCurves.MISSING + ")"
                    : " (do the two sides have a version, a cipher suite and a kind of key in common?)";
        }
        return "";
    }

    /** {@return what is beneath and is neither TLS's nor a judgement of a certificate or a key} */
    private static @Nullable Throwable notOfTls(SSLException e) {
        for (Throwable each = e.getCause(); each != null; each = each.getCause()) {
            if (!(each instanceof SSLException) && !(each instanceof GeneralSecurityException)) {
                return each;
            }
        }
        return null;
    }

    /** {@return the exception at the bottom, which has the true reason} */
    static Throwable rootOf(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    private static <T extends Throwable> @Nullable T cause(Throwable e, Class<T> type) {
        for (Throwable each = e; each != null; each = each.getCause()) {
            if (type.isInstance(each)) {
                return type.cast(each);
            }
        }
        return null;
    }
}
