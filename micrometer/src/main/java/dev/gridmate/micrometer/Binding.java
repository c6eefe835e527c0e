package dev.gridmate.micrometer;

import dev.gridmate.meters.Latest;
import dev.gridmate.snapshot.Snapshot;
import dev.gridmate.snapshot.SnapshotRequest;
import dev.gridmate.snapshot.SnapshotSource;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one driver or carrier in registries.
 *
 * <p>A registry reads one meter after the other. So a picture serves all reads of half a second,
 * and one that shows no connections costs the loop next to nothing. A loop that has stopped makes a
 * scrape wait a quarter of a second; then its meters keep their last values, and {@code update.age}
 * grows.
 *
 * @param <T> the driver or carrier
 * @param <S> its pictures
 */
final class Binding<T extends SnapshotSource<S>, S extends Snapshot> {

    private static final SnapshotRequest TOTALS = new SnapshotRequest(SnapshotRequest.Sort.WAITING, 0);
    private static final Duration FRESH = Duration.ofMillis(500);
    private static final Duration TIMEOUT = Duration.ofMillis(250);

    private record Bound(MeterRegistry registry, Meter meter) {}

    private final T source;
    private final Latest<S> latest;
    private final Iterable<Tag> tags;
    private final List<Bound> bound = new ArrayList<>();

    Binding(T source, Iterable<Tag> tags) {
        this.source = source;
        this.tags = tags;
        latest = new Latest<>(source, TOTALS, FRESH, TIMEOUT);
    }

    synchronized void bind(
            MeterRegistry registry, dev.gridmate.meters.Meter<T> age, List<dev.gridmate.meters.Meter<S>> meters) {
        register(registry, age, each -> source);
        meters.forEach(meter -> register(registry, meter, each -> latest.get()));
    }

    private <R> void register(
            MeterRegistry registry, dev.gridmate.meters.Meter<R> meter, Function<T, @Nullable R> read) {
        for (dev.gridmate.meters.Meter.Series<R> series : meter.series()) {
            Tags all = Tags.of("name", source.name()).and(tags);
            for (Map.Entry<String, String> tag : series.tags().entrySet()) {
                all = all.and(tag.getKey(), tag.getValue());
            }
            bound.add(new Bound(registry, register(registry, meter, all, series, read)));
        }
    }

    // The registry holds the source weakly, but the function holds it: a meter stays until remove.
    private <R> Meter register(
            MeterRegistry registry,
            dev.gridmate.meters.Meter<R> meter,
            Tags all,
            dev.gridmate.meters.Meter.Series<R> series,
            Function<T, @Nullable R> read) {
        ToDoubleFunction<T> value = each -> value(read.apply(each), series.value());
        return switch (meter.kind()) {
            case COUNTER ->
                FunctionCounter.builder(meter.name(), source, value)
                        .tags(all)
                        .description(meter.description())
                        .baseUnit(unit(meter))
                        .register(registry);
            case GAUGE ->
                Gauge.builder(meter.name(), source, value)
                        .tags(all)
                        .description(meter.description())
                        .baseUnit(unit(meter))
                        .register(registry);
            case TIMER ->
                FunctionTimer.builder(
                                meter.name(),
                                source,
                                each -> (long) value(read.apply(each), series.count()),
                                value,
                                TimeUnit.SECONDS)
                        .tags(all)
                        .description(meter.description())
                        .register(registry);
        };
    }

    private static <R> double value(@Nullable R reading, ToDoubleFunction<R> value) {
        return reading == null ? 0 : value.applyAsDouble(reading);
    }

    private static @Nullable String unit(dev.gridmate.meters.Meter<?> meter) {
        return meter.unit().isEmpty() ? null : meter.unit();
    }

    synchronized void remove() {
        bound.forEach(each -> each.registry.remove(each.meter));
        bound.clear();
    }
}
