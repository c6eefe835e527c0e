package dev.gridmate.carrier;

import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.internal.AddressHash;
import dev.gridmate.internal.DeadlineHeap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Things by address, and which of them gives way when there is no room: the oldest one of the
 * network that has the most. A network is an IPv4 address, or the first 64 bits of an IPv6 address.
 *
 * <pre>
 *   crowds   [1] ─▶ network ─▶ network      [2] ─▶ network      ...      [most] ─▶ network
 *                     │                             │                                 │
 *                  newcomer                      newcomer ─▶ newcomer              newcomer ─▶ ...
 * </pre>
 *
 * <p>Each step costs the same, whatever strangers do: the hashes are keyed, and no list is walked.
 */
final class AddressTable<T extends AddressTable.Entry<T>> {

    private static final int FIRST_SIZE = 64;

    private @Nullable T[] byAddress = AddressTable.<T>things(FIRST_SIZE);
    private @Nullable Network<T>[] byNumber = AddressTable.<T>networks(FIRST_SIZE);
    private @Nullable Network<T>[] crowds = AddressTable.<T>networks(2);
    private @Nullable Network<T>[] lastOfCrowds = AddressTable.<T>networks(2);
    private int size;
    private int most;
    /** How many entries were looked at so far. */
    long steps;

    /** What has an address, and what the table keeps in it. */
    abstract static class Entry<T extends Entry<T>> extends DeadlineHeap.Entry {
        final SocketDriverAddress address;

        @Nullable
        T nextInTable;

        @Nullable
        Network<T> network;

        @Nullable
        T older;

        @Nullable
        T newer;

        Entry(SocketDriverAddress address) {
            this.address = address;
        }
    }

    /** The things of one network, the oldest first. */
    static final class Network<T> {
        private final long number;
        private int count;
        private @Nullable T oldest;
        private @Nullable T newest;
        private @Nullable Network<T> nextInTable;
        private @Nullable Network<T> before;
        private @Nullable Network<T> after;

        Network(long number) {
            this.number = number;
        }
    }

    @SuppressWarnings("unchecked") // a generic array cannot be made
    private static <T extends Entry<T>> @Nullable T[] things(int length) {
        return (@Nullable T[]) new @Nullable Entry<?>[length];
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // a generic array cannot be made
    private static <T extends Entry<T>> @Nullable Network<T>[] networks(int length) {
        return (@Nullable Network<T>[]) new @Nullable Network[length];
    }

    int size() {
        return size;
    }

    /** {@return the newcomer that has an address; null if there is none} */
    @Nullable
    T find(SocketDriverAddress address) {
        T each = byAddress[place(address)];
        steps++;
        while (each != null && !each.address.equals(address)) {
            each = each.nextInTable;
            steps++;
        }
        return each;
    }

    /** {@return how many newcomers the network of an address has} */
    int countOf(SocketDriverAddress address) {
        Network<T> network = network(AddressHash.network(address.ip()));
        return network == null ? 0 : network.count;
    }

    /** {@return the one that came first from the network of an address; null if there is none} */
    @Nullable
    T oldestOf(SocketDriverAddress address) {
        Network<T> network = network(AddressHash.network(address.ip()));
        return network == null ? null : network.oldest;
    }

    /** {@return the one that gives way; null if there is none} */
    @Nullable
    T firstToGiveWay() {
        Network<T> crowd = crowds[most];
        return crowd == null ? null : crowd.oldest;
    }

    /** {@return all of them, for those moments when all are ended} */
    List<T> list() {
        List<T> all = new ArrayList<>(size);
        for (T chain : byAddress) {
            for (T each = chain; each != null; each = each.nextInTable) {
                all.add(each);
            }
        }
        return all;
    }

    // ------------------------------------------------------------ coming and going

    /** Adds a newcomer whose address has none. */
    void add(T newcomer) {
        if (4 * size == byAddress.length) {
            grow();
        }
        int at = place(newcomer.address);
        newcomer.nextInTable = byAddress[at];
        byAddress[at] = newcomer;
        size++;
        Network<T> network = networkFor(AddressHash.network(newcomer.address.ip()));
        newcomer.network = network;
        newcomer.older = network.newest;
        if (network.newest == null) {
            network.oldest = newcomer;
        } else {
            network.newest.newer = newcomer;
        }
        network.newest = newcomer;
        count(network, network.count + 1);
    }

    void remove(T newcomer) {
        Network<T> network = newcomer.network;
        if (network == null) {
            return;
        }
        newcomer.network = null;
        removeFromChain(newcomer);
        size--;
        T older = newcomer.older;
        T newer = newcomer.newer;
        if (older == null) {
            network.oldest = newer;
        } else {
            older.newer = newer;
        }
        if (newer == null) {
            network.newest = older;
        } else {
            newer.older = older;
        }
        count(network, network.count - 1);
    }

    @SuppressWarnings("ReferenceEquality") // this one, and not one like it
    private void removeFromChain(T newcomer) {
        int at = place(newcomer.address);
        T before = null;
        T each = byAddress[at];
        while (each != null && each != newcomer) {
            before = each;
            each = each.nextInTable;
        }
        if (before == null) {
            byAddress[at] = newcomer.nextInTable;
        } else {
            before.nextInTable = newcomer.nextInTable;
        }
        newcomer.nextInTable = null;
    }

    // ------------------------------------------------------------ networks

    private @Nullable Network<T> network(long number) {
        Network<T> each = byNumber[place(number)];
        steps++;
        while (each != null && each.number != number) {
            each = each.nextInTable;
            steps++;
        }
        return each;
    }

    private Network<T> networkFor(long number) {
        Network<T> known = network(number);
        if (known != null) {
            return known;
        }
        Network<T> made = new Network<>(number);
        int at = place(number);
        made.nextInTable = byNumber[at];
        byNumber[at] = made;
        return made;
    }

    /** Moves a network to the crowd of its new count; without newcomers it is forgotten. */
    private void count(Network<T> network, int now) {
        if (network.count > 0) {
            leaveCrowd(network);
        }
        network.count = now;
        if (now > 0) {
            joinCrowd(network);
            most = Math.max(most, now);
        } else {
            forget(network);
        }
        if (most > 0 && crowds[most] == null) {
            most--; // the network that left has one less
        }
    }

    private void joinCrowd(Network<T> network) {
        int crowd = network.count;
        if (crowd == crowds.length) {
            crowds = Arrays.copyOf(crowds, 2 * crowd);
            lastOfCrowds = Arrays.copyOf(lastOfCrowds, 2 * crowd);
        }
        Network<T> last = lastOfCrowds[crowd];
        network.before = last;
        network.after = null;
        if (last == null) {
            crowds[crowd] = network;
        } else {
            last.after = network;
        }
        lastOfCrowds[crowd] = network;
    }

    private void leaveCrowd(Network<T> network) {
        Network<T> before = network.before;
        Network<T> after = network.after;
        if (before == null) {
            crowds[network.count] = after;
        } else {
            before.after = after;
        }
        if (after == null) {
            lastOfCrowds[network.count] = before;
        } else {
            after.before = before;
        }
    }

    private void forget(Network<T> network) {
        int at = place(network.number);
        Network<T> before = null;
        Network<T> each = byNumber[at];
        while (each != null && each != network) {
            before = each;
            each = each.nextInTable;
        }
        if (before == null) {
            byNumber[at] = network.nextInTable;
        } else {
            before.nextInTable = network.nextInTable;
        }
    }

    // ------------------------------------------------------------ places

    private int place(SocketDriverAddress address) {
        return address.hashCode() & (byAddress.length - 1);
    }

    private int place(long network) {
        return AddressHash.of(network) & (byNumber.length - 1);
    }

    /**
     * Both tables are at least four times as large as there are things, so that most places have
     * one or none; there are never more networks.
     */
    private void grow() {
        @Nullable T[] oldNewcomers = byAddress;
        @Nullable Network<T>[] oldNetworks = byNumber;
        byAddress = AddressTable.<T>things(2 * oldNewcomers.length);
        byNumber = AddressTable.<T>networks(2 * oldNetworks.length);
        for (T chain : oldNewcomers) {
            for (T each = chain; each != null; ) {
                T next = each.nextInTable;
                int at = place(each.address);
                each.nextInTable = byAddress[at];
                byAddress[at] = each;
                each = next;
            }
        }
        for (Network<T> chain : oldNetworks) {
            for (Network<T> each = chain; each != null; ) {
                Network<T> next = each.nextInTable;
                int at = place(each.number);
                each.nextInTable = byNumber[at];
                byNumber[at] = each;
                each = next;
            }
        }
    }
}
