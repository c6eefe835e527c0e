package dev.gridmate.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.meters.Meter;
import dev.gridmate.testkit.Page;
import dev.gridmate.testkit.Sentences;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The dashboard for Grafana is written from the meters. */
class DashboardTest {

    @Test
    void theDashboardIsUpToDate() throws Exception {
        Path file = Page.ROOT.resolve("docs/grafana-dashboard.json");
        Sentences.hold(file.toString(), new Dashboard().json());
    }

    @Test
    void theDashboardShowsEachMeter() throws Exception {
        String json = new Dashboard().json();
        for (Meter<?> meter : Tables.ofDriver()) {
            assertThat(json).contains(Exposition.name(meter));
        }
        for (Meter<?> meter : Tables.ofCarrier()) {
            assertThat(json).contains(Exposition.name(meter));
        }
    }
}
