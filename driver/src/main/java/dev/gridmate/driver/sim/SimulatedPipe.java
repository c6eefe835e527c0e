package dev.gridmate.driver.sim;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * One direction of a connection: the sender's buffer, the way, and the receiver's buffer, in one
 * ring.
 *
 * <pre>
 *   read             arrived            written            read &lt;= arrived &lt;= written &lt;= read + capacity
 *     v                 v                  v
 *     [ can be read now ][ on the way      ]
 * </pre>
 */
final class SimulatedPipe {

    private final int capacity;
    private byte[] memory = new byte[0];
    long read;
    private long arrived;
    long written;
    private boolean ended;

    /** When what was sent last arrives: what is sent later must not arrive earlier. */
    private long lastArrival;

    /** The sender has said that it sends no more. */
    boolean endSent;

    /** The network has cut the connection: what is written goes nowhere. */
    boolean severed;

    SimulatedPipe(int capacity) {
        this.capacity = capacity;
    }

    int room() {
        return (int) (capacity - (written - read));
    }

    int readable() {
        return (int) (arrived - read);
    }

    boolean isAtEnd() {
        return ended && read == arrived;
    }

    /**
     * Takes {@code count} bytes of the buffer, for which there is room; returns the place behind
     * them.
     */
    long write(ByteBuffer from, int count) {
        reserve((int) (written - read) + count);
        int at = (int) (written % memory.length);
        int first = Math.min(count, memory.length - at);
        from.get(memory, at, first);
        from.get(memory, 0, count - first);
        written += count;
        return written;
    }

    /** Gives {@code count} bytes that can be read. */
    void read(ByteBuffer into, int count) {
        int at = (int) (read % memory.length);
        int first = Math.min(count, memory.length - at);
        into.put(memory, at, first);
        into.put(memory, 0, count - first);
        read += count;
    }

    // Grows as it must: most directions of most connections never hold much.
    private void reserve(int needed) {
        if (needed > memory.length) {
            byte[] grown = new byte[Math.min(capacity, Math.max(64, needed * 2))];
            for (long i = read; i < written; i++) {
                grown[(int) (i % grown.length)] = memory[(int) (i % memory.length)];
            }
            Arrays.fill(memory, (byte) 0);
            memory = grown;
        }
    }

    void arrive(long upTo) {
        arrived = Math.max(arrived, upTo);
    }

    void end() {
        ended = true;
    }

    long inOrder(long arrival) {
        lastArrival = Math.max(lastArrival, arrival);
        return lastArrival;
    }
}
