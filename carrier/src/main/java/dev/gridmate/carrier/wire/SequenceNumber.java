package dev.gridmate.carrier.wire;

/**
 * Numbers of 16 bits that count on past 65,535 to 0, as ints from 0 to 65,535.
 *
 * <p>Which of two is the later one is read off the half-circle: {@code b} is ahead of {@code a} when fewer than 32,768
 * steps lead from {@code a} up to {@code b}. A worked example: from 65,534 to 3 it is 5 steps, so 3 is the later one.
 * Two numbers exactly opposite have no later one; their distance is -32,768 either way, so neither is after the other.
 */
public final class SequenceNumber {

    /** The {@code reliableSeq} of an unreliable message before any reliable one: merely the number before 0. */
    public static final int NONE = 65_535;

    private static final int MASK = 0xffff;

    private SequenceNumber() {}

    public static int next(int number) {
        return add(number, 1);
    }

    public static int previous(int number) {
        return add(number, -1);
    }

    public static int add(int number, int delta) {
        return number + delta & MASK;
    }

    /** Returns how far {@code to} is ahead of {@code from}: -32,768 to 32,767. */
    public static int distance(int from, int to) {
        return (short) (to - from);
    }

    /** Says whether {@code a} is ahead of {@code b}. */
    public static boolean isAfter(int a, int b) {
        return distance(b, a) > 0;
    }
}
