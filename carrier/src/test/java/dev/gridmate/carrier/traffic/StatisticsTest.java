package dev.gridmate.carrier.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.carrier.traffic.Statistics.Period;
import org.junit.jupiter.api.Test;

/** What a connection counts, in the last second and in all. */
class StatisticsTest extends FlowStories {

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
}
