package dev.gridmate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChartTest {

    private static final long US = TimeUnit.MICROSECONDS.toNanos(1);

    private final Histogram nanos = Figures.histogramOfNanos();

    @Test
    void barsAreInProportionAndNothingIsTooLittleToShow() {
        nanos.recordValueWithCount(21 * US, 500_000);
        nanos.recordValueWithCount(27 * US, 1_000_000);
        nanos.recordValueWithCount(33 * US, 250_000);
        nanos.recordValueWithCount(64 * US, 1);

        assertThat(Chart.draw(nanos, new Screen(60, true)))
                .containsExactly(
                        "    from       packets",
                        "   20 us       500,000  ██████████████████",
                        "   25 us     1,000,000  ████████████████████████████████████",
                        " 31.5 us       250,000  █████████",
                        "   40 us             0",
                        "   50 us             0",
                        "   63 us             1  ▏");
    }

    @Test
    void eighthsOfABlockTellMoreThanWholeOnes() {
        nanos.recordValueWithCount(21 * US, 80);
        nanos.recordValueWithCount(27 * US, 1);
        nanos.recordValueWithCount(33 * US, 43);

        assertThat(Chart.draw(nanos, new Screen(34, true)))
                .containsExactly(
                        "    from       packets",
                        "   20 us            80  ██████████",
                        "   25 us             1  ▏",
                        " 31.5 us            43  █████▍");
    }

    @Test
    void asciiForTerminalsThatHaveNothingElse() {
        nanos.recordValueWithCount(21 * US, 100);
        nanos.recordValueWithCount(27 * US, 1);
        nanos.recordValueWithCount(33 * US, 50);

        assertThat(Chart.draw(nanos, new Screen(44, false)))
                .containsExactly(
                        "    from       packets",
                        "   20 us           100  ####################",
                        "   25 us             1  .",
                        " 31.5 us            50  ##########");
    }

    @Test
    void rangesGrowWithTheTimesSoThatALongTailFits() {
        nanos.recordValueWithCount(12 * US, 7);
        nanos.recordValueWithCount(2_100 * US, 7);
        nanos.recordValueWithCount(8_000_000 * US, 14);

        assertThat(Chart.draw(nanos, new Screen(38, false)))
                .containsExactly(
                        "    from       packets",
                        "   10 us             7  #######",
                        "   20 us             0",
                        "   50 us             0",
                        "  100 us             0",
                        "  200 us             0",
                        "  500 us             0",
                        "    1 ms             0",
                        "    2 ms             7  #######",
                        "    5 ms             0",
                        "   10 ms             0",
                        "   20 ms             0",
                        "   50 ms             0",
                        "  100 ms             0",
                        "  200 ms             0",
                        "  500 ms             0",
                        "     1 s             0",
                        "     2 s             0",
                        "     5 s            14  ##############");
    }

    @Test
    void everyPacketIsInOneRange() {
        long count = 0;
        for (long value = 1; value < TimeUnit.HOURS.toNanos(1); value += 1 + value / 3) {
            nanos.recordValue(value);
            count++;
        }
        nanos.recordValue(0);
        long drawn = Chart.draw(nanos, new Screen(80, true)).stream()
                .skip(1)
                .mapToLong(line -> Long.parseLong(line.substring(9, 22).strip()))
                .sum();

        assertThat(drawn).isEqualTo(count + 1);
    }

    @Test
    void nothingIsDrawnOfNothing() {
        assertThat(Chart.draw(nanos, new Screen(80, true))).isEmpty();

        nanos.recordValue(0);
        assertThat(Chart.draw(nanos, new Screen(80, true))).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({
        ", UTF-8, 80, true",
        "200, utf-8, 80, true",
        "60, ANSI_X3.4-1968, 60, false",
        "5, Cp437, 40, false",
        "wide, , 80, false"
    })
    void theScreenIsWhatTheSystemSaysWithinReason(String columns, String charset, int width, boolean unicode) {
        assertThat(Screen.of(columns, charset)).isEqualTo(new Screen(width, unicode));
    }
}
