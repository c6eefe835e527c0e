package dev.gridmate.driver.sim;

import java.time.Duration;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * What goes wrong with connections on a {@link SimulatedNetwork}, and how often. Immutable. What
 * befalls datagrams is {@link DatagramFaults}.
 *
 * <p>Each number is a probability from 0 to 1, of one read, write, connect, accept or poll. What a
 * probability decides comes from the network's seed, so the same faults befall the same program in
 * every run.
 *
 * @param choppiness what cuts a stream to pieces, and breaks no connection
 * @param breaks what breaks connections, or keeps them from being made
 * @param jitter the most that anything on the way is delayed beyond the network's latency
 */
public record Faults(Choppiness choppiness, Breaks breaks, Duration jitter) {

    /** Nothing goes wrong. */
    public static final Faults NONE = new Faults(new Choppiness(0, 0, 0, 0), new Breaks(0, 0, 0, 0), Duration.ZERO);

    /**
     * Cuts every stream to pieces, and breaks no connection: short reads and writes, refused
     * writes, delays, and readiness that is not. A program may become slower by it, and nothing
     * else.
     */
    public static final Faults CHOPPY =
            new Faults(new Choppiness(0.5, 0.5, 0.1, 0.2), NONE.breaks, Duration.ofMillis(20));

    /**
     * What cuts a stream to pieces, and breaks no connection.
     *
     * @param shortReads of a read that it gives fewer bytes than are there, at least 1
     * @param shortWrites of a write that it takes fewer bytes than there is room for, at least 1
     * @param refusedWrites of a write that it takes nothing, although there is room
     * @param spuriousReadiness of an endpoint or listener that it is named ready when it is not
     */
    public record Choppiness(double shortReads, double shortWrites, double refusedWrites, double spuriousReadiness) {

        /**
         * Checks the parts.
         *
         * @param shortReads a probability
         * @param shortWrites a probability
         * @param refusedWrites a probability
         * @param spuriousReadiness a probability
         * @throws IllegalArgumentException if one is not from 0 to 1
         */
        public Choppiness {
            check("shortReads", shortReads);
            check("shortWrites", shortWrites);
            check("refusedWrites", refusedWrites);
            check("spuriousReadiness", spuriousReadiness);
        }
    }

    /**
     * What breaks connections, or keeps them from being made.
     *
     * @param resets of a write that the network resets the connection behind one of its bytes
     * @param connectsRefused of a connect that it is refused although somebody listens
     * @param connectsBlackHoled of a connect that nobody answers until {@link
     *     SimulatedNetwork#heal()}
     * @param acceptFailures of an accept that the system refuses it for lack of descriptors
     */
    public record Breaks(double resets, double connectsRefused, double connectsBlackHoled, double acceptFailures) {

        /**
         * Checks the parts.
         *
         * @param resets a probability
         * @param connectsRefused a probability
         * @param connectsBlackHoled a probability
         * @param acceptFailures a probability
         * @throws IllegalArgumentException if one is not from 0 to 1
         */
        public Breaks {
            check("resets", resets);
            check("connectsRefused", connectsRefused);
            check("connectsBlackHoled", connectsBlackHoled);
            check("acceptFailures", acceptFailures);
        }
    }

    /**
     * Checks the parts.
     *
     * @param choppiness not null
     * @param breaks not null
     * @param jitter zero or more
     * @throws IllegalArgumentException if the jitter is negative
     */
    public Faults {
        Objects.requireNonNull(choppiness, "choppiness");
        Objects.requireNonNull(breaks, "breaks");
        check("jitter", jitter);
    }

    static void check(String name, Duration duration) {
        if (Objects.requireNonNull(duration, name).isNegative()) {
            throw new IllegalArgumentException(name + " is " + duration + ", it must not be negative");
        }
    }

    static void check(String name, double probability) {
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException(name + " is " + probability + ", it must be from 0 to 1");
        }
    }

    /**
     * Draws faults of every kind, from none at all to a bad day: each kind is off half of the time,
     * since a run in which everything fails gets nowhere and tests little.
     *
     * @param random where from
     * @return the faults
     */
    public static Faults random(SplittableRandom random) {
        return new Faults(
                new Choppiness(draw(random, 0.8), draw(random, 0.8), draw(random, 0.5), draw(random, 0.8)),
                new Breaks(draw(random, 0.02), draw(random, 0.3), draw(random, 0.3), draw(random, 0.3)),
                Duration.ofMillis((long) draw(random, 100)));
    }

    /**
     * Returns these faults with another {@code choppiness}.
     *
     * @param what it is then
     * @return the faults
     */
    public Faults withChoppiness(Choppiness what) {
        return new Faults(what, breaks, jitter);
    }

    /**
     * Returns these faults with another probability of {@code resets}.
     *
     * @param probability from 0 to 1
     * @return the faults
     */
    public Faults withResets(double probability) {
        return with(new Breaks(probability, breaks.connectsRefused, breaks.connectsBlackHoled, breaks.acceptFailures));
    }

    /**
     * Returns these faults with another probability of {@code connectsRefused}.
     *
     * @param probability from 0 to 1
     * @return the faults
     */
    public Faults withConnectsRefused(double probability) {
        return with(new Breaks(breaks.resets, probability, breaks.connectsBlackHoled, breaks.acceptFailures));
    }

    /**
     * Returns these faults with another probability of {@code connectsBlackHoled}.
     *
     * @param probability from 0 to 1
     * @return the faults
     */
    public Faults withConnectsBlackHoled(double probability) {
        return with(new Breaks(breaks.resets, breaks.connectsRefused, probability, breaks.acceptFailures));
    }

    /**
     * Returns these faults with another probability of {@code acceptFailures}.
     *
     * @param probability from 0 to 1
     * @return the faults
     */
    public Faults withAcceptFailures(double probability) {
        return with(new Breaks(breaks.resets, breaks.connectsRefused, breaks.connectsBlackHoled, probability));
    }

    private Faults with(Breaks other) {
        return new Faults(choppiness, other, jitter);
    }

    static double draw(SplittableRandom random, double most) {
        return random.nextBoolean() ? 0 : random.nextDouble() * most;
    }
}
