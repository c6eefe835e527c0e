package dev.gridmate.driver;

import static dev.gridmate.driver.Packets.frame;
import static dev.gridmate.driver.Packets.packet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.driver.DisconnectReason.Code;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Records that cost as much as others and bring nothing: how many a peer may send. */
class TlsRecordsTest {

    private static final Duration MOMENT = Duration.ofMillis(1);
    private static final int MOST = 32;

    private static SimulatedPair secure() {
        SimulatedPair it = TlsFixture.simulated(tls -> tls);
        it.network.window(1 << 18);
        return it;
    }

    private static TlsPeer connected(SimulatedPair it, String version) throws Exception {
        TlsPeer peer = new TlsPeer(it, version);
        assertThat(peer.handshake()).isTrue();
        peer.read();
        return peer;
    }

    private static int receive(SimulatedPair it) {
        return it.driver.receive((from, packet) -> {}, 1000);
    }

    private static void askForNewKeys(TlsPeer peer, int times) throws Exception {
        for (int i = 0; i < times; i++) {
            peer.engine.beginHandshake();
            peer.send();
        }
    }

    @Test
    void soManyRequestsForNewKeysInARowAreAnsweredAndOneMoreEndsTheConnection() throws Exception {
        try (SimulatedPair it = secure()) {
            TlsPeer peer = connected(it, TlsPeer.TLS13);
            askForNewKeys(peer, MOST);
            peer.send(frame(packet(1, 10)));
            it.pass(Duration.ofMillis(50));
            assertThat(receive(it)).isEqualTo(1);
            askForNewKeys(peer, MOST + 1);
            it.pass(Duration.ofMillis(50));
            assertEndedForRecordsWithoutData(it);
        }
    }

    private static void assertEndedForRecordsWithoutData(SimulatedPair it) {
        assertThat(it.lastCode()).isEqualTo(Code.TLS_FAILED);
        assertThat(it.lastReason().detail())
                .isEqualTo("the peer sent more than 32 records, or 32768 bytes, without data in a row"
                        + " (requests for new keys, warnings, empty records)");
        assertThat(it.count(DriverCounter.TLS_EMPTY_RECORDS)).isEqualTo(1);
    }

    // An engine keeps what may be the first half of a message.
    @Test
    void aMessageBehindTheHandshakeThatHasNoEndEndsTheConnection() throws Exception {
        try (SimulatedPair it = secure()) {
            TlsPeer peer = connected(it, TlsPeer.TLS12);
            for (int i = 0; i < 40 && it.events.reasons.isEmpty(); i++) {
                peer.sendRaw((byte) 21, (byte) 3, (byte) 3, (byte) 0, (byte) 2, (byte) 1, (byte) 90);
                it.step(MOMENT);
            }
            assertThat(it.lastCode()).isEqualTo(Code.TLS_FAILED);
        }
    }

    // Others have their turns in between.
    @Test
    void oneTurnHasSoManyRecordsWithoutDataAndTheRestHasTheNext() throws Exception {
        try (SimulatedPair it = secure()) {
            TlsPeer peer = connected(it, TlsPeer.TLS13);
            for (int i = 0; i < 4; i++) {
                askForNewKeys(peer, 16);
                peer.send(frame(packet(i, 10)));
            }
            int before = (int) it.count(DriverCounter.PACKETS_IN);
            it.driver.update();
            assertThat(it.count(DriverCounter.PACKETS_IN) - before).isEqualTo(1);
            assertThat(it.waitFor(Duration.ofSeconds(1)))
                    .as("the rest is here, though the network has nothing")
                    .isZero();
            it.driver.update();
            it.driver.update();
            assertThat(it.count(DriverCounter.PACKETS_IN) - before).isEqualTo(4);
        }
    }

    // The connection is read again and again for packets larger than the ring is at first.
    @Test
    void anUpdateThatReadsAConnectionManyTimesBearsNoMoreRecordsWithoutData() throws Exception {
        try (SimulatedPair it = secure()) {
            TlsPeer peer = connected(it, TlsPeer.TLS13);
            int before = (int) it.count(DriverCounter.PACKETS_IN);
            for (int i = 0; i < 8; i++) {
                askForNewKeys(peer, 16);
                peer.send(frame(packet(i, 3000)));
            }
            it.driver.update();
            assertThat(it.count(DriverCounter.PACKETS_IN) - before).isEqualTo(1);
            for (int i = 0; i < 4; i++) {
                it.driver.update();
            }
            assertThat(it.count(DriverCounter.PACKETS_IN) - before).isEqualTo(8);
        }
    }
}
