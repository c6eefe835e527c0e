package dev.gridmate.carrier.badnet;

import java.util.SplittableRandom;

/** Loses single packets of a line: one every so many, or each with a probability. */
final class PacketLoss {

    private final SplittableRandom random;
    private int minInterval;
    private int maxInterval;
    private int packetsToLoss;
    private double rate;

    PacketLoss(SplittableRandom random) {
        this.random = random;
    }

    void setInterval(int min, int max) {
        minInterval = min;
        maxInterval = max;
        packetsToLoss = drawInterval();
    }

    void setRate(double probability) {
        rate = probability;
    }

    /** {@return true if this packet is lost} */
    boolean takes() {
        boolean isLast = maxInterval > 0 && --packetsToLoss <= 0;
        if (isLast) {
            packetsToLoss = drawInterval();
        }
        boolean isUnlucky = rate > 0 && random.nextDouble() < rate;
        return isLast || isUnlucky;
    }

    private int drawInterval() {
        return (int) Draw.between(random, minInterval, maxInterval);
    }
}
