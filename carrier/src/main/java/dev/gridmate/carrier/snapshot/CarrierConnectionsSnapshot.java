package dev.gridmate.carrier.snapshot;

import dev.gridmate.snapshot.Waiting;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The connections of a carrier.
 *
 * @param byState how many are in each state; a state without any is not there
 * @param waiting the bytes of messages that wait, of all connections together
 * @param top the first ones, as the request asked
 */
public record CarrierConnectionsSnapshot(
        Map<String, Integer> byState, Waiting waiting, List<CarrierConnectionSnapshot> top) {

    /**
     * Makes a picture that never changes.
     *
     * @param byState how many are in each state
     * @param waiting the bytes that wait
     * @param top the first ones
     */
    public CarrierConnectionsSnapshot {
        byState = Collections.unmodifiableMap(new LinkedHashMap<>(byState));
        top = List.copyOf(top);
    }

    /** {@return how many connections there are, in any state} */
    public int count() {
        return byState.values().stream().mapToInt(Integer::intValue).sum();
    }
}
