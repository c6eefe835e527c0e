package dev.gridmate.carrier.wire;

/**
 * Numbers of 16 bits, as ints from 0 to 65,535; after 65,535 comes 0.
 *
 * <p>They are compared on a circle: {@code b} is ahead of {@code a} if fewer than 32,768 steps lead
 * from {@code a} up to {@code b}. A worked example: from 65,534 to 3 there are 5 steps, so 3 is
 * ahead. Of two numbers exactly opposite each other neither is ahead; their distance is -32,768 in
 * both directions.
 */
public final class SequenceNumber {

    /**
     * The {@code reliableSeq} of an unreliable message before any reliable one: the number before
     * 0.
     */
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

    /** {@return how far {@code to} is ahead of {@code from}: -32,768 to 32,767} */
    public static int distance(int from, int to) {
        return (short) (to - from);
    }

    /** {@return true if {@code a} is ahead of {@code b}} */
    public static boolean isAfter(int a, int b) {
        return distance(b, a) > 0;
    }
}
