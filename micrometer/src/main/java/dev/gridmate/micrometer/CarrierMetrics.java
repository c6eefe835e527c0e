package dev.gridmate.micrometer;

import dev.gridmate.carrier.Carrier;
import dev.gridmate.carrier.meters.CarrierMeters;
import dev.gridmate.carrier.snapshot.CarrierSnapshot;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import java.util.Objects;

/**
 * The meters of a carrier.
 *
 * <pre>{@code
 * try (var metrics = new CarrierMetrics(carrier)) {
 *     metrics.bindTo(registry);
 *     // your loop
 * }
 * }</pre>
 *
 * <p>All names begin with {@code gridmate.carrier.}. Each meter has the tag {@code name}: the name
 * of the carrier. Some have one more: {@code state}, {@code reason}, {@code direction}, {@code
 * activity}, {@code limit}. All values of a tag are there from the beginning, and never an
 * address: however many peers come, the number of series stays the same.
 *
 * <p>A registry may read the meters on any thread but the loop's. It gets figures that are half a
 * second old at most, while the loop updates; after that the last ones.
 *
 * <p>The registry keeps the carrier in memory until {@link #close()}.
 */
public final class CarrierMetrics implements MeterBinder, AutoCloseable {

    private final Binding<Carrier, CarrierSnapshot> binding;

    /**
     * Makes the meters of a carrier; {@link #bindTo} shows them.
     *
     * @param carrier the carrier
     */
    public CarrierMetrics(Carrier carrier) {
        this(carrier, List.of());
    }

    /**
     * Makes the meters of a carrier, with tags of the program.
     *
     * @param carrier the carrier
     * @param tags go with each meter
     */
    public CarrierMetrics(Carrier carrier, Iterable<Tag> tags) {
        binding = new Binding<>(Objects.requireNonNull(carrier, "carrier"), Objects.requireNonNull(tags, "tags"));
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        binding.bind(registry, CarrierMeters.AGE, CarrierMeters.ALL);
    }

    /** Takes the meters out of all registries. Closing twice does nothing. */
    @Override
    public void close() {
        binding.remove();
    }
}
