package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.carrier.badnet.DefaultSimulator;
import dev.gridmate.carrier.wire.SystemMessage;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * How often a program that waits for data is woken: often enough for what is due, and no more. Each
 * test counts the rounds of a loop that updates and waits for a second.
 */
@Timeout(60)
class WaitingTest {

    private static final UnaryOperator<CarrierDesc.Builder> DEFAULTS = UnaryOperator.identity();

    /** Goes on for so long, on this side alone; returns the rounds. */
    private static int rounds(Pair pair, Side side, long millis) {
        long end = pair.network.nanoTime() + millis * CarrierTime.MILLISECOND;
        int rounds = 0;
        while (pair.network.nanoTime() < end) {
            side.update();
            side.carrier.waitForData(Duration.ofSeconds(1));
            rounds++;
            assertThat(rounds).as("rounds").isLessThan(100_000);
        }
        return rounds;
    }

    @Test
    void anIdleConnectionWakesItsProgramForSignsOfLifeAlone() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            pair.connected();
            pair.server.carrier.enableDisconnectDetection(false);
            pair.client.carrier.enableDisconnectDetection(false);
            pair.run(Duration.ofSeconds(5));
            int rounds = rounds(pair, pair.client, 10_000);
            assertThat(rounds).as("one each 100 ms, and losses").isBetween(100, 230);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whoAsksNobodyIsWokenForEachRequestAndNotBetween(Side.Wire wire) {
        try (Pair pair = new Pair(wire)) {
            pair.client.carrier.connect("10.0.0.77", Side.PORT);
            int rounds = rounds(pair, pair.client, 4_500);
            assertThat(rounds).isLessThan(wire == Side.Wire.UDP ? 30 : 500);
        }
    }

    @Test
    void whoEndsAConnectionIsWokenToSayItAgainAndWhenItIsOver() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            ConnectionId id = pair.connected();
            pair.run(Duration.ofMillis(500));
            pair.client.carrier.disconnect(id);
            int rounds = rounds(pair, pair.client, 495);
            assertThat(rounds).isBetween(5, 25);
            assertThat(pair.client.events).containsExactly("established");
            rounds = rounds(pair, pair.client, 10);
            assertThat(pair.client.events).containsExactly("established", "disconnected USER_REQUESTED");
            rounds += rounds(pair, pair.client, 490);
            assertThat(rounds).isLessThan(20);
            assertThat(rounds(pair, pair.client, 10_000))
                    .as("there is nobody left")
                    .isLessThan(13);
        }
    }

    @Test
    void whoLingersIsWokenAtTheEndOfItsTime() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            ConnectionId id = pair.connected();
            pair.run(Duration.ofMillis(500));
            pair.client.send("never acknowledged", id, DataReliability.SEND_RELIABLE, 0);
            pair.client.carrier.update();
            pair.network.partition(pair.serverHost, pair.clientHost);
            long start = pair.network.nanoTime();
            pair.client.carrier.disconnect(id, Duration.ofMillis(333));
            pair.client.carrier.disconnect(id, Duration.ofMillis(777)); // the earlier one counts
            while (pair.client.carrier.connectionState(id) == ConnectionState.DISCONNECTING
                    && pair.client.events.size() < 2) {
                pair.client.carrier.waitForData(Duration.ofSeconds(1));
                pair.client.carrier.update();
            }
            assertThat((pair.network.nanoTime() - start) / CarrierTime.MILLISECOND)
                    .as("333 until it says so, and half a second without an answer")
                    .isBetween(833L, 836L);
        }
    }

    @Test
    void aLingeringEndIsHastenedByAShorterTime() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            ConnectionId id = pair.connected();
            pair.run(Duration.ofMillis(500));
            pair.client.send("never acknowledged", id, DataReliability.SEND_RELIABLE, 0);
            pair.client.carrier.update();
            pair.network.partition(pair.serverHost, pair.clientHost);
            pair.client.carrier.disconnect(id, Duration.ofMillis(777));
            pair.client.carrier.disconnect(id, Duration.ofMillis(100));
            pair.run(Duration.ofMillis(590));
            assertThat(pair.client.events).hasSize(1);
            pair.run(Duration.ofMillis(25));
            assertThat(pair.client.events).containsExactly("established", "disconnected USER_REQUESTED");
        }
    }

    @Test
    void aBatchThatWaitsIsSentWhenItIsOldAndTheNextOneTooAlthoughNothingComesIn() {
        UnaryOperator<CarrierDesc.Builder> batches =
                settings -> settings.sendBatchPacketCount(10).threadUpdateTimeMS(40);
        try (Pair pair = new Pair(Side.Wire.UDP, 1, DEFAULTS, batches)) {
            ConnectionId id = pair.connected();
            pair.run(Duration.ofMillis(500));
            for (int batch = 0; batch < 3; batch++) {
                pair.client.send("a few bytes", id, DataReliability.SEND_UNRELIABLE, 0);
                pair.client.carrier.update();
                long start = pair.network.nanoTime();
                int rounds = 0;
                while (pair.server.received.size() <= batch) {
                    pair.client.carrier.waitForData(Duration.ofSeconds(1));
                    pair.client.carrier.update();
                    pair.server.update();
                    rounds++;
                }
                assertThat((pair.network.nanoTime() - start) / CarrierTime.MILLISECOND)
                        .as("batch %d", batch)
                        .isBetween(40L, 42L);
                assertThat(rounds).isLessThan(10);
                pair.run(Duration.ofMillis(70 + 13 * batch));
            }
        }
    }

    @Test
    void aBatchCountsWhatWaitsNowAndNotWhatHasLeft() {
        UnaryOperator<CarrierDesc.Builder> batches =
                settings -> settings.sendBatchPacketCount(1).threadUpdateTimeMS(40);
        try (Pair pair = new Pair(Side.Wire.UDP, 1, DEFAULTS, batches)) {
            ConnectionId id = pair.connected();
            pair.run(Duration.ofMillis(500));
            for (int batch = 0; batch < 4; batch++) {
                pair.client.send("x".repeat(700), id, DataReliability.SEND_UNRELIABLE, 0);
                pair.run(Duration.ofMillis(35));
                assertThat(pair.server.received).hasSize(batch);
                pair.run(Duration.ofMillis(100));
                assertThat(pair.server.received).hasSize(batch + 1);
            }
            pair.client.send("x".repeat(1_300), id, DataReliability.SEND_UNRELIABLE, 0);
            pair.client.send("x".repeat(100), id, DataReliability.SEND_UNRELIABLE, 0);
            pair.run(Duration.ofMillis(10));
            assertThat(pair.server.received)
                    .as("a batch that is full leaves at once")
                    .hasSize(6);
        }
    }

    @Test
    void whoEndsAConnectionDoesNotWaitForItsBatchToBeFull() {
        UnaryOperator<CarrierDesc.Builder> batches =
                settings -> settings.sendBatchPacketCount(10).threadUpdateTimeMS(100);
        try (Pair pair = new Pair(Side.Wire.UDP, 1, DEFAULTS, batches)) {
            ConnectionId id = pair.connected();
            pair.run(Duration.ofMillis(500));
            pair.client.send("the last words", id, DataReliability.SEND_RELIABLE, 0);
            pair.client.carrier.disconnect(id, Duration.ofSeconds(2));
            pair.run(Duration.ofMillis(50));
            assertThat(pair.server.texts()).containsExactly("the last words");
        }
    }

    @Test
    void aLongLossIsWaitedForAsALossAndTheWaitEndsOnTime() {
        try (OneSided one = OneSided.connected(settings -> settings.enableDisconnectDetection(false))) {
            one.send("hello");
            Carrier carrier = one.side.carrier;
            carrier.update();
            long start = one.network.nanoTime();
            int rounds = 0;
            while (carrier.counter(CarrierCounter.MESSAGES_RESENT) < 2) {
                carrier.waitForData(Duration.ofSeconds(10));
                carrier.update();
                rounds++;
            }
            assertThat((one.network.nanoTime() - start) / CarrierTime.MILLISECOND)
                    .isBetween(2_000L, 2_001L);
            assertThat(rounds).isLessThan(70);
        }
    }

    @Test
    void aWaitOfManySecondsCountsInFullAndIsNoGap() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            for (int i = 0; i < 3; i++) {
                pair.server.carrier.waitForData(Duration.ofSeconds(30));
                pair.server.carrier.update();
            }
            assertThat(pair.server.carrier.counter(CarrierCounter.UPDATE_GAPS)).isZero();
            assertThat(pair.server.carrier.time()).isEqualTo(90_000);
        }
    }

    @Test
    void aGapAboveASecondIsCountedAndToldWhenItIsLongerThanTheTimeout() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            pair.connected();
            pair.client.carrier.enableDisconnectDetection(false);
            pair.server.events.clear();
            pair.network.advance(Duration.ofSeconds(1));
            pair.server.update();
            assertThat(pair.server.carrier.counter(CarrierCounter.UPDATE_GAPS)).isZero();
            pair.network.advance(Duration.ofMillis(1_001));
            pair.server.update();
            assertThat(pair.server.carrier.counter(CarrierCounter.UPDATE_GAPS)).isOne();
            assertThat(pair.server.events).isEmpty();
            for (int i = 0; i < 3; i++) {
                pair.client.update(); // the peer has said something, which waited
                pair.network.advance(Duration.ofMillis(5_001));
                pair.server.update();
                assertThat(pair.server.events).as("gap %d", i).hasSize(i + 1);
            }
            assertThat(pair.server.events).containsOnly("security error UPDATE_TIMEOUT");
            assertThat(pair.server.carrier.counter(CarrierCounter.UPDATE_GAPS)).isEqualTo(4);
        }
    }

    @Test
    void withoutConnectionsAGapIsNobodysTrouble() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            pair.network.advance(Duration.ofSeconds(50));
            pair.server.update();
            assertThat(pair.server.events).isEmpty();
            assertThat(pair.server.carrier.counter(CarrierCounter.UPDATE_GAPS)).isOne();
        }
    }

    @Test
    void aSimulatedNetworkWakesTheProgramWhenItsPacketIsDue() {
        DefaultSimulator slow = new DefaultSimulator(1);
        slow.setOutgoingLatency(Duration.ofMillis(37), Duration.ofMillis(37));
        try (Pair pair = new Pair(Side.Wire.UDP, 1, DEFAULTS, settings -> settings.simulator(slow))) {
            ConnectionId id = pair.connected();
            pair.run(Duration.ofMillis(500));
            slow.enable();
            for (int i = 0; i < 2; i++) {
                pair.run(Duration.ofMillis(400));
                pair.client.send("late", id, DataReliability.SEND_UNRELIABLE, 0);
                pair.client.carrier.update();
                long start = pair.network.nanoTime();
                while (pair.server.received.size() <= i) {
                    pair.client.carrier.waitForData(Duration.ofSeconds(1));
                    pair.client.carrier.update();
                    pair.server.carrier.update();
                    pair.server.receive();
                }
                assertThat((pair.network.nanoTime() - start) / CarrierTime.MILLISECOND)
                        .isBetween(37L, 38L);
            }
        }
    }

    @Test
    void theClockWakesTheProgramThatRunsIt() {
        try (OneSided one = OneSided.connected(settings -> settings.enableDisconnectDetection(false))) {
            one.side.carrier.startClockSync(60, false);
            Carrier carrier = one.side.carrier;
            long end = one.network.nanoTime() + 600 * CarrierTime.MILLISECOND;
            while (one.network.nanoTime() < end) {
                carrier.update();
                carrier.waitForData(Duration.ofSeconds(1));
            }
            assertThat(one.of(SystemMessage.CLOCK_SYNC)).hasSizeBetween(10, 11);
            one.heard.clear();
            one.side.carrier.stopClockSync();
            one.pass(300);
            assertThat(one.of(SystemMessage.CLOCK_SYNC)).hasSizeLessThan(2);
        }
    }

    @Test
    void messagesAndOutcomesThatWaitKeepAWaitFromWaitingUntilTheyAreTaken() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            ConnectionId id = pair.connected();
            for (int round = 0; round < 2; round++) {
                pair.client.send("one", id, DataReliability.SEND_RELIABLE, 0);
                pair.client.carrier.update();
                pair.network.advance(Pair.TICK);
                pair.server.carrier.update();
                long start = pair.network.nanoTime();
                assertThat(pair.server.carrier.waitForData(Duration.ofSeconds(1)))
                        .isTrue();
                assertThat(pair.network.nanoTime()).isEqualTo(start);
                assertThat(pair.server.receive()).isOne();
                pair.server.carrier.waitForData(Duration.ofMillis(3));
                assertThat(pair.network.nanoTime()).isGreaterThan(start);
            }
        }
    }

    @Test
    void aDriverThatIsFullIsAskedAgainAHundredTimesASecondAndNoMore() {
        PlainFlow flow = new PlainFlow();
        try (Pair pair = new Pair(Side.Wire.TCP, 1, DEFAULTS, settings -> settings.trafficControl(flow))) {
            pair.network.window(20_000);
            ConnectionId id = pair.connected();
            pair.client.carrier.enableDisconnectDetection(false);
            for (int i = 0; i < 200; i++) {
                pair.client.send("x".repeat(1_000), id, DataReliability.SEND_RELIABLE, 0);
            }
            rounds(pair, pair.client, 300); // the peer does not read
            assertThat(pair.client.carrier.queryNumToSend(id, DataPriority.NORMAL))
                    .isPositive();
            assertThat(rounds(pair, pair.client, 1_000)).isLessThan(130);
            pair.runUntil(() -> pair.server.received.size() == 200);
            assertThat(rounds(pair, pair.client, 1_000))
                    .as("and it is idle again")
                    .isLessThan(60);
        }
    }
}
