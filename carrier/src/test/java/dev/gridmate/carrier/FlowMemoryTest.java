package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gridmate.carrier.traffic.DefaultTrafficControl;
import dev.gridmate.carrier.traffic.Statistics;
import dev.gridmate.carrier.traffic.Statistics.Period;
import dev.gridmate.carrier.traffic.TrafficControl;
import org.junit.jupiter.api.Test;

/**
 * What a traffic control remembers of a connection, for how long, and what it does the second time.
 */
class FlowMemoryTest {

    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;
    private static final int MAX = 1_000;
    private static final int LEAST_WITHOUT_CONGESTION = 32 * 1_372;

    private long now = 77 * SECOND;
    private TrafficControl.Flow flow = connected();

    private TrafficControl.Flow connected() {
        TrafficControl.Flow made = new DefaultTrafficControl().onConnect(Addresses.of(4), MAX, now);
        made.onHandshakeComplete(now);
        return made;
    }

    private void arrive(long rtt) {
        flow.onSend(MAX, MAX, now - rtt);
        flow.onAck(MAX, MAX, true, now - rtt, now);
    }

    /** Ten round trips of a length in each of so many seconds. */
    private void seconds(int count, long rtt) {
        for (int i = 0; i < count * 10; i++) {
            now += SECOND / 10;
            arrive(rtt);
            flow.update(now);
        }
    }

    /** Fills the window and has all of it arrive, until it has a size. */
    private void growTo(int bytes) {
        while (flow.congestionWindow() < bytes) {
            round(10 * MILLI, 0);
        }
    }

    /** Sends a window full, of which the first so many datagrams are lost. */
    private void round(long rtt, int lost) {
        long sentAt = now;
        int count = 0;
        while (flow.isSend()) {
            flow.onSend(MAX, MAX, sentAt);
            count++;
        }
        now += rtt;
        for (int i = 0; i < count; i++) {
            if (i < lost) {
                flow.onLost(MAX, MAX, sentAt, now);
            } else {
                flow.onAck(MAX, MAX, true, sentAt, now);
            }
        }
        flow.update(now);
    }

    // ------------------------------------------------------------ the window

    @Test
    void aLossReducesOnceForEachRoundAndASecondTimeInTheNext() {
        growTo(600_000);
        int before = flow.congestionWindow();
        round(10 * MILLI, 5);
        int once = flow.congestionWindow();
        assertThat(once).isCloseTo((int) (before * 0.8), within(before / 50));
        now += MILLI;
        round(10 * MILLI, 5);
        assertThat(flow.congestionWindow()).isCloseTo((int) (once * 0.8), within(before / 50));
    }

    @Test
    void aReducedWindowGrowsBackToWhereItWasInAboutTheSameTimeEachTime() {
        growTo(400_000);
        int[] roundsNeeded = new int[3];
        for (int i = 0; i < 3; i++) {
            int before = flow.congestionWindow();
            round(10 * MILLI, 1);
            now += MILLI;
            while (flow.congestionWindow() < before) {
                round(10 * MILLI, 0);
                roundsNeeded[i]++;
            }
        }
        assertThat(roundsNeeded[0]).isBetween(100, 3_000);
        assertThat(roundsNeeded[1]).isCloseTo(roundsNeeded[0], within(roundsNeeded[0] / 5 + 5));
        assertThat(roundsNeeded[2]).isCloseTo(roundsNeeded[0], within(roundsNeeded[0] / 5 + 5));
    }

    @Test
    void withoutCongestionAWindowIsNotReducedBelowThirtyTwoDatagramsAndWithItToTwo() {
        growTo(100_000);
        for (int i = 0; i < 40; i++) {
            round(10 * MILLI, 1);
            now += MILLI;
        }
        assertThat(flow.congestionWindow()).isBetween(LEAST_WITHOUT_CONGESTION, LEAST_WITHOUT_CONGESTION * 11 / 10);
        for (int i = 0; i < 60; i++) {
            round(900 * MILLI, 2);
            now += MILLI;
        }
        assertThat(flow.congestionWindow()).isBetween(2 * MAX, 3 * MAX);
    }

    @Test
    void aWindowThatMakesAQueueDoesNotGrowFurtherAndOneThatMakesNoneDoes() {
        growTo(100_000);
        for (int i = 0; i < 30; i++) {
            round(400 * MILLI, 0); // the round trip was 10 ms: that is a queue
        }
        int queueing = flow.congestionWindow();
        for (int i = 0; i < 5; i++) {
            round(400 * MILLI, 0);
        }
        assertThat(flow.congestionWindow()).isEqualTo(queueing);
        for (int i = 0; i < 60; i++) {
            round(10 * MILLI, 0);
        }
        assertThat(flow.congestionWindow()).isGreaterThan(queueing);
    }

    // ------------------------------------------------------------ the shortest round trip

    private boolean isQueueing() {
        // Above its least size, a window grows only where there is no queue.
        now += MILLI;
        round(flow.rtt(), 1); // it cannot be at its most
        int before = flow.congestionWindow();
        now += MILLI;
        for (int i = 0; i < 3; i++) {
            round(flow.rtt(), 0);
        }
        return flow.congestionWindow() == before;
    }

    @Test
    void aShorterWayThatWasUsedBeforeIsForgottenAfterTwoPeriodsAndNotAfterOne() {
        growTo(200_000);
        seconds(11, 10 * MILLI);
        seconds(3, 130 * MILLI); // no queue: 130 is not above 2 * 10 + 100 for long enough to smooth that far
        assertThat(flow.rtt()).isGreaterThan(120 * MILLI);
        assertThat(isQueueing()).as("10 ms are remembered").isTrue();
    }

    @Test
    void aQueueIsTakenForALongerWayAfterAMinuteAndNotBefore() {
        growTo(200_000);
        seconds(20, 10 * MILLI);
        for (long rtt : new long[] {300 * MILLI, 900 * MILLI}) { // the second time as the first
            seconds(45, rtt);
            assertThat(isQueueing()).isTrue();
            seconds(16, rtt);
            assertThat(isQueueing()).isFalse();
        }
    }

    @Test
    void aShortWayThatIsUsedNoLongerIsForgottenWithoutAQueue() {
        growTo(200_000);
        seconds(20, 60 * MILLI);
        seconds(25, 200 * MILLI); // below 2 * 60 + 100: no queue
        seconds(2, 320 * MILLI); // above that, and below 2 * 200 + 100
        assertThat(flow.rtt()).isGreaterThan(300 * MILLI);
        assertThat(isQueueing()).isFalse();
    }

    @Test
    void theShortWayOfThePeriodBeforeStillCounts() {
        growTo(200_000);
        seconds(25, 60 * MILLI);
        seconds(6, 200 * MILLI); // a period has ended since
        seconds(2, 320 * MILLI);
        assertThat(isQueueing()).isTrue();
    }

    // ------------------------------------------------------------ the round trip time

    @Test
    void anUnhurriedAnswerThatIsQuickerCountsAndASlowOneDoesNot() {
        seconds(1, 100 * MILLI);
        long before = flow.rtt();
        flow.onSend(20, 0, now);
        flow.onAck(20, 0, false, now - 300 * MILLI, now);
        assertThat(flow.rtt()).isEqualTo(before);
        flow.onSend(20, 0, now);
        flow.onAck(20, 0, false, now - 20 * MILLI, now);
        assertThat(flow.rtt()).isEqualTo(before + (20 * MILLI - before) / 8);
    }

    @Test
    void patienceDoublesWithEachFourLossesWhenNothingWasMeasuredUpToEightSeconds() {
        long[] expected = {1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 8, 8, 8, 8, 8, 8, 8, 8, 8};
        for (int lost = 0; lost < expected.length; lost++) {
            assertThat(flow.resendTime(now, 0)).as("%d lost", lost).isEqualTo(now + expected[lost] * SECOND);
            flow.onSend(MAX, MAX, now);
            flow.onLost(MAX, MAX, now, now + SECOND);
        }
        assertThat(flow.resendTime(now, 1)).isEqualTo(now + 8 * SECOND * 2 / 3);
        arrive(100 * MILLI);
        assertThat(flow.resendTime(now, 0)).as("measured").isEqualTo(now + SECOND);
    }

    @Test
    void lossesAfterAMeasurementDoNotMakeItMorePatient() {
        arrive(100 * MILLI);
        for (int i = 0; i < 20; i++) {
            flow.onSend(MAX, MAX, now);
            flow.onLost(MAX, MAX, now, now + SECOND);
        }
        assertThat(flow.resendTime(now, 0)).isEqualTo(now + SECOND);
    }

    // ------------------------------------------------------------ seconds

    @Test
    void anUpdateTellsOnceThatASecondIsOver() {
        assertThat(flow.update(now)).isFalse();
        for (int i = 0; i < 3; i++) {
            now += 999 * MILLI;
            assertThat(flow.update(now)).isFalse();
            now += MILLI;
            assertThat(flow.update(now)).isTrue();
            assertThat(flow.update(now)).isFalse();
        }
        now += 2_500 * MILLI;
        assertThat(flow.update(now)).isTrue();
        now += 400 * MILLI;
        assertThat(flow.update(now)).isFalse();
        now += 100 * MILLI;
        assertThat(flow.update(now)).as("seconds keep their beat").isTrue();
    }

    @Test
    void eachSecondIsCountedByItselfAndAllAreInTheLifetime() {
        for (int second = 1; second <= 5; second++) {
            for (int i = 0; i < second; i++) {
                flow.onSend(100, 10, now);
                flow.onAck(100, 10, true, now, now);
                flow.onReceive(50, 5, now);
                flow.onSend(20, 0, now);
                flow.onLost(20, 0, now, now);
                flow.onResend(7);
            }
            now += SECOND;
            flow.update(now);
            Statistics last = flow.statistics(Period.LAST_SECOND, false);
            assertThat(last.packetSend()).isEqualTo(2L * second);
            assertThat(last.dataSend()).isEqualTo(120L * second);
            assertThat(last.packetAcked()).isEqualTo(second);
            assertThat(last.dataAcked()).isEqualTo(100L * second);
            assertThat(last.packetReceived()).isEqualTo(second);
            assertThat(last.dataReceived()).isEqualTo(50L * second);
            assertThat(last.packetLost()).isEqualTo(second);
            assertThat(last.dataResend()).isEqualTo(7L * second);
            Statistics effective = flow.statistics(Period.LAST_SECOND, true);
            assertThat(effective.packetSend()).isEqualTo(second);
            assertThat(effective.dataSend()).isEqualTo(10L * second);
            assertThat(effective.packetAcked()).isEqualTo(second);
            assertThat(effective.dataAcked()).isEqualTo(10L * second);
            assertThat(effective.packetReceived()).isEqualTo(second);
            assertThat(effective.dataReceived()).isEqualTo(5L * second);
            assertThat(effective.packetLost()).isZero();
            assertThat(effective.dataResend()).isEqualTo(7L * second);
        }
        flow.onSend(100, 10, now);
        Statistics lifetime = flow.statistics(Period.LIFETIME, false);
        assertThat(lifetime.packetSend()).isEqualTo(31);
        assertThat(lifetime.packetAcked()).isEqualTo(15);
        assertThat(lifetime.packetLost()).isEqualTo(15);
        assertThat(lifetime.packetReceived()).isEqualTo(15);
        assertThat(lifetime.dataResend()).isEqualTo(105);
    }

    @Test
    void aFullWindowThatMayStillShrinkIsNotABadConnectionForItsLosses() {
        growTo(300_000);
        for (int i = 0; i < 45; i++) {
            round(100 * MILLI, flow.congestionWindow() / MAX / 2);
        }
        assertThat(flow.congestionWindow()).as("it has shrunk").isLessThan(20_000);
        flow = connected();
        for (int second = 0; second < 4; second++) {
            for (int i = 0; i < 50; i++) { // never more than one on its way: the program sends little
                flow.onSend(100, 50, now);
                flow.onSend(100, 50, now);
                flow.onLost(100, 50, now, now);
                flow.onAck(100, 50, true, now, now);
                now += SECOND / 50;
            }
            flow.update(now);
        }
        assertThat(flow.isDisconnect(1)).isTrue();
    }

    @Test
    void aLongGapForgetsAsMuchAsItsSeconds() {
        for (int i = 0; i < 100; i++) {
            flow.onSend(100, 50, now);
            flow.onLost(100, 50, now, now);
        }
        assertThat(flow.statistics(Period.LIFETIME, false).packetLoss()).isEqualTo(1);
        now += 4 * SECOND;
        flow.update(now);
        assertThat(flow.statistics(Period.LIFETIME, false).packetLoss())
                .as("31 of a hundred are remembered")
                .isEqualTo(1);
        now += 2 * SECOND;
        flow.update(now);
        assertThat(flow.statistics(Period.LIFETIME, false).packetLoss())
                .as("17 are too few to judge by")
                .isZero();
    }

    @Test
    void whileTheWindowMayShrinkLossesAreItsOwnDoing() {
        growTo(500_000);
        boolean isBad = false;
        for (int i = 0; i < 40 && flow.congestionWindow() > 8_000; i++) {
            round(100 * MILLI, flow.congestionWindow() / MAX * 2 / 5);
            isBad |= flow.isDisconnect(1);
        }
        assertThat(isBad).isFalse();
    }

    @Test
    void aLostDatagramWithMessagesIsCountedAmongThoseToo() {
        flow.onSend(100, 10, now);
        flow.onLost(100, 10, now, now);
        assertThat(flow.statistics(Period.LIFETIME, true).packetLost()).isOne();
    }
}
