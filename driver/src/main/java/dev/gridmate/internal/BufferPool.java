package dev.gridmate.internal;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Off-heap buffers in sizes of powers of two, taken by connections while they hold bytes and given
 * back when they run dry.
 *
 * <p>The youngest buffer given back is the first taken again, since it is the one that is still in
 * the cache. Small buffers are cut from slabs. Nothing is ever freed: of each size the pool holds
 * what the busiest moment needed. All of it together stays within a limit.
 *
 * <p>A few peers that say much, or do not read, may fill the limit. So the last quarter of it is
 * for small buffers: peers that say little are served meanwhile.
 */
public final class BufferPool {

    /** The largest buffer that may be cut from the last quarter. */
    public static final int SMALL = 8 * 1024;

    private static final int SLAB = 64 * 1024;
    private static final int MOST_IN_SLAB = 64;

    /**
     * How long the pool does not ask for a size after there was none, since asking can take the JDK
     * half a second.
     */
    private static final long RETRY = 10_000_000_000L;

    private final ArrayDeque<Buffer>[] free;
    private final long limit;
    private final IntFunction<ByteBuffer> memory;
    private final long[] retryAt = new long[Integer.SIZE];
    private long now;
    private long allocated;
    private long taken;

    /** @param limit bytes that all buffers together may have */
    public BufferPool(long limit) {
        this(limit, ByteBuffer::allocateDirect);
    }

    /** @param memory where slabs come from; throws OutOfMemoryError when there is none */
    public BufferPool(long limit, IntFunction<ByteBuffer> memory) {
        this.limit = limit;
        this.memory = memory;
        @SuppressWarnings({"unchecked", "rawtypes"}) // there are no arrays of generic types
        ArrayDeque<Buffer>[] stacks = new ArrayDeque[Integer.SIZE];
        for (int i = 0; i < stacks.length; i++) {
            stacks[i] = new ArrayDeque<>(0);
        }
        free = stacks;
    }

    /** Sets the time for what follows, in nanoseconds. */
    public void at(long time) {
        now = time;
    }

    /** {@return the bytes of the buffers that are out} */
    public long taken() {
        return taken;
    }

    /**
     * {@return a buffer of this capacity; null if the limit is reached, or the Java VM has no
     * direct memory left}
     */
    public @Nullable Buffer take(int capacity) {
        int size = Integer.numberOfTrailingZeros(capacity);
        ArrayDeque<Buffer> stack = free[size];
        if (stack.isEmpty() && now >= retryAt[size]) {
            try {
                allocate(capacity, stack);
            } catch (OutOfMemoryError e) {
                retryAt[size] = now + RETRY;
            }
        }
        Buffer buffer = stack.poll();
        taken += buffer == null ? 0 : capacity;
        return buffer;
    }

    /**
     * {@return a buffer of this capacity, or else a larger one that is free; null if there is none}
     */
    public @Nullable Buffer take(int capacity, int most) {
        Buffer buffer = take(capacity);
        for (int larger = capacity << 1; buffer == null && larger <= most && larger > 0; larger <<= 1) {
            if (!free[Integer.numberOfTrailingZeros(larger)].isEmpty()) {
                buffer = take(larger);
            }
        }
        return buffer;
    }

    /** Takes a buffer back. */
    public void giveBack(Buffer buffer) {
        taken -= buffer.capacity();
        free[Integer.numberOfTrailingZeros(buffer.capacity())].push(buffer);
    }

    private void allocate(int capacity, ArrayDeque<Buffer> stack) {
        int size = Math.max(capacity, Math.min(SLAB, capacity * MOST_IN_SLAB));
        if (allocated + size > (capacity > SMALL ? limit - limit / 4 : limit)) {
            return;
        }
        ByteBuffer slab = memory.apply(size);
        allocated += size;
        for (int at = slab.capacity() - capacity; at >= 0; at -= capacity) {
            stack.push(new Buffer(slab.slice(at, capacity)));
        }
    }

    /** A piece of memory. */
    public static final class Buffer {
        private final ByteBuffer memory;

        Buffer(ByteBuffer memory) {
            this.memory = memory;
        }

        /** {@return the memory, whose cursors lie at its ends between two uses} */
        public ByteBuffer memory() {
            return memory;
        }

        /** {@return its size in bytes, a power of two} */
        public int capacity() {
            return memory.capacity();
        }
    }
}
