package dev.gridmate.driver;

import dev.gridmate.internal.AddressHash;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The addresses that somebody holds, found by what a socket says of a sender. With datagrams that
 * is a question for each packet whose sender differs from the last one's, so a look-up makes
 * nothing, or for IPv6 one array. Senders may be invented, so entries go with their addresses, and
 * the hash is one that a stranger cannot aim at.
 */
final class WeakAddressSet {

    private static final int INITIAL_BITS = 6;

    private final ReferenceQueue<SocketDriverAddress> gone = new ReferenceQueue<>();

    private int bits = INITIAL_BITS;
    private @Nullable Entry[] table = new @Nullable Entry[1 << INITIAL_BITS];

    /** How many there are, those included that nobody holds, until the next one is added. */
    int size;

    private static final class Entry extends WeakReference<SocketDriverAddress> {
        private final int hash;
        private @Nullable Entry next;

        Entry(SocketDriverAddress address, int hash, ReferenceQueue<SocketDriverAddress> gone) {
            super(address, gone);
            this.hash = hash;
        }
    }

    /** Returns the member for an address; null if there is none. */
    @Nullable
    SocketDriverAddress find(InetSocketAddress address) {
        int hash = AddressHash.of(address);
        for (Entry each = table[index(hash)]; each != null; each = each.next) {
            SocketDriverAddress member = each.hash == hash ? each.get() : null;
            if (member != null && member.isAt(address)) {
                return member;
            }
        }
        return null;
    }

    /** Adds an address that is not a member yet. */
    void add(SocketDriverAddress address) {
        removeGone();
        if (size == table.length) {
            grow();
        }
        put(new Entry(address, AddressHash.of(address.toInetSocketAddress()), gone));
        size++;
    }

    private int index(int hash) {
        return hash >>> (32 - bits);
    }

    private void put(Entry entry) {
        int at = index(entry.hash);
        entry.next = table[at];
        table[at] = entry;
    }

    private void grow() {
        @Nullable Entry[] old = table;
        bits++;
        table = new @Nullable Entry[1 << bits];
        for (Entry chain : old) {
            for (Entry each = chain; each != null; ) {
                Entry next = each.next;
                put(each);
                each = next;
            }
        }
    }

    private void removeGone() {
        for (Reference<?> dead = gone.poll(); dead != null; dead = gone.poll()) {
            remove((Entry) dead);
        }
    }

    private void remove(Entry dead) {
        int at = index(dead.hash);
        Entry before = null;
        Entry each = table[at];
        while (each != null && each != dead) {
            before = each;
            each = each.next;
        }
        if (before == null) {
            table[at] = dead.next;
        } else {
            before.next = dead.next;
        }
        size--;
    }
}
