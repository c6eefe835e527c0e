package dev.gridmate.driver.stream;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The connections that something happens to when time passes, the earliest first: a binary heap that knows each one's
 * place, so that asking costs nothing and a change costs the logarithm.
 *
 * <p>A deadline that moves away is left where it is. When its old time comes the connection is asked, finds that it has
 * time left, and says until when: a packet that arrives pushes the idle deadline away by writing one field.
 */
final class Deadlines {

    static final long NEVER = Long.MAX_VALUE;

    private @Nullable Connection[] heap = new Connection[16];
    private int size;

    /** Makes sure that the connection is asked at this time or before. */
    void atMost(Connection connection, long time) {
        if (time == NEVER) {
            return;
        }
        if (connection.deadlineIndex < 0) {
            if (size == heap.length) {
                heap = Arrays.copyOf(heap, size * 2);
            }
            connection.deadline = time;
            siftUp(size++, connection);
        } else if (time < connection.deadline) {
            connection.deadline = time;
            siftUp(connection.deadlineIndex, connection);
        }
    }

    /** Takes out a connection whose time has come; null if there is none. */
    @Nullable
    Connection poll(long now) {
        Connection first = heap[0];
        if (first == null || first.deadline > now) {
            return null;
        }
        remove(first);
        return first;
    }

    /** Returns the earliest time; {@link #NEVER} if there is none. */
    long earliest() {
        Connection first = heap[0];
        return first == null ? NEVER : first.deadline;
    }

    void remove(Connection connection) {
        int hole = connection.deadlineIndex;
        if (hole < 0) {
            return;
        }
        connection.deadlineIndex = -1;
        Connection last = at(--size);
        heap[size] = null;
        if (last != connection) {
            siftDown(hole, last);
            siftUp(last.deadlineIndex, last);
        }
    }

    private void siftUp(int hole, Connection connection) {
        int at = hole;
        while (at > 0) {
            Connection parent = at((at - 1) >>> 1);
            if (parent.deadline <= connection.deadline) {
                break;
            }
            put(at, parent);
            at = (at - 1) >>> 1;
        }
        put(at, connection);
    }

    private void siftDown(int hole, Connection connection) {
        int at = hole;
        for (int child = 2 * at + 1; child < size; child = 2 * at + 1) {
            if (child + 1 < size && at(child + 1).deadline < at(child).deadline) {
                child++;
            }
            if (at(child).deadline >= connection.deadline) {
                break;
            }
            put(at, at(child));
            at = child;
        }
        put(at, connection);
    }

    private void put(int index, Connection connection) {
        heap[index] = connection;
        connection.deadlineIndex = index;
    }

    private Connection at(int index) {
        Connection connection = heap[index];
        if (connection == null) {
            throw new IllegalStateException("the heap has no connection at " + index + " of " + size);
        }
        return connection;
    }
}
