package dev.gridmate.monitor;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** An answer, whole before it leaves. */
final class Reply {

    /**
     * What goes with each answer. Scripts and styles come from this server alone, none are within
     * the page, nothing may frame it, and nothing is kept: figures are old after a second.
     */
    private static final Map<String, String> ALWAYS = Map.of(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self';"
                    + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            "Cache-Control",
            "no-store",
            "Cross-Origin-Resource-Policy",
            "same-origin",
            "Referrer-Policy",
            "no-referrer",
            "X-Content-Type-Options",
            "nosniff",
            "X-Frame-Options",
            "DENY");

    private final int status;
    private final String type;
    private final byte[] body;
    private final Map<String, String> headers = new LinkedHashMap<>();

    private Reply(int status, String type, byte[] body) {
        this.status = status;
        this.type = type;
        this.body = body;
    }

    static Reply text(int status, String text) {
        return of(status, "text/plain; charset=utf-8", text);
    }

    static Reply ok(String type, String text) {
        return of(200, type, text);
    }

    static Reply ok(String type, byte[] body) {
        return new Reply(200, type, body);
    }

    private static Reply of(int status, String type, String text) {
        return new Reply(status, type, text.getBytes(StandardCharsets.UTF_8));
    }

    /** {@return this answer, with one more header} */
    Reply with(String header, String value) {
        headers.put(header, value);
        return this;
    }

    /** Sends it, without the body if only the head was asked for. Ends the exchange. */
    void send(HttpExchange exchange) throws IOException {
        Headers sent = exchange.getResponseHeaders();
        ALWAYS.forEach(sent::set);
        headers.forEach(sent::set);
        if (body.length == 0) {
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        sent.set("Content-Type", type);
        if (exchange.getRequestMethod().equals("HEAD")) {
            sent.set("Content-Length", Integer.toString(body.length));
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        exchange.sendResponseHeaders(status, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }
}
