package dev.gridmate.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.GridMate;
import dev.gridmate.carrier.Carrier;
import dev.gridmate.carrier.CarrierDesc;
import dev.gridmate.driver.AddressFamily;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.StreamSocketDriver;
import dev.gridmate.monitor.Monitor;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The meters of a driver and a carrier that run, in registries of Micrometer. */
class MetricsTest {

    private final GridMate gridMate = new GridMate();
    private StreamSocketDriver driver;
    private Carrier carrier;
    private int port;
    private Loop loop;

    @BeforeEach
    void start() {
        driver = new StreamSocketDriver(gridMate, 8, 65_536, 65_536, 65_536);
        assertThat(driver.initialize(AddressFamily.IPV4, "127.0.0.1", 0)).isEqualTo(ResultCode.OK);
        assertThat(driver.startListen(8)).isEqualTo(ResultCode.OK);
        port = driver.port();
        carrier = Carrier.create(
                CarrierDesc.builder().address("127.0.0.1").port(0).build(), gridMate);
        loop = new Loop(driver, carrier);
    }

    @AfterEach
    void stop() throws Exception {
        loop.close();
        gridMate.close();
    }

    /** {@return names and labels of all lines, and the comments} */
    private static Set<String> series(String exposition) {
        return Arrays.stream(exposition.split("\n"))
                .map(line -> line.startsWith("#") ? line : line.substring(0, line.lastIndexOf(' ')))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void theMonitorHasTheSameMetersUnderTheSameNames() throws Exception {
        var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try (var metrics = new DriverMetrics(driver);
                var others = new CarrierMetrics(carrier);
                Monitor monitor = Monitor.builder().add(driver).add(carrier).start()) {
            metrics.bindTo(registry);
            others.bindTo(registry);
            HttpRequest request = HttpRequest.newBuilder(monitor.address().resolve("/metrics"))
                    .build();
            String exposition = HttpClient.newHttpClient()
                    .send(request, BodyHandlers.ofString())
                    .body();
            assertThat(series(registry.scrape())).isEqualTo(series(exposition));
        }
    }

    @Test
    void aMeterHasTheValueOfThePicture() throws Exception {
        MeterRegistry registry = new SimpleMeterRegistry();
        try (Socket peer = new Socket(InetAddress.getLoopbackAddress(), port);
                var metrics = new DriverMetrics(driver, Tags.of("zone", "eu"))) {
            peer.getOutputStream().write(new byte[] {0, 3, 1, 2, 3});
            assertThat(peer.getInputStream().readNBytes(5)).endsWith(1, 2, 3); // the loop has echoed it
            metrics.bindTo(registry);
            String name = driver.name();
            assertThat(registry.get("gridmate.driver.packets.in")
                            .tags("name", name, "zone", "eu")
                            .functionCounter()
                            .count())
                    .isEqualTo(1);
            assertThat(registry.get("gridmate.driver.in").functionCounter().count())
                    .isEqualTo(5);
            assertThat(registry.get("gridmate.driver.connections")
                            .tags("state", "ESTABLISHED")
                            .gauge()
                            .value())
                    .isEqualTo(1);
            assertThat(registry.get("gridmate.driver.update").functionTimer().count())
                    .isPositive();
        }
    }

    @Test
    void peersAddNoSeries() throws Exception {
        MeterRegistry registry = new SimpleMeterRegistry();
        try (var metrics = new DriverMetrics(driver)) {
            metrics.bindTo(registry);
            int before = registry.getMeters().size();
            try (Socket peer = new Socket(InetAddress.getLoopbackAddress(), port)) {
                peer.getOutputStream().write(new byte[] {0, 1, 1});
                assertThat(peer.getInputStream().readNBytes(3)).endsWith(1);
                registry.getMeters().forEach(Meter::measure);
            }
            assertThat(registry.getMeters()).hasSize(before).hasSizeLessThan(130);
        }
    }

    @Test
    void whenTheLoopHasStoppedTheLastValuesStay() throws Exception {
        MeterRegistry registry = new SimpleMeterRegistry();
        try (var metrics = new CarrierMetrics(carrier)) {
            metrics.bindTo(registry);
            var up = registry.get("gridmate.carrier.up").gauge();
            double last = up.value();
            assertThat(last).isPositive();
            loop.stop();
            double age = registry.get("gridmate.carrier.update.age").gauge().value();
            assertThat(registry.get("gridmate.carrier.update.age").gauge().value())
                    .isGreaterThan(age);
            assertThat(up.value()).isGreaterThanOrEqualTo(last);
        }
    }

    @Test
    void closedMetersLeaveTheirRegistries() {
        List<MeterRegistry> registries = List.of(new SimpleMeterRegistry(), new SimpleMeterRegistry());
        try (var metrics = new DriverMetrics(driver)) {
            registries.forEach(metrics::bindTo);
            assertThat(registries).allMatch(each -> !each.getMeters().isEmpty());
        }
        assertThat(registries).allMatch(each -> each.getMeters().isEmpty());
    }
}
