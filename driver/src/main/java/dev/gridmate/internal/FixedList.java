package dev.gridmate.internal;

import java.util.AbstractList;
import java.util.Collection;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.RandomAccess;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A list that never changes. Any thread may read it.
 *
 * <p>A for-each loop takes no memory: an iterator that has come to its end is used again by a later
 * loop, so nobody may ask it again after that. One whose loop was left early is garbage.
 *
 * @param <T> what is in it
 */
public final class FixedList<T> extends AbstractList<T> implements RandomAccess {

    private final T[] elements;
    private final AtomicReference<@Nullable Walk> spare = new AtomicReference<>();

    /**
     * Makes a list.
     *
     * @param elements what is in it, in this order; copied
     */
    @SuppressWarnings("unchecked") // nobody else sees the array
    public FixedList(Collection<T> elements) {
        this.elements = (T[]) elements.toArray();
    }

    @Override
    public T get(int index) {
        return elements[index];
    }

    @Override
    public int size() {
        return elements.length;
    }

    @Override
    public void forEach(Consumer<? super T> action) {
        for (T each : elements) {
            action.accept(each);
        }
    }

    @Override
    public Iterator<T> iterator() {
        Walk walk = spare.getAndSet(null);
        return walk == null ? new Walk() : walk.begin();
    }

    private final class Walk implements Iterator<T> {
        private int next;
        private boolean hasEnded;

        Walk begin() {
            next = 0;
            hasEnded = false;
            return this;
        }

        @Override
        public boolean hasNext() {
            if (next < elements.length) {
                return true;
            }
            if (!hasEnded) {
                hasEnded = true;
                spare.set(this);
            }
            return false;
        }

        @Override
        public T next() {
            if (next == elements.length) {
                throw new NoSuchElementException("all " + elements.length + " were given");
            }
            return elements[next++];
        }
    }
}
