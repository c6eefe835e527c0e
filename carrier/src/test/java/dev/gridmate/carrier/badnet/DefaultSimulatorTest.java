package dev.gridmate.carrier.badnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.gridmate.driver.PacketHandler;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.testkit.Allocation;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DefaultSimulatorTest extends SimulatorStories {

    @Test
    void withoutFaultsAllPassesAtOnce() {
        for (int i = 0; i < 100; i++) {
            assertThat(simulator.onSend(PEER, packet(i, 100))).isFalse();
            assertThat(simulator.onReceive(PEER, packet(i, 100))).isFalse();
        }
        assertThat(simulator.outgoingCounters())
                .isEqualTo(new DefaultSimulator.Counters(
                        100, 100, new DefaultSimulator.Kept(0, 0, 0), 0, new DefaultSimulator.Dropped(0, 0, 0)));
    }

    @Test
    void aSimulatorThatIsNotEnabledPassesAllAtOnce() {
        simulator.disable();
        assertThat(simulator.isEnabled()).isFalse();
        simulator.setOutgoingPacketLossRate(1);
        simulator.setOutgoingLatency(Duration.ofMillis(5), Duration.ofMillis(5));
        assertThat(simulator.onSend(PEER, packet(1, 100))).isFalse();
    }

    @Test
    void aLossRateLosesThatShare() {
        simulator.setOutgoingPacketLossRate(0.2);
        for (int i = 0; i < 20_000; i++) {
            send(i);
        }
        // Four standard deviations of 20,000 draws of 0.2 are 4 * sqrt(20000 * 0.2 * 0.8) = 226.
        assertThat(20_000 - driver.sent.size()).isBetween(4_000 - 226, 4_000 + 226);
        assertThat(simulator.outgoingCounters().lost()).isEqualTo(20_000 - driver.sent.size());
    }

    @Test
    void aLossIntervalLosesOneOfSoMany() {
        simulator.setOutgoingPacketLoss(3, 3);
        for (int i = 0; i < 9; i++) {
            send(i);
        }
        assertThat(driver.sent).containsExactly(0, 1, 3, 4, 6, 7);
    }

    @Test
    void aLossIntervalIsDrawnAnew() {
        simulator.setOutgoingPacketLoss(2, 5);
        boolean[] seen = new boolean[6];
        int sinceLoss = 0;
        for (int i = 0; i < 1_000; i++) {
            sinceLoss++;
            if (simulator.onSend(PEER, packet(i, 100))) {
                seen[sinceLoss] = true;
                sinceLoss = 0;
            }
            assertThat(sinceLoss).isLessThan(5);
        }
        assertThat(seen).containsExactly(false, false, true, true, true, true);
    }

    @Test
    void theTwoDirectionsHaveTheirOwnFaults() {
        simulator.setIncomingPacketLossRate(1);
        assertThat(simulator.onReceive(PEER, packet(1, 100))).isTrue();
        assertThat(simulator.onSend(PEER, packet(1, 100))).isFalse();
        assertThat(simulator.nextDue()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void latencyIsWithinItsBoundsAndKeepsTheOrder() {
        List<Long> sentAt = new ArrayList<>();
        List<Long> delays = new ArrayList<>();
        simulator.setOutgoingLatency(Duration.ofMillis(20), Duration.ofMillis(80));
        driver.sink = (to, packet) -> {
            int number = packet.getInt(0);
            driver.sent.add(number);
            delays.add(driver.now - sentAt.get(number));
        };
        for (int i = 0; i < 2_000; i++) {
            sentAt.add(driver.now);
            send(i);
            step(MILLI);
        }
        pass(80);
        assertThat(driver.sent).isEqualTo(upTo(2_000));
        assertThat(delays).allSatisfy(delay -> assertThat(delay).isBetween(20_000_000L, 81_000_000L));
        assertThat(simulator.nextDue()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void withReorderALaterPacketMayComeFirst() {
        simulator.setOutgoingLatency(Duration.ofMillis(20), Duration.ofMillis(80));
        simulator.setOutgoingReorder(true);
        for (int i = 0; i < 500; i++) {
            send(i);
            step(MILLI);
        }
        pass(80);
        assertThat(driver.sent).hasSize(500).isNotEqualTo(upTo(500)).containsExactlyInAnyOrderElementsOf(upTo(500));
    }

    @Test
    void latencyIsSpreadOverItsRange() {
        simulator.setOutgoingLatency(Duration.ofMillis(0), Duration.ofMillis(100));
        simulator.setOutgoingReorder(true);
        for (int i = 0; i < 10_000; i++) {
            send(i);
        }
        pass(50);
        // Four standard deviations of 10,000 draws of a half are 200.
        assertThat(driver.sent.size()).isBetween(4_800, 5_200);
    }

    @Test
    void nextDueTellsWhenTheFirstPacketLeaves() {
        simulator.setOutgoingLatency(Duration.ofMillis(7), Duration.ofMillis(7));
        simulator.setIncomingLatency(Duration.ofMillis(5), Duration.ofMillis(5));
        send(1);
        assertThat(simulator.nextDue()).isEqualTo(driver.now + 7_000_000);
        assertThat(simulator.onReceive(PEER, packet(1, 4))).isTrue();
        assertThat(simulator.nextDue()).isEqualTo(driver.now + 5_000_000);
    }

    @Test
    void whatWasKeptWhenTheSimulatorIsDisabledIsNotOvertaken() {
        simulator.setOutgoingLatency(Duration.ofMillis(10), Duration.ofMillis(10));
        send(0);
        simulator.disable();
        send(1);
        pass(5);
        assertThat(driver.sent).isEmpty();
        pass(5);
        assertThat(driver.sent).containsExactly(0, 1);
        send(2);
        assertThat(driver.sent).containsExactly(0, 1, 2);
    }

    @Test
    void aLongGapInTimeDoesNotHoldTheProgramUp() {
        simulator.setOutgoingPacketDrop(MILLI, MILLI, MILLI, MILLI);
        send(0);
        driver.pass(Duration.ofHours(1));
        send(1);
        assertThat(driver.sent).containsExactly(0, 1);
    }

    @Test
    void theSameSeedGivesTheSameFaults() {
        assertThat(new DefaultSimulator(SEED).seed()).isEqualTo(SEED);
        List<Integer> first = storm(SEED);
        assertThat(storm(SEED)).isEqualTo(first);
        assertThat(storm(SEED + 1)).isNotEqualTo(first);
    }

    @Test
    void aSeedOfItsOwnRepeatsTheRun() {
        DefaultSimulator drawn = new DefaultSimulator();
        assertThat(new DefaultSimulator().seed()).isNotEqualTo(drawn.seed());
        assertThat(storm(drawn.seed())).isEqualTo(storm(drawn.seed()));
    }

    private List<Integer> storm(long seed) {
        driver.sent.clear();
        simulator = bound(seed);
        simulator.setOutgoingLatency(Duration.ofMillis(5), Duration.ofMillis(50));
        simulator.setOutgoingReorder(true);
        simulator.setOutgoingPacketLossRate(0.1);
        simulator.setOutgoingPacketLoss(10, 20);
        simulator.setOutgoingBandwidth(500, 1_000);
        simulator.setOutgoingPacketDrop(
                MILLI, MILLI.multipliedBy(20), MILLI.multipliedBy(100), MILLI.multipliedBy(200));
        for (int i = 0; i < 2_000; i++) {
            send(i);
            step(MILLI);
        }
        pass(500);
        return List.copyOf(driver.sent);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void noPacketGoesUnaccounted(long seed) {
        storm(seed);
        DefaultSimulator.Counters counters = simulator.outgoingCounters();
        assertThat(counters.passed()
                        + counters.kept().delayed()
                        + counters.lost()
                        + counters.dropped().inPeriod()
                        + counters.dropped().forBandwidth()
                        + counters.dropped().forMemory())
                .as("seed %s", seed)
                .isEqualTo(counters.packets())
                .isEqualTo(2_000);
        assertThat(counters.kept().delivered())
                .as("seed %s", seed)
                .isEqualTo(counters.kept().delayed());
        assertThat(counters.passed() + counters.kept().delivered()).isEqualTo(driver.sent.size());
        assertThat(driver.sent).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 100, 1_172, 65_535})
    void memoryIsBoundedAndUsedAgain(int size) {
        simulator.setOutgoingLatency(Duration.ofHours(1), Duration.ofHours(1));
        ByteBuffer packet = packet(7, size);
        for (int i = 0; i < 60_000; i++) {
            assertThat(simulator.onSend(PEER, packet)).isTrue();
        }
        assertThat(simulator.bytesKept()).isBetween(15 << 20, 16 << 20);
        DefaultSimulator.Counters counters = simulator.outgoingCounters();
        assertThat(counters.dropped().forMemory())
                .isPositive()
                .isEqualTo(60_000 - counters.kept().delayed());

        step(Duration.ofHours(1));
        assertThat(driver.sent).hasSize((int) counters.kept().delayed());
        for (int other : new int[] {20, 30_000, 500}) {
            assertThat(simulator.onSend(PEER, packet(7, other))).isTrue();
        }
        assertThat(simulator.outgoingCounters().kept().delayed())
                .isEqualTo(counters.kept().delayed() + 3);
        assertThat(simulator.bytesKept()).isLessThanOrEqualTo(16 << 20);
    }

    @Test
    void aDelayedPacketAllocatesNothing() {
        simulator.setOutgoingLatency(Duration.ofMillis(1), Duration.ofMillis(9));
        simulator.setOutgoingPacketLossRate(0.1);
        simulator.setOutgoingBandwidth(10_000, 20_000);
        simulator.setIncomingLatency(Duration.ofMillis(1), Duration.ofMillis(9));
        simulator.setIncomingReorder(true);
        driver.sink = (to, packet) -> {};
        ByteBuffer packet = packet(1, 1_000);
        PacketHandler drop = (from, lent) -> {};
        assertThat(Allocation.of(() -> {
                    simulator.onSend(PEER, packet);
                    simulator.onReceive(PEER, packet);
                    driver.now += 1_000_000;
                    simulator.update();
                    simulator.receive(drop, 10);
                    simulator.nextDue();
                }))
                .isLessThan(Allocation.NOISE);
    }

    @Test
    void oneSimulatorServesOneCarrier() {
        assertThatIllegalStateException().isThrownBy(() -> simulator.bindDriver(driver));
    }

    @Test
    void badArgumentsAreNamed() {
        Duration day = Duration.ofDays(1);
        refused("minDelay is PT-0.001S", () -> simulator.setOutgoingLatency(MILLI.negated(), MILLI));
        refused("maxDelay PT0S", () -> simulator.setIncomingLatency(MILLI, Duration.ZERO));
        refused("maxDelay PT24H0.001S", () -> simulator.setOutgoingLatency(MILLI, day.plus(MILLI)));
        refused("minInterval is 0 and maxInterval 3", () -> simulator.setOutgoingPacketLoss(0, 3));
        refused("minInterval is 3 and maxInterval 2", () -> simulator.setIncomingPacketLoss(3, 2));
        refused("probability is 1.5", () -> simulator.setOutgoingPacketLossRate(1.5));
        refused("probability is NaN", () -> simulator.setIncomingPacketLossRate(Double.NaN));
        refused("minKbps is -1", () -> simulator.setOutgoingBandwidth(-1, 3));
        refused("minPeriod is PT0S", () -> simulator.setOutgoingPacketDrop(MILLI, MILLI, Duration.ZERO, day));
        refused("minInterval is PT0S", () -> simulator.setIncomingPacketDrop(Duration.ZERO, MILLI, MILLI, MILLI));
        refused("limit is 0", () -> simulator.receive((from, packet) -> {}, 0));
    }

    private static void refused(String message, Runnable call) {
        assertThatIllegalArgumentException().isThrownBy(call::run).withMessageContaining(message);
    }

    @Test
    void faultsCanBeSwitchedOff() {
        storm(SEED);
        simulator.setOutgoingLatency(Duration.ZERO, Duration.ZERO);
        simulator.setOutgoingPacketLossRate(0);
        simulator.setOutgoingPacketLoss(0, 0);
        simulator.setOutgoingBandwidth(0, 0);
        simulator.setOutgoingPacketDrop(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO);
        for (int i = 0; i < 1_000; i++) {
            assertThat(simulator.onSend(PEER, packet(i, 100))).isFalse();
        }
    }

    /**
     * Whatever is set and whatever comes: nothing is lost without being counted, and nothing
     * throws.
     */
    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14})
    void settingsMayChangeAtAnyTime(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        simulator = bound(seed);
        List<ResultCode> codes = List.of(ResultCode.values());
        int bytes = 0;
        for (int i = 0; i < 20_000; i++) {
            switch (random.nextInt(40)) {
                case 0 -> simulator.setOutgoingLatency(Duration.ZERO, MILLI.multipliedBy(random.nextInt(100)));
                case 1 -> simulator.setOutgoingReorder(random.nextBoolean());
                case 2 -> simulator.setOutgoingPacketLoss(1 + random.nextInt(3), 3 + random.nextInt(5));
                case 3 -> simulator.setOutgoingBandwidth(1 + random.nextInt(100), 100 + random.nextInt(10_000));
                case 4 -> simulator.setOutgoingBandwidth(0, 0);
                case 5 -> simulator.setOutgoingPacketDrop(MILLI, MILLI, MILLI, MILLI.multipliedBy(9));
                case 6 -> simulator.disable();
                case 7, 8 -> simulator.enable();
                case 9 -> driver.answers.put(PEER, codes.get(random.nextInt(codes.size())));
                case 10 -> driver.answers.clear();
                default -> simulator.onSend(random.nextBoolean() ? PEER : OTHER, packet(i, 4 + random.nextInt(3_000)));
            }
            step(Duration.ofNanos(random.nextInt(2_000_000)));
            bytes = Math.max(bytes, simulator.bytesKept());
        }
        driver.answers.clear();
        step(Duration.ofMinutes(1));
        DefaultSimulator.Counters counters = simulator.outgoingCounters();
        assertThat(counters.kept().delivered() + counters.kept().undeliverable())
                .as("seed %s", seed)
                .isEqualTo(counters.kept().delayed());
        assertThat(driver.sent).as("seed %s", seed).hasSize((int)
                counters.kept().delivered());
        assertThat(bytes).as("seed %s", seed).isLessThanOrEqualTo(16 << 20);
    }
}
