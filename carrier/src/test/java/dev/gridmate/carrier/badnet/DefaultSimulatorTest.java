package dev.gridmate.carrier.badnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gridmate.carrier.Addresses;
import dev.gridmate.driver.PacketHandler;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.testkit.Allocation;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DefaultSimulatorTest {

    private static final long SEED = 20_170_219;
    private static final Duration MILLI = Duration.ofMillis(1);
    private static final SocketDriverAddress PEER = Addresses.of(4);
    private static final SocketDriverAddress OTHER = Addresses.of(5);

    private final FakeDriver driver = new FakeDriver();
    private DefaultSimulator simulator = bound(SEED);

    private DefaultSimulator bound(long seed) {
        DefaultSimulator made = new DefaultSimulator(seed);
        made.bindDriver(driver);
        made.enable();
        return made;
    }

    private static ByteBuffer packet(int number, int size) {
        return ByteBuffer.allocate(size).putInt(0, number);
    }

    /**
     * What a carrier does: the packet goes to the simulator, and if that does not take it, to the
     * driver.
     */
    private void send(int number) {
        if (!simulator.onSend(PEER, packet(number, 100))) {
            driver.sent.add(number);
        }
    }

    private void step(Duration time) {
        driver.pass(time);
        simulator.update();
    }

    private void pass(int millis) {
        for (int i = 0; i < millis; i++) {
            step(MILLI);
        }
    }

    private static List<Integer> upTo(int end) {
        return IntStream.range(0, end).boxed().toList();
    }

    // --- loss

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

    // --- latency and order

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

    // --- bandwidth

    /** With the driver's 28 bytes 1,000 on the wire: a hundredth of a second at 800 kbit/s. */
    private static final int SIZE = 1_000 - FakeDriver.OVERHEAD;

    @Test
    void aPacketTakesItsTimeOnTheLine() {
        simulator.setOutgoingBandwidth(800, 800);
        assertThat(simulator.onSend(PEER, packet(0, SIZE))).isTrue();
        assertThat(simulator.nextDue()).isEqualTo(driver.now + 10_000_000);
        simulator.onSend(PEER, packet(1, SIZE));
        pass(10);
        assertThat(driver.sent).containsExactly(0);
        pass(10);
        assertThat(driver.sent).containsExactly(0, 1);
    }

    @Test
    void aPacketThatWouldWaitTooLongForItsTurnIsDropped() {
        simulator.setOutgoingBandwidth(800, 800);
        for (int i = 0; i < 100; i++) {
            assertThat(simulator.onSend(PEER, packet(i, SIZE))).isTrue();
        }
        pass(1_000);
        assertThat(driver.sent).as("the one on the line, and 250 ms of waiting").isEqualTo(upTo(26));
        assertThat(simulator.outgoingCounters().dropped().forBandwidth()).isEqualTo(74);
    }

    @Test
    void aPacketOfAnySizePassesALineThatIsIdle() {
        simulator.setOutgoingBandwidth(64, 64);
        simulator.onSend(PEER, packet(0, 64_000 - FakeDriver.OVERHEAD));
        pass(7_999);
        assertThat(driver.sent).isEmpty();
        pass(1);
        assertThat(driver.sent).containsExactly(0);
    }

    @Test
    void aLineWithMoreThanItCanTakePassesItsBandwidth() {
        simulator.setOutgoingBandwidth(400, 1_200);
        for (int i = 0; i < 20_000; i++) {
            simulator.onSend(PEER, packet(i, SIZE));
            step(MILLI);
        }
        // 20 seconds at 50 to 150 packets a second; the mean of 20 draws is within 29 * 4 /
        // sqrt(20) = 26 of 100.
        assertThat(driver.sent.size() / 20.0).isBetween(74.0, 126.0);
    }

    // --- times in which all is dropped

    @Test
    void allIsDroppedForAnIntervalAfterEachPeriod() {
        simulator.setOutgoingPacketDrop(
                Duration.ofMillis(50), Duration.ofMillis(50), Duration.ofMillis(100), Duration.ofMillis(100));
        for (int i = 0; i < 600; i++) {
            send(i);
            step(MILLI);
        }
        assertThat(driver.sent)
                .isEqualTo(upTo(600).stream().filter(i -> i % 150 < 100).toList());
        assertThat(simulator.outgoingCounters().dropped().inPeriod()).isEqualTo(200);
    }

    @Test
    void dropPeriodsAreDrawnAnewAndDoNotDependOnThePackets() {
        List<Integer> first = dropTimes(1);
        assertThat(dropTimes(7))
                .isEqualTo(first.stream().filter(i -> i % 7 == 0).toList());
        assertThat(first.size()).isBetween(6_000, 9_000); // 50 to 150 of passing, 10 to 60 of dropping: 74 %
    }

    private List<Integer> dropTimes(int every) {
        driver.sent.clear();
        simulator = bound(SEED);
        simulator.setOutgoingPacketDrop(
                Duration.ofMillis(10), Duration.ofMillis(60), Duration.ofMillis(50), Duration.ofMillis(150));
        for (int i = 0; i < 10_000; i++) {
            if (i % every == 0) {
                send(i);
            }
            step(MILLI);
        }
        return List.copyOf(driver.sent);
    }

    @Test
    void aLongGapInTimeDoesNotHoldTheProgramUp() {
        simulator.setOutgoingPacketDrop(MILLI, MILLI, MILLI, MILLI);
        send(0);
        driver.pass(Duration.ofHours(1));
        send(1);
        assertThat(driver.sent).containsExactly(0, 1);
    }

    // --- determinism

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

    // --- memory

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

    // --- a driver that does not take what is due

    @Test
    void aPeerForWhomTheDriverHasNoRoomDoesNotHoldUpOthers() {
        simulator.setOutgoingLatency(MILLI, MILLI);
        driver.answers.put(PEER, ResultCode.SEND_BUFFER_FULL);
        simulator.onSend(PEER, packet(1, 10));
        simulator.onSend(OTHER, packet(2, 10));
        simulator.onSend(PEER, packet(3, 10));
        pass(1);
        assertThat(driver.sent).containsExactly(2);
        assertThat(simulator.nextDue()).as("it is tried again").isEqualTo(driver.now + 1_000_000);
        simulator.onSend(PEER, packet(4, 10));
        pass(3);
        assertThat(driver.sent).containsExactly(2);
        driver.answers.clear();
        pass(1);
        assertThat(driver.sent).containsExactly(2, 1, 3, 4);
        assertThat(simulator.nextDue()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aSmallPacketDoesNotOvertakeALargeOneForWhichThereWasNoRoom() {
        simulator.setOutgoingLatency(MILLI, MILLI);
        driver.room = 50;
        simulator.onSend(PEER, packet(1, 100));
        simulator.onSend(PEER, packet(2, 10));
        pass(1);
        assertThat(driver.sent).isEmpty();
        simulator.onSend(PEER, packet(3, 10));
        pass(1);
        assertThat(driver.sent).isEmpty();
        driver.room = 100;
        pass(1);
        assertThat(driver.sent).containsExactly(1, 2, 3);
    }

    @Test
    void whatIsHeldIsNotOvertakenByWhatHasNoDelay() {
        simulator.setOutgoingLatency(MILLI, MILLI);
        driver.answers.put(PEER, ResultCode.SEND_BUFFER_FULL);
        send(1);
        pass(1);
        driver.answers.clear();
        simulator.setOutgoingLatency(Duration.ZERO, Duration.ZERO);
        send(2);
        assertThat(driver.sent).isEmpty();
        simulator.update();
        assertThat(driver.sent).containsExactly(1, 2);
    }

    @Test
    void whatTheDriverCannotSendIsCounted() {
        simulator.setOutgoingLatency(MILLI, MILLI);
        driver.answers.put(PEER, ResultCode.SEND_ADDRESS_NOT_BOUND);
        send(1);
        pass(1);
        assertThat(simulator.outgoingCounters().kept().undeliverable()).isEqualTo(1);
        assertThat(simulator.nextDue()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aDriverThatThrowsLosesOnePacketAndNoMore() {
        simulator.setOutgoingLatency(MILLI, MILLI);
        driver.sink = (to, packet) -> {
            driver.sent.add(packet.getInt(0));
            if (packet.getInt(0) == 1) {
                throw new IllegalStateException("broken");
            }
        };
        send(1);
        send(2);
        driver.pass(MILLI);
        assertThatIllegalStateException().isThrownBy(simulator::update);
        simulator.update();
        assertThat(driver.sent).containsExactly(1, 2);
        assertThat(simulator.outgoingCounters().kept().undeliverable()).isEqualTo(1);
    }

    // --- receiving

    @Test
    void whatCameInIsHandedOutWhenItIsDueAndNotMoreThanTheLimit() {
        simulator.setIncomingLatency(Duration.ofMillis(5), Duration.ofMillis(5));
        List<Integer> got = new ArrayList<>();
        PacketHandler handler = (from, packet) -> {
            assertThat(from).isSameAs(PEER);
            assertThat(packet.isReadOnly()).isTrue();
            assertThat(packet.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
            assertThat(packet.remaining()).isEqualTo(50);
            got.add(packet.order(ByteOrder.LITTLE_ENDIAN).getInt());
        };
        for (int round = 0; round < 3; round++) {
            got.clear();
            for (int i = 0; i < 5; i++) {
                ByteBuffer packet = ByteBuffer.allocate(60).putInt(3, Integer.reverseBytes(i));
                assertThat(simulator.onReceive(PEER, packet.position(3).limit(53)))
                        .isTrue();
                assertThat(packet.position()).isEqualTo(3);
                packet.putInt(3, -1);
            }
            driver.pass(Duration.ofMillis(4));
            assertThat(simulator.receive(handler, 10)).isZero();
            driver.pass(MILLI);
            assertThat(simulator.receive(handler, 3)).isEqualTo(3);
            assertThat(simulator.receive(handler, 3)).isEqualTo(2);
            assertThat(got).containsExactly(0, 1, 2, 3, 4);
        }
    }

    @Test
    void aHandlerMayCallAnything() {
        simulator.setIncomingLatency(MILLI, MILLI);
        List<Integer> got = new ArrayList<>();
        PacketHandler inner = (from, packet) -> got.add(packet.getInt());
        PacketHandler outer = (from, packet) -> {
            simulator.receive(inner, 1);
            simulator.onReceive(from, packet);
            simulator.onSend(from, packet);
            simulator.update();
            simulator.setIncomingLatency(Duration.ZERO, Duration.ZERO);
            got.add(packet.getInt());
        };
        for (int i = 0; i < 3; i++) {
            simulator.onReceive(PEER, packet(i, 10));
        }
        driver.pass(MILLI);
        assertThat(simulator.receive(outer, 2)).isEqualTo(2);
        assertThat(got).containsExactly(1, 0, 2);
    }

    @Test
    void aHandlerMayUnbindTheDriver() {
        simulator.setIncomingLatency(MILLI, MILLI);
        simulator.onReceive(PEER, packet(1, 10));
        simulator.onReceive(PEER, packet(2, 10));
        driver.pass(MILLI);
        List<Integer> got = new ArrayList<>();
        simulator.receive(
                (from, packet) -> {
                    simulator.unbindDriver();
                    got.add(packet.getInt());
                },
                10);
        assertThat(got).containsExactly(1);
        assertThat(simulator.receive((from, packet) -> {}, 10)).isZero();
        DefaultSimulator.Counters counters = simulator.incomingCounters();
        assertThat(counters.kept().delivered()).isEqualTo(1);
        assertThat(counters.kept().undeliverable()).isEqualTo(1);
    }

    @Test
    void aHandlerThatThrowsHasGotItsPacket() {
        simulator.setIncomingLatency(MILLI, MILLI);
        simulator.onReceive(PEER, packet(1, 10));
        simulator.onReceive(PEER, packet(2, 10));
        driver.pass(MILLI);
        assertThatThrownBy(() -> simulator.receive(
                        (from, packet) -> {
                            throw new IllegalStateException("handler");
                        },
                        10))
                .hasMessage("handler");
        assertThat(simulator.receive((from, packet) -> {}, 10)).isEqualTo(1);
    }

    // --- life

    @Test
    void unbindingDropsWhatIsKeptAndBindingBeginsAnew() {
        simulator.setOutgoingLatency(MILLI, MILLI);
        driver.answers.put(PEER, ResultCode.SEND_BUFFER_FULL);
        send(1);
        pass(1);
        send(2);
        simulator.unbindDriver();
        assertThat(simulator.outgoingCounters().kept().undeliverable()).isEqualTo(2);
        assertThat(simulator.bytesKept()).isZero();
        assertThat(simulator.nextDue()).isEqualTo(Long.MAX_VALUE);
        assertThat(simulator.onSend(PEER, packet(3, 10))).isFalse();
        simulator.update();

        driver.answers.clear();
        driver.now -= Duration.ofDays(1).toNanos(); // another driver, another clock
        simulator.bindDriver(driver);
        send(4);
        pass(1);
        assertThat(driver.sent).containsExactly(4);
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
