package dev.gridmate.driver.tls;

import dev.gridmate.driver.PemSource;
import dev.gridmate.driver.TlsConfig;
import dev.gridmate.driver.TlsIdentity;
import dev.gridmate.driver.TlsProfile;
import dev.gridmate.driver.TlsTrust;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;

/** Reads what a configuration names, and makes of it what makes engines. */
public final class TlsLoader {

    private TlsLoader() {}

    /**
     * {@return what makes the engines of connections}
     *
     * @throws TlsMaterialException with words for a person, if something is missing, damaged,
     *     expired or does not belong together
     */
    public static TlsContext load(TlsConfig config) throws TlsMaterialException {
        SSLContext given = config.sslContext();
        if (given != null) {
            return new TlsContext(given, config.trust(), config.profile(), null, null);
        }
        if (config.profile() == TlsProfile.GRIDMATE_COMPATIBLE && EllipticCurves.areMissing()) {
            throw new TlsMaterialException(
                    "this Java VM cannot use the profile GRIDMATE_COMPATIBLE: " + EllipticCurves.MISSING);
        }
        try {
            TlsIdentity identity = config.identity();
            KeyManager[] keys = identity == null ? null : KeyMaterial.keyManagers(identity);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, trustManagers(config.trust()), null);
            String obstacle = obstacle(config.profile(), keys);
            return new TlsContext(context, config.trust(), config.profile(), obstacle, shown(keys));
        } catch (GeneralSecurityException | IOException e) {
            throw new TlsMaterialException("TLS cannot be set up: " + e.getMessage(), e);
        }
    }

    private static @Nullable X509Certificate shown(KeyManager @Nullable [] keys) {
        if (keys != null && keys.length > 0 && keys[0] instanceof X509KeyManager manager) {
            X509Certificate[] chain = manager.getCertificateChain(KeyMaterial.ALIAS);
            return chain == null ? null : chain[0];
        }
        return null;
    }

    private static TrustManager @Nullable [] trustManagers(TlsTrust trust)
            throws TlsMaterialException, GeneralSecurityException, IOException {
        if (trust.trustsAnyServer()) {
            return new TrustManager[] {new TrustsAnyServer()};
        }
        PemSource authority = trust.authority();
        if (authority == null) {
            return null; // those of the Java VM
        }
        KeyStore store = KeyMaterial.emptyStore();
        int count = 0;
        for (X509Certificate each : Pem.certificates(Pem.read(authority), authority.name())) {
            store.setCertificateEntry("authority-" + count++, each);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    // Clients may show other keys; that a configuration is for a server is known when it listens.
    private static @Nullable String obstacle(TlsProfile profile, KeyManager @Nullable [] keys) {
        if (profile != TlsProfile.GRIDMATE_COMPATIBLE || keys == null) {
            return null;
        }
        boolean hasRsa = Arrays.stream(keys)
                .anyMatch(each ->
                        each instanceof X509KeyManager manager && manager.getServerAliases("RSA", null) != null);
        return hasRsa
                ? null
                : "the profile GRIDMATE_COMPATIBLE takes a server's key to be an RSA key, and this one is not";
    }
}
