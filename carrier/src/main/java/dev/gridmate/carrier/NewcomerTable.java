package dev.gridmate.carrier;

import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.internal.AddressHash;
import dev.gridmate.internal.DeadlineHeap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The newcomers by address, and which of them gives way when there is no room: the oldest one of
 * the network that has the most. A network is an IPv4 address, or the first 64 bits of an IPv6
 * address.
 *
 * <pre>
 *   crowds   [1] ─▶ network ─▶ network      [2] ─▶ network      ...      [most] ─▶ network
 *                     │                             │                                 │
 *                  newcomer                      newcomer ─▶ newcomer              newcomer ─▶ ...
 * </pre>
 *
 * <p>Each step costs the same, whatever strangers do: the hashes are keyed, and no list is walked.
 */
final class NewcomerTable {

    private static final int FIRST_SIZE = 64;

    private @Nullable Newcomer[] byAddress = new @Nullable Newcomer[FIRST_SIZE];
    private @Nullable Network[] byNumber = new @Nullable Network[FIRST_SIZE];
    private @Nullable Network[] crowds = new @Nullable Network[2];
    private @Nullable Network[] lastOfCrowds = new @Nullable Network[2];
    private int size;
    private int most;
    private long steps;

    /** What the table keeps in a newcomer; nobody else uses it. */
    abstract static class Entry extends DeadlineHeap.Entry {
        @Nullable
        Newcomer nextInTable;

        @Nullable
        Network network;

        @Nullable
        Newcomer older;

        @Nullable
        Newcomer newer;
    }

    /** The newcomers of one network, the oldest first. */
    static final class Network {
        private final long number;
        private int count;
        private @Nullable Newcomer oldest;
        private @Nullable Newcomer newest;
        private @Nullable Network nextInTable;
        private @Nullable Network before;
        private @Nullable Network after;

        Network(long number) {
            this.number = number;
        }
    }

    int size() {
        return size;
    }

    /** {@return the newcomer that has an address; null if there is none} */
    @Nullable
    Newcomer find(SocketDriverAddress address) {
        Newcomer each = byAddress[place(address)];
        steps++;
        while (each != null && !each.address.equals(address)) {
            each = each.nextInTable;
            steps++;
        }
        return each;
    }

    /** {@return how many newcomers the network of an address has} */
    int countOf(SocketDriverAddress address) {
        Network network = network(AddressHash.network(address.ip()));
        return network == null ? 0 : network.count;
    }

    /** {@return the one that came first from the network of an address; null if there is none} */
    @Nullable
    Newcomer oldestOf(SocketDriverAddress address) {
        Network network = network(AddressHash.network(address.ip()));
        return network == null ? null : network.oldest;
    }

    /** {@return the one that gives way; null if there is none} */
    @Nullable
    Newcomer firstToGiveWay() {
        Network crowd = crowds[most];
        return crowd == null ? null : crowd.oldest;
    }

    /** {@return how many entries were looked at so far} */
    long steps() {
        return steps;
    }

    /** {@return all of them, for those moments when all are ended} */
    List<Newcomer> list() {
        List<Newcomer> all = new ArrayList<>(size);
        for (Newcomer chain : byAddress) {
            for (Newcomer each = chain; each != null; each = each.nextInTable) {
                all.add(each);
            }
        }
        return all;
    }

    // ------------------------------------------------------------ coming and going

    /** Adds a newcomer whose address has none. */
    void add(Newcomer newcomer) {
        if (size == byAddress.length) {
            grow();
        }
        int at = place(newcomer.address);
        newcomer.nextInTable = byAddress[at];
        byAddress[at] = newcomer;
        size++;
        Network network = networkFor(AddressHash.network(newcomer.address.ip()));
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

    void remove(Newcomer newcomer) {
        Network network = newcomer.network;
        if (network == null) {
            return;
        }
        newcomer.network = null;
        removeFromChain(newcomer);
        size--;
        Newcomer older = newcomer.older;
        Newcomer newer = newcomer.newer;
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

    private void removeFromChain(Newcomer newcomer) {
        int at = place(newcomer.address);
        Newcomer before = null;
        Newcomer each = byAddress[at];
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

    private @Nullable Network network(long number) {
        Network each = byNumber[place(number)];
        steps++;
        while (each != null && each.number != number) {
            each = each.nextInTable;
            steps++;
        }
        return each;
    }

    private Network networkFor(long number) {
        Network known = network(number);
        if (known != null) {
            return known;
        }
        Network made = new Network(number);
        int at = place(number);
        made.nextInTable = byNumber[at];
        byNumber[at] = made;
        return made;
    }

    /** Moves a network to the crowd of its new count; without newcomers it is forgotten. */
    private void count(Network network, int now) {
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

    private void joinCrowd(Network network) {
        int crowd = network.count;
        if (crowd == crowds.length) {
            crowds = Arrays.copyOf(crowds, 2 * crowd);
            lastOfCrowds = Arrays.copyOf(lastOfCrowds, 2 * crowd);
        }
        Network last = lastOfCrowds[crowd];
        network.before = last;
        network.after = null;
        if (last == null) {
            crowds[crowd] = network;
        } else {
            last.after = network;
        }
        lastOfCrowds[crowd] = network;
    }

    private void leaveCrowd(Network network) {
        Network before = network.before;
        Network after = network.after;
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

    private void forget(Network network) {
        int at = place(network.number);
        Network before = null;
        Network each = byNumber[at];
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

    /** Both tables are as large as there are newcomers: there are never more networks. */
    private void grow() {
        @Nullable Newcomer[] oldNewcomers = byAddress;
        @Nullable Network[] oldNetworks = byNumber;
        byAddress = new @Nullable Newcomer[2 * oldNewcomers.length];
        byNumber = new @Nullable Network[2 * oldNetworks.length];
        for (Newcomer chain : oldNewcomers) {
            for (Newcomer each = chain; each != null; ) {
                Newcomer next = each.nextInTable;
                int at = place(each.address);
                each.nextInTable = byAddress[at];
                byAddress[at] = each;
                each = next;
            }
        }
        for (Network chain : oldNetworks) {
            for (Network each = chain; each != null; ) {
                Network next = each.nextInTable;
                int at = place(each.number);
                each.nextInTable = byNumber[at];
                byNumber[at] = each;
                each = next;
            }
        }
    }
}
