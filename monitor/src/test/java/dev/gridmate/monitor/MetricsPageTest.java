package dev.gridmate.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.meters.Meter;
import dev.gridmate.testkit.Page;
import dev.gridmate.testkit.Sentences;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page that lists the meters has all of them, and no other. */
class MetricsPageTest {

    private static final String PAGE = "docs/metrics.md";

    @Test
    void thePageListsEachMeter() {
        String page = Page.of(PAGE).text();
        page = withTable(page, "driver", Tables.ofDriver());
        page = withTable(page, "carrier", Tables.ofCarrier());
        Sentences.hold(Page.ROOT.resolve(PAGE).toString(), page);
    }

    private static String withTable(String page, String what, List<Meter<?>> meters) {
        String begin = "<!-- meters of a " + what + " -->\n";
        String end = "<!-- end of the meters of a " + what + " -->";
        assertThat(page).contains(begin, end);
        return page.substring(0, page.indexOf(begin) + begin.length())
                + table(meters)
                + page.substring(page.indexOf(end));
    }

    private static String table(List<Meter<?>> meters) {
        StringBuilder table = new StringBuilder("\n| meter | in Prometheus | tag | what it is |\n|---|---|---|---|\n");
        for (Meter<?> meter : meters) {
            table.append("| `").append(meter.name()).append("` | ").append(inPrometheus(meter));
            table.append(" | ")
                    .append(tag(meter))
                    .append(" | ")
                    .append(meter.description())
                    .append(" |\n");
        }
        return table.append('\n').toString();
    }

    private static String inPrometheus(Meter<?> meter) {
        String name = Exposition.name(meter);
        return meter.kind() == Meter.Kind.TIMER ? "`" + name + "_count`, `" + name + "_sum`" : "`" + name + "`";
    }

    private static String tag(Meter<?> meter) {
        return meter.series().get(0).tags().keySet().stream()
                .findFirst()
                .map(tag -> "`" + tag + "`")
                .orElse("");
    }

    @Test
    void namesAndUnitsAreAsMicrometerAndOpenTelemetryWantThem() {
        Pattern name = Pattern.compile("gridmate(\\.[a-z]+)+");
        for (List<Meter<?>> meters : List.of(Tables.ofDriver(), Tables.ofCarrier())) {
            assertThat(meters)
                    .extracting(Meter::name)
                    .doesNotHaveDuplicates()
                    .allMatch(each -> name.matcher(each).matches());
            assertThat(meters).extracting(Meter::unit).isSubsetOf("", "bytes", "seconds");
            assertThat(meters).extracting(Meter::description).allMatch(each -> each.endsWith("."));
        }
    }
}
