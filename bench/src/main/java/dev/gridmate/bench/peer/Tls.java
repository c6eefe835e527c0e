package dev.gridmate.bench.peer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The JDK's TLS for both peers that speak it: one key, which each shows and trusts. */
final class Tls {

    /** The file with the key and its certificate, PKCS#12. */
    static final String PROPERTY = "gridmate.bench.tls";

    private static final char[] PASSWORD = "measured".toCharArray();

    private Tls() {}

    static SSLContext context() throws Unavailable {
        String file = System.getProperty(PROPERTY);
        if (file == null) {
            throw new Unavailable("-D" + PROPERTY + " names no file with a key");
        }
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, PASSWORD);
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry(
                    "server", store.getCertificate(store.aliases().nextElement()));
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, PASSWORD);
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new Failure("cannot read " + file + ": " + e.getMessage());
        }
    }
}
