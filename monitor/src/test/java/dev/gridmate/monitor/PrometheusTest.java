package dev.gridmate.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What Prometheus itself says. Skipped where it is not installed. */
@Timeout(300)
class PrometheusTest {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    private Game game;
    private Monitor monitor;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(isThere("promtool"), "no promtool: install Debian's package prometheus");
        game = new Game("a \"quoted\" name\\with\nlines");
        game.connect(2);
        monitor = Monitor.builder().add(game.server()).start();
    }

    @AfterEach
    void stop() throws Exception {
        if (monitor != null) {
            monitor.close();
            game.close();
        }
    }

    private static boolean isThere(String program) {
        return List.of(System.getenv().getOrDefault("PATH", "").split(":")).stream()
                .anyMatch(each -> Files.isExecutable(Path.of(each, program)));
    }

    private static String get(URI address) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(address).build();
        return CLIENT.send(request, BodyHandlers.ofString()).body();
    }

    private static void run(Path input, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(input.toFile())
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    @Test
    void promtoolFindsNothingWrong() throws Exception {
        Path metrics = folder.resolve("metrics");
        Files.writeString(metrics, get(monitor.address().resolve("/metrics")));
        run(metrics, "promtool", "check", "metrics");
    }

    @Test
    void theExpressionsOfTheDashboardAreGood() throws Exception {
        StringBuilder rules = new StringBuilder("groups:\n- name: dashboard\n  rules:\n");
        int number = 0;
        for (String expression : new Dashboard().expressions()) {
            rules.append("  - record: panel_")
                    .append(number++)
                    .append("\n    expr: '")
                    .append(expression)
                    .append("'\n");
        }
        Path file = folder.resolve("rules.yml");
        Files.writeString(file, rules);
        run(file, "promtool", "check", "rules", file.toString());
    }

    @Test
    void prometheusScrapesIt() throws Exception {
        int port = freePort();
        Path settings = folder.resolve("prometheus.yml");
        Files.writeString(settings, """
                global: {scrape_interval: 1s}
                scrape_configs:
                - job_name: gridmate
                  static_configs:
                  - targets: ['127.0.0.1:%d']
                """.formatted(monitor.port()));
        Process prometheus = new ProcessBuilder(
                        "prometheus",
                        "--config.file=" + settings,
                        "--storage.tsdb.path=" + folder.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        try {
            JsonNode result = firstResult(port, "gridmate_driver_connections%7Bstate=%22ESTABLISHED%22%7D", prometheus);
            assertThat(result.at("/metric/name").asText())
                    .isEqualTo(game.server().name());
            assertThat(result.at("/value/1").asText()).isEqualTo("2");
        } finally {
            prometheus.destroy();
            prometheus.waitFor();
        }
    }

    private static JsonNode firstResult(int port, String query, Process prometheus) throws Exception {
        URI address = URI.create("http://127.0.0.1:" + port + "/api/v1/query?query=" + query);
        while (prometheus.isAlive()) {
            try {
                JsonNode result = new ObjectMapper().readTree(get(address)).at("/data/result/0");
                if (!result.isMissingNode()) {
                    return result;
                }
            } catch (IOException e) {
                Thread.onSpinWait(); // it does not listen yet
            }
        }
        throw new AssertionError("Prometheus has ended");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
