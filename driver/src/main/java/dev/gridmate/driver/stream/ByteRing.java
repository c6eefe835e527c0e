package dev.gridmate.driver.stream;

import dev.gridmate.driver.transport.Endpoint;
import dev.gridmate.internal.BufferPool;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue of bytes between a connection and its endpoint. Holds memory only while it holds
 * bytes.
 *
 * <pre>
 *        oldest                newest
 *          v                      v
 *   [......aaaabbbbbbbbbbcccccccccc........]     oldest &lt;= newest &lt;= oldest + capacity
 *           `-------- size -------'
 *
 *   [cccccc..................aaaabbbbbbbbbb]     the same, wrapped around the end of the memory
 *         ^                  ^
 *       newest             oldest                (both modulo the capacity)
 * </pre>
 *
 * <p>The two cursors only ever grow, and wrap as ints do; their difference is the size, 0 &lt;=
 * size &lt;= capacity &lt;= maximum. An empty ring holds no memory, and its cursors are 0. {@link
 * #invariants()} says so. The memory is a power of two, starts small, and grows fourfold up to the
 * maximum, so that a connection pays for what it has waiting and not for what it may ever have.
 * When the last byte leaves, the memory goes back to the pool and both cursors to zero: a ring that
 * is drained each tick never wraps.
 */
final class ByteRing {

    /**
     * The first size a connection gets: a few hundred small packets fit, and idle ones cost nothing
     * anyway.
     */
    static final int SMALLEST = 2048;

    private static final int GROWTH = 4;

    /** From {@link #readFrom}: the ring has no room. */
    static final int FULL = Integer.MIN_VALUE;

    /** From {@link #readFrom}: there is no memory for more room. */
    static final int NO_MEMORY = Integer.MIN_VALUE + 1;

    private final BufferPool pool;
    private final int maxCapacity;
    private BufferPool.@Nullable Buffer buffer;
    private int oldest;
    private int newest;
    private boolean lastReadWasShort;
    private boolean lastWriteWasShort;

    /** The capacity to start with next time: what it took last time, and less if it took less. */
    private int startCapacity;

    /** @param maxCapacity bytes, a power of two */
    ByteRing(BufferPool pool, int maxCapacity) {
        this.pool = pool;
        this.maxCapacity = maxCapacity;
        this.startCapacity = Math.min(SMALLEST, maxCapacity);
    }

    int size() {
        return newest - oldest;
    }

    boolean isEmpty() {
        return newest == oldest;
    }

    /** {@return how many more bytes the ring can take, growing as it must} */
    int free() {
        return maxCapacity - size();
    }

    int maxCapacity() {
        return maxCapacity;
    }

    int unsignedShortAt(int offset) {
        BufferPool.Buffer held = held();
        int at = index(held, oldest + offset);
        return at + 1 < held.capacity()
                ? held.memory().getShort(at) & 0xffff
                : ((held.memory().get(at) & 0xff) << 8) | (held.memory().get(0) & 0xff);
    }

    /** Appends if there is memory; the caller has made sure that {@link #free()} is enough. */
    boolean putFrame(ByteBuffer payload) {
        int length = payload.remaining();
        BufferPool.Buffer held = room(size() + Frame.HEADER_SIZE + length);
        if (held == null) {
            return false;
        }
        int at = index(held, newest);
        if (at + Frame.HEADER_SIZE + length <= held.capacity()) {
            held.memory().putShort(at, (short) length);
            held.memory().put(at + Frame.HEADER_SIZE, payload, payload.position(), length);
        } else {
            putWrapped(held, payload);
        }
        newest += Frame.HEADER_SIZE + length;
        assert invariants();
        return true;
    }

    /** Puts a frame that lies on both sides of the memory's end, wherever that end is in it. */
    private void putWrapped(BufferPool.Buffer held, ByteBuffer payload) {
        int length = payload.remaining();
        held.memory().put(index(held, newest), (byte) (length >>> Byte.SIZE));
        held.memory().put(index(held, newest + 1), (byte) length);
        int at = index(held, newest + Frame.HEADER_SIZE);
        int first = Math.min(length, held.capacity() - at);
        held.memory().put(at, payload, payload.position(), first);
        held.memory().put(0, payload, payload.position() + first, length - first);
    }

    /**
     * Reads once from the endpoint into the room behind the newest byte, up to the end of the
     * memory.
     *
     * @param needed the size the ring should be able to reach; taken as the maximum if above
     * @return what the endpoint returned; {@link #FULL} or {@link #NO_MEMORY} if it was not asked
     */
    int readFrom(Endpoint endpoint, int needed) throws IOException {
        if (size() == maxCapacity) {
            return FULL;
        }
        // At least one byte of room; and at most the maximum, since what is needed may be behind
        // what is still held.
        BufferPool.Buffer held = room(Math.min(Math.max(needed, size() + 1), maxCapacity));
        if (held == null) {
            return NO_MEMORY;
        }
        int room = held.capacity() - size();
        int at = index(held, newest);
        ByteBuffer memory = held.memory();
        memory.limit(Math.min(at + room, held.capacity())).position(at);
        try {
            int read = endpoint.read(memory);
            lastReadWasShort = memory.hasRemaining();
            newest += Math.max(read, 0);
            return read;
        } finally {
            memory.clear();
            releaseIfEmpty();
            assert invariants();
        }
    }

    /** {@return true if the last read left room in what it was given} Then the socket is dry. */
    boolean lastReadWasShort() {
        return lastReadWasShort;
    }

    /**
     * {@return true if the last write left bytes of what it was given} Then the endpoint takes no
     * more.
     */
    boolean lastWriteWasShort() {
        return lastWriteWasShort;
    }

    /**
     * Writes once to the endpoint, from the oldest byte up to the end of the memory; returns the
     * bytes written.
     */
    int writeTo(Endpoint endpoint) throws IOException {
        BufferPool.Buffer held = held();
        int at = index(held, oldest);
        ByteBuffer memory = held.memory();
        memory.limit(Math.min(at + size(), held.capacity())).position(at);
        int written;
        try {
            written = endpoint.write(memory);
            lastWriteWasShort = memory.hasRemaining();
        } finally {
            memory.clear();
        }
        discard(written);
        return written;
    }

    /** Lets the oldest bytes go. */
    void discard(int bytes) {
        oldest += bytes;
        releaseIfEmpty();
        assert invariants();
    }

    /** Lets the newest bytes go. */
    void dropNewest(int bytes) {
        newest -= bytes;
        releaseIfEmpty();
        assert invariants();
    }

    /** Lets everything go. */
    void clear() {
        discard(size());
    }

    /** {@return a view of bytes where they lie; null if none is kept, or they lie in two pieces} */
    @Nullable
    ByteBuffer find(PacketViews views, int offset, int length) {
        BufferPool.Buffer held = held();
        int at = index(held, oldest + offset);
        return at + length <= held.capacity() ? views.find(held, at, length) : null;
    }

    /** Copies bytes out, to an absolute position. */
    void copyTo(ByteBuffer target, int targetAt, int offset, int length) {
        BufferPool.Buffer held = held();
        int at = index(held, oldest + offset);
        int first = Math.min(length, held.capacity() - at);
        target.put(targetAt, held.memory(), at, first);
        if (first < length) {
            target.put(targetAt + first, held.memory(), 0, length - first);
        }
    }

    /**
     * Returns memory in which {@code needed} bytes fit, to which the bytes were moved if need be;
     * null if there is none.
     */
    private BufferPool.@Nullable Buffer room(int needed) {
        BufferPool.Buffer present = buffer;
        if (present != null && needed <= present.capacity()) {
            return present;
        }
        int capacity = present == null ? startCapacity : present.capacity() * GROWTH;
        while (capacity < needed) {
            capacity *= GROWTH;
        }
        BufferPool.Buffer grown = pool.take(Math.min(capacity, maxCapacity));
        if (grown == null) {
            // A guess that was too good for the memory there is must not refuse what fits a small
            // buffer.
            int least = Math.max(SMALLEST, Integer.highestOneBit(needed - 1) << 1);
            grown = pool.take(Math.min(least, maxCapacity), maxCapacity);
        }
        if (grown == null) {
            return null;
        }
        if (present != null) {
            int size = size();
            copyTo(grown.memory(), 0, 0, size);
            oldest = 0;
            newest = size;
            pool.giveBack(present);
            startCapacity = grown.capacity();
        }
        buffer = grown;
        return grown;
    }

    private void releaseIfEmpty() {
        BufferPool.Buffer present = buffer;
        if (newest == oldest && present != null) {
            // What a burst needed is a good guess for the next one, and a wrong guess is halved
            // each time.
            if (newest > 0 && newest <= startCapacity / 2) {
                startCapacity = Math.max(startCapacity / 2, Math.min(SMALLEST, maxCapacity));
            }
            pool.giveBack(present);
            buffer = null;
            oldest = 0;
            newest = 0;
        }
    }

    private boolean invariants() {
        BufferPool.Buffer present = buffer;
        return present == null
                ? oldest == 0 && newest == 0
                : size() > 0
                        && size() <= present.capacity()
                        && present.capacity() <= maxCapacity
                        && present.memory().position() == 0
                        && present.memory().limit() == present.capacity();
    }

    private BufferPool.Buffer held() {
        if (buffer == null) {
            throw new IllegalStateException("the ring holds no bytes");
        }
        return buffer;
    }

    private static int index(BufferPool.Buffer held, int cursor) {
        return cursor & (held.capacity() - 1);
    }
}
