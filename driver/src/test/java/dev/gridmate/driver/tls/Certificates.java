package dev.gridmate.driver.tls;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.concurrent.atomic.AtomicLong;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;

/** An authority of a test's own, and what it signs. */
public final class Certificates {

    private static final AtomicLong SERIAL = new AtomicLong(1);

    /** The authority of most tests: making keys takes a while. */
    public static final Certificates COMMON = new Certificates("EC");

    /** A certificate with its key. */
    public record Identity(X509Certificate certificate, KeyPair keys) {

        /** Returns the certificate as text. */
        public String certificatePem() {
            return pem(certificate);
        }

        /** Returns the key as text, PKCS#8. */
        public String keyPem() {
            return Certificates.keyPem(keys.getPrivate());
        }
    }

    private final String algorithm;
    private final Identity authority;
    private final Identity server;
    private final Identity client;

    /** @param algorithm of all keys: EC or RSA */
    public Certificates(String algorithm) {
        this.algorithm = algorithm;
        KeyPair keys = keys(algorithm);
        authority = new Identity(
                sign("CN=authority", keys, "CN=authority", keys.getPrivate(), Duration.ofHours(-1), true), keys);
        server = identity("CN=server", Duration.ofHours(-1), "127.0.0.1", "10.0.0.1", "localhost");
        client = identity("CN=client", Duration.ofHours(-1));
    }

    /** Returns the authority itself. */
    public Identity authority() {
        return authority;
    }

    /** Returns a server on this machine, or on the first host of a simulated network. */
    public Identity server() {
        return server;
    }

    /** Returns a client. */
    public Identity client() {
        return client;
    }

    /** Makes another, valid for a day from some time on; the names are addresses or host names. */
    public Identity identity(String subject, Duration from, String... names) {
        return identityOf(algorithm, subject, from, names);
    }

    /** Makes another whose key is of another kind. */
    public Identity identityOf(String kind, String subject, Duration from, String... names) {
        KeyPair keys = keys(kind);
        return new Identity(sign(subject, keys, "CN=authority", authority.keys.getPrivate(), from, false, names), keys);
    }

    static KeyPair keys(String algorithm) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            if (algorithm.startsWith("RSA")) {
                generator.initialize(2048);
            } else if (algorithm.equals("EC")) {
                generator.initialize(256);
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static X509Certificate sign(
            String subject,
            KeyPair keys,
            String issuer,
            PrivateKey issuerKey,
            Duration from,
            boolean isAuthority,
            String... names) {
        try {
            Instant start = Instant.now().plus(from);
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    new X500Principal(issuer),
                    BigInteger.valueOf(SERIAL.getAndIncrement()),
                    Date.from(start),
                    Date.from(start.plus(Duration.ofDays(1))),
                    new X500Principal(subject),
                    keys.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(isAuthority));
            if (names.length > 0) {
                GeneralName[] general = Arrays.stream(names)
                        .map(name -> new GeneralName(
                                Character.isDigit(name.charAt(0)) ? GeneralName.iPAddress : GeneralName.dNSName, name))
                        .toArray(GeneralName[]::new);
                builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(general));
            }
            String signature = issuerKey.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder(signature).build(issuerKey)));
        } catch (IOException | OperatorCreationException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static String keyPem(PrivateKey key) {
        try {
            return pem(new JcaPKCS8Generator(key, null).generate());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns a key in the form that OpenSSL gave it before PKCS#8. */
    static String olderPem(KeyPair keys) {
        if (!(keys.getPrivate() instanceof ECPrivateKey key)) {
            return pem(keys.getPrivate());
        }
        try {
            byte[] point = SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded())
                    .getPublicKeyData()
                    .getBytes();
            return pem(new PemObject(
                    "EC PRIVATE KEY",
                    new org.bouncycastle.asn1.sec.ECPrivateKey(
                                    256, key.getS(), new DERBitString(point), SECObjectIdentifiers.secp256r1)
                            .getEncoded()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns a thing as text; of EC keys without their curve. */
    static String pem(Object thing) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(thing);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }
}
