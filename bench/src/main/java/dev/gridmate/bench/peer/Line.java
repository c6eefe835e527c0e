package dev.gridmate.bench.peer;

import java.util.Locale;

/** One line of JSON on standard output, on which there is nothing else. */
final class Line {

    private final StringBuilder json = new StringBuilder();

    private Line(String event) {
        json.append("{\"event\":").append(quoted(event));
    }

    static Line event(String name) {
        return new Line(name);
    }

    Line with(String key, long value) {
        return put(key, Long.toString(value));
    }

    Line with(String key, double value) {
        return put(key, String.format(Locale.ROOT, "%.3f", value));
    }

    Line with(String key, boolean value) {
        return put(key, Boolean.toString(value));
    }

    Line with(String key, String value) {
        return put(key, quoted(value));
    }

    private Line put(String key, String value) {
        json.append(',').append(quoted(key)).append(':').append(value);
        return this;
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ') {
                quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    void print() {
        System.out.println(this);
        System.out.flush();
    }

    @Override
    public String toString() {
        return json + "}";
    }
}
