package dev.gridmate.carrier.badnet;

import java.util.SplittableRandom;

/** Draws numbers. A range of one number takes nothing from the random stream. */
final class Draw {

    private Draw() {}

    static long between(SplittableRandom random, long min, long max) {
        return min == max ? min : random.nextLong(min, max + 1);
    }
}
