package dev.gridmate.cli;

import dev.gridmate.driver.TlsConfig;
import dev.gridmate.driver.TlsProfile;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** How a command that connects speaks TLS. */
final class TlsClientOptions {

    @Option(names = "--tls", description = "Connect with TLS, and verify who the server is.")
    private boolean tls;

    @Option(
            names = "--tls-ca",
            paramLabel = "FILE",
            description = "The authorities that may sign the server's certificate. Default: those of the Java VM.")
    private @Nullable Path authority;

    @Option(
            names = "--tls-server-name",
            paramLabel = "NAME",
            description = "The name that the server's certificate must have. Default: the host of HOST:PORT.")
    private @Nullable String serverName;

    @Option(names = "--tls-cert", paramLabel = "FILE", description = "A certificate to show to the server.")
    private @Nullable Path certificate;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "Its private key.")
    private @Nullable Path privateKey;

    @Option(
            names = "--tls-insecure",
            description = "Connect to any server, whoever it is. Anybody in between can read and change what is sent.")
    private boolean insecure;

    @Option(
            names = "--tls-profile",
            paramLabel = "P",
            converter = TlsFiles.ProfileConverter.class,
            description = "default: TLS 1.3 and 1.2; compatible: what the original speaks. Default: default.")
    private @Nullable TlsProfile profile;

    /** Where a command connects to, and how. */
    Destination destination(CommandSpec command, Console console, HostPort to) {
        if (!tls) {
            boolean any = authority != null || serverName != null || certificate != null || privateKey != null;
            if (any || insecure || profile != null) {
                throw Checks.wrong(command, "there are --tls-... options without --tls");
            }
            return Destination.plain(to);
        }
        TlsFiles.checkPair(command, certificate, privateKey);
        if (insecure && (authority != null || serverName != null)) {
            throw Checks.wrong(command, "--tls-insecure verifies nothing: leave out --tls-ca and --tls-server-name");
        }
        TlsConfig.Builder builder = TlsConfig.builder();
        try {
            builder.serverName(serverName != null ? serverName : to.host());
        } catch (IllegalArgumentException e) {
            String where = serverName != null ? "--tls-server-name" : "the host";
            throw Checks.wrong(command, String.valueOf(e.getMessage()).replace("serverName", where));
        }
        if (insecure) {
            console.err().println("warning: --tls-insecure: whoever answers is taken for the server");
            builder.trustAnyServer();
        }
        TlsFiles.apply(builder, certificate, privateKey, authority, profile);
        return new Destination(to, builder.build(), new TlsFiles(certificate, privateKey, authority));
    }
}
