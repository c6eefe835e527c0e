package dev.gridmate.driver.tls;

import dev.gridmate.driver.DriverCounter;
import dev.gridmate.driver.transport.Endpoint;
import dev.gridmate.internal.BufferPool;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of one connection that wait between two steps: a part of a record that arrived, records
 * that the system did not take, plaintext that had no room.
 *
 * <pre>
 *   during a step   work  [..from....position......]    a workspace, as large as any record
 *   between steps   kept  [..from....to...]    a buffer of the pool, as small as it can be
 * </pre>
 *
 * <p>Memory for what may have to wait is reserved before the bytes come. So a step either begins
 * with the memory for its end, or waits for some.
 */
final class HeldBytes {

    private static final int LEAST = 256;

    private final RecordMemory memory;
    private @Nullable ByteBuffer work;
    private BufferPool.@Nullable Buffer kept;
    private int from;
    private int to;
    private boolean isStarved;

    HeldBytes(RecordMemory memory) {
        this.memory = memory;
    }

    int held() {
        return (work == null ? to : work.position()) - from;
    }

    /** {@return true if the last step did not begin for want of memory} */
    boolean isStarved() {
        return isStarved;
    }

    /**
     * Makes room behind what is held, to be filled in {@link #work()}.
     *
     * @param least bytes with which the step can begin
     * @param most bytes that it has a use for
     * @return how many bytes it may put there; 0 if there is no memory, or no room
     */
    int reserve(int least, int most) {
        int needed = sizeFor(held() + least);
        if (needed > RecordMemory.WORKSPACE || !open()) {
            return starve(needed <= RecordMemory.WORKSPACE);
        }
        int best = Math.min(sizeFor(held() + most), RecordMemory.WORKSPACE);
        for (int size = best; size >= needed && size > capacity(); size >>= 1) {
            keepIn(memory.pool().take(size));
        }
        if (capacity() < needed) {
            keepIn(memory.pool().take(needed, RecordMemory.WORKSPACE)); // more than it needs, but free
        }
        return capacity() < needed ? starve(true) : succeed(capacity() - held());
    }

    /** Forgets that there was no memory: what needs some now asks again. */
    void retry() {
        isStarved = false;
    }

    private int starve(boolean forMemory) {
        if (forMemory) {
            isStarved = true;
            memory.count(DriverCounter.OUT_OF_MEMORY);
        }
        return 0;
    }

    private int succeed(int room) {
        isStarved = false;
        return room;
    }

    private static int sizeFor(int bytes) {
        return Math.max(LEAST, Integer.highestOneBit(Math.max(1, bytes - 1)) << 1);
    }

    private int capacity() {
        return kept == null ? 0 : kept.capacity();
    }

    private void keepIn(BufferPool.@Nullable Buffer next) {
        if (next != null) {
            forget();
            kept = next;
        }
    }

    /** Moves what is held into a workspace, at its beginning; {@return false if there is none} */
    boolean open() {
        ByteBuffer here = work;
        if (here == null) {
            here = memory.workspace();
            if (here == null) {
                return false;
            }
            if (kept != null) {
                here.put(0, kept.memory(), from, to - from);
            }
            here.position(to - from);
            to = 0;
        } else if (from > 0) {
            int end = here.position();
            here.limit(end).position(from);
            here.compact();
        }
        work = here;
        from = 0;
        return true;
    }

    /** {@return the workspace, with its position behind what is held} After {@link #open()}. */
    ByteBuffer work() {
        if (work == null) {
            throw new IllegalStateException("there is no workspace");
        }
        return work;
    }

    /** {@return a byte of those held} */
    int byteAt(int index) {
        return (work != null
                        ? work.get(from + index)
                        : kept == null ? 0 : kept.memory().get(from + index))
                & 0xff;
    }

    // ------------------------------------------------------------ bytes leave

    /** Opens one record of what is held. */
    SSLEngineResult unwrap(SSLEngine engine, ByteBuffer into) throws SSLException {
        ByteBuffer here = work();
        int end = here.position();
        here.limit(end).position(from);
        try {
            return engine.unwrap(here, into);
        } finally {
            from = here.position();
            here.clear().position(end);
            if (from == end) {
                from = 0;
                here.position(0);
            }
        }
    }

    /** Copies as much as there is room for. */
    void drainTo(ByteBuffer into) {
        int length = Math.min(held(), into.remaining());
        if (length > 0) {
            ByteBuffer source = work != null ? work : kept == null ? into : kept.memory();
            into.put(into.position(), source, from, length).position(into.position() + length);
            from += length;
        }
    }

    /** Writes until all is written, or the system takes no more. */
    void writeTo(Endpoint endpoint) throws IOException {
        ByteBuffer here = work != null ? work : kept == null ? null : kept.memory();
        if (here == null) {
            return;
        }
        int end = from + held();
        here.limit(end).position(from);
        try {
            int written = 1;
            while (here.hasRemaining() && written > 0) {
                written = endpoint.write(here);
            }
        } finally {
            from = here.position();
            here.clear();
            if (work != null) {
                here.position(end);
            }
        }
    }

    // ------------------------------------------------------------ memory

    /**
     * A step is over: what is held moves into no more memory than it needs, and the rest goes back.
     */
    void settle() {
        int bytes = held();
        if (bytes == 0) {
            release();
            return;
        }
        ByteBuffer here = work;
        if (here == null) {
            return;
        }
        int size = sizeFor(bytes);
        if (size != capacity()) {
            keepIn(memory.pool().take(size));
        }
        if (kept == null || kept.capacity() < bytes) {
            return; // a message of a handshake was longer than foreseen: it waits where it is
        }
        kept.memory().put(0, here, from, bytes);
        from = 0;
        to = bytes;
        work = null;
        memory.giveBack(here);
    }

    /** No more is wanted, and nothing is waited for. */
    void close() {
        release();
        isStarved = false;
    }

    private void release() {
        forget();
        if (work != null) {
            memory.giveBack(work);
            work = null;
        }
        from = 0;
        to = 0;
    }

    private void forget() {
        if (kept != null) {
            memory.pool().giveBack(kept);
            kept = null;
        }
    }
}
