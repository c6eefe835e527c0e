package dev.gridmate.cli;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.IDN;
import java.net.InetAddress;
import java.net.UnknownHostException;
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
import java.util.Date;
import java.util.List;
import java.util.regex.Pattern;
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

/**
 * An authority, a server and a client, and the files that they are kept in.
 *
 * <p>All of Bouncy Castle is behind this class: picocli looks at every command in every start, and
 * a command that named one of its types would have its signed jars verified, which takes as long as
 * the rest of the start.
 */
final class DevCertificates {

    private static final String AUTHORITY = "CN=GridMate development authority";
    private static final String OWNER_ONLY = "rw-------";

    // A text that looks like an address and is none would be looked up on the network.
    private static final String OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    private static final Pattern IPV4 = Pattern.compile(OCTET + "(?:\\." + OCTET + "){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F]*:[0-9a-fA-F:.]*");
    private static final Pattern NO_NAME = Pattern.compile("[0-9.]*");

    // A clock that is a little behind must not find a certificate that is not valid yet.
    private static final Duration BEFORE = Duration.ofHours(1);

    private final GeneralName[] hosts;
    private final Duration validity;
    private final boolean rsa;
    private final SecureRandom random = new SecureRandom();

    /**
     * Prepares them.
     *
     * @param hosts the names and addresses of the server
     * @throws IllegalArgumentException if one of them is neither
     */
    DevCertificates(List<String> hosts, Duration validity, boolean rsa) {
        this.hosts = hosts.stream().map(DevCertificates::name).toArray(GeneralName[]::new);
        this.validity = validity;
        this.rsa = rsa;
    }

    /** Makes all of them. */
    void make(Path directory) throws IOException, GeneralSecurityException {
        Files.createDirectories(directory);
        KeyPair authority = keys();
        write(directory, "ca", sign(AUTHORITY, authority, authority, null, null), authority);
        KeyPair server = keys();
        X509Certificate ofServer = sign("CN=localhost", server, authority, KeyPurposeId.id_kp_serverAuth, hosts);
        write(directory, "server", ofServer, server);
        KeyPair client = keys();
        write(directory, "client", sign("CN=client", client, authority, KeyPurposeId.id_kp_clientAuth, null), client);
    }

    private static GeneralName name(String host) {
        try {
            if (IPV4.matcher(host).matches() || IPV6.matcher(host).matches()) {
                InetAddress address = InetAddress.getByName(host);
                return new GeneralName(GeneralName.iPAddress, address.getHostAddress());
            }
            if (!NO_NAME.matcher(host).matches()) {
                return new GeneralName(GeneralName.dNSName, asAskedFor(host));
            }
        } catch (UnknownHostException | IllegalArgumentException e) {
            throw new IllegalArgumentException(neither(host), e);
        }
        throw new IllegalArgumentException(neither(host));
    }

    /**
     * Returns the form of a name that is used on the network, where there are no letters but those
     * of ASCII.
     */
    private static String asAskedFor(String host) {
        String wildcard = host.startsWith("*.") ? "*." : "";
        return wildcard + IDN.toASCII(host.substring(wildcard.length()), IDN.USE_STD3_ASCII_RULES);
    }

    private static String neither(String host) {
        return "'" + host + "' is neither the name of a host nor an IP address";
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
            throws GeneralSecurityException, IOException {
        Instant now = Instant.now();
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                new X500Principal(AUTHORITY),
                new BigInteger(120, random),
                Date.from(now.minus(BEFORE)),
                Date.from(now.plus(validity)),
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
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(new JcaContentSignerBuilder(algorithm).build(authority.getPrivate())));
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException(e.getMessage(), e);
        }
    }

    private static void write(Path directory, String name, X509Certificate certificate, KeyPair keys)
            throws IOException {
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
