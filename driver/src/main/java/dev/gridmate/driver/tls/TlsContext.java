package dev.gridmate.driver.tls;

import dev.gridmate.driver.TlsConfig;
import dev.gridmate.driver.TlsProfile;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;

/** Makes engines for connections. One context for all of them: its sessions are resumed, and nothing is made per connection. */
public final class TlsContext {

    private static final char[] NO_PASSWORD = {};

    private final SSLContext context;
    private final TlsConfig config;
    private final List<String> suites;
    private final @Nullable String obstacle;

    private TlsContext(SSLContext context, TlsConfig config, @Nullable String obstacle) {
        this.context = context;
        this.config = config;
        this.suites = config.profile().cipherSuites();
        this.obstacle = obstacle;
    }

    /** Returns why every client would be refused, in words for a person; null if that is not known. */
    public @Nullable String obstacleToAccepting() {
        return obstacle;
    }

    /** A PEM text, or the file in which it is, and what to call it in messages. */
    public record Source(
            String parameter, @Nullable Path file, @Nullable String text) {

        String name() {
            return file == null ? parameter : parameter + " " + file;
        }

        String read() throws TlsMaterialException {
            if (text != null) {
                return text;
            }
            try {
                // Every byte is a character, so that a file that is no text is told by what it is not: PEM.
                return Files.readString(path(), StandardCharsets.ISO_8859_1);
            } catch (NoSuchFileException e) {
                throw new TlsMaterialException(name() + " does not exist", e);
            } catch (IOException e) {
                String what = Files.isDirectory(path()) ? "it is a directory" : String.valueOf(e.getMessage());
                throw new TlsMaterialException(name() + " cannot be read: " + what, e);
            }
        }

        private Path path() {
            if (file == null) {
                throw new IllegalStateException("neither file nor text");
            }
            return file;
        }
    }

    /**
     * Reads what there is to read.
     *
     * @throws TlsMaterialException with words for a person, if something is missing, damaged, expired or does not belong together
     */
    public static TlsContext load(
            TlsConfig config,
            @Nullable SSLContext given,
            @Nullable Source certificate,
            @Nullable Source privateKey,
            @Nullable Source authority)
            throws TlsMaterialException {
        if (given != null) {
            return new TlsContext(given, config, null);
        }
        try {
            KeyManager[] keys = certificate == null || privateKey == null ? null : keys(certificate, privateKey);
            TrustManager[] trust = config.trustsAnyServer()
                    ? new TrustManager[] {new TrustsAnyServer()}
                    : authority == null ? null : trust(authority);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, trust, null);
            return new TlsContext(context, config, obstacle(config.profile(), keys));
        } catch (GeneralSecurityException | IOException e) {
            throw new TlsMaterialException("TLS cannot be set up: " + e.getMessage(), e);
        }
    }

    private static KeyManager[] keys(Source certificate, Source privateKey)
            throws TlsMaterialException, GeneralSecurityException, IOException {
        List<X509Certificate> chain = Pem.certificates(certificate.read(), certificate.name());
        PrivateKey key = Pem.privateKey(privateKey.read(), privateKey.name());
        checkValidity(chain.get(0), certificate.name());
        if (!belongTogether(key, chain.get(0))) {
            boolean leafIsElsewhere = chain.stream().anyMatch(each -> belongTogether(key, each));
            throw new TlsMaterialException(privateKey.name() + " is not the key of "
                    + (leafIsElsewhere ? "the first certificate in " : "the certificate in ") + certificate.name()
                    + (leafIsElsewhere
                            ? ", but of a later one: the certificate itself comes first, those that signed it behind it"
                            : ""));
        }
        checkOrder(chain, certificate.name());
        KeyStore store = emptyStore();
        store.setKeyEntry("key", key, NO_PASSWORD, chain.toArray(new X509Certificate[0]));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    // Clients may show other keys; whether a configuration is for a server turns out when it listens.
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

    private static void checkValidity(X509Certificate certificate, String name) throws TlsMaterialException {
        try {
            certificate.checkValidity();
        } catch (CertificateExpiredException e) {
            throw new TlsMaterialException(
                    "the certificate in " + name + " expired on "
                            + certificate.getNotAfter().toInstant(),
                    e);
        } catch (CertificateNotYetValidException e) {
            throw new TlsMaterialException(
                    "the certificate in " + name + " is not valid before "
                            + certificate.getNotBefore().toInstant(),
                    e);
        }
    }

    private static void checkOrder(List<X509Certificate> chain, String name) throws TlsMaterialException {
        for (int i = 1; i < chain.size(); i++) {
            try {
                chain.get(i - 1).verify(chain.get(i).getPublicKey());
            } catch (GeneralSecurityException e) {
                throw new TlsMaterialException(
                        "certificate " + i + " in " + name + " is not signed by certificate " + (i + 1)
                                + ": each is followed by the one that signed it",
                        e);
            }
        }
    }

    private static boolean belongTogether(PrivateKey key, X509Certificate certificate) {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> key.getAlgorithm();
        };
        try {
            byte[] something = {1, 2, 3};
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(something);
            byte[] signed = signature.sign();
            signature.initVerify(certificate.getPublicKey());
            signature.update(something);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false; // a key of one kind, a certificate of another
        }
    }

    private static TrustManager[] trust(Source authority)
            throws TlsMaterialException, GeneralSecurityException, IOException {
        KeyStore store = emptyStore();
        int count = 0;
        for (X509Certificate each : Pem.certificates(authority.read(), authority.name())) {
            store.setCertificateEntry("authority-" + count++, each);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        return store;
    }

    /** Makes an engine for an accepted peer. */
    SSLEngine accepting(InetSocketAddress peer) {
        SSLEngine engine = context.createSSLEngine(peer.getAddress().getHostAddress(), peer.getPort());
        engine.setUseClientMode(false);
        SSLParameters parameters = parameters(engine);
        parameters.setNeedClientAuth(config.authenticateClient());
        engine.setSSLParameters(parameters);
        return engine;
    }

    /** Makes an engine for a connection to a server. */
    SSLEngine connecting(InetSocketAddress peer, @Nullable String serverName) {
        String name = serverName != null ? serverName : config.serverName();
        String host = name != null ? name : peer.getAddress().getHostAddress();
        SSLEngine engine = context.createSSLEngine(host, peer.getPort());
        engine.setUseClientMode(true);
        SSLParameters parameters = parameters(engine);
        if (!config.trustsAnyServer() && !config.skipsHostNameCheck()) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        if (name != null && !isAddress(name)) {
            parameters.setServerNames(List.of(new SNIHostName(name)));
        }
        engine.setSSLParameters(parameters);
        return engine;
    }

    private SSLParameters parameters(SSLEngine engine) {
        SSLParameters parameters = engine.getSSLParameters();
        TlsProfile profile = config.profile();
        parameters.setProtocols(profile.protocols().toArray(new String[0]));
        if (!suites.isEmpty()) {
            parameters.setCipherSuites(suites.toArray(new String[0]));
        }
        return parameters;
    }

    private static boolean isAddress(String name) {
        return name.indexOf(':') >= 0 || name.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
    }

    /** What {@link TlsConfig.Builder#trustAnyServer()} asks for. Clients are never let in by it. */
    private static final class TrustsAnyServer extends X509ExtendedTrustManager {

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket)
                throws CertificateException {
            throw new CertificateException("there is no authority for clients");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
                throws CertificateException {
            throw new CertificateException("there is no authority for clients");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            throw new CertificateException("there is no authority for clients");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
