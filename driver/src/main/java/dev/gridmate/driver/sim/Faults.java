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
 * @param shortReads of a read that it gives fewer bytes than are there, at least 1
 * @param shortWrites of a write that it takes fewer bytes than there is room for, at least 1
 * @param refusedWrites of a write that it takes nothing, although there is room
 * @param spuriousReadiness of an endpoint or listener that it is named ready when it is not
 * @param resets of a write that the network resets the connection behind one of its bytes
 * @param connectsRefused of a connect that it is refused although somebody listens
 * @param connectsBlackHoled of a connect that nobody answers until {@link SimulatedNetwork#heal()}
 * @param acceptFailures of an accept that the system refuses it for lack of descriptors
 * @param jitter the most that anything on the way is delayed beyond the network's latency
 */
public record Faults(
        double shortReads,
        double shortWrites,
        double refusedWrites,
        double spuriousReadiness,
        double resets,
        double connectsRefused,
        double connectsBlackHoled,
        double acceptFailures,
        Duration jitter) {

    /** Nothing goes wrong. */
    public static final Faults NONE = new Faults(0, 0, 0, 0, 0, 0, 0, 0, Duration.ZERO);

    /**
     * Cuts every stream to pieces, and breaks no connection: short reads and writes, refused
     * writes, delays, and readiness that is not. A program may become slower by it, and nothing
     * else.
     */
    public static final Faults CHOPPY = new Faults(0.5, 0.5, 0.1, 0.2, 0, 0, 0, 0, Duration.ofMillis(20));

    /**
     * Checks the parts.
     *
     * @param shortReads a probability
     * @param shortWrites a probability
     * @param refusedWrites a probability
     * @param spuriousReadiness a probability
     * @param resets a probability
     * @param connectsRefused a probability
     * @param connectsBlackHoled a probability
     * @param acceptFailures a probability
     * @param jitter zero or more
     * @throws IllegalArgumentException if a probability is not from 0 to 1, or the jitter is
     *     negative
     */
    public Faults {
        check("shortReads", shortReads);
        check("shortWrites", shortWrites);
        check("refusedWrites", refusedWrites);
        check("spuriousReadiness", spuriousReadiness);
        check("resets", resets);
        check("connectsRefused", connectsRefused);
        check("connectsBlackHoled", connectsBlackHoled);
        check("acceptFailures", acceptFailures);
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
                draw(random, 0.8),
                draw(random, 0.8),
                draw(random, 0.5),
                draw(random, 0.8),
                draw(random, 0.02),
                draw(random, 0.3),
                draw(random, 0.3),
                draw(random, 0.3),
                Duration.ofMillis((long) draw(random, 100)));
    }

    /**
     * Returns these faults with another probability of {@code resets}.
     *
     * @param probability from 0 to 1
     * @return the faults
     */
    public Faults withResets(double probability) {
        return breaking(probability, connectsRefused, connectsBlackHoled, acceptFailures);
    }

    /**
     * Returns these faults with another probability of {@code connectsRefused}.
     *
     * @param probability from 0 to 1
     * @return the faults
     */
    public Faults withConnectsRefused(double probability) {
        return breaking(resets, probability, connectsBlackHoled, acceptFailures);
    }

    /**
     * Returns these faults with another probability of {@code connectsBlackHoled}.
     *
     * @param probability from 0 to 1
     * @return the faults
     */
    public Faults withConnectsBlackHoled(double probability) {
        return breaking(resets, connectsRefused, probability, acceptFailures);
    }

    /**
     * Returns these faults with another probability of {@code acceptFailures}.
     *
     * @param probability from 0 to 1
     * @return the faults
     */
    public Faults withAcceptFailures(double probability) {
        return breaking(resets, connectsRefused, connectsBlackHoled, probability);
    }

    private Faults breaking(double reset, double refused, double blackHoled, double acceptFailure) {
        return new Faults(
                shortReads,
                shortWrites,
                refusedWrites,
                spuriousReadiness,
                reset,
                refused,
                blackHoled,
                acceptFailure,
                jitter);
    }

    static double draw(SplittableRandom random, double most) {
        return random.nextBoolean() ? 0 : random.nextDouble() * most;
    }
}
