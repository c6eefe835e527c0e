package dev.gridmate.carrier.badnet;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A line of a limited bandwidth, and times in which nothing passes. */
class SimulatedBandwidthTest extends SimulatorStories {

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
}
