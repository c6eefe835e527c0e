package dev.gridmate.cli;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/** Named numbers, in order, as a line of {@code name=number} or as a JSON object. */
final class Figures {

    private final Map<String, String> values = new LinkedHashMap<>();

    static Histogram histogramOfNanos() {
        return new Histogram(1, TimeUnit.HOURS.toNanos(1), 3);
    }

    Figures add(String name, long value) {
        values.put(name, Long.toString(value));
        return this;
    }

    Figures add(String name, double value) {
        values.put(name, String.format(Locale.ROOT, "%.1f", value));
        return this;
    }

    Figures add(String name, boolean value) {
        values.put(name, Boolean.toString(value));
        return this;
    }

    /** Adds a word, for JSON. */
    Figures add(String name, String word) {
        values.put(name, '"' + word.replace("\\", "\\\\").replace("\"", "\\\"") + '"');
        return this;
    }

    /** Adds figures with a name of their own, for JSON. */
    Figures add(String name, Figures figures) {
        values.put(name, figures.json());
        return this;
    }

    /** Adds a number as the user gave it. */
    Figures addGiven(String name, double value) {
        values.put(name, given(value));
        return this;
    }

    /** Writes a number as the user gave it. */
    static String given(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }

    /** Adds all counters there are. */
    <E extends Enum<E>> Figures addCounters(E[] counters, ToLongFunction<E> values) {
        for (E counter : counters) {
            add(counter.name().toLowerCase(Locale.ROOT), values.applyAsLong(counter));
        }
        return this;
    }

    Figures addAll(Figures others) {
        values.putAll(others.values);
        return this;
    }

    boolean isEmpty() {
        return values.isEmpty();
    }

    /** Adds what a histogram of nanoseconds says, in microseconds. */
    Figures addPercentiles(String prefix, Histogram nanos) {
        add(prefix + "p50", nanos.getValueAtPercentile(50) / 1e3);
        add(prefix + "p90", nanos.getValueAtPercentile(90) / 1e3);
        add(prefix + "p99", nanos.getValueAtPercentile(99) / 1e3);
        add(prefix + "p99.9", nanos.getValueAtPercentile(99.9) / 1e3);
        return add(prefix + "max", nanos.getMaxValue() / 1e3);
    }

    String text() {
        return values.entrySet().stream()
                .map(each -> each.getKey() + "=" + each.getValue())
                .collect(Collectors.joining(" "));
    }

    // The names are this program's own, and need no escaping.
    String json() {
        return values.entrySet().stream()
                .map(each -> '"' + each.getKey() + "\":" + each.getValue())
                .collect(Collectors.joining(",", "{", "}"));
    }
}
