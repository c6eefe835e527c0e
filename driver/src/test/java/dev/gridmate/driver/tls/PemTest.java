package dev.gridmate.driver.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.gridmate.driver.TlsConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PemTest {

    private static final Certificates.Identity SERVER = Certificates.COMMON.server();
    private static final String NAME = "privateKey k.pem";

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC", "Ed25519"})
    void readsKeysInPkcs8(String algorithm) throws TlsMaterialException {
        PrivateKey key = Certificates.keys(algorithm).getPrivate();
        assertThat(Pem.privateKey(Certificates.keyPem(key), NAME)).isEqualTo(key);
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC"})
    void readsKeysInTheirOlderForms(String algorithm) throws TlsMaterialException {
        KeyPair keys = Certificates.keys(algorithm);
        String text = Certificates.olderPem(keys);
        assertThat(text).contains("-----BEGIN " + algorithm + " PRIVATE KEY-----");
        assertThat(secret(Pem.privateKey(text, NAME))).isEqualTo(secret(keys.getPrivate()));
    }

    // Keys are equal if their encodings are, and one of these says more than the other.
    private static Object secret(PrivateKey key) {
        return key instanceof ECPrivateKey ec ? ec.getS() : key;
    }

    @Test
    void wordsAndOtherBlocksAroundAreSkipped() throws TlsMaterialException {
        String text = "subject=server\n" + SERVER.certificatePem()
                + "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
                + Certificates.olderPem(SERVER.keys()).replace("\n", "\r\n");
        assertThat(secret(Pem.privateKey(text, NAME)))
                .isEqualTo(secret(SERVER.keys().getPrivate()));
        assertThat(Pem.certificates(text, NAME)).containsExactly(SERVER.certificate());
    }

    @Test
    void readsChainsInTheirOrder() throws TlsMaterialException {
        X509Certificate authority = Certificates.COMMON.authority().certificate();
        List<X509Certificate> chain =
                Pem.certificates(SERVER.certificatePem() + Certificates.pem(authority), "certificate c.pem");
        assertThat(chain).containsExactly(SERVER.certificate(), authority);
    }

    @Test
    void whatIsWrongIsSaidWithItsNameAndWhatWouldMendIt() throws IOException {
        says(
                () -> Pem.privateKey(SERVER.certificatePem(), NAME),
                NAME,
                "has no private key, but CERTIFICATE",
                "interchanged?");
        says(
                () -> Pem.certificates(SERVER.keyPem(), "certificate c.pem"),
                "certificate c.pem",
                "has no certificate",
                "interchanged?");
        says(() -> Pem.privateKey("hello", NAME), NAME + " is not PEM");
        says(() -> Pem.privateKey("0\u0082\u0001\n\0", NAME), NAME + " is not PEM", "openssl x509 -inform der");
        String damaged = SERVER.keyPem().replaceFirst("\n.", "\n!");
        says(() -> Pem.privateKey(damaged, NAME), "the PRIVATE KEY block in " + NAME + " is damaged", "'!'");
        says(
                () -> Pem.privateKey("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", NAME),
                NAME,
                "is damaged, or of none of the kinds");
        says(
                () -> Pem.certificates("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "c"),
                "certificate 1 in c cannot be read");
        says(
                () -> Pem.privateKey(
                        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----", NAME),
                NAME,
                "is encrypted",
                "openssl pkey");
        String old =
                "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----";
        says(() -> Pem.privateKey(old, NAME), NAME, "is encrypted", "openssl pkey");
        says(
                () -> Pem.privateKey(
                        "-----BEGIN EC PRIVATE KEY-----\nMAUCAQEEAA==\n-----END EC PRIVATE KEY-----", NAME),
                NAME,
                "does not say which curve it is on",
                "openssl pkey");
    }

    @Test
    void whatDoesNotBelongTogetherIsFoundWhenItIsRead(@TempDir Path folder) throws IOException {
        Path certificate = folder.resolve("c.pem");
        Path key = folder.resolve("k.pem");
        TlsConfig config =
                TlsConfig.builder().certificate(certificate).privateKey(key).build();
        TlsContext.Source first = new TlsContext.Source("certificate", certificate, null);
        TlsContext.Source second = new TlsContext.Source("privateKey", key, null);
        ThrowingCallable load = () -> TlsContext.load(config, null, first, second, null);
        says(load, "certificate " + certificate + " does not exist");
        Files.createDirectory(certificate);
        says(load, "certificate " + certificate + " cannot be read: it is a directory");
        Files.delete(certificate);
        Files.writeString(certificate, SERVER.certificatePem());
        Files.writeString(key, Certificates.COMMON.client().keyPem());
        says(load, "privateKey " + key + " is not the key of the certificate in certificate " + certificate);
        Files.writeString(key, Certificates.keyPem(Certificates.keys("RSA").getPrivate()));
        says(load, "is not the key of");
        Files.writeString(key, SERVER.keyPem());
        Files.writeString(certificate, Certificates.COMMON.authority().certificatePem() + SERVER.certificatePem());
        says(load, "but of a later one", "comes first");
        Files.writeString(
                certificate,
                SERVER.certificatePem() + Certificates.COMMON.client().certificatePem());
        says(load, "certificate 1 in certificate " + certificate + " is not signed by certificate 2");
        Certificates.Identity early = Certificates.COMMON.identity("CN=early", Duration.ofDays(2), "localhost");
        Files.writeString(certificate, early.certificatePem());
        Files.writeString(key, early.keyPem());
        says(load, "is not valid before 20");
    }

    private static void says(ThrowingCallable call, String... words) {
        assertThatExceptionOfType(TlsMaterialException.class)
                .isThrownBy(call)
                .satisfies(e -> assertThat(e.getMessage()).contains(words));
    }
}
