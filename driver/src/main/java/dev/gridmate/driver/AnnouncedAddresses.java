package dev.gridmate.driver;

import dev.gridmate.internal.FixedList;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of the connections that were announced as established, and not yet as over. One
 * more or one less costs the same however many there are.
 */
final class AnnouncedAddresses {

    private SocketDriverAddress[] rows = new SocketDriverAddress[16];
    private int count;

    /** Null after one has come or gone, until somebody asks again. */
    private @Nullable FixedList<SocketDriverAddress> list;

    void add(SocketDriverAddress address) {
        if (count == rows.length) {
            rows = Arrays.copyOf(rows, 2 * count);
        }
        address.row = count;
        rows[count++] = address;
        list = null;
    }

    /** The last one takes its row. */
    void remove(SocketDriverAddress address) {
        SocketDriverAddress last = rows[--count];
        rows[address.row] = last;
        last.row = address.row;
        Arrays.fill(rows, count, count + 1, null);
        list = null;
    }

    /** {@return them, in a list that stays as it is} */
    FixedList<SocketDriverAddress> list() {
        FixedList<SocketDriverAddress> present = list;
        if (present == null) {
            present = new FixedList<>(Arrays.asList(rows).subList(0, count));
            list = present;
        }
        return present;
    }
}
