package dev.gridmate.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.driver.Driver;
import dev.gridmate.testkit.Page;
import dev.gridmate.testkit.Programs;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsPageProgramTest {

    @TempDir
    private Path folder;

    @Test
    void theExampleOfThePageCompiles() throws Exception {
        Programs programs = new Programs(folder, Driver.class, DriverMetrics.class, MeterRegistry.class)
                .add("Metered", Page.of("docs/metrics.md").program("Metered"));
        assertThat(programs.compile()).isZero();
    }
}
