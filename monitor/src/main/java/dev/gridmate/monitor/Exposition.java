package dev.gridmate.monitor;

import dev.gridmate.meters.Meter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes meters as Prometheus reads them, in its text format 0.0.4. The names are those that
 * Micrometer's registry for Prometheus makes of the same meters: the unit at the end, and {@code
 * _total} behind what only grows.
 */
final class Exposition {

    static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final StringBuilder text = new StringBuilder(16_384);

    /**
     * A meter is read of one of these: what the loops of drivers or carriers gave.
     *
     * @param name of the driver or carrier
     * @param reading null if there is none yet: then no series is written
     */
    record Read<S>(String name, @Nullable S reading) {}

    /** Writes each meter, of all that it can be read of. */
    <S> Exposition add(List<Meter<S>> meters, List<Read<S>> sources) {
        List<Read<S>> known = new ArrayList<>(sources);
        known.removeIf(each -> each.reading() == null);
        if (!known.isEmpty()) {
            meters.forEach(meter -> family(meter, known));
        }
        return this;
    }

    private <S> void family(Meter<S> meter, List<Read<S>> sources) {
        String name = name(meter);
        text.append("# HELP ")
                .append(name)
                .append(' ')
                .append(escaped(meter.description(), false))
                .append('\n');
        text.append("# TYPE ")
                .append(name)
                .append(' ')
                .append(type(meter.kind()))
                .append('\n');
        for (Read<S> source : sources) {
            S reading = source.reading();
            if (reading != null) {
                meter.series().forEach(series -> series(meter, name, series, source.name(), reading));
            }
        }
    }

    private <S> void series(Meter<S> meter, String name, Meter.Series<S> series, String source, S reading) {
        Map<String, String> labels = new TreeMap<>(series.tags());
        labels.put("name", source);
        boolean isTimer = meter.kind() == Meter.Kind.TIMER;
        if (isTimer) {
            sample(name + "_count", labels, series.count().applyAsDouble(reading));
        }
        sample(isTimer ? name + "_sum" : name, labels, series.value().applyAsDouble(reading));
    }

    private void sample(String name, Map<String, String> labels, double value) {
        text.append(name).append('{');
        String before = "";
        for (Map.Entry<String, String> label : labels.entrySet()) {
            text.append(before).append(label.getKey()).append("=\"");
            text.append(escaped(label.getValue(), true)).append('"');
            before = ",";
        }
        text.append("} ").append(value).append('\n');
    }

    /** {@return the name of a meter in Prometheus} */
    static String name(Meter<?> meter) {
        String name = meter.name().replace('.', '_');
        String unit = meter.unit().isEmpty() || name.endsWith("_" + meter.unit()) ? "" : "_" + meter.unit();
        return name + unit + (meter.kind() == Meter.Kind.COUNTER ? "_total" : "");
    }

    private static String type(Meter.Kind kind) {
        return switch (kind) {
            case COUNTER -> "counter";
            case GAUGE -> "gauge";
            case TIMER -> "summary";
        };
    }

    private static String escaped(String text, boolean isLabel) {
        String safe = text.replace("\\", "\\\\").replace("\n", "\\n");
        return isLabel ? safe.replace("\"", "\\\"") : safe;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
