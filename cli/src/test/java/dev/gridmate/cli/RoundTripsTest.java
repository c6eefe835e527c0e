package dev.gridmate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class RoundTripsTest {

    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long PERIOD = 100 * MS;
    private static final long ROUND_TRIP = MS;

    private final RoundTrips roundTrips = new RoundTrips(0);

    @Test
    void aStallCountsForEveryPacketThatItKeptFromLeaving() {
        long stallBegins = 10 * PERIOD;
        long stallEnds = 20 * PERIOD;
        for (int i = 0; i < 30; i++) {
            long due = i * PERIOD;
            long left = due >= stallBegins && due < stallEnds ? stallEnds : due;
            roundTrips.add(due, left, left + ROUND_TRIP);
        }
        // An oracle: what HdrHistogram makes of one packet that took so long, where one was due in
        // each period.
        Histogram corrected = Figures.histogramOfNanos();
        corrected.recordValueWithExpectedInterval(stallEnds - stallBegins + ROUND_TRIP, PERIOD);
        for (int i = 0; i < 20; i++) {
            corrected.recordValue(ROUND_TRIP);
        }

        assertThat(roundTrips.fromDue()).isEqualTo(corrected);
        assertThat(roundTrips.fromLeaving().getTotalCount()).isEqualTo(30);
        assertThat(roundTrips.fromLeaving().getMaxValue())
                .isEqualTo(roundTrips.fromLeaving().getMinNonZeroValue() | 511); // as fine as it tells
        assertThat(roundTrips.fromLeaving().getCountBetweenValues(ROUND_TRIP, ROUND_TRIP))
                .isEqualTo(30);
    }

    @Test
    void aServerThatStandsStillShowsInBoth() {
        for (int i = 0; i < 10; i++) {
            roundTrips.add(i * PERIOD, i * PERIOD, 10 * PERIOD);
        }

        assertThat(roundTrips.fromDue()).isEqualTo(roundTrips.fromLeaving());
        assertThat(roundTrips.fromDue().getCountBetweenValues(5 * PERIOD, 10 * PERIOD))
                .isEqualTo(6);
    }

    @Test
    void whatWasDueBeforeTheBeginningDoesNotCountWhenItComesAfterwards() {
        roundTrips.add(PERIOD, PERIOD, 2 * PERIOD);
        roundTrips.begin(3 * PERIOD);
        roundTrips.add(2 * PERIOD, 4 * PERIOD, 5 * PERIOD);

        assertThat(roundTrips.fromDue().getTotalCount()).isZero();
        assertThat(roundTrips.fromLeaving().getTotalCount()).isZero();

        roundTrips.add(3 * PERIOD, 4 * PERIOD, 5 * PERIOD);

        assertThat(roundTrips.fromDue().getTotalCount()).isEqualTo(1);
    }

    @Test
    void theClockMayOverflow() {
        RoundTrips late = new RoundTrips(Long.MAX_VALUE - 1);
        late.add(Long.MAX_VALUE, Long.MAX_VALUE, Long.MIN_VALUE + 9);

        assertThat(late.fromDue().getMaxValue()).isEqualTo(10);
    }

    @Test
    void whatTakesLongerThanAnHourCountsAsTheLongest() {
        roundTrips.add(0, 0, TimeUnit.DAYS.toNanos(1));

        assertThat(roundTrips.fromDue().getMaxValue()).isGreaterThanOrEqualTo(TimeUnit.HOURS.toNanos(1));
    }
}
