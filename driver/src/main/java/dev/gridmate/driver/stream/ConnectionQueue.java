package dev.gridmate.driver.stream;

import java.util.Arrays;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Connections that want a turn, first come first served. Makes no garbage once it has reached its size.
 *
 * <p>Each queue has a mark, and a connection carries the marks of the queues that it stands in, so that it never stands
 * in one twice.
 */
final class ConnectionQueue {

    private final int mark;
    private @Nullable Connection[] ring = new Connection[16];
    private int first;
    private int size;

    /** @param mark a bit that no other queue has */
    ConnectionQueue(int mark) {
        this.mark = mark;
    }

    /** Puts a connection at the end, unless it is in the queue already. */
    void add(Connection connection) {
        if ((connection.queued & mark) != 0) {
            return;
        }
        connection.queued |= mark;
        if (size == ring.length) {
            @Nullable Connection[] larger = Arrays.copyOf(ring, size * 2);
            System.arraycopy(ring, 0, larger, size, first);
            ring = larger;
        }
        ring[(first + size) & (ring.length - 1)] = connection;
        size++;
    }

    /** Takes the first connection out; null if there is none. */
    @Nullable
    Connection poll() {
        if (size == 0) {
            return null;
        }
        Connection connection = ring[first];
        ring[first] = null;
        first = (first + 1) & (ring.length - 1);
        size--;
        if (connection != null) {
            connection.queued &= ~mark;
        }
        return connection;
    }

    /** Puts the first connection to the end. */
    void rotate() {
        if (size > 1) {
            Connection connection = poll();
            if (connection != null) {
                add(connection);
            }
        }
    }

    /** Gives each connection that stands in the queue now its turn, in which it may join again; returns the work done. */
    int serve(ToIntFunction<Connection> turn) {
        int work = 0;
        for (int n = size; n > 0; n--) {
            Connection connection = poll();
            if (connection != null) {
                work += turn.applyAsInt(connection);
            }
        }
        return work;
    }

    /** Takes a connection out, wherever it stands. Looks at all of them, so only for what is rare. */
    void remove(Connection gone) {
        if ((gone.queued & mark) != 0) {
            serve(each -> {
                if (each != gone) {
                    add(each);
                }
                return 0;
            });
        }
    }

    @Nullable
    Connection peek() {
        return size == 0 ? null : ring[first];
    }

    int size() {
        return size;
    }
}
