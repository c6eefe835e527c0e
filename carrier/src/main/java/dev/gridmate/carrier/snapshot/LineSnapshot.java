package dev.gridmate.carrier.snapshot;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How the network to a peer is, and what waits for it.
 *
 * @param roundTrip how long a datagram takes to be acknowledged
 * @param loss what the network loses
 * @param window how much may be on its way
 * @param queues for each priority how many messages and chunks wait to leave, the most urgent first
 */
public record LineSnapshot(RoundTrip roundTrip, Loss loss, Window window, Map<String, Integer> queues) {

    /**
     * Makes a picture that never changes.
     *
     * @param roundTrip how long it takes
     * @param loss what is lost
     * @param window how much may be on its way
     * @param queues what waits
     */
    public LineSnapshot {
        queues = Collections.unmodifiableMap(new LinkedHashMap<>(queues));
    }
}
