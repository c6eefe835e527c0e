package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.carrier.wire.SystemMessage;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * When a peer that is not heard counts as gone: at its timeout, and not with whatever happens next.
 */
@Timeout(60)
class SilenceTest {

    private static final long TIMEOUT = 5_000;

    /**
     * Updates and waits as a program does that has nothing else to do; returns the milliseconds
     * until something is so.
     */
    private static long waitUntil(OneSided one, BooleanSupplier condition) {
        long start = one.network.nanoTime();
        for (int rounds = 0; !condition.getAsBoolean(); rounds++) {
            assertThat(rounds).as("rounds").isLessThan(1_000);
            one.side.carrier.waitForData(Duration.ofSeconds(1));
            one.side.update();
        }
        return (one.network.nanoTime() - start) / CarrierTime.MILLISECOND;
    }

    private static boolean isMissed(OneSided one) {
        return one.side.events.contains("disconnected BAD_CONNECTION");
    }

    @Test
    void aPeerThatFallsSilentIsMissedAtItsTimeoutWhateverTheRhythmOfSignsOfLife() {
        for (int shift = 0; shift < 100; shift += 33) {
            try (OneSided one = OneSided.connected()) {
                one.pass(shift);
                one.raw.keepAlive();
                one.pass(1);
                assertThat(waitUntil(one, () -> isMissed(one))).isBetween(TIMEOUT, TIMEOUT + 1);
            }
        }
    }

    @Test
    void aPeerThatAcknowledgesNothingIsMissedAtItsTimeoutToo() {
        try (OneSided one = OneSided.connected()) {
            one.send("hello");
            one.pass(1);
            one.passWithSignsOfLife(TIMEOUT - 150);
            assertThat(one.side.events).isEmpty();
            assertThat(waitUntil(one, () -> isMissed(one))).isBetween(149L, 150L);
        }
    }

    @Test
    void aSilenceIsAwaitedToItsEndThoughAnAcknowledgementWasAboutToBeMissed() {
        try (OneSided one = OneSided.connected()) {
            one.send("hello");
            one.pass(1);
            one.passWithSignsOfLife(TIMEOUT - 600);
            assertThat(waitUntil(one, () -> isMissed(one))).isBetween(TIMEOUT - 100, TIMEOUT - 99);
        }
    }

    @Test
    void whatIsSentInASilenceIsToBeAcknowledgedFromItsEndOn() {
        try (OneSided one = OneSided.connected()) {
            one.pass(3_900);
            one.send("hello");
            one.pass(100);
            one.passWithSignsOfLife(TIMEOUT - 100);
            assertThat(one.side.events).isEmpty();
            one.passWithSignsOfLife(200);
            assertThat(one.side.events).containsExactly("disconnected BAD_CONNECTION");
        }
    }

    @Test
    void aMessageThatIsLostAgainAndAgainEndsNothingWhileTheLineWorks() {
        try (OneSided one = OneSided.connected()) {
            one.send("hello");
            one.pass(1);
            for (int i = 0; i < 12; i++) {
                one.passWithSignsOfLife(500);
                int datagram = one.lastDatagram();
                if (one.users().stream().noneMatch(each -> each.datagram() == datagram)) {
                    one.raw.acknowledge(datagram);
                }
            }
            assertThat(one.side.events).isEmpty();
            assertThat(one.timesOf("hello")).hasSizeLessThan(10);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aProgramThatDoesNotReceiveIsGivenUpThoughItSaysThatItLives(Side.Wire wire) {
        try (Pair pair = new Pair(
                wire, 1, settings -> settings.receiveQueueSize(20_000), settings -> settings.sendQueueSize(1 << 20))) {
            ConnectionId id = pair.connected();
            pair.server.isDeaf = true;
            long start = pair.network.nanoTime();
            while (pair.client.carrier.connectionState(id) == ConnectionState.CONNECTED) {
                SendResult ignored = pair.client.send("x".repeat(1_000), id, DataReliability.SEND_RELIABLE, 0);
                pair.run(Duration.ofMillis(20));
                assertThat(pair.network.nanoTime() - start).isLessThan(20_000 * CarrierTime.MILLISECOND);
            }
            assertThat(pair.client.events).endsWith("disconnected BAD_CONNECTION");
            if (wire == Side.Wire.TCP) { // where nothing judges loss
                assertThat((pair.network.nanoTime() - start) / CarrierTime.MILLISECOND)
                        .isBetween(TIMEOUT, TIMEOUT + 2_000);
            }
        }
    }

    @Test
    void whereNobodyIsMissedTheTimeoutWakesNobody() {
        try (OneSided one = OneSided.connected(settings -> settings.enableDisconnectDetection(false))) {
            one.passWithSignsOfLife(TIMEOUT);
            one.pass(2 * TIMEOUT);
            int rounds = 0;
            long end = one.network.nanoTime() + 1_000 * CarrierTime.MILLISECOND;
            while (one.network.nanoTime() < end) {
                one.side.carrier.waitForData(Duration.ofSeconds(1));
                one.side.update();
                rounds++;
            }
            assertThat(rounds).isLessThan(30);
            assertThat(one.side.events).isEmpty();
        }
    }

    @Test
    void whoSaysTheEndToNobodyIsDoneAfterHalfASecondAlsoOnALongWay() {
        PlainFlow flow = new PlainFlow();
        try (OneSided one = OneSided.connected(settings -> settings.trafficControl(flow))) {
            flow.rtt = 100 * CarrierTime.MILLISECOND; // so it says the end again after 150 ms each time
            one.side.carrier.disconnect(one.id());
            assertThat(waitUntil(one, () -> !one.side.events.isEmpty())).isBetween(500L, 501L);
            assertThat(one.side.events).containsExactly("disconnected USER_REQUESTED");
        }
    }

    @Test
    void oneThatHasNeverAnsweredHasNobodyElseJudged() {
        try (OneSided one = OneSided.connected(settings -> settings.connectionEvaluationThreshold(0.5f))) {
            try (RawPeer forged = new RawPeer(one.rawHost, 667, "10.0.0.1")) {
                forged.send(forged.connectRequest());
            }
            one.passWithSignsOfLife(2_000);
            one.pass(TIMEOUT - 150);
            assertThat(one.side.events).containsExactly("incoming", "failed HANDSHAKE_TIMEOUT");
        }
    }

    @Test
    void aLoopThatUpdatesSeldomMissesAPeerAtItsTimeoutToo() {
        try (OneSided one = OneSided.connected()) {
            one.raw.keepAlive();
            one.pass(1);
            one.passInStepsOf(1_500, 3);
            assertThat(one.side.events).as("4.5 s, of which 3 have counted").isEmpty();
            one.passInStepsOf(1_500, 1);
            assertThat(one.side.events).containsExactly("disconnected BAD_CONNECTION");
        }
    }

    @Test
    void afterAGapAPeerOfWhomNothingWaitedHasTimeToBeHeard() {
        for (boolean speaks : new boolean[] {false, true}) {
            try (OneSided one = OneSided.connected()) {
                one.passInStepsOf(7_000, 1); // the whole machine: nothing was kept of what came
                one.pass(290);
                assertThat(one.side.events).containsExactly("security error UPDATE_TIMEOUT");
                if (speaks) {
                    one.raw.keepAlive();
                }
                one.pass(speaks ? TIMEOUT : 9);
                assertThat(one.side.events).hasSize(1);
                one.pass(1);
                assertThat(one.side.events).last().isEqualTo("disconnected BAD_CONNECTION");
            }
        }
    }

    @Test
    void oneThatIsMissedBecauseAnotherIsIsToldSoInTheSameUpdate() {
        try (OneSided one = OneSided.connected(settings -> settings.connectionEvaluationThreshold(0.5f));
                RawPeer other = new RawPeer(one.rawHost, 667, "10.0.0.1")) {
            one.connect(other);
            one.raw.keepAlive();
            one.pass(30);
            other.keepAlive();
            one.pass(1);
            int before = other.received(SystemMessage.DISCONNECT);
            assertThat(waitUntil(one, () -> isMissed(one))).isBetween(TIMEOUT - 31, TIMEOUT - 30);
            assertThat(one.side.events)
                    .containsExactly(
                            "incoming", "established", "disconnected BAD_CONNECTION", "disconnected BAD_CONNECTION");
            one.network.advance(Duration.ZERO);
            assertThat(other.received(SystemMessage.DISCONNECT) - before).isOne();
        }
    }
}
