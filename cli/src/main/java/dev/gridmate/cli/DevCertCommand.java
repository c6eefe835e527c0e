package dev.gridmate.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes certificates to try TLS with. */
@Command(
        name = "dev-cert",
        description = {
            "Makes an authority of your own, and certificates that it signs: for a server on this machine, and for a client.",
            "",
            "For development. Whoever has ca-key.pem can stand in for every server that trusts ca.pem."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  gridmate dev-cert certs",
            "  gridmate dev-cert certs --host game.example.org --host 192.0.2.7 --days 30",
            "  gridmate dev-cert certs --rsa        for --tls-profile compatible"
        },
        exitCodeListHeading = Main.EXIT_CODES,
        exitCodeList = {Main.EXIT_0, Main.EXIT_1, Main.EXIT_2})
final class DevCertCommand implements Callable<Integer> {

    private static final List<String> THIS_MACHINE = List.of("localhost", "127.0.0.1", "::1");
    private static final Pattern NEEDS_NO_QUOTES = Pattern.compile("[A-Za-z0-9_./+:@%-]+");

    @Parameters(index = "0", paramLabel = "DIR", description = "The folder to make them in; made if it is missing.")
    private Path directory;

    @Option(
            names = "--host",
            paramLabel = "NAME",
            description = "A further name or address of the server. May be given more than once.")
    private List<String> hosts = new ArrayList<>();

    @Option(
            names = "--days",
            paramLabel = "N",
            defaultValue = "365",
            description = "How long they are valid. Default: ${DEFAULT-VALUE}.")
    private int days;

    @Option(names = "--rsa", description = "RSA keys of 3072 bits instead of EC keys on P-256.")
    private boolean rsa;

    @Option(names = "--force", description = "Write over what is there.")
    private boolean force;

    @Spec
    private CommandSpec spec;

    private final Console console;

    @SuppressWarnings("NullAway.Init") // picocli sets the rest
    DevCertCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Checks.range(spec, "--days", days, 1, 36_500);
        for (String name : List.of("ca", "server", "client")) {
            refuseToOverwrite(directory.resolve(name + ".pem"));
            refuseToOverwrite(directory.resolve(name + "-key.pem"));
        }
        DevCertificates certificates = certificates();
        try {
            certificates.make(directory);
        } catch (IOException e) {
            throw new Failure("cannot write to " + directory + ": " + why(e));
        } catch (GeneralSecurityException e) {
            throw new Failure("cannot make a certificate: " + e.getMessage());
        }
        tell();
        return 0;
    }

    private DevCertificates certificates() {
        try {
            return new DevCertificates(names(), Duration.ofDays(days), rsa);
        } catch (IllegalArgumentException e) {
            throw Checks.wrong(spec, "--host " + e.getMessage());
        }
    }

    private void tell() {
        String server = "--tls-cert " + file("server.pem") + " --tls-key " + file("server-key.pem");
        String client = "--tls-cert " + file("client.pem") + " --tls-key " + file("client-key.pem");
        String authority = "--tls-ca " + file("ca.pem");
        String profile = rsa ? " --tls-profile compatible" : "";
        console.out().println("made in " + directory + ", valid for " + days + " days:");
        console.out().println("  ca.pem                       the authority: for whoever connects, --tls-ca");
        console.out().println("  ca-key.pem                   its key: keep it to yourself");
        console.out().println("  server.pem, server-key.pem   for " + String.join(", ", names()));
        console.out().println("  client.pem, client-key.pem   for a server that asks who its clients are");
        console.out().println("try them:");
        console.out().println("  gridmate echo " + server + profile);
        console.out().println("  gridmate send 127.0.0.1:2017 --tls " + authority + profile);
        console.out().println("with a server that asks who its clients are:");
        console.out().println("  gridmate echo " + server + profile + " --tls-require-client-cert " + authority);
        console.say("  gridmate send 127.0.0.1:2017 --tls " + authority + profile + " " + client);
    }

    // The messages of these two are the name of the file alone.
    private static String why(IOException e) {
        if (e instanceof FileAlreadyExistsException) {
            return "it is a file, and has to be a folder";
        }
        return e instanceof AccessDeniedException ? "permission denied" : String.valueOf(e.getMessage());
    }

    /** Returns a file's name as a shell takes it. */
    private String file(String name) {
        String path = directory.resolve(name).toString();
        return NEEDS_NO_QUOTES.matcher(path).matches() ? path : "'" + path.replace("'", "'\\''") + "'";
    }

    private List<String> names() {
        List<String> names = new ArrayList<>(THIS_MACHINE);
        names.addAll(hosts);
        return names;
    }

    private void refuseToOverwrite(Path file) {
        if (!force && Files.exists(file)) {
            throw new Failure(file + " is there already: take another folder, or write over it with --force");
        }
    }
}
