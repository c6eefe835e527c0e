package dev.gridmate.meters;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.ToDoubleFunction;

/**
 * A figure, as systems of metrics want it: a name with dots, a unit, a sentence, and a fixed number
 * of series. All that measure read the same tables of meters, so that they cannot disagree.
 *
 * @param kind how it is to be read
 * @param name for example {@code gridmate.driver.packets.in}, without the unit
 * @param unit the base unit: {@code bytes}, {@code seconds}, or empty if it is a plain number
 * @param description what it is, for people
 * @param series its values, each with its own tag
 * @param <S> what it is read from
 */
public record Meter<S>(Kind kind, String name, String unit, String description, List<Series<S>> series) {

    /** How a meter is to be read. */
    public enum Kind {
        /** It only grows, from the beginning of its driver or carrier. */
        COUNTER,
        /** It goes up and down. */
        GAUGE,
        /** Many times: how many, and their sum. */
        TIMER
    }

    /**
     * One value of a meter.
     *
     * @param tags what sets it apart from the others of its meter; one tag at most
     * @param value the value, in the meter's unit; of a timer the sum
     * @param count how many times a timer has measured; 0 of any other
     * @param <S> what it is read from
     */
    public record Series<S>(Map<String, String> tags, ToDoubleFunction<S> value, ToDoubleFunction<S> count) {}

    /** {@return a meter that only grows, without series yet} */
    public static <S> Meter<S> counter(String name, String unit, String description) {
        return new Meter<>(Kind.COUNTER, name, unit, description, List.of());
    }

    /** {@return a meter that goes up and down, without series yet} */
    public static <S> Meter<S> gauge(String name, String unit, String description) {
        return new Meter<>(Kind.GAUGE, name, unit, description, List.of());
    }

    /** {@return a meter of many times} */
    public static <S> Meter<S> timer(
            String name, String description, ToDoubleFunction<S> count, ToDoubleFunction<S> seconds) {
        return new Meter<>(Kind.TIMER, name, "seconds", description, List.of(new Series<>(Map.of(), seconds, count)));
    }

    /** {@return this meter with one value} */
    public Meter<S> of(ToDoubleFunction<S> value) {
        return with(List.of(new Series<>(Map.of(), value, each -> 0)));
    }

    /**
     * {@return this meter with a value for each value of a tag}
     *
     * @param tag the name of the tag
     * @param values all that it can be: they are known, and few
     * @param read gives the value for one of them
     */
    public Meter<S> by(String tag, Collection<String> values, BiFunction<S, String, ? extends Number> read) {
        return with(values.stream()
                .map(value -> new Series<S>(
                        Map.of(tag, value), each -> read.apply(each, value).doubleValue(), each -> 0))
                .toList());
    }

    private Meter<S> with(List<Series<S>> values) {
        return new Meter<>(kind, name, unit, description, values);
    }
}
