package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.driver.sim.DatagramFaults;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The time that connected carriers share. */
@Timeout(60)
class CarrierClockTest {

    @ParameterizedTest
    @EnumSource
    void theOthersFollowTheOneThatRunsTheClock(Side.Wire wire) {
        try (Pair pair = new Pair(wire)) {
            pair.network.latency(Duration.ofMillis(40));
            pair.connected();
            pair.server.carrier.startClockSync(1_000, false);
            pair.run(Duration.ofSeconds(3));

            assertThat(pair.client.carrier.time() - pair.server.carrier.time()).isBetween(-30L, 30L);
        }
    }

    @Test
    void timeNeverGoesBackWhateverTheNetworkDoes() {
        try (Pair pair = new Pair(Side.Wire.UDP, 5, settings -> settings, settings -> settings)) {
            pair.connected();
            pair.network.datagramFaults(
                    DatagramFaults.NONE.withLoss(0.2).withDuplication(0.2).withReordering(0.5, Duration.ofMillis(200)));
            pair.server.carrier.startClockSync(50, false);
            long before = 0;
            for (int i = 0; i < 2_000; i++) {
                pair.tick();
                long time = pair.client.carrier.time();
                assertThat(time).isGreaterThanOrEqualTo(before);
                before = time;
            }
        }
    }

    @Test
    void aClockThatIsAheadStandsStillUntilTheOthersHaveComeUp() {
        CarrierClock clock = new CarrierClock();
        assertThat(clock.time(10_000)).isEqualTo(10_000);
        clock.follow(9_000, 20, 10_000);
        assertThat(clock.time(10_000)).isEqualTo(10_000);
        assertThat(clock.time(10_500)).isEqualTo(10_000);
        assertThat(clock.time(11_000)).isEqualTo(10_020);
    }

    @Test
    void thirtyTwoBitsOnTheWireAreEnoughForMonths() {
        CarrierClock clock = new CarrierClock();
        clock.follow(1_000_000_000, 0, 0);
        clock.follow(2_000_000_000, 0, 0);
        clock.follow((int) 3_000_000_000L, 0, 0);
        clock.follow((int) 4_000_000_000L, 0, 0);
        clock.follow((int) 5_000_000_000L, 5, 0);
        assertThat(clock.time(0)).isEqualTo(5_000_000_005L);
    }

    @Test
    void aSecondCarrierThatRunsTheClockIsIgnoredByTheFirst() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            pair.connected();
            pair.server.carrier.startClockSync();
            pair.client.carrier.startClockSync();
            pair.run(Duration.ofMillis(2_500));
            assertThat(pair.server.carrier.counter(CarrierCounter.CLOCK_SYNCS_IGNORED))
                    .isBetween(2L, 4L);

            pair.client.carrier.stopClockSync();
            long before = pair.server.carrier.counter(CarrierCounter.CLOCK_SYNCS_IGNORED);
            pair.run(Duration.ofSeconds(3));
            assertThat(pair.server.carrier.counter(CarrierCounter.CLOCK_SYNCS_IGNORED))
                    .isEqualTo(before);
        }
    }

    @Test
    void aResetBeginsAtZeroForTheOneThatRunsTheClock() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            pair.run(Duration.ofSeconds(100));
            assertThat(pair.server.carrier.time()).isEqualTo(100_000);
            pair.server.carrier.startClockSync(1_000, true);
            assertThat(pair.server.carrier.time()).isZero();
        }
    }

    @Test
    void theFirstWordOfTheClockIsHeardHoweverLateItComes() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            pair.network.advance(Duration.ofSeconds(500));
            try (Side young = new Side(pair.network.host("10.0.0.3"), Side.Wire.UDP, settings -> settings)) {
                young.carrier.connect("10.0.0.1", Side.PORT);
                for (int i = 0; i < 70 * 60 * 20; i++) { // more numbers than half of their circle
                    pair.network.advance(Duration.ofMillis(50));
                    pair.server.carrier.update();
                    young.carrier.update();
                }
                pair.server.carrier.startClockSync();
                for (int i = 0; i < 100; i++) {
                    pair.network.advance(Duration.ofMillis(5));
                    pair.server.carrier.update();
                    young.carrier.update();
                }
                assertThat(young.carrier.time() - pair.server.carrier.time()).isBetween(-30L, 30L);
            }
        }
    }
}
