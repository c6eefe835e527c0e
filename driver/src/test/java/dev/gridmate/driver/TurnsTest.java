package dev.gridmate.driver;

import static dev.gridmate.driver.Packets.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gridmate.driver.sim.SimulatedPeer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whose packet is handed out next: connections take turns, and no turn is lost or taken twice. */
class TurnsTest {

    private static final Duration MOMENT = Duration.ofMillis(1);

    /** The sender's place in the order of connecting, for each packet. */
    private static List<Integer> receive(SimulatedPair it, int limit) {
        List<Integer> senders = new ArrayList<>();
        int received = it.driver.receive((from, packet) -> senders.add(it.events.established.indexOf(from)), limit);
        assertThat(senders).hasSize(received);
        return senders;
    }

    private static List<SimulatedPeer> peers(SimulatedPair it, int... packets) {
        List<SimulatedPeer> peers = new ArrayList<>();
        for (int i = 0; i < packets.length; i++) {
            peers.add(it.peer());
        }
        for (int i = 0; i < packets.length; i++) { // one after the other, so that the order of arrival is known
            peers.get(i).write(frames(packets[i], 10));
            it.step(MOMENT);
        }
        return peers;
    }

    @Test
    void oneAtATimeOrManyTheTurnGoesRound() {
        try (SimulatedPair it = new SimulatedPair(config -> config)) {
            peers(it, 4, 2, 3);
            List<Integer> senders = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                senders.addAll(receive(it, 1));
            }
            senders.addAll(receive(it, 100));
            assertThat(senders).containsExactly(0, 1, 2, 0, 1, 2, 0, 2, 0);
            assertThat(receive(it, 100)).isEmpty();
        }
    }

    @Test
    void theTurnGoesRoundAlsoForPacketsThatAreCopied() {
        try (SimulatedPair it = new SimulatedPair(config -> config)) {
            peers(it, 3, 1, 2);
            List<Integer> senders = new ArrayList<>();
            PacketInfo result = new PacketInfo();
            ByteBuffer into = ByteBuffer.allocate(100);
            while (it.driver.receive(into.clear(), result) > 0) {
                senders.add(it.events.established.indexOf(result.from()));
            }
            assertThat(senders).containsExactly(0, 1, 2, 0, 2, 0);
        }
    }

    @Test
    void theLimitIsTheLimitAlsoForOneConnection() {
        try (SimulatedPair it = new SimulatedPair(config -> config)) {
            peers(it, 10);
            assertThat(receive(it, 3)).hasSize(3);
            assertThat(receive(it, 3)).hasSize(3);
            assertThat(receive(it, 100)).hasSize(4);
        }
    }

    @Test
    void whoHasMoreBehindAHandlerThatThrewKeepsItsTurn() {
        try (SimulatedPair it = new SimulatedPair(config -> config)) {
            peers(it, 2, 2);
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> it.driver.receive(
                                (from, packet) -> {
                                    throw new IllegalStateException("mine");
                                },
                                100))
                        .hasMessage("mine");
            }
            assertThat(receive(it, 100)).containsExactly(0, 1);
        }
    }

    @Test
    void aHandlerThatReceivesAgainGetsTheNextOnesPacketsAndEachIsHandedOutOnce() {
        try (SimulatedPair it = new SimulatedPair(config -> config)) {
            peers(it, 3, 3);
            List<Integer> inner = new ArrayList<>();
            List<Integer> outer = new ArrayList<>();
            it.driver.receive(
                    (from, packet) -> {
                        outer.add(it.events.established.indexOf(from));
                        inner.addAll(receive(it, 1));
                    },
                    100);
            assertThat(outer).hasSize(3);
            assertThat(inner).hasSize(3);
            assertThat(outer.stream().filter(each -> each == 0).count()
                            + inner.stream().filter(each -> each == 0).count())
                    .isEqualTo(3);
            assertThat(it.driver.waitForData(Duration.ofMillis(1)))
                    .as("nothing is left")
                    .isFalse();
        }
    }

    @Test
    void whatArrivesAfterAConnectionsTurnGivesItAnotherOne() {
        try (SimulatedPair it = new SimulatedPair(config -> config)) {
            List<SimulatedPeer> peers = peers(it, 1, 1);
            for (int round = 0; round < 3; round++) {
                assertThat(receive(it, 100)).containsExactly(0, 1);
                peers.get(0).write(frame(packet(0, 10)));
                it.step(MOMENT);
                peers.get(1).write(frame(packet(0, 10)));
                it.step(MOMENT);
            }
        }
    }

    @Test
    void aConnectionThatEndsWithPacketsLeavesTheTurnsOfTheOthersAsTheyAre() {
        try (SimulatedPair it = new SimulatedPair(config -> config.drainTimeout(Duration.ofMillis(50)))) {
            List<SimulatedPeer> peers = peers(it, 2, 2, 2);
            peers.get(1).reset();
            it.step(MOMENT);
            it.pass(Duration.ofMillis(100));
            assertThat(it.events.disconnected).hasSize(1);
            assertThat(it.lastReason().undeliveredPackets()).isEqualTo(2);
            assertThat(receive(it, 100)).containsExactly(0, 2, 0, 2);
        }
    }

    @Test
    void workIsWhatWasDoneAndNothingIsNone() {
        try (SimulatedPair it = new SimulatedPair(config -> config)) {
            assertThat(it.driver.update()).isZero();
            SimulatedPeer peer = it.peer();
            assertThat(it.driver.update()).isZero();
            peer.write((byte) 0);
            it.network.advance(MOMENT);
            assertThat(it.driver.update()).as("half a header was read").isPositive();
            assertThat(it.driver.update()).isZero();
            peer.write((byte) 1, (byte) 5);
            it.network.advance(MOMENT);
            assertThat(it.driver.update()).isPositive();
            assertThat(it.driver.update())
                    .as("a packet waits, which is no work")
                    .isZero();
            assertThat(receive(it, 1)).hasSize(1);
            Loopback.ok(it.driver.send(it.last(), buffer(0, 10)));
            assertThat(it.driver.update()).as("it was written").isPositive();
            assertThat(it.driver.update()).isZero();
            peer.shutdownOutput();
            it.network.advance(MOMENT);
            assertThat(it.driver.update())
                    .as("the end was read, settled and told")
                    .isPositive();
            assertThat(it.driver.update()).isZero();
        }
    }

    @Test
    void anEndThatWasReadIsWorkAlsoWhilePacketsWait() {
        for (boolean reset : new boolean[] {false, true}) {
            try (SimulatedPair it = new SimulatedPair(config -> config)) {
                SimulatedPeer peer = peers(it, 2).get(0);
                it.driver.update();
                assertThat(it.driver.update()).isZero();
                if (reset) {
                    peer.reset();
                } else {
                    peer.shutdownOutput();
                }
                it.network.advance(MOMENT);
                assertThat(it.driver.update()).isPositive();
                assertThat(it.driver.update()).isZero();
                assertThat(it.events.disconnected).isEmpty();
            }
        }
    }

    @Test
    void aBufferThatIsFullOfHalfAPacketIsReadAgainWhenTheWholeOnesAreOut() {
        try (SimulatedPair it =
                new SimulatedPair(config -> config.maxPacketSize(120).inboundBufferSize(120))) {
            SimulatedPeer peer = it.peer();
            for (int i = 0; i < 2; i++) {
                peer.write(frame(packet(0, 10)));
                peer.write(frame(packet(1, 120))); // of which 116 of its 122 bytes fit behind the first one
                it.step(MOMENT);
                it.step(MOMENT);
                assertThat(receive(it, 10)).hasSize(1);
                it.step(MOMENT);
                it.step(MOMENT);
                assertThat(receive(it, 10)).hasSize(1);
            }
        }
    }

    @Test
    void aBufferThatWasFullIsReadAgainWhenHalfOfItIsFreeAndNotForEachPacket() {
        try (SimulatedPair it =
                new SimulatedPair(config -> config.maxPacketSize(100).inboundBufferSize(1024))) {
            SimulatedPeer peer = it.peer();
            peer.write(frames(30, 100)); // of which ten fit, and four bytes
            it.step(MOMENT);
            for (int round = 0; round < 2; round++) {
                long reads = it.count(DriverCounter.READS);
                for (int free = 102; free < 512; free += 102) {
                    assertThat(receive(it, 1)).hasSize(1);
                    it.step(MOMENT);
                    assertThat(it.count(DriverCounter.READS)).isEqualTo(reads);
                }
                assertThat(receive(it, 1)).hasSize(1);
                it.step(MOMENT);
                assertThat(it.count(DriverCounter.READS)).isGreaterThan(reads);
            }
        }
    }
}
