package dev.gridmate.meters;

import dev.gridmate.driver.DisconnectReason;
import dev.gridmate.driver.Driver;
import dev.gridmate.driver.DriverCounter;
import dev.gridmate.driver.stream.ConnectionState;
import dev.gridmate.snapshot.DriverSnapshot;
import dev.gridmate.snapshot.TlsSnapshot;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The meters of a driver. */
public final class DriverMeters {

    private static final String PREFIX = "gridmate.driver.";

    /** What is read from the driver itself, and known even when its loop has stopped. */
    public static final Meter<Driver> AGE = Meters.age(PREFIX);

    /** What is read from its pictures. */
    public static final List<Meter<DriverSnapshot>> ALL = Stream.of(
                    ofConnections(),
                    Meters.<DriverSnapshot, DisconnectReason.Code>ofEnds(PREFIX, DisconnectReason.Code.class),
                    Meters.<DriverSnapshot>ofLoop(PREFIX),
                    Meters.<DriverSnapshot, DriverCounter>ofCounters(PREFIX, DriverCounter.class, descriptions()))
            .flatMap(List::stream)
            .toList();

    private DriverMeters() {}

    private static Descriptions descriptions() {
        return Descriptions.of(DriverCounter.class.getResourceAsStream("DriverCounter.properties"));
    }

    private static List<Meter<DriverSnapshot>> ofConnections() {
        return List.of(
                Meters.connections(
                        PREFIX,
                        ConnectionState.class,
                        each -> each.connections().byState()),
                Meters.waiting(
                        PREFIX,
                        "Bytes that wait in this process: arrived and not received, or sent and not written.",
                        each -> each.connections().waiting()),
                Meter.<DriverSnapshot>gauge(
                                PREFIX + "tls.certificate.left",
                                "seconds",
                                "How long the certificate is still good; not a number if there is none.")
                        .of(each -> left(each.tls(), each.source().time())),
                Meter.<DriverSnapshot>gauge(
                                PREFIX + "tls.handshakes.pending", "", "Handshakes of accepted peers that go on.")
                        .of(each -> each.tls() == null ? 0 : each.tls().handshakesPending()));
    }

    private static double left(@Nullable TlsSnapshot tls, Instant now) {
        return tls == null || tls.notAfter() == null
                ? Double.NaN
                : tls.notAfter().getEpochSecond() - now.getEpochSecond();
    }
}
