package dev.gridmate.driver;

import static dev.gridmate.driver.Packets.frame;
import static dev.gridmate.driver.Packets.packet;
import static dev.gridmate.driver.TlsFixture.outcome;
import static dev.gridmate.driver.TlsFixture.serverTls;
import static dev.gridmate.driver.TlsFixture.simulated;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.driver.sim.SimulatedPeer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a bad peer can do, and what it costs the others. */
class TlsHostilePeerTest {

    @ParameterizedTest
    @ValueSource(strings = {TlsPeer.TLS12, TlsPeer.TLS13})
    void whatWasChangedOnItsWayIsNeverDelivered(String version) throws Exception {
        int handshake;
        int all;
        try (SimulatedPair it = simulated(tls -> tls)) {
            TlsPeer peer = new TlsPeer(it, version);
            assertThat(peer.handshake()).isTrue();
            handshake = peer.sent.size();
            peer.send(frame(packet(7, 100)));
            all = peer.sent.size();
        }
        for (int at = 5; at < all; at += at >= handshake - 20 ? 1 : 13) {
            try (SimulatedPair it = simulated(tls -> tls)) {
                TlsPeer peer = new TlsPeer(it, version);
                peer.damagedByte = at;
                List<byte[]> received = new ArrayList<>();
                try {
                    peer.handshake();
                    peer.send(frame(packet(7, 100)));
                } catch (SSLException e) {
                    assertThat(e).isNotNull(); // the server's alert
                }
                it.pass(Duration.ofMillis(50));
                it.driver.receive((from, bytes) -> received.add(DriverPair.copy(bytes)), 10);
                // A version in a record's header, or what nobody signs of a hello, may change
                // without harm.
                assertThat(received.isEmpty() || Arrays.equals(received.get(0), packet(7, 100)))
                        .as("byte %d of %d", at, all)
                        .isTrue();
                boolean isInTheSealedPacket = at >= handshake + 5 && peer.sent.size() == all;
                assertThat(isInTheSealedPacket && !received.isEmpty())
                        .as("byte %d of %d", at, all)
                        .isFalse();
            }
        }
    }

    @Test
    void aHelloWithoutAnEndIsCutOff() {
        try (SimulatedPair it = simulated(tls -> tls)) {
            SimulatedPeer peer = it.peerHost.connectRaw(SimulatedPair.at("10.0.0.1", SimulatedPair.PORT));
            it.network.advance(Duration.ofMillis(1));
            // A client hello that claims 16 MB, in records of 16 KB.
            byte[] record = new byte[5 + 16_384];
            byte[] head = {22, 3, 3, 0x40, 0, 1, (byte) 0xff, (byte) 0xff, (byte) 0xff};
            System.arraycopy(head, 0, record, 0, head.length);
            long sent = 0;
            for (int i = 0; i < 2000 && it.driver.counter(DriverCounter.TLS_HANDSHAKES_FAILED) == 0; i++) {
                sent += peer.write(record);
                it.step(Duration.ofMillis(1));
            }
            assertThat(it.driver.counter(DriverCounter.TLS_HANDSHAKES_FAILED)).isEqualTo(1);
            assertThat(sent).isLessThan(400_000);
            assertThat(it.serverHost.openEndpoints()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0x4000 + 2048 + 1, 0x8010, 0x813f, 0x8140, 0xffff})
    void aRecordThatIsTooLargeEndsItsConnection(int length) throws Exception {
        try (SimulatedPair it = simulated(tls -> tls)) {
            it.network.window(1 << 18);
            TlsPeer peer = new TlsPeer(it, TlsPeer.TLS13);
            assertThat(peer.handshake()).isTrue();
            byte[] record = new byte[5 + length];
            byte[] head = {23, 3, 3, (byte) (length >>> 8), (byte) length};
            System.arraycopy(head, 0, record, 0, head.length);
            peer.sendRaw(record);
            it.pass(Duration.ofMillis(50));
            assertThat(it.lastCode()).isEqualTo(DisconnectReason.Code.TLS_FAILED);
        }
    }

    @Test
    void aNewHandshakeOnAnEstablishedConnectionIsRefused() throws Exception {
        try (SimulatedPair it = simulated(tls -> tls)) {
            TlsPeer peer = new TlsPeer(it, TlsPeer.TLS12);
            assertThat(peer.handshake()).isTrue();
            peer.engine.beginHandshake();
            try {
                peer.handshake();
            } catch (SSLException e) {
                assertThat(e).hasMessageContaining("alert");
            }
            it.pass(Duration.ofMillis(20));
            assertThat(it.lastCode()).isEqualTo(DisconnectReason.Code.TLS_FAILED);
            assertThat(it.events.reasons.get(0).detail()).contains("renegotiation");
        }
    }

    @Test
    void aPeerThatAsksForNewKeysAndReadsNoAnswerIsNotReadEither() throws Exception {
        try (SimulatedPair it = simulated(tls -> tls)) {
            it.network.window(5_000);
            TlsPeer peer = new TlsPeer(it, TlsPeer.TLS13);
            assertThat(peer.handshake()).isTrue();
            int most = 20_000;
            int asked = 0;
            for (boolean taken = true; taken && asked < most; asked++) {
                taken = peer.asksForNewKeys();
                if (taken && asked % 20 == 19) {
                    peer.send(frame(packet(0, 1)));
                }
            }
            // Each side's part of the network takes 10,000 bytes, and the driver a buffer of 36 KiB
            // and one of 64; an answer is a record of 27 bytes.
            assertThat(asked).isLessThan(most);
            assertThat(it.events.reasons).isEmpty();
            it.driver.receive((from, bytes) -> {}, most);
            assertThat(it.driver.waitForData(Duration.ofSeconds(1)))
                    .as("nor does it keep the loop awake")
                    .isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("whatNoTrustManagerShouldThrow")
    void aTrustManagerThatThrowsCostsThatConnectionOnly(Throwable thrown) throws Exception {
        SSLContext upset = SSLContext.getInstance("TLS");
        upset.init(
                null,
                new TrustManager[] {new CallingTrustManager(() -> TlsHostilePeerTest.<RuntimeException>sneak(thrown))},
                null);
        TlsConfig.Builder client = TlsConfig.builder().sslContext(upset);
        for (Executor executor : List.<Executor>of(Runnable::run, task -> new Thread(task).start())) {
            DisconnectReason reason = outcome(serverTls(), client);
            assertThat(reason.code()).isEqualTo(DisconnectReason.Code.TLS_FAILED);
            assertThat(reason.detail()).contains("upset by this certificate");
            client.handshakeExecutor(executor);
        }
    }

    static Stream<Throwable> whatNoTrustManagerShouldThrow() {
        return Stream.of(
                new IllegalStateException("upset by this certificate"),
                new AssertionError("upset by this certificate"),
                new StackOverflowError("upset by this certificate"),
                new IOException("upset by this certificate")); // Kotlin throws what it likes
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void sneak(Throwable thrown) throws T {
        throw (T) thrown;
    }
}
