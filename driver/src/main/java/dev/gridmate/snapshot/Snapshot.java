package dev.gridmate.snapshot;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One picture of a driver or a carrier: what a {@link DriverSnapshot} and a carrier's have in
 * common.
 */
public interface Snapshot {

    /** {@return whose picture it is, and when it was taken} */
    Source source();

    /** {@return how the loop keeps its pace} */
    LoopSnapshot loop();

    /**
     * {@return the counters by name, for example {@code PACKETS_IN}, in the order of their
     * constants}
     */
    Map<String, Long> counters();

    /** {@return which connections ended, and why} */
    EndsSnapshot ends();

    /**
     * Returns what happened between two pictures, per second. All views ask here, so that they
     * cannot disagree.
     *
     * @param earlier an earlier picture of the same driver or carrier
     * @return the rates; 0 everywhere if no time lies between the two
     * @throws IllegalArgumentException if the other picture is of something else, or later
     */
    default Rates rates(Snapshot earlier) {
        long nanos = source().upNanos() - earlier.source().upNanos();
        if (!source().name().equals(earlier.source().name()) || nanos < 0) {
            throw new IllegalArgumentException("not an earlier picture of " + source() + ": " + earlier.source());
        }
        Map<String, Double> perSecond = new LinkedHashMap<>();
        counters().forEach((name, value) -> {
            long before = earlier.counters().getOrDefault(name, 0L);
            perSecond.put(name, Rates.perSecond(value - before, nanos));
        });
        return new Rates(
                nanos,
                perSecond,
                Rates.perSecond(loop().updates() - earlier.loop().updates(), nanos),
                Rates.perSecond(loop().work() - earlier.loop().work(), nanos),
                loop().times().since(earlier.loop().times()));
    }
}
