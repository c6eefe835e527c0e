package dev.gridmate.carrier.badnet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.carrier.Addresses;
import dev.gridmate.driver.SocketDriverAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A simulated network the second time: the next loss, the next second, the next driver, the next
 * packet in its place.
 */
class SimulatorAgainTest {

    private static final Duration MILLI = Duration.ofMillis(1);
    private static final SocketDriverAddress PEER = Addresses.of(4);
    private static final SocketDriverAddress OTHER = Addresses.of(5);

    private final FakeDriver driver = new FakeDriver();
    private final DefaultSimulator simulator = new DefaultSimulator(4711);

    SimulatorAgainTest() {
        simulator.bindDriver(driver);
        simulator.enable();
    }

    private boolean send(SocketDriverAddress to, int number, int size) {
        boolean isTaken = simulator.onSend(to, ByteBuffer.allocate(size).putInt(0, number));
        if (!isTaken) {
            driver.sent.add(number);
        }
        return isTaken;
    }

    private void pass(long millis) {
        for (long i = 0; i < millis; i++) {
            driver.pass(MILLI);
            simulator.update();
        }
    }

    @Test
    void oneOfEachTenIsLostAgainAndAgain() {
        simulator.setOutgoingPacketLoss(10, 10);
        for (int i = 1; i <= 1_000; i++) {
            boolean isLost = send(PEER, i, 100);
            assertThat(isLost).as("packet %d", i).isEqualTo(i % 10 == 0);
        }
        assertThat(simulator.outgoingCounters().lost()).isEqualTo(100);
    }

    @Test
    void theIntervalsBetweenLossesAreAllWithinTheirBoundsAndOfEveryLength() {
        simulator.setOutgoingPacketLoss(3, 6);
        int since = 0;
        int[] lengths = new int[8];
        for (int i = 0; i < 2_000; i++) {
            since++;
            if (send(PEER, i, 100)) {
                lengths[since]++;
                since = 0;
            }
        }
        for (int length = 0; length < 8; length++) {
            assertThat(lengths[length] > 50).as("of %d", length).isEqualTo(length >= 3 && length <= 6);
            assertThat(lengths[length] == 0).isEqualTo(length < 3 || length > 6);
        }
    }

    @Test
    void aLossBySettingAndOneByChanceAreCountedOnceEach() {
        simulator.setOutgoingPacketLoss(2, 2);
        simulator.setOutgoingPacketLossRate(1);
        for (int i = 0; i < 10; i++) {
            assertThat(send(PEER, i, 100)).isTrue();
        }
        assertThat(simulator.outgoingCounters().lost()).isEqualTo(10);
    }

    @Test
    void theBandwidthIsDrawnAnewEachSecondAndKeptWithinIt() {
        simulator.setOutgoingBandwidth(8, 80); // a byte takes from 1 ms down to a tenth
        List<Long> times = new ArrayList<>();
        for (int second = 0; second < 30; second++) {
            long first = -1;
            for (int part = 0; part < 2; part++) {
                long start = driver.now;
                int before = driver.sent.size();
                send(PEER, second, 100 - FakeDriver.OVERHEAD);
                while (driver.sent.size() == before) {
                    driver.now += 10_000;
                    simulator.update();
                }
                long took = (driver.now - start) / 10_000;
                if (part == 0) {
                    first = took;
                    times.add(took);
                } else {
                    assertThat(took).as("in the same second").isBetween(first - 1, first + 1);
                }
            }
            driver.now += 1_000_000_000L;
            simulator.update();
        }
        assertThat(times.stream().distinct().count()).isGreaterThan(15);
        assertThat(times).allMatch(each -> each >= 990 && each <= 10_010);
    }

    @Test
    void packetsBehindEachOtherTakeTheirTurnsAndAnIdleLineOwesNothing() {
        simulator.setOutgoingBandwidth(8, 8); // a byte takes 1 ms
        for (int burst = 0; burst < 2; burst++) {
            driver.sent.clear();
            for (int i = 0; i < 4; i++) {
                send(PEER, i, 60 - FakeDriver.OVERHEAD);
            }
            for (int i = 1; i <= 4; i++) {
                pass(59);
                assertThat(driver.sent).hasSize(i - 1);
                pass(1);
                assertThat(driver.sent).hasSize(i);
            }
            pass(500);
        }
    }

    @Test
    void aPacketWaitsForItsTurnAQuarterOfASecondAndNoLonger() {
        simulator.setOutgoingBandwidth(8, 8);
        assertThat(send(PEER, 0, 250 - FakeDriver.OVERHEAD)).isTrue();
        assertThat(send(PEER, 1, 100)).isTrue();
        assertThat(simulator.outgoingCounters().dropped().forBandwidth()).isZero();
        assertThat(send(PEER, 2, 100)).isTrue();
        assertThat(simulator.outgoingCounters().dropped().forBandwidth()).isOne();
        pass(250 + 128);
        assertThat(driver.sent).containsExactly(0, 1);
    }

    @Test
    void timesInWhichAllIsDroppedComeAgainAndAgain() {
        simulator.setOutgoingPacketDrop(
                Duration.ofMillis(20), Duration.ofMillis(20), Duration.ofMillis(50), Duration.ofMillis(50));
        simulator.update();
        for (int i = 0; i < 700; i++) {
            boolean isDropped = i % 70 >= 50;
            assertThat(send(PEER, i, 100)).as("at %d ms", i).isEqualTo(isDropped);
            pass(1);
        }
        assertThat(simulator.outgoingCounters().dropped().inPeriod()).isEqualTo(200);
    }

    @Test
    void aSecondDriverFindsNothingOfTheFirst() {
        simulator.setOutgoingLatency(Duration.ofSeconds(100), Duration.ofSeconds(100));
        send(PEER, 1, 100);
        simulator.setOutgoingLatency(Duration.ZERO, Duration.ZERO);
        simulator.setOutgoingBandwidth(8, 8);
        send(PEER, 2, 200);
        simulator.setOutgoingBandwidth(0, 0);
        simulator.unbindDriver();
        assertThat(simulator.nextDue()).isEqualTo(Long.MAX_VALUE);
        assertThat(simulator.outgoingCounters().kept().undeliverable()).isEqualTo(2);
        assertThat(simulator.onSend(PEER, ByteBuffer.allocate(10))).isFalse();

        FakeDriver second = new FakeDriver();
        second.now = driver.now - 50_000_000_000L; // another clock
        simulator.bindDriver(second);
        assertThat(simulator.onSend(PEER, ByteBuffer.allocate(10)))
                .as("nothing is before it")
                .isFalse();
        simulator.setOutgoingLatency(Duration.ofMillis(5), Duration.ofMillis(5));
        assertThat(simulator.onSend(PEER, ByteBuffer.allocate(10))).isTrue();
        assertThat(simulator.nextDue()).isEqualTo(second.now + 5_000_000);
    }

    @Test
    void aDriverWithoutRoomIsTriedAgainEachMillisecondAndTheOthersGoOn() {
        simulator.setOutgoingLatency(MILLI, MILLI);
        for (int round = 0; round < 2; round++) {
            driver.sent.clear();
            driver.room = 50;
            send(PEER, 1, 100);
            send(PEER, 2, 20);
            send(OTHER, 3, 20);
            pass(1);
            assertThat(driver.sent).containsExactly(3);
            assertThat(simulator.nextDue()).isEqualTo(driver.now + 1_000_000);
            pass(5);
            assertThat(driver.sent).containsExactly(3);
            driver.room = 1_000;
            pass(1);
            assertThat(driver.sent).containsExactly(3, 1, 2);
            assertThat(simulator.nextDue()).isEqualTo(Long.MAX_VALUE);
        }
        assertThat(simulator.outgoingCounters().kept().delivered()).isEqualTo(6);
    }

    @Test
    void withoutReorderOnesThatDrewAShorterDelayWaitAlsoAfterTheLineWasEmpty() {
        simulator.setOutgoingLatency(MILLI, Duration.ofMillis(50));
        for (int burst = 0; burst < 20; burst++) {
            driver.sent.clear();
            for (int i = 0; i < 20; i++) {
                send(PEER, i, 100);
            }
            pass(51);
            assertThat(driver.sent).hasSize(20).isSorted();
        }
        simulator.setOutgoingReorder(true);
        boolean wasReordered = false;
        for (int burst = 0; burst < 20; burst++) {
            driver.sent.clear();
            for (int i = 0; i < 20; i++) {
                send(PEER, i, 100);
            }
            pass(51);
            assertThat(driver.sent).hasSize(20);
            wasReordered |= driver.sent.get(0) != 0;
        }
        assertThat(wasReordered).isTrue();
    }

    @Test
    void packetsOfOneMomentLeaveAsTheyCame() {
        simulator.setOutgoingLatency(Duration.ofMillis(7), Duration.ofMillis(7));
        simulator.setOutgoingReorder(true);
        for (int burst = 0; burst < 3; burst++) {
            driver.sent.clear();
            for (int i = 0; i < 50; i++) {
                send(i % 2 == 0 ? PEER : OTHER, i, 100);
            }
            pass(7);
            assertThat(driver.sent).hasSize(50).isSorted();
        }
    }

    @Test
    void memoryThatWasFullIsFreeAgainForAnotherSize() {
        simulator.setOutgoingLatency(MILLI, MILLI);
        for (int size : new int[] {60_000, 200, 5_000}) {
            int kept = 0;
            long before = simulator.outgoingCounters().dropped().forMemory();
            while (simulator.outgoingCounters().dropped().forMemory() == before) {
                send(PEER, kept++, size);
            }
            assertThat(simulator.bytesKept()).isBetween(15 << 20, 16 << 20);
            assertThat((long) kept * size).isGreaterThan(6 << 20);
            driver.sent.clear();
            pass(2);
            assertThat(driver.sent).hasSize(kept - 1).isSorted();
        }
    }

    @Test
    void whatCameInLeavesNothingBehindWhenItWasHandedOut() {
        simulator.setIncomingLatency(MILLI, MILLI);
        List<Integer> got = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            got.clear();
            for (int i = 0; i < 5; i++) {
                assertThat(simulator.onReceive(PEER, ByteBuffer.allocate(4).putInt(0, i)))
                        .isTrue();
            }
            assertThat(simulator.receive((from, packet) -> got.add(packet.getInt()), 9))
                    .isZero();
            pass(1);
            assertThat(simulator.receive((from, packet) -> got.add(packet.getInt()), 3))
                    .isEqualTo(3);
            assertThat(simulator.receive((from, packet) -> got.add(packet.getInt()), 3))
                    .isEqualTo(2);
            assertThat(got).containsExactly(0, 1, 2, 3, 4);
            simulator.setIncomingLatency(Duration.ZERO, Duration.ZERO);
            assertThat(simulator.onReceive(PEER, ByteBuffer.allocate(4)))
                    .as("nothing is under way")
                    .isFalse();
            simulator.setIncomingLatency(MILLI, MILLI);
        }
        assertThat(simulator.incomingCounters().kept().delivered()).isEqualTo(15);
    }

    @Test
    void whereOrderDoesNotMatterOnePassesThoseThatAreUnderWay() {
        simulator.setOutgoingLatency(MILLI.multipliedBy(50), MILLI.multipliedBy(50));
        assertThat(send(PEER, 1, 100)).isTrue();
        simulator.setOutgoingLatency(Duration.ZERO, Duration.ZERO);
        assertThat(send(PEER, 2, 100)).as("behind the first").isTrue();
        simulator.setOutgoingReorder(true);
        assertThat(send(PEER, 3, 100)).isFalse();
    }

    @Test
    void anotherBandwidthCountsFromTheNextPacketOn() {
        simulator.setOutgoingBandwidth(8, 8);
        send(PEER, 1, 100 - FakeDriver.OVERHEAD);
        pass(101);
        assertThat(driver.sent).hasSize(1);
        simulator.setOutgoingBandwidth(800, 800);
        send(PEER, 2, 100 - FakeDriver.OVERHEAD);
        pass(2);
        assertThat(driver.sent).hasSize(2);
    }

    @Test
    void otherTimesOfDroppingBeginWithATimeInWhichAllPasses() {
        Duration dropping = MILLI.multipliedBy(1_000);
        simulator.setOutgoingPacketDrop(dropping, dropping, MILLI, MILLI);
        simulator.update();
        pass(5);
        assertThat(send(PEER, 1, 100)).as("dropped").isTrue();
        for (int again = 0; again < 2; again++) {
            simulator.setOutgoingPacketDrop(dropping, dropping, MILLI.multipliedBy(20), MILLI.multipliedBy(20));
            for (int i = 0; i < 19; i++) {
                assertThat(send(PEER, 2, 100)).isFalse();
                pass(1);
            }
            pass(2);
            assertThat(send(PEER, 3, 100)).as("dropped").isTrue();
        }
    }
}
