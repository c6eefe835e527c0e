package dev.gridmate.carrier.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.gridmate.carrier.Addresses;
import dev.gridmate.carrier.traffic.Statistics.Period;
import dev.gridmate.testkit.Allocation;
import org.junit.jupiter.api.Test;

class DefaultTrafficControlTest extends FlowStories {

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
