package dev.gridmate.carrier.link;

import dev.gridmate.carrier.CarrierCounter;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** A carrier's counters: written by the thread that owns the carrier, read by any. */
@SuppressWarnings("EnumOrdinal") // the ordinal is an index into an array that never leaves this object
public final class CarrierCounters {

    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] cells = new long[CarrierCounter.values().length];

    /** Adds to a counter. There is one writer, so nothing has to be atomic. */
    public void add(CarrierCounter counter, long amount) {
        int index = counter.ordinal();
        CELL.setOpaque(cells, index, cells[index] + amount);
    }

    /** Returns a counter's value. */
    public long get(CarrierCounter counter) {
        return (long) CELL.getOpaque(cells, counter.ordinal());
    }
}
