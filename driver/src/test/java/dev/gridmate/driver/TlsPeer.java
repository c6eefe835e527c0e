package dev.gridmate.driver;

import dev.gridmate.driver.sim.SimulatedPeer;
import dev.gridmate.driver.tls.Certificates;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.AlgorithmConstraints;
import java.security.AlgorithmParameters;
import java.security.CryptoPrimitive;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.Provider;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;

/**
 * A client that speaks TLS with the JDK's engine and whatever bytes a test wants, to a driver on a
 * simulated network.
 */
final class TlsPeer {

    static final String TLS12 = "TLSv1.2";
    static final String TLS13 = "TLSv1.3";

    /** How often it tries to send what the other side does not read. */
    private static final int PATIENCE = 100;

    final SimulatedPair pair;
    final SimulatedPeer peer;
    final SSLEngine engine;

    /** What the client has sent, all in all. */
    final ByteArrayOutputStream sent = new ByteArrayOutputStream();

    /** After so many bytes the client sends no more. */
    int sendsAtMost = Integer.MAX_VALUE;

    /** The byte of all that it sends that is changed on its way; none if negative. */
    int damagedByte = -1;

    private final ByteBuffer arrived = ByteBuffer.allocate(1 << 17);
    private final ByteBuffer opened = ByteBuffer.allocate(1 << 17);
    private final ByteBuffer sealed = ByteBuffer.allocate(1 << 17);

    TlsPeer(SimulatedPair pair, String version) throws GeneralSecurityException, SSLException {
        this(pair, version, "none");
    }

    /** A client that neither offers nor accepts an algorithm with something in its name. */
    TlsPeer(SimulatedPair pair, String version, String refused) throws GeneralSecurityException, SSLException {
        this(pair, version, refused, pair.peerHost.connectRaw(SimulatedPair.at("10.0.0.1", SimulatedPair.PORT)));
    }

    TlsPeer(SimulatedPair pair, String version, String refused, SimulatedPeer peer)
            throws GeneralSecurityException, SSLException {
        this(pair, version, refused, peer, Certificates.COMMON);
    }

    /** A client that trusts another authority than the common one. */
    TlsPeer(SimulatedPair pair, String version, String refused, SimulatedPeer peer, Certificates authority)
            throws GeneralSecurityException, SSLException {
        this.pair = pair;
        this.peer = peer;
        this.engine = context(authority, null).createSSLEngine("10.0.0.1", SimulatedPair.PORT);
        engine.setUseClientMode(true);
        engine.setEnabledProtocols(new String[] {version});
        refuse(refused);
        engine.beginHandshake();
    }

    /**
     * Makes a context that trusts an authority, and shows somebody's certificate unless that is
     * null.
     */
    static SSLContext context(Certificates authority, Certificates.Identity shown) throws GeneralSecurityException {
        return context(SSLContext.getDefault().getProvider(), authority, shown);
    }

    static SSLContext context(Provider provider, Certificates authority, Certificates.Identity shown)
            throws GeneralSecurityException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setCertificateEntry("authority", authority.authority().certificate());
            TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX", provider);
            trust.init(store);
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            KeyStore own = KeyStore.getInstance("PKCS12");
            own.load(null, null);
            if (shown != null) {
                own.setKeyEntry(
                        "key", shown.keys().getPrivate(), new char[0], new X509Certificate[] {shown.certificate()});
            }
            keys.init(own, new char[0]);
            SSLContext context = SSLContext.getInstance("TLS", provider);
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void refuse(String algorithm) {
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setAlgorithmConstraints(new AlgorithmConstraints() {
            @Override
            public boolean permits(Set<CryptoPrimitive> primitives, String name, AlgorithmParameters more) {
                return !name.contains(algorithm);
            }

            @Override
            public boolean permits(Set<CryptoPrimitive> primitives, Key key) {
                return true;
            }

            @Override
            public boolean permits(Set<CryptoPrimitive> primitives, String name, Key key, AlgorithmParameters more) {
                return !name.contains(algorithm);
            }
        });
        engine.setSSLParameters(parameters);
    }

    /** Sends close_notify and a FIN, and still reads. */
    void closes() throws SSLException {
        engine.closeOutbound();
        send();
        peer.shutdownOutput();
    }

    /**
     * Lets both sides get as far as they get; returns whether the client has made its handshake.
     */
    boolean handshake() throws SSLException {
        for (int quiet = 0; quiet < 5; ) {
            quiet = move() ? 0 : quiet + 1;
        }
        return engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING && sendsAtMost > sent.size();
    }

    /** One step of either side; returns true if the client got somewhere. */
    boolean move() throws SSLException {
        pair.step(Duration.ofMillis(1));
        receive();
        switch (engine.getHandshakeStatus()) {
            case NEED_TASK -> engine.getDelegatedTask().run();
            case NEED_WRAP -> send(new byte[0]);
            case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                return unwrap();
            }
            default -> {
                return unwrap();
            }
        }
        return true;
    }

    private void receive() {
        arrived.put(peer.read(arrived.remaining()));
    }

    private boolean unwrap() throws SSLException {
        arrived.flip();
        try {
            SSLEngineResult result = engine.unwrap(arrived, opened);
            return result.bytesConsumed() > 0;
        } finally {
            arrived.compact();
        }
    }

    /** Seals something and sends it. */
    void send(byte... plaintext) throws SSLException {
        ByteBuffer from = ByteBuffer.wrap(plaintext);
        do {
            SSLEngineResult result = engine.wrap(from, sealed);
            if (from.hasRemaining() && result.bytesProduced() == 0) {
                throw new SSLException("nothing can be sent: " + result);
            }
            sealed.flip();
            byte[] bytes = new byte[sealed.remaining()];
            sealed.get(bytes);
            sealed.clear();
            sendRaw(bytes);
        } while (from.hasRemaining());
    }

    /** Sends bytes as they are. */
    void sendRaw(byte... bytes) {
        byte[] changed = bytes.clone();
        int at = damagedByte - sent.size();
        if (at >= 0 && at < bytes.length) {
            changed[at] ^= 0x40;
        }
        int most = Math.min(bytes.length, Math.max(0, sendsAtMost - sent.size()));
        sent.write(bytes, 0, bytes.length);
        int tries = 0;
        for (int done = 0; done < most && tries < PATIENCE; ) {
            int written = peer.write(Arrays.copyOfRange(changed, done, most));
            done += written;
            tries = written > 0 ? 0 : tries + 1;
            pair.network.advance(Duration.ofMillis(1));
            if (done < most) {
                pair.driver.update();
            }
            if (peer.isReset() || !peer.isConnected()) {
                return;
            }
        }
    }

    /**
     * Asks the other side to renew its keys, and reads nothing; returns whether that was taken,
     * after some patience.
     */
    boolean asksForNewKeys() throws SSLException {
        engine.beginHandshake();
        engine.wrap(ByteBuffer.allocate(0), sealed);
        byte[] bytes = new byte[sealed.flip().remaining()];
        sealed.get(bytes);
        sealed.clear();
        int done = 0;
        for (int turn = 0; turn < 20 && done < bytes.length; turn++) {
            done += peer.write(Arrays.copyOfRange(bytes, done, bytes.length));
            pair.step(Duration.ofMillis(1));
        }
        return done == bytes.length;
    }

    /** Receives what has arrived, opened. */
    byte[] read() throws SSLException {
        receive();
        while (unwrap()) {
            receive();
        }
        opened.flip();
        byte[] bytes = new byte[opened.remaining()];
        opened.get(bytes);
        opened.clear();
        return bytes;
    }

    /** Returns the sizes of the records that have arrived and were not opened, and drops them. */
    List<Integer> recordSizes() {
        receive();
        arrived.flip();
        List<Integer> sizes = new ArrayList<>();
        while (arrived.remaining() >= 5) {
            int size = arrived.getShort(arrived.position() + 3) & 0xffff;
            if (arrived.remaining() < 5 + size) {
                break;
            }
            sizes.add(size);
            arrived.position(arrived.position() + 5 + size);
        }
        arrived.compact();
        return sizes;
    }
}
