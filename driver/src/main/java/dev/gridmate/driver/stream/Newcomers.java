package dev.gridmate.driver.stream;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Those that take a place and have proved nothing yet, for each network: an IPv4 address, or the
 * first 64 bits of an IPv6 address. When there are no places left, the network with most of them
 * gives one back, its oldest. So a stranger that opens connection after connection pushes out its
 * own.
 *
 * <p>Each step costs the same however many there are: networks of one size are in one set, in the
 * order in which they reached it.
 *
 * @param <T> what takes a place
 */
final class Newcomers<T> {

    /** The place of one of them, in the order in which those of its network came. */
    static final class Place<T> {
        private final T holder;
        private final Network<T> network;
        private @Nullable Place<T> older;
        private @Nullable Place<T> younger;
        private boolean isBehind;

        private Place(T holder, Network<T> network) {
            this.holder = holder;
            this.network = network;
        }
    }

    private static final class Network<T> {
        private final long key;
        private int count;
        private @Nullable Place<T> oldest;
        private @Nullable Place<T> youngest;

        private Network(long key) {
            this.key = key;
        }
    }

    // A stranger with many networks may choose such as share a hash: then the map compares their
    // numbers, and a look-up stays logarithmic.
    private final Map<Long, Network<T>> networks = new HashMap<>();
    private final List<LinkedHashSet<Network<T>>> bySize = new ArrayList<>();
    private int size;
    private int most;
    private int behind;

    Newcomers() {
        bySize.add(new LinkedHashSet<>());
    }

    int size() {
        return size;
    }

    /**
     * {@return how many there are that take a place of their own} The others stand behind a
     * connection with the same address.
     */
    int first() {
        return size - behind;
    }

    /** One of them stands behind a connection with its address, or does so no longer. */
    void stands(Place<T> place, boolean isBehind) {
        behind += (isBehind ? 1 : 0) - (place.isBehind ? 1 : 0);
        place.isBehind = isBehind;
    }

    /** {@return how many the network with most of them has} */
    int most() {
        return most;
    }

    /** {@return the oldest of the network with most of them; null if there is none} */
    @Nullable
    T oldestOfMost() {
        if (size == 0) {
            return null;
        }
        Place<T> oldest = bySize.get(most).iterator().next().oldest;
        return oldest == null ? null : oldest.holder;
    }

    /** Gives it a place; {@return what {@link #remove} takes back} */
    Place<T> add(long key, T holder) {
        Network<T> network = networks.computeIfAbsent(key, Network::new);
        Place<T> place = new Place<>(holder, network);
        Place<T> before = network.youngest;
        place.older = before;
        network.youngest = place;
        if (before == null) {
            network.oldest = place;
        } else {
            before.younger = place;
        }
        resize(network, 1);
        return place;
    }

    /** Takes a place back, once. */
    void remove(Place<T> place) {
        stands(place, false);
        Network<T> network = place.network;
        Place<T> older = place.older;
        Place<T> younger = place.younger;
        if (older == null) {
            network.oldest = younger;
        } else {
            older.younger = younger;
        }
        if (younger == null) {
            network.youngest = older;
        } else {
            younger.older = older;
        }
        resize(network, -1);
        if (network.count == 0) {
            networks.remove(network.key);
        }
    }

    private void resize(Network<T> network, int by) {
        bySize.get(network.count).remove(network);
        network.count += by;
        size += by;
        if (network.count == bySize.size()) {
            bySize.add(new LinkedHashSet<>());
        }
        if (network.count > 0) {
            bySize.get(network.count).add(network);
        }
        most = Math.max(most, network.count);
        if (bySize.get(most).isEmpty() && most > 0) {
            most--; // the network that was the largest has one less, or there was only one
        }
    }
}
