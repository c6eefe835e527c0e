package dev.gridmate.driver;

import dev.gridmate.driver.tls.TlsContext;
import dev.gridmate.driver.tls.TlsContext.Source;
import dev.gridmate.driver.tls.TlsMaterialException;
import dev.gridmate.internal.Arguments;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link StreamSocketDriver} speaks TLS: the original's private key, certificate, certificate authority and
 * <i>authenticate client</i>, and what it has no name for.
 *
 * <pre>{@code
 * TlsConfig server = TlsConfig.builder()
 *         .certificate(Path.of("server.pem"))
 *         .privateKey(Path.of("server-key.pem"))
 *         .build();
 * TlsConfig client = TlsConfig.builder().certificateAuthority(Path.of("ca.pem")).build();
 * }</pre>
 *
 * <p>Files are read by {@code initialize} and {@link StreamSocketDriver#reloadTls}, not here. One driver both accepts and
 * connects with it: accepting takes a certificate with its key, connecting takes none unless the server wants one.
 *
 * <p>Immutable, and safe for any thread.
 */
public final class TlsConfig {

    private final @Nullable Source privateKey;
    private final @Nullable Source certificate;
    private final @Nullable Source certificateAuthority;
    private final @Nullable SSLContext sslContext;
    private final boolean authenticateClient;
    private final TlsProfile profile;
    private final boolean trustAnyServer;
    private final boolean skipHostNameCheck;
    private final @Nullable String serverName;
    private final Duration handshakeTimeout;
    private final int maxHandshakes;
    private final Duration handshakeBudget;
    private final @Nullable Executor handshakeExecutor;

    private TlsConfig(Builder builder) {
        privateKey = builder.privateKey;
        certificate = builder.certificate;
        certificateAuthority = builder.certificateAuthority;
        sslContext = builder.sslContext;
        authenticateClient = builder.authenticateClient;
        profile = builder.profile;
        trustAnyServer = builder.trustAnyServer;
        skipHostNameCheck = builder.skipHostNameCheck;
        serverName = builder.serverName;
        handshakeTimeout = Arguments.aboveZero("handshakeTimeout", builder.handshakeTimeout);
        Arguments.inRange("maxHandshakes", builder.maxHandshakes, 1, Integer.MAX_VALUE);
        maxHandshakes = builder.maxHandshakes;
        handshakeBudget = Arguments.aboveZero("handshakeBudget", builder.handshakeBudget);
        handshakeExecutor = builder.handshakeExecutor;
        check();
    }

    private void check() {
        if ((privateKey == null) != (certificate == null)) {
            throw new IllegalArgumentException(
                    privateKey == null
                            ? "there is a certificate without its privateKey"
                            : "there is a privateKey without its certificate");
        }
        if (sslContext != null && (privateKey != null || certificateAuthority != null || trustAnyServer)) {
            throw new IllegalArgumentException("there is an sslContext besides a certificate, a certificateAuthority or"
                    + " trustAnyServer: whom to trust and what to show is the context's affair");
        }
        if (trustAnyServer && certificateAuthority != null) {
            throw new IllegalArgumentException("there is a certificateAuthority, and trustAnyServer would ignore it");
        }
        if (authenticateClient && certificateAuthority == null && sslContext == null) {
            throw new IllegalArgumentException(
                    "authenticateClient is true, but there is no certificateAuthority to authenticate clients by");
        }
    }

    TlsContext load() throws TlsMaterialException {
        return TlsContext.load(this, sslContext, certificate, privateKey, certificateAuthority);
    }

    /**
     * Begins with what most clients want: the Java VM's authorities, host names verified.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Says whether there is a certificate to show, without which nobody can be accepted.
     *
     * @return whether; with an {@code SSLContext}, which does not say, true
     */
    public boolean hasCertificate() {
        return certificate != null || sslContext != null;
    }

    /**
     * Says whether a client without a certificate that an authority has signed is refused.
     *
     * @return whether
     */
    public boolean authenticateClient() {
        return authenticateClient;
    }

    /**
     * Returns the versions and cipher suites.
     *
     * @return the profile
     */
    public TlsProfile profile() {
        return profile;
    }

    /**
     * Says whether servers are not authenticated at all.
     *
     * @return whether
     */
    public boolean trustsAnyServer() {
        return trustAnyServer;
    }

    /**
     * Says whether a server's certificate may be for another name.
     *
     * @return whether
     */
    public boolean skipsHostNameCheck() {
        return skipHostNameCheck;
    }

    /**
     * Returns the name that servers are asked for and that their certificates must have.
     *
     * @return the name; null for the address that is connected to
     */
    public @Nullable String serverName() {
        return serverName;
    }

    /**
     * Returns how long an accepted peer may take for its handshake.
     *
     * @return above zero
     */
    public Duration handshakeTimeout() {
        return handshakeTimeout;
    }

    /**
     * Returns how many handshakes of accepted peers may go on at once.
     *
     * @return 1 or more
     */
    public int maxHandshakes() {
        return maxHandshakes;
    }

    /**
     * Returns how long an update may work on handshakes before it leaves the rest for the next one.
     *
     * @return above zero
     */
    public Duration handshakeBudget() {
        return handshakeBudget;
    }

    /**
     * Returns who does the expensive part of handshakes.
     *
     * @return the executor; null for the thread that calls {@code update}
     */
    public @Nullable Executor handshakeExecutor() {
        return handshakeExecutor;
    }

    /** Builds a {@link TlsConfig}. */
    public static final class Builder {

        private @Nullable Source privateKey;
        private @Nullable Source certificate;
        private @Nullable Source certificateAuthority;
        private @Nullable SSLContext sslContext;
        private boolean authenticateClient;
        private TlsProfile profile = TlsProfile.DEFAULT;
        private boolean trustAnyServer;
        private boolean skipHostNameCheck;
        private @Nullable String serverName;
        private Duration handshakeTimeout = Duration.ofSeconds(10);
        private int maxHandshakes = 256;
        private Duration handshakeBudget = Duration.ofMillis(4);
        private @Nullable Executor handshakeExecutor;

        private Builder() {}

        /**
         * Sets the private key of the certificate: PKCS#8, PKCS#1 or SEC 1, RSA, EC or EdDSA, not encrypted.
         *
         * @param pem a PEM file
         * @return this
         */
        public Builder privateKey(Path pem) {
            privateKey = new Source("privateKey", Objects.requireNonNull(pem, "privateKey"), null);
            return this;
        }

        /**
         * Sets the private key, as {@link #privateKey(Path)}.
         *
         * @param pem a PEM text
         * @return this
         */
        public Builder privateKeyPem(String pem) {
            privateKey = new Source("privateKeyPem", null, Objects.requireNonNull(pem, "privateKeyPem"));
            return this;
        }

        /**
         * Sets the certificate to show to peers, followed by those of the authorities between it and the one that peers
         * trust.
         *
         * @param pem a PEM file
         * @return this
         */
        public Builder certificate(Path pem) {
            certificate = new Source("certificate", Objects.requireNonNull(pem, "certificate"), null);
            return this;
        }

        /**
         * Sets the certificate, as {@link #certificate(Path)}.
         *
         * @param pem a PEM text
         * @return this
         */
        public Builder certificatePem(String pem) {
            certificate = new Source("certificatePem", null, Objects.requireNonNull(pem, "certificatePem"));
            return this;
        }

        /**
         * Sets the authorities that may sign peers' certificates, instead of those of the Java VM.
         *
         * @param pem a PEM file with one or more certificates
         * @return this
         */
        public Builder certificateAuthority(Path pem) {
            certificateAuthority =
                    new Source("certificateAuthority", Objects.requireNonNull(pem, "certificateAuthority"), null);
            return this;
        }

        /**
         * Sets the authorities, as {@link #certificateAuthority(Path)}.
         *
         * @param pem a PEM text
         * @return this
         */
        public Builder certificateAuthorityPem(String pem) {
            certificateAuthority =
                    new Source("certificateAuthorityPem", null, Objects.requireNonNull(pem, "certificateAuthorityPem"));
            return this;
        }

        /**
         * Sets a context to take as it is, for example one of Conscrypt's, instead of keys and authorities. Versions, suites and
         * host names are still this configuration's.
         *
         * @param context initialised
         * @return this
         */
        public Builder sslContext(SSLContext context) {
            sslContext = Objects.requireNonNull(context, "sslContext");
            return this;
        }

        /**
         * Sets whether accepted peers must show a certificate that an authority has signed. Default: no.
         *
         * @param authenticate whether
         * @return this
         */
        public Builder authenticateClient(boolean authenticate) {
            authenticateClient = authenticate;
            return this;
        }

        /**
         * Sets the versions and cipher suites. Default: {@link TlsProfile#DEFAULT}.
         *
         * @param tlsProfile the profile
         * @return this
         */
        public Builder profile(TlsProfile tlsProfile) {
            profile = Objects.requireNonNull(tlsProfile, "profile");
            return this;
        }

        /**
         * Connects to any server, whatever its certificate: what is sent can be read and changed by whoever is in between. For
         * trying things out.
         *
         * @return this
         */
        public Builder trustAnyServer() {
            trustAnyServer = true;
            return this;
        }

        /**
         * Connects to a server whose certificate is for another name, if an authority signed it: whoever has a certificate of
         * the same authority can stand in for the server.
         *
         * @return this
         */
        public Builder skipHostNameCheck() {
            skipHostNameCheck = true;
            return this;
        }

        /**
         * Sets the name that servers are asked for (SNI) and that their certificates must have. {@link
         * StreamSocketDriver#connectTo(SocketDriverAddress, String)} sets it for one connection. Default: the address that is
         * connected to.
         *
         * @param name a host name, or an address
         * @return this
         */
        public Builder serverName(String name) {
            serverName = Objects.requireNonNull(name, "serverName");
            return this;
        }

        /**
         * Sets how long an accepted peer may take from its accept to the end of its handshake. Default: 10 s. On the connecting
         * side the connect timeout covers the handshake.
         *
         * @param timeout above zero
         * @return this
         */
        public Builder handshakeTimeout(Duration timeout) {
            handshakeTimeout = Objects.requireNonNull(timeout, "handshakeTimeout");
            return this;
        }

        /**
         * Sets how many handshakes of accepted peers may go on at once; they do not count for {@code maxConnections}. When all
         * places are taken, newcomers wait in the backlog, and a handshake older than half a second gives way to them. Default: 256.
         *
         * @param handshakes 1 or more
         * @return this
         */
        public Builder maxHandshakes(int handshakes) {
            maxHandshakes = handshakes;
            return this;
        }

        /**
         * Sets how long an update may work on handshakes before it leaves the rest for the next one. One step is always done, and
         * cannot be divided: with the JDK's own TLS it takes up to some milliseconds, and ten times that in a Java VM that has
         * just started. Default: 4 ms.
         *
         * @param budget above zero
         * @return this
         */
        public Builder handshakeBudget(Duration budget) {
            handshakeBudget = Objects.requireNonNull(budget, "handshakeBudget");
            return this;
        }

        /**
         * Sets who does the expensive part of handshakes, so that it does not hold up the thread that calls {@code update}. What
         * it rejects is done by that thread. Default: that thread.
         *
         * @param executor for short tasks that compute
         * @return this
         */
        public Builder handshakeExecutor(Executor executor) {
            handshakeExecutor = Objects.requireNonNull(executor, "handshakeExecutor");
            return this;
        }

        /**
         * Builds the configuration.
         *
         * @return it
         * @throws IllegalArgumentException if parts are missing or contradict each other, or a number is out of range
         */
        public TlsConfig build() {
            return new TlsConfig(this);
        }
    }
}
