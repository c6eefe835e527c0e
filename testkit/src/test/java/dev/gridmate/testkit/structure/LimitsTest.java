package dev.gridmate.testkit.structure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LimitsTest {

    private static final String TABLE = """
            # why
            measure              room      goal
            file-median            10         5
            file-90                10         5
            file-longest           10         5
            method-median          10         5
            method-99              10         5
            method-longest         10         5
            fields                 10         5
            parameters             10         5
            constructor            10         5
            record                 10         5
            circle                 10         5
            circles                10         5
            unused                 10         5
            """;

    private final Limits limits = Limits.read(TABLE, Measure.keys());

    @Test
    void aNumberOverItsLimitIsWorse() {
        assertThat(limits.worse(numbers(10))).isEmpty();
        assertThat(limits.worse(numbers(11))).containsExactly("WORSE  room: fields is 11, and the limit is 10");
    }

    @Test
    void aNumberBelowItsLimitLowersIt() {
        assertThat(limits.better(numbers(7))).contains("better room: fields is 7; lower the limit from 10 to 7");
        assertThat(limits.lowered(numbers(7))).containsPattern("fields +7 +5\n");
    }

    @Test
    void noLimitGoesBelowTheGoal() {
        assertThat(limits.lowered(numbers(2))).containsPattern("fields +5 +5\n");
    }

    @Test
    void noLimitGoesUp() {
        assertThat(limits.lowered(numbers(11))).containsPattern("fields +10 +5\n");
    }

    @Test
    void whatIsWrittenCanBeReadAgain() {
        String once = limits.lowered(numbers(7));
        assertThat(once).startsWith("# why\n");
        assertThat(Limits.read(once, Measure.keys()).lowered(numbers(7))).isEqualTo(once);
    }

    @Test
    void aTableThatLacksAMeasureOrHasAnotherIsRefused() {
        assertThatThrownBy(() -> Limits.read("measure room goal\nfields 1 1\n", List.of("fields", "lines")))
                .hasMessage("The measures are not [fields, lines]: [fields]");
        assertThatThrownBy(() -> Limits.read("measure room goal\nweight 1 1\n", List.of("fields")))
                .hasMessageContaining("weight");
    }

    @Test
    void theReportNamesTheWorst() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        boolean good = new Structure(limits, new PrintStream(bytes, true, StandardCharsets.UTF_8)).report(fields(11));
        assertThat(good).isFalse();
        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .contains("| fields of the fullest class | 11 (10) | 5 |")
                .contains("room, fullest classes (goal 5)")
                .contains("  11 p.Full");
    }

    @Test
    void aPercentileIsASizeThatOccurs() {
        List<Sized> sizes = List.of(new Sized(4, "d"), new Sized(1, "a"), new Sized(3, "c"), new Sized(2, "b"));
        assertThat(Sized.percentile(sizes, 50)).isEqualTo(2);
        assertThat(Sized.percentile(sizes, 90)).isEqualTo(4);
        assertThat(Sized.percentile(List.of(), 50)).isZero();
        assertThat(Sized.percentile(Collections.nCopies(200, new Sized(1, "a")), 99))
                .isEqualTo(1);
    }

    private static Map<String, Shape> fields(int count) {
        List<Sized> none = List.of();
        return Map.of(
                "room",
                new Shape(none, none, List.of(new Sized(count, "p.Full")), none, none, none, List.of(), List.of()));
    }

    private static Map<String, Map<String, Integer>> numbers(int count) {
        return Map.of("room", fields(count).get("room").numbers());
    }
}
