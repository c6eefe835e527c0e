package dev.gridmate.monitor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;

/** The page and its parts, read once. */
final class PageFiles {

    private static final String SCRIPT = "text/javascript; charset=utf-8";
    private static final String STYLE = "text/css; charset=utf-8";

    private PageFiles() {}

    /** {@return each file by its path} */
    static Map<String, Reply> all() {
        return Map.of(
                "/", file("monitor.html", "text/html; charset=utf-8"),
                "/monitor.css", file("monitor.css", STYLE),
                "/monitor.js", file("monitor.js", SCRIPT),
                "/charts.js", file("charts.js", SCRIPT),
                "/readings.js", file("readings.js", SCRIPT),
                "/tables.js", file("tables.js", SCRIPT),
                "/words.js", file("words.js", SCRIPT),
                "/icon.svg", file("icon.svg", "image/svg+xml"),
                "/uPlot.min.css", file("uPlot.min.css", STYLE),
                "/uPlot.iife.min.js", file("uPlot.iife.min.js", SCRIPT));
    }

    private static Reply file(String name, String type) {
        try (InputStream in = PageFiles.class.getResourceAsStream("page/" + name)) {
            if (in == null) {
                throw new IllegalStateException("the jar has no page/" + name);
            }
            return Reply.ok(type, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
