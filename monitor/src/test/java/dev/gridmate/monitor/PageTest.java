package dev.gridmate.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gridmate.GridMate;
import dev.gridmate.carrier.Carrier;
import dev.gridmate.carrier.CarrierDesc;
import dev.gridmate.carrier.CarrierRunner;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The page, in a real Chromium. Skipped where there is no {@code chromedriver}. */
class PageTest {

    private static final Path PICTURES = Path.of("target", "pictures");
    private static final String ROWS = "[...document.querySelectorAll('#connections tbody tr')]";

    private static Browser browser;
    private Game game;
    private Monitor monitor;

    @BeforeAll
    static void open() throws Exception {
        assumeTrue(
                Browser.program().isPresent(),
                "no chromedriver: install Debian's packages chromium and chromium-driver");
        browser = Browser.open();
    }

    @AfterAll
    static void quit() {
        if (browser != null) {
            browser.close();
        }
    }

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

    private void show() {
        browser.go(monitor.address());
        browser.until("figures", "return document.getElementById('state').textContent === 'live'");
    }

    private JsonNode snapshot() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(monitor.address().resolve("/snapshot.json"))
                .build();
        String json = HttpClient.newHttpClient()
                .send(request, BodyHandlers.ofString())
                .body();
        return new ObjectMapper().readTree(json).get("sources").get(0).get("snapshot");
    }

    @Test
    void thePageShowsWhatTheSnapshotSays() throws Exception {
        browser.errors();
        game.connect(30);
        game.leave();
        show();
        browser.until(
                "the end", "return document.querySelector('#ends td:nth-child(3)')?.textContent === 'remote closed'");
        JsonNode snapshot = snapshot();
        JsonNode top = snapshot.get("connections").get("top");
        assertThat(browser.text("#states"))
                .isEqualTo(snapshot.at("/connections/byState/ESTABLISHED").asInt() + " established")
                .isEqualTo("29 established");
        assertThat(browser.script("return " + ROWS + ".map(row => row.cells[0].textContent)"))
                .hasSameSizeAs(top)
                .extracting(JsonNode::asText)
                .containsExactlyInAnyOrderElementsOf(top.findValuesAsText("address"));
        JsonNode end = snapshot.at("/ends/last/0");
        assertThat(browser.text("#ends tbody tr"))
                .contains(end.get("address").asText())
                .endsWith(end.get("detail").asText());
        assertThat(browser.text("#reasons")).isEqualTo("Ended: 1 remote closed.");
        assertThat(browser.script("return document.querySelectorAll('figure canvas').length")
                        .asInt())
                .isGreaterThanOrEqualTo(5);
        assertThat(browser.errors()).isEmpty();
    }

    @Test
    void aSlowReaderComesFirstAndTheKeyboardSorts() throws Exception {
        game.connect(25);
        game.fallAsleep(300, 30_000);
        show();
        browser.until("the slow reader", "return /MiB/.test(" + ROWS + "[0]?.cells[2].textContent)");
        String slow = snapshot().at("/connections/top/0/address").asText();
        assertThat(browser.script("return " + ROWS + "[0].cells[0].textContent").asText())
                .isEqualTo(slow);
        browser.script("document.querySelector('[data-sort=AGE]').focus()");
        browser.press("\uE007");
        browser.until("the order", "return document.querySelector('th[aria-sort] button').dataset.sort === 'AGE'");
        browser.until("the oldest", "return " + ROWS + "[0].cells[0].textContent !== '" + slow + "'");
        assertThat(browser.script("return document.activeElement.dataset.sort").asText())
                .isEqualTo("AGE");
    }

    @Test
    void theConnectionToTheServerIsCutAndComesBack() throws Exception {
        game.connect(3);
        show();
        int port = monitor.port();
        monitor.close();
        browser.until("the cut", "return document.getElementById('state').textContent === 'cut off'");
        assertThat(browser.text("#alarm"))
                .matches("The connection to the server is cut since .*; the figures are from"
                        + " then. Trying again each second\\.");
        browser.look(1_400, false);
        browser.picture(PICTURES.resolve("cut-off.png"));
        monitor = Monitor.builder().add(game.server()).bind("127.0.0.1", port).start();
        browser.until("that it is back", "return document.getElementById('state').textContent === 'live'");
        assertThat(browser.text("#alarm")).isEmpty();
    }

    @Test
    void aLoopThatStandsStillIsSaidToDoSo() throws Throwable {
        game.connect(3);
        monitor.close();
        monitor = Monitor.builder()
                .add(game.server())
                .stalledAfter(Duration.ofMillis(500))
                .start();
        show();
        game.loop().whileItStandsStill(() -> {
            browser.until(
                    "that it stands still", "return document.getElementById('state').textContent === 'stands still'");
            assertThat(browser.text("#alarm"))
                    .startsWith(game.server().name() + ": the loop stands still. Its last update began ");
        });
        browser.until("that it is back", "return document.getElementById('state').textContent === 'live'");
    }

    @Test
    void aCarrierHasItsOwnColumns() throws Exception {
        try (GridMate gridMate = new GridMate();
                Carrier server = carrier(gridMate);
                Carrier client = carrier(gridMate)) {
            assertThat(client.connect("127.0.0.1", server.port())).isNotNull();
            try (CarrierRunner one = new CarrierRunner(server, 5);
                    CarrierRunner other = new CarrierRunner(client, 5)) {
                assertThat(one).isNotSameAs(other); // both run until the end of this block
                monitor.close();
                monitor = Monitor.builder().add(game.server()).add(server).start();
                show();
                browser.script("const choice = document.getElementById('source'); choice.selectedIndex = 1;"
                        + " choice.dispatchEvent(new Event('change'))");
                browser.until(
                        "the connection", "return document.getElementById('states').textContent === '1 connected'");
                assertThat(browser.script("return [...document.querySelectorAll('#connections th')]"
                                + ".map(each => each.textContent)"))
                        .extracting(JsonNode::asText)
                        .contains("Round trip", "Loss", "On its way");
                browser.script("document.querySelector('[data-sort=LOSS]').click()");
                browser.until(
                        "the order", "return document.querySelector('th[aria-sort] button').dataset.sort === 'LOSS'");
                browser.picture(PICTURES.resolve("carrier.png"));
            }
        }
    }

    private static Carrier carrier(GridMate gridMate) {
        return Carrier.create(CarrierDesc.builder().address("127.0.0.1").port(0).build(), gridMate);
    }

    @Test
    void aTokenIsTypedAndLeavesNoTrace() throws Exception {
        monitor.close();
        monitor = Monitor.builder()
                .add(game.server())
                .token("correct-horse-battery")
                .start();
        browser.go(monitor.address());
        browser.until("the form", "return !document.getElementById('login').hidden");
        browser.press("w", "r", "o", "n", "g", "\uE007");
        browser.until(
                "the refusal", "return document.getElementById('refused').textContent === 'That is not the token.'");
        browser.script("document.getElementById('token').value = ''");
        browser.press("correct-horse-battery".split(""));
        browser.press("\uE007");
        browser.until("figures", "return document.getElementById('state').textContent === 'live'");
        assertThat(browser.script("return location.href + document.cookie").asText())
                .isEqualTo(monitor.address().toString());
    }

    @Test
    void picturesAreTaken() throws Exception {
        game.connect(40);
        game.fallAsleep(300, 30_000);
        game.leave();
        show();
        browser.until(
                "lines", "return /up (\\d\\d|[4-9])[.\\d]* s|min/.test(document.getElementById('about').textContent)");
        for (int width : new int[] {400, 1_400}) {
            for (boolean isDark : new boolean[] {false, true}) {
                browser.look(width, isDark);
                browser.until("the width", "return innerWidth === " + width);
                assertThat(browser.script("return document.documentElement.scrollWidth")
                                .asInt())
                        .as("nothing is wider than the window")
                        .isLessThanOrEqualTo(width);
                browser.until(
                        "the newest values",
                        "return /established\\s*3\\d/.test(document.querySelector('.u-legend').innerText)");
                browser.picture(PICTURES.resolve("page-" + width + (isDark ? "-dark" : "-light") + ".png"));
            }
        }
    }
}
