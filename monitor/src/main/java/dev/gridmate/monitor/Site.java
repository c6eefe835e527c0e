package dev.gridmate.monitor;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * What is at which address.
 *
 * <p>The page and its parts hold no figures, and everybody may have them: the page asks for the
 * token itself. Everybody may have the answers to probes, too: they are a few words, and a
 * supervisor asks without a token.
 */
final class Site implements HttpHandler {

    private static final Logger LOGGER = System.getLogger("dev.gridmate.monitor");

    private static final int LONGEST_TOKEN = 1_000;

    private final Map<String, Reply> page = PageFiles.all();
    private final Guard guard;
    private final Figures figures;
    private final Health health;

    Site(Guard guard, Figures figures, Health health) {
        this.guard = guard;
        this.figures = figures;
        this.health = health;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            safeReply(exchange).send(exchange);
        }
    }

    private Reply safeReply(HttpExchange exchange) throws IOException {
        try {
            return reply(exchange);
        } catch (RuntimeException e) {
            LOGGER.log(
                    Level.WARNING,
                    "the monitor cannot answer " + exchange.getRequestURI().getPath(),
                    e);
            return Reply.text(500, "The monitor failed; the program's log says how.\n");
        }
    }

    private Reply reply(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (path.equals("/login")) {
            return login(exchange);
        }
        String method = exchange.getRequestMethod();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            return Reply.text(405, "This monitor only shows: GET and HEAD.\n").with("Allow", "GET, HEAD");
        }
        return switch (path) {
            case "/healthz" -> health.live();
            case "/readyz" -> health.ready();
            case "/metrics", "/snapshot.json" ->
                guard.refusal(exchange.getRequestHeaders()).orElseGet(() -> figures(path, exchange));
            default -> pageFile(path, exchange);
        };
    }

    private Reply figures(String path, HttpExchange exchange) {
        try {
            return path.equals("/metrics") ? figures.metrics() : figures.snapshot(new Query(exchange.getRequestURI()));
        } catch (IllegalArgumentException e) {
            return Reply.text(400, e.getMessage() + "\n");
        }
    }

    private Reply pageFile(String path, HttpExchange exchange) {
        Reply file = page.get(path);
        Optional<Reply> refusal = guard.refusalOfPage(exchange.getRequestHeaders());
        return refusal.orElse(file == null ? Reply.text(404, "There is no such page.\n") : file);
    }

    /** Takes the token that a person typed, in the body: see {@link Guard}. */
    private Reply login(HttpExchange exchange) throws IOException {
        if (!exchange.getRequestMethod().equals("POST")) {
            return Reply.text(405, "POST the token here.\n").with("Allow", "POST");
        }
        Optional<Reply> refusal = guard.refusalOfPage(exchange.getRequestHeaders());
        if (refusal.isPresent()) {
            return refusal.get();
        }
        byte[] typed = exchange.getRequestBody().readNBytes(LONGEST_TOKEN);
        return guard.enter(new String(typed, StandardCharsets.UTF_8).strip());
    }
}
