package dev.gridmate.micrometer;

import dev.gridmate.driver.Driver;
import dev.gridmate.meters.DriverMeters;
import dev.gridmate.snapshot.DriverSnapshot;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import java.util.Objects;

/**
 * The meters of a driver.
 *
 * <pre>{@code
 * try (var metrics = new DriverMetrics(driver)) {
 *     metrics.bindTo(registry);
 *     // your loop
 * }
 * }</pre>
 *
 * <p>All names begin with {@code gridmate.driver.}. Each meter has the tag {@code name}: the name
 * of the driver. Some have one more: {@code state}, {@code reason}, {@code direction}, {@code
 * activity}, {@code limit}. All values of a tag are there from the beginning, and never an
 * address: however many peers come, the number of series stays the same.
 *
 * <p>A registry may read the meters on any thread but the loop's. It gets figures that are half a
 * second old at most, while the loop updates; after that the last ones.
 *
 * <p>The registry keeps the driver in memory until {@link #close()}.
 */
public final class DriverMetrics implements MeterBinder, AutoCloseable {

    private final Binding<Driver, DriverSnapshot> binding;

    /**
     * Makes the meters of a driver; {@link #bindTo} shows them.
     *
     * @param driver the driver
     */
    public DriverMetrics(Driver driver) {
        this(driver, List.of());
    }

    /**
     * Makes the meters of a driver, with tags of the program.
     *
     * @param driver the driver
     * @param tags go with each meter
     */
    public DriverMetrics(Driver driver, Iterable<Tag> tags) {
        binding = new Binding<>(Objects.requireNonNull(driver, "driver"), Objects.requireNonNull(tags, "tags"));
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        binding.bind(registry, DriverMeters.AGE, DriverMeters.ALL);
    }

    /** Takes the meters out of all registries. Closing twice does nothing. */
    @Override
    public void close() {
        binding.remove();
    }
}
