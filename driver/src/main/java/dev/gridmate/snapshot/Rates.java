package dev.gridmate.snapshot;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What happened between two pictures, made by {@link Snapshot#rates}.
 *
 * @param periodNanos the time between the two, 0 or more
 * @param counters for each counter how much it grew per second
 * @param updates updates per second
 * @param work work of the updates per second
 * @param times how the loop spent the time
 */
public record Rates(long periodNanos, Map<String, Double> counters, double updates, double work, LoopTimes times) {

    /**
     * Makes rates that never change.
     *
     * @param periodNanos the time between the two pictures
     * @param counters growth per second
     * @param updates updates per second
     * @param work work per second
     * @param times how the loop spent the time
     */
    public Rates {
        counters = Collections.unmodifiableMap(new LinkedHashMap<>(counters));
    }

    /**
     * {@return a counter's growth per second; 0 if there is no such counter}
     *
     * @param counter its name
     */
    public double of(String counter) {
        return counters.getOrDefault(counter, 0.0);
    }

    static double perSecond(long amount, long nanos) {
        return nanos == 0 ? 0 : amount * 1e9 / nanos;
    }
}
