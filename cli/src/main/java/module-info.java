/** The gridmate program. */
module dev.gridmate.cli {
    requires dev.gridmate.driver;
    requires dev.gridmate.carrier;
    requires dev.gridmate.monitor;
    requires info.picocli;
    requires java.logging;
    requires java.management;
    requires jdk.attach;
    requires jdk.unsupported; // signals, which JLine looks up by name
    requires org.jline.terminal;
    requires HdrHistogram;
    requires org.bouncycastle.pkix;
    requires org.bouncycastle.provider;
    requires static org.jspecify;

    opens dev.gridmate.cli to
            info.picocli;
}
