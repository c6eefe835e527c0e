package dev.gridmate.carrier.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.gridmate.carrier.Addresses;
import dev.gridmate.carrier.traffic.Statistics.Period;
import dev.gridmate.testkit.Allocation;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DefaultTrafficControlTest {

    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;
    private static final int MAX = 1_172;

    private long now = -5 * SECOND; // as System.nanoTime may
    private TrafficControl.Flow flow = connected(new DefaultTrafficControl());

    private TrafficControl.Flow connected(DefaultTrafficControl control) {
        TrafficControl.Flow made = control.onConnect(Addresses.of(4), MAX, now);
        made.onHandshakeComplete(now);
        return made;
    }

    private void arrive(int size, int effectiveSize, long rtt) {
        long sentAt = now;
        flow.onSend(size, effectiveSize, sentAt);
        flow.onAck(size, effectiveSize, true, sentAt, sentAt + rtt);
    }

    /**
     * Lives through a second, a tenth at a time, in which so many of a hundred datagrams are lost,
     * spread over it.
     */
    private void second(int lost, long rtt) {
        for (int i = 0; i < 100; i++) {
            flow.onSend(100, 50, now);
            if ((i + 1) * lost / 100 > i * lost / 100) {
                flow.onLost(100, 50, now, now);
            } else {
                flow.onAck(100, 50, true, now - rtt, now);
            }
            if (i % 10 == 9) {
                now += SECOND / 10;
                flow.update(now);
            }
        }
    }

    // --- how much may be on its way

    @Test
    void aConnectionBeginsWithOneDatagram() {
        assertThat(flow.congestionWindow()).isEqualTo(MAX);
        assertThat(flow.isSend()).isTrue();
        flow.onSend(MAX - 1, 1, now);
        assertThat(flow.isSend()).isTrue();
        flow.onSend(1, 1, now);
        assertThat(flow.isSend()).isFalse();
        assertThat(flow.dataInTransfer()).isEqualTo(MAX);
    }

    @Test
    void whatArrivedOrIsLostIsNoLongerOnItsWay() {
        flow.onSend(5000, 1, now);
        flow.onSend(500, 1, now);
        assertThat(flow.isSend()).isFalse();
        assertThat(flow.onAck(5000, 1, true, now, now + MILLI))
                .as("the window grows")
                .isTrue();
        assertThat(flow.dataInTransfer()).isEqualTo(500);
        flow.onLost(500, 1, now, now + SECOND);
        assertThat(flow.dataInTransfer()).isZero();
        assertThat(flow.isSend()).isTrue();
    }

    @Test
    void anAcknowledgementThatChangesNothingSaysSo() {
        flow.onSend(10, 1, now);
        assertThat(flow.onAck(10, 1, true, now, now + MILLI)).isFalse();
    }

    @Test
    void theLargestDatagramOfAStreamDriverFitsTheFirstWindow() {
        flow = new DefaultTrafficControl().onConnect(Addresses.of(4), 65_535, now);
        flow.onHandshakeComplete(now);
        assertThat(flow.congestionWindow()).isEqualTo(65_535);
        assertThat(flow.isSend()).isTrue();
        flow.onSend(65_535, 65_000, now);
        assertThat(flow.isSend()).isFalse();
        flow.onAck(65_535, 65_000, true, now, now + MILLI);
        assertThat(flow.congestionWindow()).isEqualTo(131_070);
        for (int i = 0; i < 20; i++) {
            flow.onSend(65_535, 1, ++now);
            flow.onLost(65_535, 1, now, now);
        }
        assertThat(flow.congestionWindow()).isEqualTo(131_070);
    }

    @Test
    void aLossBeforeTheHandshakeIsOverDoesNotEndSlowStart() {
        flow = new DefaultTrafficControl().onConnect(Addresses.of(4), MAX, now);
        flow.onSend(10, 1, now);
        long early = now;
        now += SECOND;
        flow.onHandshakeComplete(now);
        flow.onLost(10, 1, early, now);
        while (flow.congestionWindow() < 100 * MAX) {
            now += MILLI;
            flow.onSend(flow.congestionWindow(), 1, now);
            flow.onAck(flow.congestionWindow(), 1, true, now, now);
        }
        assertThat(flow.dataInTransfer()).isZero();
        assertThat(flow.congestionWindow()).isEqualTo(128 * MAX);
    }

    // --- when a datagram is lost

    @Test
    void aDatagramIsLostAfterASecondAndEachNackBringsThatForwardByAThird() {
        assertThat(flow.resendTime(now, 0)).isEqualTo(now + 1_000 * MILLI);
        assertThat(flow.resendTime(now, 1)).isEqualTo(now + 666_666_666);
        assertThat(flow.resendTime(now, 2)).isEqualTo(now + 333_333_333);
        assertThat(flow.resendTime(now, 3)).isEqualTo(now);
        assertThat(flow.resendTime(now, 1_000)).isEqualTo(now);
    }

    @Test
    void overADriverThatLosesNothingOnlyNacksLoseADatagram() {
        flow = connected(DefaultTrafficControl.lossless(0, 500));
        for (int nacks = 0; nacks < 3; nacks++) {
            assertThat(flow.resendTime(now, nacks)).isEqualTo(Long.MAX_VALUE);
        }
        assertThat(flow.resendTime(now, 3)).isEqualTo(now);
        for (int i = 0; i < 10; i++) {
            second(90, MILLI);
        }
        assertThat(flow.isDisconnect(1)).isFalse();
        for (int i = 0; i < 3; i++) {
            second(0, 510 * MILLI);
        }
        assertThat(flow.isDisconnect(1)).as("a long round trip").isTrue();
    }

    @Test
    void aLinkOfMoreThanHalfASecondIsGivenTwiceItsRoundTrip() {
        arrive(100, 0, 400 * MILLI);
        assertThat(flow.resendTime(now, 0)).isEqualTo(now + SECOND);
        flow = connected(new DefaultTrafficControl());
        arrive(100, 0, 900 * MILLI);
        assertThat(flow.resendTime(now, 0)).isEqualTo(now + 1_800 * MILLI);
        assertThat(flow.resendTime(now, 2)).isEqualTo(now + 600 * MILLI);
    }

    @Test
    void theRoundTripTimeIsSmoothedByAnEighth() {
        assertThat(flow.rtt()).isZero();
        arrive(100, 0, 80 * MILLI);
        assertThat(flow.rtt()).isEqualTo(80 * MILLI);
        arrive(100, 0, 160 * MILLI);
        assertThat(flow.rtt()).isEqualTo(90 * MILLI);
        arrive(100, 0, 10 * MILLI);
        assertThat(flow.rtt()).isEqualTo(80 * MILLI);
        assertThat(flow.statistics(Period.LIFETIME, false).rtt()).isEqualTo(80f);
    }

    @Test
    void aRoundTripInNoTimeIsARoundTrip() {
        arrive(100, 0, 0);
        assertThat(flow.rtt()).isEqualTo(1);
        arrive(100, 0, 80 * MILLI);
        assertThat(flow.rtt()).isBetween(9 * MILLI, 11 * MILLI);
    }

    // --- when a connection is too bad

    @Test
    void aSlowConnectionIsTooBadAfterThreeSecondsAndNotBefore() {
        second(0, 510 * MILLI);
        second(0, 510 * MILLI);
        assertThat(flow.isDisconnect(1)).isFalse();
        second(0, 510 * MILLI);
        assertThat(flow.isDisconnect(1)).isTrue();
    }

    @Test
    void secondsThatDoNotFollowEachOtherDoNotAddUp() {
        for (int i = 0; i < 5; i++) {
            second(0, 510 * MILLI);
            second(0, 510 * MILLI);
            second(0, 490 * MILLI);
            assertThat(flow.isDisconnect(1)).isFalse();
        }
    }

    @Test
    void aSecondInWhichThePeerIsSilentIsNotBadAndBeginsTheCountAgain() {
        second(0, 510 * MILLI);
        second(0, 510 * MILLI);
        now += SECOND;
        flow.update(now);
        assertThat(flow.isDisconnect(1)).isFalse();
        second(0, 510 * MILLI);
        second(0, 510 * MILLI);
        assertThat(flow.isDisconnect(1)).isFalse();
        second(0, 510 * MILLI);
        assertThat(flow.isDisconnect(1)).isTrue();
    }

    @Test
    void theLimitItselfIsNotTooBad() {
        for (int i = 0; i < 5; i++) {
            second(0, 500 * MILLI);
        }
        assertThat(flow.isDisconnect(1)).isFalse();
    }

    @Test
    void aConnectionThatWasTooBadIsGoodAgainBelowNinetyPercent() {
        for (int i = 0; i < 3; i++) {
            second(0, 510 * MILLI);
        }
        second(0, 460 * MILLI);
        assertThat(flow.isDisconnect(1)).isTrue();
        second(0, 440 * MILLI);
        assertThat(flow.isDisconnect(1)).isFalse();
        second(0, 510 * MILLI);
        assertThat(flow.isDisconnect(1)).as("it begins anew").isFalse();
    }

    @Test
    void belowOneThePresentValuesCountAtOnce() {
        assertThat(flow.isDisconnect(0.5f)).isFalse();
        arrive(100, 0, 240 * MILLI);
        assertThat(flow.isDisconnect(0.5f)).isFalse();
        arrive(100, 0, 400 * MILLI);
        assertThat(flow.rtt()).isEqualTo(260 * MILLI);
        assertThat(flow.isDisconnect(0.5f)).isTrue();
        assertThat(flow.isDisconnect(1)).isFalse();
    }

    @Test
    void aLossyConnectionIsTooBadAfterThreeSeconds() {
        second(0, MILLI);
        for (int i = 0; i < 3; i++) {
            assertThat(flow.isDisconnect(1)).isFalse();
            second(95, MILLI);
        }
        assertThat(flow.isDisconnect(1)).isTrue();
    }

    @Test
    void aQuarterLostIsNoReasonToDisconnect() {
        for (int i = 0; i < 20; i++) {
            second(25, MILLI);
            assertThat(flow.isDisconnect(1)).isFalse();
        }
        assertThat(flow.statistics(Period.LAST_SECOND, false).packetLoss()).isCloseTo(0.25f, within(0.001f));
    }

    @Test
    void aSecondForgetsAQuarter() {
        second(0, 0); // 75 of 100 are remembered
        second(90, 0); // 90 of 175, of which 67.5 of 131.25 are remembered
        second(50, 0); // 117.5 of 231.25
        assertThat(flow.statistics(Period.LAST_SECOND, false).packetLoss()).isCloseTo(0.5081f, within(0.0001f));
    }

    @Test
    void twoLossesOnAnIdleLinkAreNoLossOfThirtyPercent() {
        flow.onSend(10, 1, now);
        flow.onLost(10, 1, now, now + MILLI);
        flow.onSend(10, 1, now);
        flow.onLost(10, 1, now, now + MILLI);
        assertThat(flow.statistics(Period.LIFETIME, false).packetLoss()).isZero();
        assertThat(flow.isDisconnect(0.5f)).isFalse();
        for (int i = 0; i < 18; i++) {
            arrive(10, 0, MILLI);
        }
        assertThat(flow.statistics(Period.LIFETIME, false).packetLoss()).isCloseTo(0.1f, within(0.001f));
    }

    /**
     * Lives through some seconds in which each datagram is lost by chance; returns true if the
     * connection was too bad at the end of one.
     */
    private boolean isTooBadBy(SplittableRandom random, double loss, int perSecond, int seconds) {
        boolean isTooBad = false;
        for (int i = 0; i < perSecond * seconds; i++) {
            flow.onSend(100, 50, now);
            if (random.nextDouble() < loss) {
                flow.onNack(now, now);
                flow.onLost(100, 50, now, now);
            } else {
                flow.onAck(100, 50, true, now, now);
            }
            now += SECOND / perSecond;
            flow.update(now);
            isTooBad |= flow.isDisconnect(1);
        }
        return isTooBad;
    }

    @ParameterizedTest
    @CsvSource({"10, 0.25", "60, 0.28", "1000, 0.29"})
    void whatLosesLessThanTheLimitIsNeverTooBadByChance(int perSecond, double loss) {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 20; i++) {
            flow = connected(new DefaultTrafficControl());
            assertThat(isTooBadBy(random, loss, perSecond, 300)).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({"10, 0.7", "60, 0.5", "1000, 0.36"})
    void whatLosesMoreThanChanceExplainsIsTooBadWithinSeconds(int perSecond, double loss) {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 20; i++) {
            flow = connected(new DefaultTrafficControl());
            assertThat(isTooBadBy(random, loss, perSecond, 60)).isTrue();
        }
    }

    @Test
    void whatIsLostWhileThePeerIsSilentSaysNothingOfTheLine() {
        second(0, MILLI);
        long lastWords = now;
        for (int i = 0; i < 400; i++) { // ten seconds
            now += SECOND / 40;
            flow.onSend(100, 50, now);
            long sentAt = now - SECOND;
            if (sentAt > lastWords) {
                flow.onLost(100, 50, sentAt, now);
            }
            flow.update(now);
            assertThat(flow.isDisconnect(1)).isFalse();
        }
        arrive(20, 0, 0); // and then it is back, and denies the last of them
        for (long sentAt = now - SECOND; sentAt < now; sentAt += SECOND / 40) {
            flow.onNack(sentAt, now);
            flow.onLost(100, 50, sentAt, now);
        }
        for (int i = 0; i < 5; i++) {
            second(0, MILLI);
            assertThat(flow.isDisconnect(1)).isFalse();
        }
        assertThat(flow.statistics(Period.LIFETIME, false).packetLoss()).isZero();
        assertThat(flow.statistics(Period.LIFETIME, false).packetLost())
                .as("they are lost all the same")
                .isEqualTo(400);
    }

    @Test
    void whatASilenceMadeLateIsNotALongRoundTrip() {
        second(0, 20 * MILLI);
        long sentAt = now;
        flow.onSend(100, 50, sentAt);
        now += 10 * SECOND;
        flow.onAck(100, 50, true, sentAt, now);
        assertThat(flow.rtt()).isEqualTo(20 * MILLI);
        second(0, 60 * MILLI);
        assertThat(flow.rtt()).as("what is sent afterwards counts").isGreaterThan(59 * MILLI);
    }

    @Test
    void lossesOfSecondsBeforeDoNotCountOnceTheNewestDatagramsAreAcknowledged() {
        second(0, MILLI);
        second(90, MILLI);
        second(90, MILLI);
        second(0, MILLI);
        assertThat(flow.statistics(Period.LAST_SECOND, false).packetLoss())
                .as("above the limit")
                .isGreaterThan(0.4f);
        second(0, MILLI);
        assertThat(flow.isDisconnect(1)).isFalse();
        for (int tenth = 0; tenth < 100; tenth++) { // nothing is lost at its end
            for (int i = 0; i < 10; i++) {
                flow.onSend(100, 50, now);
                if (tenth % 10 < 9 && i > 1) {
                    flow.onLost(100, 50, now, now);
                } else {
                    flow.onAck(100, 50, true, now, now);
                }
            }
            now += SECOND / 10;
            flow.update(now);
            assertThat(flow.isDisconnect(1)).isFalse();
        }
        assertThat(flow.statistics(Period.LAST_SECOND, false).packetLoss()).isGreaterThan(0.6f);
    }

    @Test
    void aSecondInWhichLittleIsLostIsNotBadForTheSecondsBefore() {
        second(90, MILLI);
        second(90, MILLI);
        second(10, MILLI);
        assertThat(flow.isDisconnect(1)).isFalse();
    }

    @Test
    void lossesBeforeTheHandshakeIsOverDoNotCount() {
        flow = new DefaultTrafficControl().onConnect(Addresses.of(4), MAX, now);
        second(100, MILLI);
        long early = now;
        now += MILLI;
        flow.onHandshakeComplete(now);
        for (int i = 0; i < 100; i++) {
            flow.onLost(0, 1, early, now);
        }
        second(10, 0);
        assertThat(flow.statistics(Period.LIFETIME, false).packetLoss()).isCloseTo(0.1f, within(0.001f));
        assertThat(flow.statistics(Period.LIFETIME, false).packetLost()).isEqualTo(210);
    }

    @Test
    void aProgramThatStoodStillForSecondsHasSeenOneBadSecond() {
        arrive(100, 0, 510 * MILLI);
        now += 10 * SECOND;
        flow.update(now);
        assertThat(flow.isDisconnect(1)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(floats = {0, Float.POSITIVE_INFINITY})
    void aLimitCanBeSwitchedOff(float off) {
        flow = connected(new DefaultTrafficControl(0, off, off));
        for (int i = 0; i < 10; i++) {
            second(90, 100 * SECOND);
        }
        assertThat(flow.isDisconnect(1)).isFalse();
        assertThat(flow.isDisconnect(0.01f)).isFalse();
        assertThat(flow.statistics(Period.LIFETIME, false).connectionFactor()).isZero();
    }

    @Test
    void theConnectionFactorIsTheWorseOfTheTwoAndAtMostOne() {
        second(0, 250 * MILLI);
        assertThat(flow.statistics(Period.LIFETIME, false).connectionFactor()).isCloseTo(0.5f, within(0.001f));
        second(90, 250 * MILLI);
        assertThat(flow.statistics(Period.LIFETIME, false).connectionFactor()).isEqualTo(1f);
    }

    // --- how many packets may come in

    @Test
    void aSecondsWorthOfPacketsMayComeAtOnceAndThenTheRate() {
        flow = connected(new DefaultTrafficControl(50, 500, 0.3f));
        assertThat(admitted(1_000)).isEqualTo(50);
        now += 100 * MILLI;
        assertThat(admitted(1_000)).isEqualTo(5);
        now += SECOND;
        assertThat(admitted(1_000)).isEqualTo(50);
    }

    @Test
    void anHonestPeerIsNotPunishedForASecondInWhichTheProgramStoodStill() {
        flow = connected(new DefaultTrafficControl(60, 500, 0.3f));
        for (int i = 0; i < 60; i++) {
            now += SECOND / 60;
            assertThat(admitted(1)).isEqualTo(1);
        }
        now += SECOND; // it went on sending 60 a second meanwhile
        assertThat(admitted(60)).isEqualTo(60);
    }

    @Test
    void aLongQuietTimeSavesUpNoMoreThanASecond() {
        flow = connected(new DefaultTrafficControl(3, 500, 0.3f));
        now += 1_000 * SECOND;
        assertThat(admitted(1_000)).isEqualTo(3);
    }

    @Test
    void withoutALimitAllMayComeIn() {
        assertThat(admitted(100_000)).isEqualTo(100_000);
    }

    private int admitted(int packets) {
        int admitted = 0;
        for (int i = 0; i < packets; i++) {
            admitted += flow.isCanReceiveData(now) ? 1 : 0;
        }
        return admitted;
    }

    // --- statistics

    @Test
    void statisticsTellWhatHappenedInTheLastSecondAndInAll() {
        flow.onSend(100, 60, now);
        flow.onSend(20, 0, now);
        flow.onReceive(300, 200, now);
        flow.onReceive(10, 0, now);
        flow.onResend(60);
        flow.onAck(100, 60, true, now, now);
        flow.onLost(20, 0, now, now);
        assertThat(flow.statistics(Period.LAST_SECOND, false).packetSend()).isZero();
        assertThat(flow.update(now + SECOND - 1)).isFalse();
        assertThat(flow.update(now + SECOND)).isTrue();
        assertThat(flow.update(now + SECOND)).isFalse();
        for (Period period : Period.values()) {
            expect(flow.statistics(period, false), 120, 310, 60, 100, 2, 2, 1, 1);
            expect(flow.statistics(period, true), 60, 200, 60, 60, 1, 1, 0, 1);
        }

        flow.onSend(7, 3, now + SECOND);
        flow.update(now + 2 * SECOND);
        expect(flow.statistics(Period.LAST_SECOND, false), 7, 0, 0, 0, 1, 0, 0, 0);
        expect(flow.statistics(Period.LIFETIME, false), 127, 310, 60, 100, 3, 2, 1, 1);
        expect(flow.statistics(Period.LIFETIME, true), 63, 200, 60, 60, 2, 1, 0, 1);
    }

    private static void expect(
            Statistics actual,
            long dataSend,
            long dataReceived,
            long dataResend,
            long dataAcked,
            long packetSend,
            long packetReceived,
            long packetLost,
            long packetAcked) {
        assertThat(actual)
                .isEqualTo(new Statistics(
                        new Statistics.Data(dataSend, dataReceived, dataResend, dataAcked),
                        new Statistics.Packets(packetSend, packetReceived, packetLost, packetAcked),
                        actual.rtt(),
                        actual.packetLoss(),
                        actual.connectionFactor()));
    }

    @Test
    void anEventCountsForItsSecondHoweverLateTheUpdateComes() {
        flow.onSend(1, 1, now);
        flow.onSend(2, 1, now + SECOND);
        flow.onSend(4, 1, now + 2 * SECOND - 1);
        flow.onSend(8, 1, now + 2 * SECOND);
        assertThat(flow.statistics(Period.LAST_SECOND, false).dataSend()).isEqualTo(6);
        assertThat(flow.update(now + 2 * SECOND)).isTrue();
        assertThat(flow.statistics(Period.LIFETIME, false).dataSend()).isEqualTo(15);
    }

    @Test
    void afterALongGapTheLastSecondIsOneInWhichNothingHappened() {
        flow.onSend(1, 1, now);
        assertThat(flow.update(now + 100 * SECOND)).isTrue();
        assertThat(flow.statistics(Period.LAST_SECOND, false).dataSend()).isZero();
        assertThat(flow.statistics(Period.LIFETIME, false).dataSend()).isEqualTo(1);
        assertThat(flow.update(now + 100 * SECOND)).isFalse();
        flow.onSend(2, 1, now + 100 * SECOND);
        assertThat(flow.update(now + 101 * SECOND - 1))
                .as("seconds stay where they were")
                .isFalse();
        assertThat(flow.update(now + 101 * SECOND)).isTrue();
        assertThat(flow.statistics(Period.LAST_SECOND, false).dataSend()).isEqualTo(2);
    }

    @Test
    void countsGoBeyondWhatAnIntHolds() {
        for (int i = 0; i < 100_000; i++) {
            arrive(65_535, 65_000, 0);
        }
        assertThat(flow.statistics(Period.LIFETIME, false).dataSend()).isEqualTo(6_553_500_000L);
        assertThat(flow.statistics(Period.LIFETIME, true).dataAcked()).isEqualTo(6_500_000_000L);
    }

    // --- the rest

    @Test
    void aDatagramAllocatesNothing() {
        flow = connected(new DefaultTrafficControl(1_000_000, 500, 0.3f));
        boolean[] seen = new boolean[1];
        assertThat(Allocation.of(() -> {
                    now += MILLI;
                    flow.onSend(flow.congestionWindow(), 10, now);
                    flow.onNack(now, now);
                    seen[0] ^= flow.isSend() ^ flow.isCanReceiveData(now) ^ flow.isDisconnect(1);
                    if (flow.resendTime(now, 0) % 100 == 0) {
                        flow.onLost(flow.congestionWindow(), 10, now, now);
                    } else {
                        flow.onAck(flow.congestionWindow(), 10, true, now, now + MILLI / 2);
                    }
                    flow.onReceive(100, 10, now);
                    flow.update(now);
                }))
                .isLessThan(Allocation.NOISE);
    }

    @Test
    void badArgumentsAreNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DefaultTrafficControl(-1, 500, 0.3f))
                .withMessageContaining("receivePacketsLimit is -1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DefaultTrafficControl(0, -0.5f, 0.3f))
                .withMessageContaining("rttThreshold is -0.5");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DefaultTrafficControl(0, 500, Float.NaN))
                .withMessageContaining("packetLossThreshold is NaN");
        for (int size : new int[] {0, 500_001}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new DefaultTrafficControl().onConnect(Addresses.of(4), size, now))
                    .withMessageContaining("maxDatagramSize is " + size);
        }
    }

    @Test
    void acknowledgementsAloneDoNotFillTheWindow() {
        for (int i = 0; i < 100; i++) {
            flow.onSend(200, 0, now);
        }
        assertThat(flow.isSend()).isTrue();
        assertThat(flow.dataInTransfer()).isZero();
    }

    @Test
    void theTimeThatAcknowledgementsAloneTakeSaysNothingOfTheWay() {
        flow.onSend(20, 0, now);
        flow.onAck(20, 0, false, now, now + 100 * MILLI);
        assertThat(flow.rtt()).isZero();
        flow.onSend(20, 0, now);
        flow.onAck(20, 0, true, now, now + 2 * MILLI);
        assertThat(flow.rtt()).isEqualTo(2 * MILLI);
    }
}
