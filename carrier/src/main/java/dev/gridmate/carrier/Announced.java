package dev.gridmate.carrier;

import dev.gridmate.internal.FixedList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The connections that the program knows, from the event that announces one to the event that tells
 * its end. The list is made anew when it is asked for after a change. So a list that is being
 * walked never changes, and a walk without changes costs no memory.
 */
final class Announced {

    private final Set<ConnectionId> ids = new LinkedHashSet<>();
    private @Nullable List<ConnectionId> list;

    void add(ConnectionId id) {
        if (ids.add(id)) {
            list = null;
        }
    }

    void remove(ConnectionId id) {
        if (ids.remove(id)) {
            list = null;
        }
    }

    List<ConnectionId> list() {
        List<ConnectionId> known = list;
        if (known == null) {
            known = new FixedList<>(ids);
            list = known;
        }
        return known;
    }
}
