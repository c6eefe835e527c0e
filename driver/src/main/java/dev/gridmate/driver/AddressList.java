package dev.gridmate.driver;

import java.util.AbstractList;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.RandomAccess;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Addresses that never change, in an order. Any thread may read.
 *
 * <p>A for-each loop takes no memory: an iterator that has come to its end is used again by a later
 * loop, so nobody may ask it again after that. One whose loop was left early is garbage.
 */
final class AddressList extends AbstractList<SocketDriverAddress> implements RandomAccess {

    private final SocketDriverAddress[] addresses;
    private final AtomicReference<@Nullable Walk> spare = new AtomicReference<>();

    /** @param addresses which nobody changes any more */
    AddressList(SocketDriverAddress[] addresses) {
        this.addresses = addresses;
    }

    @Override
    public SocketDriverAddress get(int index) {
        return addresses[index];
    }

    @Override
    public int size() {
        return addresses.length;
    }

    @Override
    public void forEach(Consumer<? super SocketDriverAddress> action) {
        for (SocketDriverAddress each : addresses) {
            action.accept(each);
        }
    }

    @Override
    public Iterator<SocketDriverAddress> iterator() {
        Walk walk = spare.getAndSet(null);
        return walk == null ? new Walk() : walk.begin();
    }

    private final class Walk implements Iterator<SocketDriverAddress> {
        private int next;
        private boolean ended;

        Walk begin() {
            next = 0;
            ended = false;
            return this;
        }

        @Override
        public boolean hasNext() {
            if (next < addresses.length) {
                return true;
            }
            if (!ended) {
                ended = true;
                spare.set(this);
            }
            return false;
        }

        @Override
        public SocketDriverAddress next() {
            if (next == addresses.length) {
                throw new NoSuchElementException("all " + addresses.length + " were given");
            }
            return addresses[next++];
        }
    }
}
