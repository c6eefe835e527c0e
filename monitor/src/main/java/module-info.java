/**
 * A page with live charts, and metrics for Prometheus, of drivers and carriers that run.
 *
 * <p>Start at {@link dev.gridmate.monitor.Monitor}. Nothing is needed at run time but the JDK, the
 * driver and the carrier.
 */
module dev.gridmate.monitor {
    requires transitive dev.gridmate.carrier;
    requires transitive dev.gridmate.driver;
    requires jdk.httpserver;
    requires static org.jspecify;

    exports dev.gridmate.monitor;
}
