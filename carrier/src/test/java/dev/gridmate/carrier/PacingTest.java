package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * How a large window is spread over a round trip: 32 datagrams at once, then twice the window in
 * each round trip.
 */
@Timeout(60)
class PacingTest {

    private static final long BURST = 32 * 1_372;
    private static final int DATAGRAM = 1_000;

    private final PlainFlow flow = new PlainFlow();
    private final OneSided one = OneSided.connected(settings -> settings.trafficControl(flow));

    @BeforeEach
    void setTheWay() {
        flow.window = 1_000_000;
        flow.rtt = 200 * CarrierTime.MILLISECOND;
    }

    /** Queues messages that fill a datagram each. */
    private void queue(int count) {
        for (int i = 0; i < count; i++) {
            one.sendUnreliable("x".repeat(DATAGRAM - 12));
            one.sendUnreliable("x".repeat(300));
        }
    }

    private int bytes() {
        int sum = 0;
        for (Heard each : one.users()) {
            sum += each.payload().length;
        }
        one.heard.clear();
        return sum;
    }

    @Test
    void aBurstLeavesAtOnceAndThenTwoWindowsInEachRoundTrip() {
        queue(150);
        one.pass(1);
        assertThat(bytes()).isBetween((int) BURST - 2_500, (int) BURST + 1_500);
        int perMillisecond = 2 * 1_000_000 / 200;
        one.pass(1);
        assertThat(bytes()).isBetween(perMillisecond - 2_500, perMillisecond + 1_500);
        one.pass(5);
        assertThat(bytes()).isBetween(5 * perMillisecond - 3_500, 5 * perMillisecond + 1_500);
        one.close();
    }

    @Test
    void aQuietTimeSavesUpABurstAndNoMore() {
        for (int round = 0; round < 2; round++) {
            one.pass(500);
            one.raw.acknowledge(2, one.lastDatagram());
            one.pass(2);
            one.heard.clear();
            queue(120);
            one.pass(1);
            assertThat(bytes()).isBetween((int) BURST - 2_500, (int) BURST + 1_500);
            one.pass(100);
        }
        one.close();
    }

    @Test
    void aWindowSmallerThanABurstIsNotSpreadBelowIt() {
        flow.window = 2_000;
        queue(100);
        flow.inTransfer = -1_000_000;
        one.pass(1);
        bytes();
        one.pass(10);
        int perMillisecond = (int) (2 * BURST / 200);
        assertThat(bytes()).isBetween(10 * perMillisecond - 2_500, 10 * perMillisecond + 1_500);
        one.close();
    }

    @Test
    void aWayWithoutLengthCountsAsAMillisecond() {
        flow.rtt = 0;
        queue(180);
        one.pass(1);
        bytes();
        one.pass(1);
        assertThat(bytes()).as("a burst each").isBetween((int) BURST - 2_500, (int) BURST + 1_500);
        one.close();
    }

    @Test
    void aProgramThatWaitsIsWokenWhenMoreMayLeaveAndNotBefore() {
        flow.rtt = 2_000 * CarrierTime.MILLISECOND; // 1,000 bytes in a millisecond
        queue(150);
        Carrier carrier = one.side.carrier;
        carrier.update();
        long start = one.network.nanoTime();
        int rounds = 0;
        while (carrier.queryNumToSend(one.id(), DataPriority.NORMAL) > 0) {
            carrier.waitForData(Duration.ofSeconds(1));
            carrier.update();
            rounds++;
            assertThat(rounds).isLessThan(1_000);
        }
        long took = (one.network.nanoTime() - start) / CarrierTime.MILLISECOND;
        assertThat(took).isBetween(145L, 162L);
        assertThat(rounds).isBetween(100, 170);
        one.close();
    }

    @Test
    void aSmallWindowOnAShortWayLeavesAgainInEachMillisecond() {
        flow.rtt = CarrierTime.MILLISECOND;
        flow.window = 50_000;
        flow.inTransfer = -1_000_000; // the window itself is open
        queue(180);
        one.pass(1);
        bytes();
        for (int i = 0; i < 2; i++) {
            one.pass(1);
            assertThat(bytes()).as("a burst each").isBetween((int) BURST - 2_500, (int) BURST + 1_500);
        }
        one.close();
    }
}
