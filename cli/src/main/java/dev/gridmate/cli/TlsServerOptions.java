package dev.gridmate.cli;

import dev.gridmate.driver.TlsConfig;
import dev.gridmate.driver.TlsProfile;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** How a server speaks TLS: if it has a certificate. */
final class TlsServerOptions {

    @Option(
            names = "--tls-cert",
            paramLabel = "FILE",
            description =
                    "Speak TLS with this certificate, PEM, followed by those that signed it. gridmate dev-cert makes one.")
    private @Nullable Path certificate;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "Its private key, PEM, not encrypted.")
    private @Nullable Path privateKey;

    @Option(
            names = "--tls-ca",
            paramLabel = "FILE",
            description = "The authorities that may sign clients' certificates; for --tls-require-client-cert.")
    private @Nullable Path authority;

    @Option(
            names = "--tls-require-client-cert",
            description = "Refuse who has no certificate that an authority of --tls-ca signed.")
    private boolean requireClientCertificate;

    @Option(
            names = "--tls-profile",
            paramLabel = "P",
            converter = TlsFiles.ProfileConverter.class,
            description = "default: TLS 1.3 and 1.2; compatible: what the original speaks. Default: default.")
    private @Nullable TlsProfile profile;

    /** {@return the configuration; null for none} */
    @Nullable
    TlsConfig config(CommandSpec command, LimitOptions limits) {
        TlsConfig.Builder builder = builder(command);
        if (builder == null) {
            limits.checkPlain(command);
            return null;
        }
        limits.apply(command, builder);
        return builder.build();
    }

    /** {@return the configuration, with the handshake's own limits; null for none} */
    @Nullable
    TlsConfig config(CommandSpec command) {
        TlsConfig.Builder builder = builder(command);
        return builder == null ? null : builder.build();
    }

    private TlsConfig.@Nullable Builder builder(CommandSpec command) {
        TlsFiles.checkPair(command, certificate, privateKey);
        if (certificate == null) {
            if (authority != null || requireClientCertificate || profile != null) {
                throw Checks.wrong(
                        command,
                        "TLS takes a certificate and its key: give --tls-cert and --tls-key, which gridmate dev-cert makes");
            }
            return null;
        }
        if (requireClientCertificate != (authority != null)) {
            throw Checks.wrong(
                    command,
                    requireClientCertificate
                            ? "--tls-require-client-cert needs --tls-ca, the authorities that may sign clients' certificates"
                            : "--tls-ca is for --tls-require-client-cert");
        }
        TlsConfig.Builder builder = TlsConfig.builder().authenticateClient(requireClientCertificate);
        TlsFiles.apply(builder, certificate, privateKey, authority, profile);
        return builder;
    }

    TlsFiles files() {
        return new TlsFiles(certificate, privateKey, authority);
    }
}
