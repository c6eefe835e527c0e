package dev.gridmate.carrier.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** The curve against numbers worked out from the formula by hand, with datagrams of 1,000 bytes. */
class CubicWindowTest {

    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;
    private static final int DATAGRAM = 1_000;

    private long now = 77 * SECOND;
    private final CubicWindow window = new CubicWindow(DATAGRAM, now);

    /** A round in which the window is the limit: all of it leaves, and all of it arrives. */
    private void round(long rtt) {
        long sentAt = now;
        int bytes = window.bytes();
        window.onSend(bytes, sentAt);
        now += rtt;
        for (int left = bytes; left > 0; left -= DATAGRAM) {
            window.onAck(Math.min(left, DATAGRAM), sentAt, now, rtt, false);
        }
    }

    private void slowStartTo(int bytes) {
        while (window.bytes() < bytes) {
            window.onSend(window.bytes(), now);
            window.onAck(Math.min(DATAGRAM, bytes - window.bytes()), now, now, MILLI, false);
        }
    }

    private void lose() {
        window.onLost(now, now, true);
        now += MILLI;
    }

    @Test
    void slowStartDoublesEachRound() {
        assertThat(window.bytes()).isEqualTo(1_000);
        round(100 * MILLI);
        assertThat(window.bytes()).isEqualTo(2_000);
        round(100 * MILLI);
        assertThat(window.bytes()).isEqualTo(4_000);
        round(100 * MILLI);
        assertThat(window.bytes()).isEqualTo(8_000);
    }

    @Test
    void slowStartAddsTheBytesThatArrivedAndNotAWholeDatagramForEach() {
        window.onSend(1_000, now);
        window.onAck(150, now, now + MILLI, MILLI, false);
        assertThat(window.bytes()).isEqualTo(1_150);
    }

    @Test
    void aDatagramOfTheVeryFirstMomentCountsWhenItIsLostAndNotWhenItDidNotFillTheWindow() {
        window.onSend(500, now);
        window.onAck(500, now, now + MILLI, MILLI, false);
        assertThat(window.bytes()).as("nothing met a full window").isEqualTo(1_000);
        window.onLost(now, now + MILLI, true);
        now += 2 * MILLI;
        round(100 * MILLI);
        round(100 * MILLI);
        assertThat(window.bytes()).as("slow start ends at two datagrams").isLessThan(3_000);
    }

    @Test
    void aLossTakesAFifth() {
        slowStartTo(100_000);
        lose();
        assertThat(window.bytes()).isEqualTo(80_000);
    }

    @Test
    void oneAcknowledgementAfterALossMovesTheWindowAsTheFormulaSays() {
        slowStartTo(100_000);
        lose();
        // W(t) = 0.4 (t - K)^3 + 100 with K = cbrt(20 / 0.4) = 3.6840 s. The flight took 0.1 s, the
        // target is a round trip on: W(0.2) = 100 - 0.4 * 3.4840^3 = 83.084. One datagram of 80: 80
        // + 3.084 / 80 = 80.0386.
        window.onSend(80_000, now);
        window.onAck(DATAGRAM, now, now + 100 * MILLI, 100 * MILLI, false);
        assertThat(window.bytes()).isCloseTo(80_038, within(1));
    }

    @Test
    void theWindowFollowsTheCurveThroughThePlateau() {
        slowStartTo(100_000);
        lose();
        long lostAt = now;
        // From the same formula: W(1) = 92.27, W(2) = 98.09, W(3.68) = 100, W(5) = 100.91, W(7) =
        // 114.58.
        double[][] expected = {{1, 92.27}, {2, 98.09}, {3.68, 100}, {5, 100.91}, {7, 114.58}};
        for (double[] point : expected) {
            while (now - lostAt < point[0] * SECOND) {
                round(200 * MILLI);
            }
            assertThat(window.bytes() / 1000.0).as("after %s s", point[0]).isCloseTo(point[1], within(2.0));
        }
    }

    @Test
    void aSecondLossBeforeThePeakAimsBelowIt() {
        slowStartTo(100_000);
        lose();
        lose();
        assertThat(window.bytes()).isEqualTo(64_000);
        // The plateau is 80 * 0.9 = 72 and K = cbrt(8 / 0.4) = 2.714 s. Without this rule it would
        // still be 100.
        long lostAt = now;
        while (now - lostAt < 2.714 * SECOND) {
            round(200 * MILLI);
        }
        assertThat(window.bytes()).isCloseTo(72_000, within(1_000));
    }

    @Test
    void aShortLinkIsNoSlowerThanReno() {
        slowStartTo(10_000);
        lose();
        assertThat(window.bytes()).isEqualTo(8_000);
        // Reno adds 3 * 0.2 / 1.8 = a third of a datagram per round, up to where the loss was: six
        // rounds to 10. Of the curve 6 ms are W(0.006) = 10 - 0.4 * (1.710 - 0.006)^3 = 8.02.
        for (int i = 0; i < 6; i++) {
            round(MILLI);
        }
        assertThat(window.bytes()).isCloseTo(10_000, within(150));
        // From there a datagram per round.
        for (int i = 0; i < 5; i++) {
            round(MILLI);
        }
        assertThat(window.bytes()).isCloseTo(15_000, within(500));
    }

    @Test
    void oneRoundNeverGrowsByMoreThanHalf() {
        slowStartTo(4_000);
        lose();
        for (int i = 0; i < 40; i++) {
            int before = window.bytes();
            round(2 * SECOND);
            assertThat(window.bytes()).isLessThanOrEqualTo(before * 3 / 2 + DATAGRAM);
        }
    }

    @Test
    void lossesOfWhatLeftBeforeTheReductionDoNotReduceAgain() {
        slowStartTo(100_000);
        long sentAt = now;
        now += SECOND;
        for (int i = 0; i < 50; i++) {
            window.onLost(sentAt + i, now, true);
        }
        assertThat(window.bytes()).isEqualTo(80_000);
        window.onLost(now, now + MILLI, true); // left in the instant of the reduction: still the old window
        assertThat(window.bytes()).isEqualTo(80_000);
        window.onLost(now + 1, now + MILLI, true);
        assertThat(window.bytes()).isEqualTo(64_000);
    }

    @Test
    void whatLeftBeforeTheReductionDoesNotGrowTheReducedWindow() {
        slowStartTo(100_000);
        window.onSend(100_000, now);
        window.onLost(now, now + SECOND, true);
        window.onAck(DATAGRAM, now, now + SECOND, SECOND, false);
        assertThat(window.bytes()).isEqualTo(80_000);
    }

    @Test
    void aWindowThatIsNotUsedDoesNotGrow() {
        slowStartTo(10_000);
        for (int i = 0; i < 100; i++) {
            window.onSend(9_999, ++now);
            window.onAck(DATAGRAM, now, now + MILLI, MILLI, false);
        }
        assertThat(window.bytes()).isEqualTo(10_000);
    }

    @Test
    void aWindowThatWasFullWhileTheDatagramWasOnItsWayGrows() {
        slowStartTo(10_000);
        long sentAt = ++now;
        window.onSend(1_000, sentAt);
        window.onSend(10_000, ++now);
        window.onAck(DATAGRAM, sentAt, now + MILLI, MILLI, false);
        assertThat(window.bytes()).isEqualTo(11_000);
    }

    @Test
    void aQuietMinuteDoesNotMoveTheCurveOn() {
        slowStartTo(100_000);
        lose();
        for (int i = 0; i < 5; i++) {
            round(200 * MILLI);
        }
        int before = window.bytes();
        now += 60 * SECOND;
        round(200 * MILLI);
        // The slope at the beginning is 3 * 0.4 * 3.684^2 = 16 datagrams a second; a minute on, the
        // curve is at 71,000.
        assertThat(window.bytes() - before).isBetween(1, 3_500);
    }

    @Test
    void theWindowStaysBetweenTwoDatagramsAndAMillionBytes() {
        for (int i = 0; i < 30; i++) {
            round(MILLI);
        }
        assertThat(window.bytes()).isEqualTo(1_000_000);
        for (int i = 0; i < 100; i++) {
            lose();
        }
        assertThat(window.bytes()).isEqualTo(2_000);
        for (int i = 0; i < 1000; i++) {
            round(100 * MILLI);
            assertThat(window.bytes()).isBetween(2_000, 1_000_000);
        }
        assertThat(window.bytes()).isEqualTo(1_000_000);
    }

    @Test
    void aLossOfTheFirstDatagramLeavesOneAndSlowStartGoesOnToTwo() {
        lose();
        assertThat(window.bytes()).isEqualTo(1_000);
        round(100 * MILLI);
        assertThat(window.bytes()).isEqualTo(2_000);
        round(100 * MILLI);
        assertThat(window.bytes()).isBetween(2_001, 3_000);
    }

    @Test
    void withoutASignOfCongestionALossLeavesAWindowThatStillWorks() {
        long sent = now;
        slowStartTo(100 * DATAGRAM);
        for (int i = 1; i <= 50; i++) {
            window.onLost(sent + i * SECOND, sent + i * SECOND, false);
        }
        assertThat(window.bytes()).isEqualTo(32 * 1_372);
        for (int i = 51; i <= 100; i++) {
            window.onLost(sent + i * SECOND, sent + i * SECOND, true);
        }
        assertThat(window.bytes()).isEqualTo(2 * DATAGRAM);
    }

    @Test
    void slowStartEndsAtItsThresholdToTheByteWhereverTheDatagramsEnd() {
        lose(); // of one datagram: the threshold is two
        for (int expected : new int[] {1_700, 2_000}) {
            window.onSend(window.bytes(), now);
            window.onAck(700, now, now + MILLI, MILLI, false);
            assertThat(window.bytes()).isEqualTo(expected);
        }
    }

    // A window that was too small to be reduced is above the peak that gives way to a newcomer.
    @Test
    void aWindowThatIsAboveItsPeakGrowsFromWhereItIs() {
        slowStartTo(50_000);
        for (int i = 0; i < 2; i++) {
            window.onLost(now, now, false);
            now += MILLI;
            assertThat(window.bytes()).isEqualTo(32 * 1_372);
        }
        round(SECOND);
        round(SECOND);
        assertThat(window.bytes()).isBetween(32 * 1_372, 32 * 1_372 + 10_000);
    }
}
