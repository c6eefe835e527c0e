package dev.gridmate.cli;

import dev.gridmate.driver.TlsConfig;
import dev.gridmate.driver.TlsProfile;
import dev.gridmate.internal.Printable;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Locale;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.TypeConversionException;

/** The files of TLS, as the user named them. */
record TlsFiles(
        @Nullable Path certificate,
        @Nullable Path privateKey,
        @Nullable Path authority) {

    static final TlsFiles NONE = new TlsFiles(null, null, null);

    static void checkPair(CommandSpec command, @Nullable Path certificate, @Nullable Path privateKey) {
        if ((certificate == null) != (privateKey == null)) {
            throw Checks.wrong(
                    command, certificate == null ? "--tls-key without --tls-cert" : "--tls-cert without --tls-key");
        }
    }

    static void apply(
            TlsConfig.Builder builder,
            @Nullable Path certificate,
            @Nullable Path privateKey,
            @Nullable Path authority,
            @Nullable TlsProfile profile) {
        if (certificate != null && privateKey != null) {
            builder.certificate(certificate).privateKey(privateKey);
        }
        if (authority != null) {
            builder.certificateAuthority(authority);
        }
        if (profile != null) {
            builder.profile(profile);
        }
    }

    /** Returns what the driver said of a file, with the option that named it. */
    String inTheUsersWords(String error) {
        return error.replace("certificateAuthority " + authority, "--tls-ca " + authority)
                .replace("certificate " + certificate, "--tls-cert " + certificate)
                .replace("privateKey " + privateKey, "--tls-key " + privateKey)
                .replace("the profile GRIDMATE_COMPATIBLE", "--tls-profile compatible")
                .replace("this one is not", "--tls-key " + privateKey + " is not: gridmate dev-cert --rsa makes one");
    }

    /** Returns what to do about a handshake that failed. */
    static String wayOut(String detail) {
        if (detail.contains("nobody who is trusted here")) {
            return "Name the file of the authority that signed it with --tls-ca";
        } else if (detail.contains("for another name")) {
            return "Connect to a name that it is for, or give that name with --tls-server-name";
        } else if (detail.contains("expired") || detail.contains("not valid yet")) {
            return "The server needs another one, or a clock is wrong";
        } else if (detail.contains("certificate of this side")) {
            return "Show one with --tls-cert and --tls-key";
        } else if (detail.contains("in common")) {
            return "A server that is the original takes --tls-profile compatible, and has an RSA key";
        } else if (detail.contains("speak TLS")) {
            return "If it does not, connect without --tls";
        }
        return "See the options that begin with --tls";
    }

    /** Says what was agreed on. */
    static String describe(SSLSession session) {
        String peer = "";
        try {
            X509Certificate certificate = (X509Certificate) session.getPeerCertificates()[0];
            peer = ", the peer is "
                    + Printable.plain(certificate.getSubjectX500Principal().getName());
        } catch (SSLPeerUnverifiedException e) {
            peer = ", the peer showed no certificate";
        }
        return session.getProtocol() + " " + session.getCipherSuite() + peer;
    }

    /** For picocli. */
    static final class ProfileConverter implements ITypeConverter<TlsProfile> {
        @Override
        public TlsProfile convert(String value) {
            return switch (value.toLowerCase(Locale.ROOT)) {
                case "default" -> TlsProfile.DEFAULT;
                case "compatible" -> TlsProfile.GRIDMATE_COMPATIBLE;
                default -> throw new TypeConversionException("'" + value + "' is neither default nor compatible");
            };
        }
    }
}
