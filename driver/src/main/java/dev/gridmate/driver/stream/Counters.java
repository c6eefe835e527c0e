package dev.gridmate.driver.stream;

import dev.gridmate.driver.DriverCounter;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** A driver's counters: written by the thread that owns the driver, read by any, without locks on either side. */
@SuppressWarnings("EnumOrdinal") // the ordinal is an index into an array that never leaves this object
public final class Counters {

    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] cells = new long[DriverCounter.values().length];

    /** Adds to a counter. Only for the owning thread: there is one writer, so opaque writes are enough. */
    public void add(DriverCounter counter, long amount) {
        int i = counter.ordinal();
        CELL.setOpaque(cells, i, cells[i] + amount);
    }

    /** Returns a counter's value. */
    public long get(DriverCounter counter) {
        return (long) CELL.getOpaque(cells, counter.ordinal());
    }
}
