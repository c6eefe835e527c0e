package dev.gridmate.internal;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;

/**
 * Checks of what a caller passes. An exception names the parameter, its value and what is allowed.
 */
public final class Arguments {

    /** The longest time that can be asked for; what is longer is most likely a mistake of units. */
    public static final Duration LONGEST = Duration.ofDays(365);

    private Arguments() {}

    /** {@return the value, which is from {@code from} to {@code to}} */
    public static int inRange(String name, int value, int from, int to) {
        if (value < from || value > to) {
            throw new IllegalArgumentException(name + " is " + value + ", it must be " + from + " to " + to);
        }
        return value;
    }

    /** {@return the value, which is from {@code from} to {@code to}, and not NaN} */
    public static float inRange(String name, float value, float from, float to) {
        if (!(value >= from && value <= to)) {
            throw new IllegalArgumentException(name + " is " + value + ", it must be " + from + " to " + to);
        }
        return value;
    }

    /** {@return the value, which is {@code least} or more} */
    public static int atLeast(String name, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(name + " is " + value + ", it must be at least " + least);
        }
        return value;
    }

    /** {@return the value, which is {@code least} or more} */
    public static long atLeast(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(name + " is " + value + ", it must be at least " + least);
        }
        return value;
    }

    /** {@return the value, which is from zero, for "off", to {@link #LONGEST}} */
    public static Duration timeout(String name, Duration value) {
        if (Objects.requireNonNull(value, name).isNegative() || value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    name + " is " + value + ", it must be from zero (off) to " + LONGEST.toDays() + " days");
        }
        return value;
    }

    /** {@return the value, which is above zero and at most {@link #LONGEST}} */
    public static Duration aboveZero(String name, Duration value) {
        if (Objects.requireNonNull(value, name).isNegative() || value.isZero() || value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    name + " is " + value + ", it must be above zero and at most " + LONGEST.toDays() + " days");
        }
        return value;
    }

    /** {@return a time to wait in nanoseconds} What is above {@link #LONGEST} counts as that. */
    public static long nanos(String name, Duration value) {
        if (Objects.requireNonNull(value, name).isNegative()) {
            throw new IllegalArgumentException(name + " is " + value + ", it must not be negative");
        }
        return (value.compareTo(LONGEST) > 0 ? LONGEST : value).toNanos();
    }

    /** {@return how many bytes remain in a packet: 1 to {@code most}} */
    public static int packetSize(ByteBuffer packet, int most) {
        int size = Objects.requireNonNull(packet, "packet").remaining();
        if (size == 0 || size > most) {
            throw new IllegalArgumentException("packet has " + size + " bytes, it must have 1 to " + most);
        }
        return size;
    }
}
