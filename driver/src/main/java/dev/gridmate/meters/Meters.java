package dev.gridmate.meters;

import dev.gridmate.snapshot.Histogram;
import dev.gridmate.snapshot.Snapshot;
import dev.gridmate.snapshot.SnapshotSource;
import dev.gridmate.snapshot.Waiting;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The meters that drivers and carriers have in common.
 *
 * <p>A counter's meter has the counter's name, with dots: {@code PACKETS_IN} is {@code
 * gridmate.driver.packets.in}. If the counter counts bytes, that is the unit and leaves the name:
 * {@code BYTES_IN} is {@code gridmate.driver.in}, in {@code bytes}.
 */
public final class Meters {

    private static final double NANOS = 1e9;

    /**
     * The limits of {@code update.within}: each is the end of a bucket of {@link Histogram}, from
     * 66 microseconds to a second.
     */
    private static final Map<String, Integer> LIMITS = limits(16, 18, 20, 22, 24, 27, 30);

    private Meters() {}

    private static Map<String, Integer> limits(int... bits) {
        Map<String, Integer> buckets = new TreeMap<>();
        for (int each : bits) {
            long nanos = 1L << each;
            buckets.put(String.format(Locale.ROOT, "%.7f", nanos / NANOS), Histogram.bucket(nanos - 1));
        }
        return buckets;
    }

    /** {@return the meter that tells that a loop has stopped: no picture can} */
    public static <S extends SnapshotSource<?>> Meter<S> age(String prefix) {
        return Meter.<S>gauge(prefix + "update.age", "seconds", "How long ago the last update began.")
                .of(source -> source.sinceUpdate().toNanos() / NANOS);
    }

    /** {@return the meters of a loop} */
    public static <S extends Snapshot> List<Meter<S>> ofLoop(String prefix) {
        return List.of(
                Meter.timer(
                        prefix + "update",
                        "How long updates take, the program's event handlers in them included.",
                        each -> each.loop().updates(),
                        each -> each.loop().durations().sumNanos() / NANOS),
                Meter.<S>counter(
                                prefix + "update.within", "", "Updates that took no longer than the limit, in seconds.")
                        .by("limit", LIMITS.keySet(), (each, limit) -> within(each, LIMITS.getOrDefault(limit, 0))),
                Meter.<S>gauge(prefix + "update.longest", "seconds", "The longest update since the beginning.")
                        .of(each -> each.loop().durations().mostNanos() / NANOS),
                Meter.<S>gauge(
                                prefix + "gap.longest",
                                "seconds",
                                "The longest time since the beginning in which the program did not come back.")
                        .of(each -> each.loop().longestGapNanos() / NANOS),
                Meter.<S>counter(prefix + "work", "", "The work of all updates, as update() returns it.")
                        .of(each -> each.loop().work()),
                Meter.<S>counter(
                                prefix + "loop",
                                "seconds",
                                "How the loop spent its time: in update, in the program's event handlers, waiting, or in"
                                        + " the program.")
                        .by("activity", List.of("update", "handler", "wait", "program"), Meters::spent),
                Meter.<S>gauge(prefix + "up", "seconds", "For how long it is there.")
                        .of(each -> each.source().upNanos() / NANOS),
                Meter.<S>gauge(prefix + "listening", "", "1 if newcomers can come, 0 if not.")
                        .of(each -> each.source().isListening() ? 1 : 0));
    }

    private static long within(Snapshot picture, int bucket) {
        return picture.loop().durations().counts().subList(0, bucket + 1).stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    private static double spent(Snapshot picture, String activity) {
        var times = picture.loop().times();
        long nanos = switch (activity) {
            case "update" -> times.updateNanos();
            case "handler" -> times.handlerNanos();
            case "wait" -> times.waitNanos();
            default -> times.programNanos();
        };
        return nanos / NANOS;
    }

    /**
     * {@return the meter of connections, by state}
     *
     * @param read of a picture the connections by the name of their state
     */
    public static <S, C extends Enum<C>> Meter<S> connections(
            String prefix, Class<C> states, Function<S, Map<String, Integer>> read) {
        return Meter.<S>gauge(prefix + "connections", "", "Connections that are there, by state.")
                .by("state", names(states), (each, state) -> read.apply(each).getOrDefault(state, 0));
    }

    /** {@return the meter of waiting bytes, by direction} */
    public static <S> Meter<S> waiting(String prefix, String description, Function<S, Waiting> read) {
        return Meter.<S>gauge(prefix + "waiting", "bytes", description)
                .by("direction", List.of("in", "out"), (each, direction) -> {
                    Waiting waiting = read.apply(each);
                    return direction.equals("in") ? waiting.inBytes() : waiting.outBytes();
                });
    }

    /** {@return the meters of ends, by reason} */
    public static <S extends Snapshot, C extends Enum<C>> List<Meter<S>> ofEnds(String prefix, Class<C> reasons) {
        return List.of(
                Meter.<S>counter(prefix + "ends", "", "Connections that ended after they were established.")
                        .by(
                                "reason",
                                names(reasons),
                                (each, reason) -> each.ends().byReason().getOrDefault(reason, 0L)),
                Meter.<S>counter(prefix + "failures", "", "Connections that ended before they were established.")
                        .by(
                                "reason",
                                names(reasons),
                                (each, reason) -> each.ends().failedByReason().getOrDefault(reason, 0L)));
    }

    /**
     * {@return a meter for each counter}
     *
     * @param counters the constants
     * @param descriptions what they count
     */
    public static <S extends Snapshot, C extends Enum<C>> List<Meter<S>> ofCounters(
            String prefix, Class<C> counters, Descriptions descriptions) {
        List<Meter<S>> meters = new ArrayList<>();
        for (String counter : names(counters)) {
            boolean isBytes = counter.startsWith("BYTES_");
            String name = (isBytes ? counter.substring(6) : counter)
                    .toLowerCase(Locale.ROOT)
                    .replace('_', '.');
            meters.add(Meter.<S>counter(prefix + name, isBytes ? "bytes" : "", descriptions.get(counter))
                    .of(each -> each.counters().getOrDefault(counter, 0L)));
        }
        return meters;
    }

    /** {@return the names of an enum's constants} */
    public static <C extends Enum<C>> List<String> names(Class<C> constants) {
        return Arrays.stream(constants.getEnumConstants()).map(Enum::name).toList();
    }
}
