package dev.gridmate.carrier.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gridmate.carrier.Addresses;
import dev.gridmate.carrier.traffic.Statistics.Period;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When a round trip time, or a loss, is too bad for a connection to go on. */
class BadConnectionsTest extends FlowStories {

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

    // --- the rest
}
