package dev.gridmate.driver.sim;

import java.time.Duration;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * What goes wrong with datagrams on a {@link SimulatedNetwork}, and how often. Immutable.
 *
 * <p>Each number is a probability from 0 to 1, of one datagram. What a probability decides comes
 * from the network's seed.
 *
 * @param loss that it never arrives
 * @param duplication that it arrives twice, each time after a delay of its own
 * @param corruption that one to eight of its bits arrive flipped. UDP's checksum sees to it that
 *     this is rare in life
 * @param refusedSends that the sender's system takes neither it nor any other for a millisecond,
 *     since its buffer is full
 * @param delays how much longer it takes
 * @param mtu the largest datagram in bytes, its headers included (28 for IPv4, 48 for IPv6), that
 *     the network carries; a larger one is lost. 0 for no limit
 */
public record DatagramFaults(
        double loss, double duplication, double corruption, double refusedSends, Delays delays, int mtu) {

    /** Nothing goes wrong. */
    public static final DatagramFaults NONE =
            new DatagramFaults(0, 0, 0, 0, new Delays(0, Duration.ZERO, Duration.ZERO), 0);

    /**
     * How much longer datagrams take.
     *
     * @param reordering that one takes longer, by up to {@code reorderingDelay}, so that later ones
     *     overtake it
     * @param reorderingDelay how much longer at the most
     * @param jitter the most that each datagram is delayed beyond the network's latency, on its
     *     own, so that it reorders too
     */
    public record Delays(double reordering, Duration reorderingDelay, Duration jitter) {

        /**
         * Checks the parts.
         *
         * @param reordering a probability
         * @param reorderingDelay zero or more
         * @param jitter zero or more
         * @throws IllegalArgumentException if the probability is not from 0 to 1, or a time is
         *     negative
         */
        public Delays {
            Faults.check("reordering", reordering);
            Faults.check("reorderingDelay", reorderingDelay);
            Faults.check("jitter", jitter);
        }
    }

    /**
     * Checks the parts.
     *
     * @param loss a probability
     * @param duplication a probability
     * @param corruption a probability
     * @param refusedSends a probability
     * @param delays not null
     * @param mtu bytes, 0 or more
     * @throws IllegalArgumentException if a probability is not from 0 to 1, or the size is negative
     */
    public DatagramFaults {
        Faults.check("loss", loss);
        Faults.check("duplication", duplication);
        Faults.check("corruption", corruption);
        Faults.check("refusedSends", refusedSends);
        Objects.requireNonNull(delays, "delays");
        if (mtu < 0) {
            throw new IllegalArgumentException("mtu is " + mtu + ", it must not be negative");
        }
    }

    /**
     * Draws faults of every kind but the limit on size, from none at all to a bad day. Each kind is
     * off half of the time, and none is so frequent that a protocol which repeats what is lost gets
     * nowhere.
     *
     * @param random where from
     * @return the faults
     */
    public static DatagramFaults random(SplittableRandom random) {
        return NONE.withLoss(Faults.draw(random, 0.3))
                .withDuplication(Faults.draw(random, 0.3))
                .withReordering(Faults.draw(random, 0.5), Duration.ofMillis((long) Faults.draw(random, 200)))
                .withCorruption(Faults.draw(random, 0.05))
                .withRefusedSends(Faults.draw(random, 0.2))
                .withJitter(Duration.ofMillis((long) Faults.draw(random, 100)));
    }

    /**
     * Returns these faults with another probability of {@code loss}.
     *
     * @param probability from 0 to 1
     * @return the faults
     */
    public DatagramFaults withLoss(double probability) {
        return new DatagramFaults(probability, duplication, corruption, refusedSends, delays, mtu);
    }

    /**
     * Returns these faults with another probability of {@code duplication}.
     *
     * @param probability from 0 to 1
     * @return the faults
     */
    public DatagramFaults withDuplication(double probability) {
        return new DatagramFaults(loss, probability, corruption, refusedSends, delays, mtu);
    }

    /**
     * Returns these faults with another {@code reordering}.
     *
     * @param probability from 0 to 1
     * @param delay how much longer a datagram takes at the most
     * @return the faults
     */
    public DatagramFaults withReordering(double probability, Duration delay) {
        return with(new Delays(probability, delay, delays.jitter));
    }

    /**
     * Returns these faults with another probability of {@code corruption}.
     *
     * @param probability from 0 to 1
     * @return the faults
     */
    public DatagramFaults withCorruption(double probability) {
        return new DatagramFaults(loss, duplication, probability, refusedSends, delays, mtu);
    }

    /**
     * Returns these faults with another probability of {@code refusedSends}.
     *
     * @param probability from 0 to 1
     * @return the faults
     */
    public DatagramFaults withRefusedSends(double probability) {
        return new DatagramFaults(loss, duplication, corruption, probability, delays, mtu);
    }

    /**
     * Returns these faults with another {@code jitter}.
     *
     * @param most the most that a datagram is delayed
     * @return the faults
     */
    public DatagramFaults withJitter(Duration most) {
        return with(new Delays(delays.reordering, delays.reorderingDelay, most));
    }

    /**
     * Returns these faults with another limit on size.
     *
     * @param bytes the largest datagram, its headers included; 0 for no limit
     * @return the faults
     */
    public DatagramFaults withMtu(int bytes) {
        return new DatagramFaults(loss, duplication, corruption, refusedSends, delays, bytes);
    }

    private DatagramFaults with(Delays other) {
        return new DatagramFaults(loss, duplication, corruption, refusedSends, other, mtu);
    }
}
