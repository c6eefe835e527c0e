package dev.gridmate.snapshot;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A picture of a driver.
 *
 * @param source whose picture it is, and when it was taken
 * @param loop how the loop keeps its pace
 * @param counters the driver's counters by name, in the order of {@link
 *     dev.gridmate.driver.DriverCounter}
 * @param connections those that are there; none of a driver without connections
 * @param ends those that ended
 * @param tls the certificate and the handshakes; null without TLS
 */
public record DriverSnapshot(
        Source source,
        LoopSnapshot loop,
        Map<String, Long> counters,
        ConnectionsSnapshot connections,
        EndsSnapshot ends,
        @Nullable TlsSnapshot tls)
        implements Snapshot {

    /**
     * Makes a picture that never changes.
     *
     * @param source whose
     * @param loop the loop
     * @param counters the counters
     * @param connections those that are there
     * @param ends those that ended
     * @param tls certificate and handshakes
     */
    public DriverSnapshot {
        counters = Collections.unmodifiableMap(new LinkedHashMap<>(counters));
    }
}
