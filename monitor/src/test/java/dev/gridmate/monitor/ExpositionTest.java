package dev.gridmate.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.meters.Meter;
import dev.gridmate.monitor.Exposition.Read;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExpositionTest {

    private static String written(Meter<Integer> meter, String name) {
        return new Exposition()
                .add(List.of(meter), List.of(new Read<>(name, 5)))
                .toString();
    }

    @Test
    void aCounterHasItsUnitAndTotalAtTheEnd() {
        Meter<Integer> meter =
                Meter.<Integer>counter("gridmate.driver.in", "bytes", "Bytes.").of(each -> each);
        assertThat(written(meter, "game")).isEqualTo("""
                # HELP gridmate_driver_in_bytes_total Bytes.
                # TYPE gridmate_driver_in_bytes_total counter
                gridmate_driver_in_bytes_total{name="game"} 5.0
                """);
    }

    @Test
    void aTimerIsASummaryWithoutQuantiles() {
        Meter<Integer> meter = Meter.timer("gridmate.driver.update", "Updates.", each -> each, each -> each / 2.0);
        assertThat(written(meter, "game")).isEqualTo("""
                # HELP gridmate_driver_update_seconds Updates.
                # TYPE gridmate_driver_update_seconds summary
                gridmate_driver_update_seconds_count{name="game"} 5.0
                gridmate_driver_update_seconds_sum{name="game"} 2.5
                """);
    }

    @Test
    void aNameCannotBreakOutOfItsLabel() {
        Meter<Integer> meter =
                Meter.<Integer>gauge("gauge", "", "A gauge.").by("tag", List.of("a"), (each, tag) -> each);
        assertThat(written(meter, "a\"} 1\nevil{x=\"\\")).isEqualTo("""
                # HELP gauge A gauge.
                # TYPE gauge gauge
                gauge{name="a\\"} 1\\nevil{x=\\"\\\\",tag="a"} 5.0
                """);
    }

    @Test
    void aDriverWithoutAPictureYetIsLeftOut() {
        Meter<Integer> meter = Meter.<Integer>gauge("gauge", "", "A gauge.").of(each -> each);
        assertThat(new Exposition()
                        .add(List.of(meter), List.of(new Read<>("game", null)))
                        .toString())
                .isEmpty();
    }
}
