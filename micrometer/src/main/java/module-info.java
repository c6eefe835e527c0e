/**
 * Meters of drivers and carriers for Micrometer.
 *
 * <p>Start at {@link dev.gridmate.micrometer.DriverMetrics} and {@link
 * dev.gridmate.micrometer.CarrierMetrics}.
 */
// Micrometer has no module descriptor, but its manifest fixes its name.
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"})
module dev.gridmate.micrometer {
    requires transitive dev.gridmate.carrier;
    requires transitive dev.gridmate.driver;
    requires transitive micrometer.core;
    requires static org.jspecify;

    exports dev.gridmate.micrometer;
}
