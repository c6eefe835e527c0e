package dev.gridmate.driver.stream;

import dev.gridmate.internal.DeadlineHeap;
import java.util.Arrays;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Things that want a turn, first come first served. Makes no garbage once it has reached its size.
 *
 * <p>Each queue has a mark, and an entry carries the marks of the queues that it is in, so that it
 * is never in one twice.
 *
 * @param <T> what takes turns
 */
final class TurnQueue<T extends TurnQueue.Entry> {

    /** What takes turns, in any number of queues, and may have a deadline besides. */
    abstract static class Entry extends DeadlineHeap.Entry {
        private int queued;
    }

    private final int mark;
    private @Nullable Entry[] ring = new Entry[16];
    private int first;
    private int size;

    /** @param mark a bit that no other queue has */
    TurnQueue(int mark) {
        this.mark = mark;
    }

    /** Puts it at the end, unless it is in the queue already. */
    void add(T added) {
        Entry entry = added;
        if ((entry.queued & mark) != 0) {
            return;
        }
        entry.queued |= mark;
        if (size == ring.length) {
            @Nullable Entry[] larger = Arrays.copyOf(ring, size * 2);
            System.arraycopy(ring, 0, larger, size, first);
            ring = larger;
        }
        ring[(first + size) & (ring.length - 1)] = entry;
        size++;
    }

    boolean contains(T one) {
        Entry entry = one;
        return (entry.queued & mark) != 0;
    }

    /** Takes the first one out; null if there is none. */
    @Nullable
    T poll() {
        if (size == 0) {
            return null;
        }
        Entry entry = ring[first];
        ring[first] = null;
        first = (first + 1) & (ring.length - 1);
        size--;
        if (entry != null) {
            entry.queued &= ~mark;
        }
        return own(entry);
    }

    @SuppressWarnings("unchecked") // only a T ever comes in
    private @Nullable T own(@Nullable Entry entry) {
        return (T) entry;
    }

    /** Puts the first one to the end. */
    void rotate() {
        if (size > 1) {
            T entry = poll();
            if (entry != null) {
                add(entry);
            }
        }
    }

    /**
     * Gives a turn to each that is in the queue now; in its turn it may join again. Returns the
     * work done.
     */
    int serve(ToIntFunction<T> turn) {
        int work = 0;
        for (int n = size; n > 0; n--) {
            T entry = poll();
            if (entry != null) {
                work += turn.applyAsInt(entry);
            }
        }
        return work;
    }

    /** Takes one out, wherever it is. Looks at all of them, so only for what is rare. */
    @SuppressWarnings("ReferenceEquality") // this one, and not one like it
    void remove(T gone) {
        Entry entry = gone;
        if ((entry.queued & mark) != 0) {
            serve(each -> {
                if (each != gone) {
                    add(each);
                }
                return 0;
            });
        }
    }

    @Nullable
    T peek() {
        return size == 0 ? null : own(ring[first]);
    }

    int size() {
        return size;
    }
}
