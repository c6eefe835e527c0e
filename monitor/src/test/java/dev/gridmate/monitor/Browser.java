package dev.gridmate.monitor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A real Chromium without a window, driven through {@code chromedriver} by the W3C's WebDriver
 * protocol, of which a test needs five calls.
 */
final class Browser implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern PORT = Pattern.compile("started successfully on port (\\d+)");

    /** Long enough for a machine that does much else; nothing waits for it when all is well. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HttpClient client = HttpClient.newHttpClient();
    private final Process driver;
    private final URI session;

    private Browser(Process driver, int port) throws IOException {
        this.driver = driver;
        URI sessions = URI.create("http://127.0.0.1:" + port + "/session");
        JsonNode made = call("POST", sessions, Map.of("capabilities", Map.of("alwaysMatch", capabilities())));
        session = URI.create(sessions + "/" + made.get("sessionId").asText());
    }

    private static Map<String, Object> capabilities() {
        // Root, as in a container, has no sandbox; and no page but ours is opened.
        List<String> arguments = List.of(
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-proxy-server");
        return Map.of(
                "goog:chromeOptions", Map.of("args", arguments), "goog:loggingPrefs", Map.of("browser", "SEVERE"));
    }

    /** {@return the program that drives Chromium; empty where there is none} */
    static Optional<Path> program() {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
                .map(folder -> Path.of(folder, "chromedriver"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    static Browser open() throws IOException {
        Process driver = new ProcessBuilder(program().orElseThrow().toString(), "--port=0")
                .redirectErrorStream(true)
                .start();
        BufferedReader out = driver.inputReader(StandardCharsets.UTF_8);
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            Matcher port = PORT.matcher(line);
            if (port.find()) {
                return new Browser(driver, Integer.parseInt(port.group(1)));
            }
        }
        throw new IOException("chromedriver ended without a port");
    }

    void go(URI page) {
        post("url", Map.of("url", page.toString()));
    }

    /** Runs a script of the form {@code return ...} in the page. */
    JsonNode script(String script) {
        return post("execute/sync", Map.of("script", script, "args", List.of()));
    }

    String text(String selector) {
        return script("return document.querySelector('" + selector + "')?.innerText ?? ''")
                .asText();
    }

    /** Waits until a script returns true. */
    void until(String what, String script) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!script(script).asBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("the page never showed: " + what + "\n" + text("body"));
            }
            Thread.onSpinWait(); // each turn is two calls over HTTP, which take their time
        }
    }

    /** Presses keys, as a person who has no mouse. */
    void press(String... keys) {
        List<Map<String, String>> actions = Arrays.stream(keys)
                .flatMap(key ->
                        List.of(Map.of("type", "keyDown", "value", key), Map.of("type", "keyUp", "value", key))
                                .stream())
                .toList();
        post("actions", Map.of("actions", List.of(Map.of("type", "key", "id", "keys", "actions", actions))));
    }

    /** Gives the page a width in pixels, and a reader that prefers dark or light. */
    void look(int width, boolean isDark) {
        size(width, 900);
        command("Emulation.setScrollbarsHidden", Map.of("hidden", true));
        Map<String, String> scheme = Map.of("name", "prefers-color-scheme", "value", isDark ? "dark" : "light");
        command("Emulation.setEmulatedMedia", Map.of("features", List.of(scheme)));
    }

    private void size(int width, int height) {
        command(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
    }

    /** Takes a picture of the whole page. */
    void picture(Path file) throws IOException {
        JsonNode page = script("return [innerWidth, document.documentElement.scrollHeight]");
        size(page.get(0).asInt(), page.get(1).asInt());
        JsonNode picture = command("Page.captureScreenshot", Map.of("format", "png"));
        Files.createDirectories(file.getParent());
        Files.write(file, Base64.getDecoder().decode(picture.get("data").asText()));
    }

    /**
     * {@return the errors in the page's console since the last call, refusals by its policy among
     * them}
     */
    List<String> errors() {
        return post("se/log", Map.of("type", "browser")).findValuesAsText("message");
    }

    private JsonNode command(String name, Map<String, Object> parameters) {
        return post("goog/cdp/execute", Map.of("cmd", name, "params", parameters));
    }

    private JsonNode post(String what, Object body) {
        try {
            return call("POST", URI.create(session + "/" + what), body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JsonNode call(String method, URI address, Object body) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(address)
                .timeout(PATIENCE)
                .method(method, BodyPublishers.ofString(JSON.writeValueAsString(body)))
                .build();
        try {
            JsonNode value = JSON.readTree(
                            client.send(request, BodyHandlers.ofString()).body())
                    .get("value");
            if (value != null && value.has("error")) {
                throw new AssertionError(value.get("error").asText() + ": "
                        + value.get("message").asText());
            }
            return value;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    @Override
    public void close() {
        try {
            call("DELETE", session, Map.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            driver.destroy();
        }
    }
}
