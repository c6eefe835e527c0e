package dev.gridmate.carrier.snapshot;

import dev.gridmate.snapshot.EndsSnapshot;
import dev.gridmate.snapshot.LoopSnapshot;
import dev.gridmate.snapshot.Snapshot;
import dev.gridmate.snapshot.Source;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A picture of a carrier. The driver underneath has its own.
 *
 * @param source whose picture it is, and when it was taken
 * @param loop how the loop keeps its pace, the driver's update included
 * @param counters the carrier's counters by name, in the order of {@link
 *     dev.gridmate.carrier.CarrierCounter}
 * @param connections those that are there
 * @param ends those that ended
 * @param shared what the connections share
 */
public record CarrierSnapshot(
        Source source,
        LoopSnapshot loop,
        Map<String, Long> counters,
        CarrierConnectionsSnapshot connections,
        EndsSnapshot ends,
        SharedSnapshot shared)
        implements Snapshot {

    /**
     * Makes a picture that never changes.
     *
     * @param source whose
     * @param loop the loop
     * @param counters the counters
     * @param connections those that are there
     * @param ends those that ended
     * @param shared what they share
     */
    public CarrierSnapshot {
        counters = Collections.unmodifiableMap(new LinkedHashMap<>(counters));
    }
}
