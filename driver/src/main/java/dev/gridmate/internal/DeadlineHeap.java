package dev.gridmate.internal;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Things that something happens to when time passes, the earliest first: a binary heap that knows
 * each one's place, so that asking costs nothing and a change costs the logarithm. Makes no garbage
 * once it has reached its size.
 *
 * <p>A deadline that moves away is left where it is. When its old time comes its owner is asked,
 * finds that there is time left, and calls {@link #atMost} again: a packet that arrives pushes an
 * idle deadline away by writing one field.
 *
 * @param <T> what has deadlines; in one heap at most
 */
public final class DeadlineHeap<T extends DeadlineHeap.Entry> {

    /** A time that never comes. */
    public static final long NEVER = Long.MAX_VALUE;

    /** What the heap keeps in each of its things. */
    public abstract static class Entry {
        private long time;
        private int place = -1;

        /** Makes an entry that is in no heap. */
        protected Entry() {}
    }

    private @Nullable Entry[] heap = new Entry[16];
    private int size;

    /** Makes an empty heap. */
    public DeadlineHeap() {}

    /**
     * Makes sure that {@link #poll} hands it out at this time or before; {@link #NEVER} changes
     * nothing.
     */
    public void atMost(T entry, long time) {
        if (time == NEVER) {
            return;
        }
        if (place(entry) < 0) {
            if (size == heap.length) {
                heap = Arrays.copyOf(heap, size * 2);
            }
            set(entry, time, size++);
        } else if (time < time(entry)) {
            set(entry, time, place(entry));
        }
    }

    /** Takes out a thing whose time has come; null if there is none. */
    public @Nullable T poll(long now) {
        Entry first = heap[0];
        if (first == null || first.time > now) {
            return null;
        }
        @SuppressWarnings("unchecked") // only a T ever comes in
        T due = (T) first;
        remove(due);
        return due;
    }

    /** {@return the earliest time; {@link #NEVER} if there is none} */
    public long earliest() {
        Entry first = heap[0];
        return first == null ? NEVER : first.time;
    }

    /** Takes it out, wherever it is; does nothing if it is not here. */
    @SuppressWarnings("ReferenceEquality") // this one, and not one like it
    public void remove(T entry) {
        Entry gone = entry;
        int hole = gone.place;
        if (hole < 0) {
            return;
        }
        gone.place = -1;
        Entry last = at(--size);
        heap[size] = null;
        if (last != gone) {
            siftDown(hole, last);
            siftUp(last.place, last);
        }
    }

    private void set(Entry entry, long time, int place) {
        entry.time = time;
        siftUp(place, entry);
    }

    private static int place(Entry entry) {
        return entry.place;
    }

    private static long time(Entry entry) {
        return entry.time;
    }

    private void siftUp(int hole, Entry entry) {
        int at = hole;
        while (at > 0) {
            Entry parent = at((at - 1) >>> 1);
            if (parent.time <= entry.time) {
                break;
            }
            put(at, parent);
            at = (at - 1) >>> 1;
        }
        put(at, entry);
    }

    private void siftDown(int hole, Entry entry) {
        int at = hole;
        for (int child = 2 * at + 1; child < size; child = 2 * at + 1) {
            if (child + 1 < size && at(child + 1).time < at(child).time) {
                child++;
            }
            if (at(child).time >= entry.time) {
                break;
            }
            put(at, at(child));
            at = child;
        }
        put(at, entry);
    }

    private void put(int index, Entry entry) {
        heap[index] = entry;
        entry.place = index;
    }

    private Entry at(int index) {
        Entry entry = heap[index];
        if (entry == null) {
            throw new IllegalStateException("the heap has nothing at " + index + " of " + size);
        }
        return entry;
    }
}
