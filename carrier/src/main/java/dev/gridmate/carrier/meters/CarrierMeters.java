package dev.gridmate.carrier.meters;

import dev.gridmate.carrier.Carrier;
import dev.gridmate.carrier.CarrierCounter;
import dev.gridmate.carrier.CarrierDisconnectReason;
import dev.gridmate.carrier.ConnectionState;
import dev.gridmate.carrier.snapshot.CarrierSnapshot;
import dev.gridmate.meters.Descriptions;
import dev.gridmate.meters.Meter;
import dev.gridmate.meters.Meters;
import java.util.List;
import java.util.stream.Stream;

/** The meters of a carrier. */
public final class CarrierMeters {

    private static final String PREFIX = "gridmate.carrier.";

    /** What is read from the carrier itself, and known even when its loop has stopped. */
    public static final Meter<Carrier> AGE = Meters.age(PREFIX);

    /** What is read from its pictures. */
    public static final List<Meter<CarrierSnapshot>> ALL = Stream.of(
                    ofConnections(),
                    Meters.<CarrierSnapshot, CarrierDisconnectReason.Code>ofEnds(
                            PREFIX, CarrierDisconnectReason.Code.class),
                    Meters.<CarrierSnapshot>ofLoop(PREFIX),
                    Meters.<CarrierSnapshot, CarrierCounter>ofCounters(PREFIX, CarrierCounter.class, descriptions()))
            .flatMap(List::stream)
            .toList();

    private CarrierMeters() {}

    private static Descriptions descriptions() {
        return Descriptions.of(CarrierCounter.class.getResourceAsStream("CarrierCounter.properties"));
    }

    private static List<Meter<CarrierSnapshot>> ofConnections() {
        return List.of(
                Meters.connections(
                        PREFIX,
                        ConnectionState.class,
                        each -> each.connections().byState()),
                Meters.waiting(
                        PREFIX,
                        "Bytes of messages that wait: to be received by the program, or to leave.",
                        each -> each.connections().waiting()),
                Meter.<CarrierSnapshot>gauge(
                                PREFIX + "receive",
                                "bytes",
                                "Memory held for messages that the program has not received.")
                        .of(each -> each.shared().receiveBytes()),
                Meter.<CarrierSnapshot>gauge(
                                PREFIX + "receive.limit", "bytes", "How much memory for messages there may be.")
                        .of(each -> each.shared().receiveLimitBytes()),
                Meter.<CarrierSnapshot>gauge(
                                PREFIX + "compression.ratio",
                                "",
                                "The size of all datagrams that left as a share of their size before compression.")
                        .of(each -> each.shared().compressionRatio()));
    }
}
