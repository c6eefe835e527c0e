/**
 * The carrier: messages on channels, reliable or not, over any driver of {@code
 * dev.gridmate.driver}.
 *
 * <p>Start at {@link dev.gridmate.carrier.Carrier}. Nothing is needed at run time but the JDK and
 * the driver.
 */
@SuppressWarnings("module") // the carrier is compiled before the modules that read its meters
module dev.gridmate.carrier {
    requires transitive dev.gridmate.driver;
    requires static org.jspecify;

    exports dev.gridmate.carrier;
    exports dev.gridmate.carrier.badnet;
    exports dev.gridmate.carrier.compress;
    exports dev.gridmate.carrier.meters to
            dev.gridmate.micrometer,
            dev.gridmate.monitor;
    exports dev.gridmate.carrier.snapshot;
    exports dev.gridmate.carrier.traffic;
}
