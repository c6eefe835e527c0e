/**
 * GridMate for Java: a packet transport that a program polls from its own loop.
 *
 * <p>Start at {@link dev.gridmate.driver.StreamSocketDriver} for TCP, or {@link
 * dev.gridmate.driver.SocketDriver} for UDP. Nothing is needed at run time but the JDK.
 */
@SuppressWarnings("module") // the driver is compiled before the modules that it shares its shelf with
module dev.gridmate.driver {
    requires static java.management; // for MBeans, if it is there
    requires static jdk.jfr; // for events of the flight recorder, if it is there
    requires static org.jspecify;

    exports dev.gridmate;
    exports dev.gridmate.driver;
    exports dev.gridmate.driver.sim;
    exports dev.gridmate.driver.transport;
    exports dev.gridmate.internal to
            dev.gridmate.carrier,
            dev.gridmate.cli,
            dev.gridmate.monitor;
    exports dev.gridmate.meters to
            dev.gridmate.carrier,
            dev.gridmate.micrometer,
            dev.gridmate.monitor;
    exports dev.gridmate.snapshot;
    exports dev.gridmate.views to
            dev.gridmate.carrier,
            dev.gridmate.cli;
}
