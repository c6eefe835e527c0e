package dev.gridmate.driver.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.gridmate.driver.TlsConfig;
import dev.gridmate.driver.TlsProfile;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Security;
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
    @ValueSource(strings = {"RSA", "RSASSA-PSS", "EC", "Ed25519", "Ed448"})
    void readsKeysInPkcs8(String algorithm) throws TlsMaterialException {
        PrivateKey key = Certificates.keys(algorithm).getPrivate();
        assertThat(PrivateKeyReader.read(Certificates.keyPem(key), NAME)).isEqualTo(key);
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC"})
    void readsKeysInTheirOlderForms(String algorithm) throws TlsMaterialException {
        KeyPair keys = Certificates.keys(algorithm);
        String text = Certificates.olderPem(keys);
        assertThat(text).contains("-----BEGIN " + algorithm + " PRIVATE KEY-----");
        assertThat(secret(PrivateKeyReader.read(text, NAME))).isEqualTo(secret(keys.getPrivate()));
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
        assertThat(secret(PrivateKeyReader.read(text, NAME)))
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
                () -> PrivateKeyReader.read(SERVER.certificatePem(), NAME),
                NAME,
                "has no private key, but CERTIFICATE",
                "interchanged?");
        says(
                () -> Pem.certificates(SERVER.keyPem(), "certificate c.pem"),
                "certificate c.pem",
                "has no certificate",
                "interchanged?");
        says(() -> PrivateKeyReader.read("hello", NAME), NAME + " is not PEM");
        says(() -> PrivateKeyReader.read("0\u0082\u0001\n\0", NAME), NAME + " is not PEM", "openssl x509 -inform der");
        String damaged = SERVER.keyPem().replaceFirst("\n.", "\n!");
        says(() -> PrivateKeyReader.read(damaged, NAME), "the PRIVATE KEY block in " + NAME + " is damaged", "'!'");
        says(
                () -> PrivateKeyReader.read("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", NAME),
                NAME,
                "is damaged");
        says(
                () -> Pem.certificates("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "c"),
                "certificate 1 in c cannot be read");
        says(
                () -> PrivateKeyReader.read(
                        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----", NAME),
                NAME,
                "is encrypted",
                "openssl pkey");
        String old =
                "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----";
        says(() -> PrivateKeyReader.read(old, NAME), NAME, "is encrypted", "openssl pkey");
        says(
                () -> PrivateKeyReader.read(
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
        ThrowingCallable load = () -> TlsLoader.load(config);
        says(load, "certificate " + certificate + " cannot be read: no such file");
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

    @Test
    void whyAFileCannotBeReadIsSaidInWordsAndItsPathOnce() {
        Path file = Path.of("k.pem");
        assertThat(Pem.reason(new AccessDeniedException("k.pem"), file)).isEqualTo("permission denied");
        assertThat(Pem.reason(new NoSuchFileException("k.pem"), file)).isEqualTo("no such file");
        assertThat(Pem.reason(new FileSystemException("k.pem", null, "Too many levels of symbolic links"), file))
                .isEqualTo("Too many levels of symbolic links");
        assertThat(Pem.reason(new FileSystemException("k.pem"), file)).isEqualTo("FileSystemException");
        assertThat(Pem.reason(new IOException("Input/output error"), file)).isEqualTo("Input/output error");
    }

    @Test
    void aKeyOfAnotherKindThanItsCertificateIsToldByBothKinds() {
        TlsConfig config = TlsConfig.builder()
                .certificatePem(SERVER.certificatePem())
                .privateKeyPem(Certificates.keyPem(Certificates.keys("Ed25519").getPrivate()))
                .build();
        says(() -> TlsLoader.load(config), "is not the key of", "EdDSA", "that of the certificate EC");
    }

    @Test
    void aKindOfKeyThatTlsDoesNotUseIsToldAsWhatItIs() {
        String dsa = Certificates.keyPem(Certificates.keys("DSA").getPrivate());
        says(() -> PrivateKeyReader.read(dsa, NAME), NAME + " is of another kind than RSA", "2a8648ce380401");
    }

    @Test
    void inAJavaVmWithoutEllipticCurvesTheMissingModuleIsTold() {
        Provider curves = Security.getProvider("SunEC");
        int position = List.of(Security.getProviders()).indexOf(curves) + 1;
        String ec = SERVER.keyPem();
        String older = Certificates.olderPem(SERVER.keys());
        String ed = Certificates.keyPem(Certificates.keys("Ed25519").getPrivate());
        TlsConfig compatible =
                TlsConfig.builder().profile(TlsProfile.GRIDMATE_COMPATIBLE).build();
        Security.removeProvider("SunEC");
        try {
            for (String key : List.of(ec, older, ed)) {
                says(() -> PrivateKeyReader.read(key, NAME), "cannot use the private key in " + NAME, "jdk.crypto.ec");
            }
            says(() -> TlsLoader.load(compatible), "GRIDMATE_COMPATIBLE", "jdk.crypto.ec");
        } finally {
            Security.insertProviderAt(curves, position);
        }
    }

    private static void says(ThrowingCallable call, String... words) {
        assertThatExceptionOfType(TlsMaterialException.class)
                .isThrownBy(call)
                .satisfies(e -> assertThat(e.getMessage()).contains(words));
    }
}
