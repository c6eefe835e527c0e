package dev.gridmate.driver;

import static dev.gridmate.driver.Packets.frame;
import static dev.gridmate.driver.Packets.packet;
import static dev.gridmate.driver.TlsFixture.simulated;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Any bytes, read as what a hostile peer does to a server with TLS, before, in and after its
 * handshake: nothing leaves an update, nothing that nobody sealed is received, and the next peer is
 * served. A normal build runs drawn sequences; for more see CONTRIBUTING.md.
 */
class TlsSequenceFuzzTest {

    private static final String DURATION = "30m";
    private static final long SEED = 20_170_102;
    private static final int SEQUENCES = 60;
    private static final byte[] HONEST = packet(9, 100);

    static Stream<byte[]> drawnSequences() {
        SplittableRandom random = new SplittableRandom(SEED);
        return Stream.generate(() -> {
                    byte[] drawn = new byte[random.nextInt(2, 120)];
                    random.nextBytes(drawn);
                    return drawn;
                })
                .limit(SEQUENCES);
    }

    @MethodSource("drawnSequences")
    @FuzzTest(maxDuration = DURATION) // the last one: it takes what stands before it as the seeds
    void theNextPeerIsServedWhateverTheOneBeforeItDid(byte[] sequence) throws GeneralSecurityException, SSLException {
        try (SimulatedPair server = simulated(tls -> tls)) {
            Hostile hostile = new Hostile(server, sequence);
            hostile.play();
            for (byte[] received : received(server)) {
                assertThat(hostile.sealed).anyMatch(each -> Arrays.equals(each, received));
            }
            expectAnHonestPeer(server);
            hostile.peer.peer.reset();
            server.pass(Duration.ofSeconds(1));
            assertThat(server.driver.numberOfConnections()).isEqualTo(1);
        }
    }

    private static void expectAnHonestPeer(SimulatedPair server) throws GeneralSecurityException, SSLException {
        TlsPeer honest = new TlsPeer(server, TlsPeer.TLS13);
        assertThat(honest.handshake()).isTrue();
        honest.send(frame(HONEST));
        server.pass(Duration.ofMillis(50));
        assertThat(received(server)).contains(HONEST);
    }

    private static List<byte[]> received(SimulatedPair server) {
        List<byte[]> received = new ArrayList<>();
        server.driver.receive((from, bytes) -> received.add(DriverPair.copy(bytes)), 10_000);
        return received;
    }

    /** A peer that does what the bytes say. */
    private static final class Hostile {

        final TlsPeer peer;
        final List<byte[]> sealed = new ArrayList<>();
        private final SimulatedPair server;
        private final byte[] sequence;
        private int at;

        Hostile(SimulatedPair server, byte[] sequence) throws GeneralSecurityException, SSLException {
            this.server = server;
            this.sequence = sequence;
            this.peer = new TlsPeer(server, next() % 2 == 0 ? TlsPeer.TLS12 : TlsPeer.TLS13);
            int moves = next();
            for (int i = 0; i < moves && i < 64; i++) {
                if (!trying(peer::move)) {
                    return;
                }
            }
        }

        private int next() {
            return at < sequence.length ? sequence[at++] & 0xff : 0;
        }

        void play() {
            while (at < sequence.length && trying(this::step)) {
                server.step(Duration.ofMillis(1));
            }
        }

        private interface Step {
            void run() throws SSLException;
        }

        /** Returns false if the peer's own engine has had enough. */
        private static boolean trying(Step step) {
            try {
                step.run();
                return true;
            } catch (SSLException | IllegalStateException e) {
                return false;
            }
        }

        private void step() throws SSLException {
            switch (next() % 8) {
                case 0 -> peer.sendRaw(bytes(next() % 48));
                case 1 -> peer.sendRaw(record());
                case 2 -> peer.damagedByte = peer.sent.size() + next();
                case 3 -> peer.asksForNewKeys();
                case 4 -> {
                    byte[] sent = packet(next(), 1 + next());
                    sealed.add(sent);
                    peer.send(frame(sent));
                }
                case 5 -> peer.move();
                case 6 -> server.pass(Duration.ofMillis(10L * next()));
                default -> {
                    at = sequence.length; // nothing can be sent behind the end
                    peer.closes();
                }
            }
        }

        private byte[] bytes(int count) {
            byte[] bytes = new byte[count];
            for (int i = 0; i < count; i++) {
                bytes[i] = (byte) next();
            }
            return bytes;
        }

        /** A record with a right header, of any type, empty or short. */
        private byte[] record() {
            int length = next() % 20;
            byte[] record = bytes(5 + length);
            record[0] = (byte) (20 + (record[0] & 3));
            record[1] = 3;
            record[2] = 3;
            record[3] = 0;
            record[4] = (byte) length;
            return record;
        }
    }
}
