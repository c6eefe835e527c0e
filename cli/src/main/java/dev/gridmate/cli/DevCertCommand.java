package dev.gridmate.cli;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.Callable;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;
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

    private static final String AUTHORITY = "CN=GridMate development authority";
    private static final List<String> THIS_MACHINE = List.of("localhost", "127.0.0.1", "::1");
    private static final String OWNER_ONLY = "rw-------";

    // A clock that is a little behind must not find a certificate that is not valid yet.
    private static final Duration BEFORE = Duration.ofHours(1);

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
    private final SecureRandom random = new SecureRandom();

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
        try {
            GeneralName[] general = names().stream().map(DevCertCommand::name).toArray(GeneralName[]::new);
            Files.createDirectories(directory);
            make(general);
        } catch (IOException e) {
            throw new Failure("cannot write to " + directory + ": " + e.getMessage());
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new Failure("cannot make a certificate: " + e.getMessage());
        }
        console.out().println("made in " + directory + ", valid for " + days + " days:");
        console.out().println("  ca.pem                       the authority: for whoever connects, --tls-ca");
        console.out().println("  ca-key.pem                   its key: keep it to yourself");
        console.out().println("  server.pem, server-key.pem   for " + String.join(", ", names()));
        console.out().println("  client.pem, client-key.pem   for a server that asks who its clients are");
        console.out().println("try them:");
        console.out()
                .println("  gridmate echo --tls-cert " + file("server.pem") + " --tls-key " + file("server-key.pem"));
        console.say("  gridmate send --tls --tls-ca " + file("ca.pem") + " 127.0.0.1:2017");
        return 0;
    }

    private Path file(String name) {
        return directory.resolve(name);
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

    private void make(GeneralName[] general) throws IOException, GeneralSecurityException, OperatorCreationException {
        KeyPair authority = keys();
        X509Certificate certificate = sign(AUTHORITY, authority, authority, null, null);
        write("ca", certificate, authority);
        KeyPair server = keys();
        write("server", sign("CN=localhost", server, authority, KeyPurposeId.id_kp_serverAuth, general), server);
        KeyPair client = keys();
        write("client", sign("CN=client", client, authority, KeyPurposeId.id_kp_clientAuth, null), client);
    }

    private static GeneralName name(String host) {
        boolean isAddress = host.indexOf(':') >= 0 || host.matches("[0-9.]+");
        if (isAddress) {
            InetAddress address = HostPort.lookUp(host); // an address is not looked up, but its form is checked
            return new GeneralName(GeneralName.iPAddress, address.getHostAddress());
        }
        return new GeneralName(GeneralName.dNSName, host);
    }

    private KeyPair keys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(rsa ? "RSA" : "EC");
        generator.initialize(rsa ? 3072 : 256);
        return generator.generateKeyPair();
    }

    /** Signs a certificate; an authority's own if there is no purpose. */
    private X509Certificate sign(
            String subject,
            KeyPair keys,
            KeyPair authority,
            @Nullable KeyPurposeId purpose,
            GeneralName @Nullable [] names)
            throws GeneralSecurityException, OperatorCreationException, IOException {
        Instant now = Instant.now();
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                new X500Principal(AUTHORITY),
                new BigInteger(120, random),
                Date.from(now.minus(BEFORE)),
                Date.from(now.plus(Duration.ofDays(days))),
                new X500Principal(subject),
                keys.getPublic());
        JcaX509ExtensionUtils extensions = new JcaX509ExtensionUtils();
        builder.addExtension(
                Extension.subjectKeyIdentifier, false, extensions.createSubjectKeyIdentifier(keys.getPublic()));
        builder.addExtension(
                Extension.authorityKeyIdentifier,
                false,
                extensions.createAuthorityKeyIdentifier(authority.getPublic()));
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(purpose == null));
        builder.addExtension(
                Extension.keyUsage,
                true,
                new KeyUsage(purpose == null ? KeyUsage.keyCertSign | KeyUsage.cRLSign : KeyUsage.digitalSignature));
        if (purpose != null) {
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
        }
        if (names != null) {
            builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
        }
        String algorithm = rsa ? "SHA256withRSA" : "SHA256withECDSA";
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder(algorithm).build(authority.getPrivate())));
    }

    private void write(String name, X509Certificate certificate, KeyPair keys) throws IOException {
        Files.writeString(directory.resolve(name + ".pem"), pem(certificate));
        Path key = directory.resolve(name + "-key.pem");
        Files.deleteIfExists(key);
        if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            Files.createFile(key, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNER_ONLY)));
        }
        Files.writeString(key, pem(new JcaPKCS8Generator(keys.getPrivate(), null).generate()));
    }

    private static String pem(Object thing) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(thing);
        } catch (IOException e) {
            throw new UncheckedIOException("a string takes everything", e);
        }
        return text.toString();
    }
}
