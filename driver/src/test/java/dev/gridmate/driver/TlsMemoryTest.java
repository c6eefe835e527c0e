package dev.gridmate.driver;

import static dev.gridmate.driver.Loopback.ok;
import static dev.gridmate.driver.Packets.buffer;
import static dev.gridmate.driver.Packets.frame;
import static dev.gridmate.driver.Packets.packet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.driver.sim.SimulatedPeer;
import dev.gridmate.internal.BufferPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** How much of a driver's memory peers with TLS hold, and what happens when it is used up. */
class TlsMemoryTest {

    private static final Duration MOMENT = Duration.ofMillis(1);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final long LEAST = 1 << 20;

    private static SimulatedPair secure(UnaryOperator<StreamSocketDriverConfig.Builder> settings) {
        return new SimulatedPair(
                config -> settings.apply(config.tls(TlsFixture.serverTls().build())));
    }

    private static TlsPeer connected(SimulatedPair it) throws Exception {
        TlsPeer peer = new TlsPeer(it, TlsPeer.TLS13);
        assertThat(peer.handshake()).isTrue();
        peer.read();
        return peer;
    }

    private static int receive(SimulatedPair it) {
        return it.driver.receive((from, packet) -> {}, 1000);
    }

    private static long held(SimulatedPair it) {
        return it.driver.bufferMemoryInUse();
    }

    private static BufferPool pool(StreamSocketDriver driver) {
        return driver.core.pool();
    }

    @Test
    void aPeerHoldsNoMoreThanItSentOfARecordRoundedUp() throws Exception {
        try (SimulatedPair it = secure(config -> config)) {
            List<TlsPeer> peers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                peers.add(connected(it));
            }
            assertThat(held(it)).as("nothing is on its way").isZero();
            byte[] record = new byte[5 + 16_000];
            byte[] head = {23, 3, 3, 0x3e, (byte) 0x80};
            System.arraycopy(head, 0, record, 0, head.length);
            int sent = 0;
            for (int next : new int[] {1, 5, 256, 257, 1000, 5000, 16_004}) {
                for (TlsPeer each : peers) {
                    each.sendRaw(Arrays.copyOfRange(record, sent, next));
                }
                it.step(MOMENT);
                assertThat(held(it))
                        .as("bytes held for %d of each", next)
                        .isBetween((long) next * peers.size(), Math.max(256L, 2L * next) * peers.size());
                sent = next;
            }
        }
    }

    @Test
    void aPeerThatBeganAHandshakeHoldsNoMoreThanItSentRoundedUpAndNoEngine() {
        try (SimulatedPair it = secure(config -> config)) {
            List<SimulatedPeer> peers = new ArrayList<>();
            byte[] hello = {22, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3};
            for (int i = 0; i < 20; i++) {
                SimulatedPeer peer = it.peerHost.connectRaw(SimulatedPair.at("10.0.0.1", SimulatedPair.PORT));
                it.step(MOMENT);
                peers.add(peer);
            }
            assertThat(held(it)).isZero();
            for (SimulatedPeer each : peers) {
                assertThat(each.write(hello)).isEqualTo(hello.length);
            }
            it.step(MOMENT);
            it.step(MOMENT);
            assertThat(held(it)).isEqualTo(20 * 256);
        }
    }

    // The window of the network is small, so each peer that does not read holds records and
    // packets.
    @Test
    void whenTheMemoryIsUsedUpPeersWithLittleToSayAreServedAndNothingIsThrown() throws Exception {
        try (SimulatedPair it = secure(config -> config.bufferMemory(LEAST)
                .slowConsumerPolicy(SlowConsumerPolicy.REJECT)
                .writeTimeout(Duration.ZERO))) {
            it.network.window(3000);
            for (int i = 0; i < 14; i++) {
                connected(it); // and does not read any more
                for (int packets = 0; packets < 20; packets++) {
                    it.driver.send(it.last(), buffer(packets, 30_000)); // taken, or not
                    it.step(MOMENT);
                }
            }
            assertThat(it.count(DriverCounter.OUT_OF_MEMORY)).isPositive();
            assertThat(held(it)).isBetween(LEAST / 2, LEAST);
            for (int i = 0; i < 10; i++) {
                TlsPeer honest = connected(it);
                for (int round = 0; round < 3; round++) {
                    honest.send(frame(packet(round, 200)));
                    it.step(MOMENT);
                    assertThat(receive(it)).as("received of honest peer %d", i).isEqualTo(1);
                    ok(it.driver.send(it.last(), buffer(round, 300)));
                    it.step(MOMENT);
                    it.step(MOMENT);
                    assertThat(honest.read()).isEqualTo(frame(packet(round, 300)));
                }
            }
            assertThat(it.events.reasons).isEmpty();
        }
    }

    @Test
    void whatHadNoMemoryGoesOnWhenThereIsSomeAndMeanwhileNoWaitIsCutShortToNothing() throws Exception {
        try (SimulatedPair it = secure(config -> config.bufferMemory(LEAST)
                .slowConsumerPolicy(SlowConsumerPolicy.REJECT)
                .writeTimeout(Duration.ZERO))) {
            it.network.window(40_000);
            TlsPeer waiting = connected(it);
            SocketDriverAddress address = it.last();
            BufferPool pool = pool(it.driver);
            List<BufferPool.Buffer> taken = new ArrayList<>();
            for (int size = 1 << 16; size >= 256; size >>= 1) {
                for (BufferPool.Buffer next = pool.take(size); next != null; next = pool.take(size)) {
                    taken.add(next);
                }
            }
            waiting.send(frame(packet(1, 100)));
            it.step(MOMENT);
            assertThat(receive(it)).isZero();
            assertThat(it.driver.send(address, buffer(1, 100))).isEqualTo(ResultCode.SEND_BUFFER_FULL);
            assertThat(it.waitFor(SECOND)).isEqualTo(Duration.ofMillis(100));
            it.driver.update();
            assertThat(it.events.reasons).isEmpty();
            long waits = it.count(DriverCounter.OUT_OF_MEMORY);
            assertThat(waits).isPositive();
            taken.forEach(pool::giveBack);
            it.pass(Duration.ofMillis(200));
            assertThat(receive(it)).isEqualTo(1);
            ok(it.driver.send(address, buffer(1, 100)));
            it.step(MOMENT);
            it.step(MOMENT);
            assertThat(waiting.read()).isEqualTo(frame(packet(1, 100)));
            it.waitFor(SECOND); // the end of a refusal is told once
            assertThat(it.waitFor(SECOND)).isEqualTo(SECOND);
        }
    }
}
