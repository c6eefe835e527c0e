package dev.gridmate.internal;

import java.util.concurrent.atomic.AtomicLong;

/** Numbers that are given once in a process, whatever the thread and the driver. */
public final class SerialNumbers {

    private static final AtomicLong GIVEN = new AtomicLong();

    private SerialNumbers() {}

    /** {@return the next number: 1 or more} */
    public static long next() {
        return GIVEN.incrementAndGet();
    }
}
