package dev.gridmate.internal;

import java.net.InetAddress;

/**
 * How many things there are for each network: an IPv4 address, or the first 64 bits of an IPv6
 * address. A network without things takes no room. A look-up costs the same whatever networks
 * strangers choose, since the places come from {@link AddressHash}. The table is at most half full.
 * What does not find its place free is in the next free one.
 */
public final class AddressCounts {

    private static final int INITIAL_SIZE = 16;

    private long[] networks = new long[INITIAL_SIZE];
    private int[] counts = new int[INITIAL_SIZE]; // 0 in a free place

    /** How many networks have any. */
    int size;

    /** How many places were looked at so far. */
    long steps;

    public AddressCounts() {}

    /** {@return how many there are} */
    public int of(InetAddress ip) {
        return counts[find(AddressHash.network(ip))];
    }

    /** Adds one; returns how many there are now. */
    public int add(InetAddress ip) {
        if (2 * (size + 1) > counts.length) {
            resize(2 * counts.length);
        }
        long network = AddressHash.network(ip);
        int at = find(network);
        size += counts[at] == 0 ? 1 : 0;
        networks[at] = network;
        return ++counts[at];
    }

    /** Removes one, of which there is at least one. */
    public void remove(InetAddress ip) {
        int at = find(AddressHash.network(ip));
        if (counts[at] == 0) {
            throw new IllegalStateException("nothing is left to remove for " + ip.getHostAddress());
        }
        counts[at]--;
        if (counts[at] == 0) {
            size--;
            moveUp(at);
            if (counts.length > INITIAL_SIZE && 8 * size < counts.length) {
                resize(counts.length / 2);
            }
        }
    }

    /** {@return the place of a network, or the free place that it would get} */
    private int find(long network) {
        int at = home(network);
        steps++;
        while (counts[at] != 0 && networks[at] != network) {
            at = after(at);
            steps++;
        }
        return at;
    }

    private int home(long network) {
        return AddressHash.of(network) & (counts.length - 1);
    }

    private int after(int at) {
        return (at + 1) & (counts.length - 1);
    }

    /** Fills a place that became free with what would have been there, and so on. */
    private void moveUp(int freed) {
        int free = freed;
        for (int at = after(free); counts[at] != 0; at = after(at)) {
            int distance = (at - home(networks[at])) & (counts.length - 1);
            if (distance >= ((at - free) & (counts.length - 1))) {
                networks[free] = networks[at];
                counts[free] = counts[at];
                counts[at] = 0;
                free = at;
            }
        }
    }

    private void resize(int length) {
        long[] oldNetworks = networks;
        int[] oldCounts = counts;
        networks = new long[length];
        counts = new int[length];
        for (int i = 0; i < oldCounts.length; i++) {
            if (oldCounts[i] != 0) {
                int at = find(oldNetworks[i]);
                networks[at] = oldNetworks[i];
                counts[at] = oldCounts[i];
            }
        }
    }
}
