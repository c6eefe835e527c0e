package dev.gridmate.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the monitor answers, with a driver that runs. */
class MonitorTest {

    private final HttpClient client = HttpClient.newHttpClient();
    private Game game;
    private Monitor monitor;

    @BeforeEach
    void start() throws Exception {
        game = new Game();
        monitor = Monitor.builder().add(game.server()).start();
    }

    @AfterEach
    void stop() throws Exception {
        monitor.close();
        game.close();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(monitor.address().resolve(path)).build();
        return client.send(request, BodyHandlers.ofString());
    }

    @Test
    void thePageLoadsNothingFromElsewhere() throws Exception {
        HttpResponse<String> page = get("/");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).doesNotContain("http:", "https:", "<style", "onclick");
        assertThat(page.headers().firstValue("Content-Security-Policy"))
                .hasValueSatisfying(policy -> assertThat(policy).startsWith("default-src 'none'; script-src 'self';"));
        assertThat(get("/uPlot.iife.min.js").body()).contains("uPlot");
    }

    @Test
    void textOfPeersIsNeverTakenForHtml() throws Exception {
        for (String script : new String[] {"monitor.js", "charts.js", "readings.js", "tables.js", "words.js"}) {
            assertThat(get("/" + script).body())
                    .contains("//")
                    .doesNotContain("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(");
        }
    }

    @Test
    void theSnapshotShowsConnectionsAndTotals() throws Exception {
        game.connect(3);
        JsonNode source = new ObjectMapper()
                .readTree(get("/snapshot.json?limit=2&sort=age").body())
                .get("sources")
                .get(0);
        assertThat(source.get("name").asText()).isEqualTo(game.server().name());
        assertThat(source.get("hasStalled").asBoolean()).isFalse();
        JsonNode connections = source.get("snapshot").get("connections");
        assertThat(connections.get("byState").get("ESTABLISHED").asInt()).isEqualTo(3);
        assertThat(connections.get("top")).hasSize(2);
    }

    @Test
    void aQuestionThatMakesNoSenseIsAnsweredInWords() throws Exception {
        assertThat(get("/snapshot.json?sort=colour"))
                .returns(400, HttpResponse::statusCode)
                .returns("sort must be one of [WAITING, RATE, ROUND_TRIP, LOSS, AGE, SILENCE]\n", HttpResponse::body);
        assertThat(get("/snapshot.json?limit=1001").body()).isEqualTo("limit must be 0 to 1000\n");
        assertThat(Raw.ask(monitor.port(), "GET", "/snapshot.json?limit=%2")).startsWith("HTTP/1.1 400 ");
        assertThat(get("/nothing").statusCode()).isEqualTo(404);
    }

    @Test
    void itOnlyReads() throws Exception {
        assertThat(Raw.ask(monitor.port(), "DELETE", "/snapshot.json")).startsWith("HTTP/1.1 405 ");
        assertThat(Raw.ask(monitor.port(), "HEAD", "/metrics"))
                .startsWith("HTTP/1.1 200 ")
                .endsWith("\r\n\r\n");
    }

    @Test
    void metricsAreTextForPrometheus() throws Exception {
        game.connect(2);
        String name = game.server().name();
        HttpResponse<String> metrics = get("/metrics");
        assertThat(metrics.headers().firstValue("Content-Type")).hasValue("text/plain; version=0.0.4; charset=utf-8");
        assertThat(metrics.body())
                .contains("# TYPE gridmate_driver_connections gauge\n")
                .contains("gridmate_driver_connections{name=\"" + name + "\",state=\"ESTABLISHED\"} 2.0\n")
                .contains("# HELP gridmate_driver_packets_in_total Whole packets that arrived.\n")
                .contains("gridmate_driver_connections_accepted_total{name=\"" + name + "\"} 2.0\n");
    }

    @Test
    void aLoopThatStandsStillIsNews() throws Throwable {
        assertThat(get("/healthz").body()).isEqualTo("ok\n");
        assertThat(get("/readyz").statusCode()).isEqualTo(200);
        monitor.close();
        monitor = Monitor.builder()
                .add(game.server())
                .stalledAfter(Duration.ofMillis(1))
                .start();
        game.loop().whileItStandsStill(() -> {
            while (game.server().sinceUpdate().toMillis() < 5) {
                Thread.onSpinWait();
            }
            assertThat(get("/healthz"))
                    .returns(503, HttpResponse::statusCode)
                    .satisfies(answer -> assertThat(answer.body()).matches("a loop has not updated for \\d+ s\n"));
            JsonNode source = new ObjectMapper()
                    .readTree(get("/snapshot.json").body())
                    .get("sources")
                    .get(0);
            assertThat(source.get("hasStalled").asBoolean()).isTrue();
            assertThat(source.get("problem").asText())
                    .startsWith(game.server().name() + ": the loop has not updated for ");
        });
    }

    @Test
    void aServerThatDoesNotListenIsNotReady() throws Exception {
        game.stopListening();
        assertThat(get("/readyz"))
                .returns(503, HttpResponse::statusCode)
                .returns("not listening\n", HttpResponse::body);
        assertThat(get("/healthz").statusCode()).isEqualTo(200);
    }

    @Test
    void aDriverThatWasClosedIsNoReasonToStartTheProgramAnew() throws Exception {
        monitor.close();
        monitor = Monitor.builder()
                .add(game.server())
                .stalledAfter(Duration.ofNanos(1))
                .start();
        game.close();
        assertThat(get("/healthz").statusCode()).isEqualTo(200);
        assertThat(game.server().sinceUpdate()).isZero();
    }

    @Test
    void otherMachinesNeedAToken() {
        assertThatThrownBy(() -> Monitor.builder().bind("0.0.0.0", 0).start())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a monitor on 0.0.0.0 can be reached by other machines: give it a token(...), or bind it to"
                        + " 127.0.0.1");
    }
}
