package dev.gridmate.driver;

import dev.gridmate.driver.tls.ServerName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link StreamSocketDriver} uses TLS: the original's private key, certificate, certificate
 * authority and <i>authenticate client</i>, and what the original has no name for. Its {@link
 * Builder} says what each property means.
 *
 * <pre>{@code
 * TlsConfig server = TlsConfig.builder()
 *         .certificate(Path.of("server.pem"))
 *         .privateKey(Path.of("server-key.pem"))
 *         .build();
 * TlsConfig client = TlsConfig.builder().certificateAuthority(Path.of("ca.pem")).build();
 * }</pre>
 *
 * <p>Files are read by {@code initialize} and {@link StreamSocketDriver#reloadTls}, not here. One
 * driver accepts and connects with the same configuration: accepting needs a certificate with its
 * key, connecting needs none unless the server asks for one.
 *
 * <p>Immutable, and safe for any thread.
 */
public final class TlsConfig {

    private final @Nullable TlsIdentity identity;
    private final TlsTrust trust;
    private final @Nullable SSLContext sslContext;
    private final TlsProfile profile;
    private final TlsHandshakes handshakes;

    private TlsConfig(@Nullable TlsIdentity identity, Builder builder) {
        this.identity = identity;
        trust = new TlsTrust(
                builder.authority,
                builder.authenticateClient,
                builder.trustAnyServer,
                builder.skipHostNameCheck,
                builder.serverName);
        sslContext = builder.sslContext;
        profile = builder.profile;
        handshakes = builder.handshakes;
    }

    /**
     * Begins with what most clients need: the Java VM's authorities, host names verified.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * {@return what this side shows to its peers; null for nothing, or if there is an {@link
     * #sslContext()}}
     */
    public @Nullable TlsIdentity identity() {
        return identity;
    }

    /** {@return which peers this side accepts as genuine} */
    public TlsTrust trust() {
        return trust;
    }

    /** {@return {@link Builder#sslContext}; null for one that is made of the other properties} */
    public @Nullable SSLContext sslContext() {
        return sslContext;
    }

    /** {@return {@link Builder#profile}} */
    public TlsProfile profile() {
        return profile;
    }

    /** {@return what handshakes may take} */
    public TlsHandshakes handshakes() {
        return handshakes;
    }

    /**
     * {@return true if there is a certificate to show, without which no peer can be accepted} An
     * {@link #sslContext()} does not tell whether it has one, and counts as if it had.
     */
    public boolean hasCertificate() {
        return identity != null || sslContext != null;
    }

    /**
     * Builds a {@link TlsConfig}. A setter refuses a value that can never be right, {@link
     * #build()} a contradiction.
     */
    public static final class Builder {

        private @Nullable PemSource privateKey;
        private @Nullable PemSource certificate;
        private @Nullable PemSource authority;
        private @Nullable SSLContext sslContext;
        private boolean authenticateClient;
        private TlsProfile profile = TlsProfile.DEFAULT;
        private boolean trustAnyServer;
        private boolean skipHostNameCheck;
        private @Nullable String serverName;
        private TlsHandshakes handshakes = TlsHandshakes.DEFAULT;

        private Builder() {}

        /**
         * Sets the private key of the certificate: PKCS#8, PKCS#1 or SEC 1; RSA, RSASSA-PSS, EC or
         * EdDSA; not encrypted.
         *
         * @param pem a PEM file
         * @return this
         */
        public Builder privateKey(Path pem) {
            privateKey = PemSource.file("privateKey", pem);
            return this;
        }

        /**
         * Sets the private key, as {@link #privateKey(Path)}.
         *
         * @param pem a PEM text
         * @return this
         */
        public Builder privateKeyPem(String pem) {
            privateKey = PemSource.text("privateKeyPem", pem);
            return this;
        }

        /**
         * Sets the certificate to show to peers. Behind it come the certificates of the authorities
         * between it and the one that peers trust, each followed by the one that signed it.
         *
         * @param pem a PEM file
         * @return this
         */
        public Builder certificate(Path pem) {
            certificate = PemSource.file("certificate", pem);
            return this;
        }

        /**
         * Sets the certificate, as {@link #certificate(Path)}.
         *
         * @param pem a PEM text
         * @return this
         */
        public Builder certificatePem(String pem) {
            certificate = PemSource.text("certificatePem", pem);
            return this;
        }

        /**
         * Sets the authorities that may sign peers' certificates, instead of those of the Java VM.
         *
         * @param pem a PEM file with one or more certificates
         * @return this
         */
        public Builder certificateAuthority(Path pem) {
            authority = PemSource.file("certificateAuthority", pem);
            return this;
        }

        /**
         * Sets the authorities, as {@link #certificateAuthority(Path)}.
         *
         * @param pem a PEM text
         * @return this
         */
        public Builder certificateAuthorityPem(String pem) {
            authority = PemSource.text("certificateAuthorityPem", pem);
            return this;
        }

        /**
         * Sets a context to use as it is, for example Conscrypt's, instead of keys and authorities.
         * Versions, suites and host names are still taken from this configuration.
         *
         * @param context initialised
         * @return this
         */
        public Builder sslContext(SSLContext context) {
            sslContext = Objects.requireNonNull(context, "sslContext");
            return this;
        }

        /**
         * Sets whether accepted peers must show a certificate that an authority has signed.
         * Default: no.
         *
         * @param authenticate true if they must
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
         * Accepts any server, whatever its certificate: anybody in between can read and change what
         * is sent. For trying things out.
         *
         * @return this
         */
        public Builder trustAnyServer() {
            trustAnyServer = true;
            return this;
        }

        /**
         * Accepts a server whose certificate is for another name, if an authority signed it:
         * anybody with a certificate of the same authority can pose as the server.
         *
         * @return this
         */
        public Builder skipHostNameCheck() {
            skipHostNameCheck = true;
            return this;
        }

        /**
         * Sets the name that servers are asked for (SNI, RFC 6066) and that their certificates must
         * have. A name that SNI does not allow, such as an address or one with an underscore, is
         * checked but not asked for; a dot at the end is dropped. {@link
         * StreamSocketDriver#connectTo(SocketDriverAddress, String)} sets it for one connection.
         * Default: the address that is connected to.
         *
         * @param name a host name, or an address
         * @return this
         * @throws IllegalArgumentException if it is neither
         */
        public Builder serverName(String name) {
            serverName = ServerName.of(name).text();
            return this;
        }

        /**
         * Sets how long an accepted peer may take from its accept to the end of its handshake.
         * Default: 10 s. On the connecting side the connect timeout covers the handshake.
         *
         * @param timeout above zero, at most 365 days
         * @return this
         */
        public Builder handshakeTimeout(Duration timeout) {
            handshakes = handshakes.withTimeout(timeout);
            return this;
        }

        /**
         * Sets how many handshakes of accepted peers may go on at once; they do not count for
         * {@code maxConnections}. When all places are taken, newcomers wait in the backlog, and a
         * handshake older than half a second gives way to them. Default: 256.
         *
         * @param maximum 1 or more
         * @return this
         */
        public Builder maxHandshakes(int maximum) {
            handshakes = handshakes.withMaximum(maximum);
            return this;
        }

        /**
         * Sets how long an update may work on handshakes before it leaves the rest for the next
         * one. One step is always done, and cannot be divided: with the JDK's own TLS it takes up
         * to some milliseconds, and ten times that in a Java VM that has just started. Default: 4
         * ms.
         *
         * @param budget above zero, at most 365 days
         * @return this
         */
        public Builder handshakeBudget(Duration budget) {
            handshakes = handshakes.withBudget(budget);
            return this;
        }

        /**
         * Sets what runs the expensive part of handshakes, so that it does not hold up the thread
         * that calls {@code update}. A task that it rejects is run by that thread.
         *
         * @param executor for short tasks that compute; null, the default, for the thread that
         *     calls {@code update}
         * @return this
         */
        public Builder handshakeExecutor(@Nullable Executor executor) {
            handshakes = handshakes.withExecutor(executor);
            return this;
        }

        /**
         * Builds the configuration.
         *
         * @return the configuration
         * @throws IllegalArgumentException if parts are missing or contradict each other
         */
        public TlsConfig build() {
            if (sslContext != null
                    && (privateKey != null || certificate != null || authority != null || trustAnyServer)) {
                throw new IllegalArgumentException(
                        "there is an sslContext besides a certificate, a certificateAuthority"
                                + " or trustAnyServer: the context decides whom to trust and what to show");
            }
            if (trustAnyServer && authority != null) {
                throw new IllegalArgumentException(
                        "there is a certificateAuthority, and trustAnyServer would ignore it");
            }
            if (authenticateClient && authority == null && sslContext == null) {
                throw new IllegalArgumentException("authenticateClient is true, but there is no certificateAuthority to"
                        + " authenticate clients by");
            }
            return new TlsConfig(identity(), this);
        }

        private @Nullable TlsIdentity identity() {
            if (certificate != null && privateKey != null) {
                return new TlsIdentity(certificate, privateKey);
            }
            if (certificate != null) {
                throw new IllegalArgumentException("there is a certificate without its privateKey");
            }
            if (privateKey != null) {
                throw new IllegalArgumentException("there is a privateKey without its certificate");
            }
            return null;
        }
    }
}
