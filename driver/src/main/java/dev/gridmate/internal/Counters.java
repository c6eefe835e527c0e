package dev.gridmate.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One number for each constant of an enum: written by the thread that owns the driver or carrier,
 * read by any thread, without locks on either side.
 *
 * @param <E> the enum
 */
@SuppressWarnings("EnumOrdinal") // the ordinal is an index into an array that never leaves this object
public final class Counters<E extends Enum<E>> {

    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

    private final Class<E> type;
    private final long[] cells;

    /** Makes counters that are all 0. */
    public Counters(Class<E> type) {
        this.type = type;
        cells = new long[type.getEnumConstants().length];
    }

    /**
     * Adds to a counter. Only for the owning thread: there is one writer, so opaque writes are
     * enough.
     */
    public void add(E counter, long amount) {
        int i = counter.ordinal();
        CELL.setOpaque(cells, i, cells[i] + amount);
    }

    /**
     * Adds to a counter that all threads may add to. One that the owner adds to with {@link #add}
     * is not for this.
     */
    public void addShared(E counter, long amount) {
        CELL.getAndAdd(cells, counter.ordinal(), amount);
    }

    /** {@return a counter's value} Any thread may ask. */
    public long get(E counter) {
        return (long) CELL.getOpaque(cells, counter.ordinal());
    }

    /** {@return all values by name, in the order of the constants} Any thread may ask. */
    public Map<String, Long> all() {
        Map<String, Long> all = new LinkedHashMap<>();
        for (E each : type.getEnumConstants()) {
            all.put(each.name(), get(each));
        }
        return all;
    }
}
