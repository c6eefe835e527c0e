package dev.gridmate.driver.stream;

import dev.gridmate.internal.LentView;
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
 * what the busiest moment needed, and since the sizes are powers of two that is less than twice the
 * inbound and the outbound maximum for each connection.
 */
final class BufferPool {

    /**
     * The first size a connection gets: a few hundred small packets fit, and idle ones cost nothing
     * anyway.
     */
    static final int SMALLEST = 2048;

    private static final int SLAB = 64 * 1024;
    private static final int MOST_IN_SLAB = 64;

    /**
     * How long the pool does not ask for a size after there was none, since asking can take the JDK
     * half a second.
     */
    private static final long RETRY = 10_000_000_000L;

    private final ArrayDeque<Buffer>[] free;
    private long now;
    private final long[] retryAt = new long[Integer.SIZE];
    private final IntFunction<ByteBuffer> memory;

    BufferPool() {
        this(ByteBuffer::allocateDirect);
    }

    /** @param memory where slabs come from; throws OutOfMemoryError when there is none */
    BufferPool(IntFunction<ByteBuffer> memory) {
        this.memory = memory;
        @SuppressWarnings({"unchecked", "rawtypes"}) // there are no arrays of generic types
        ArrayDeque<Buffer>[] stacks = new ArrayDeque[Integer.SIZE];
        for (int i = 0; i < stacks.length; i++) {
            stacks[i] = new ArrayDeque<>(0);
        }
        free = stacks;
    }

    void at(long time) {
        now = time;
    }

    /** {@return a buffer; null if the Java VM has no direct memory left} */
    @Nullable
    Buffer take(int capacity) {
        int size = Integer.numberOfTrailingZeros(capacity);
        ArrayDeque<Buffer> stack = free[size];
        if (stack.isEmpty() && now >= retryAt[size]) {
            try {
                allocate(capacity, stack);
            } catch (OutOfMemoryError e) {
                retryAt[size] = now + RETRY;
            }
        }
        return stack.poll();
    }

    void giveBack(Buffer buffer) {
        free[Integer.numberOfTrailingZeros(buffer.capacity())].push(buffer);
    }

    private void allocate(int capacity, ArrayDeque<Buffer> stack) {
        ByteBuffer slab = memory.apply(Math.max(capacity, Math.min(SLAB, capacity * MOST_IN_SLAB)));
        for (int at = slab.capacity() - capacity; at >= 0; at -= capacity) {
            stack.push(new Buffer(slab.slice(at, capacity)));
        }
    }

    /** A piece of memory, and the view in which it is lent. */
    static final class Buffer {
        final ByteBuffer memory;
        private final LentView view;

        Buffer(ByteBuffer memory) {
            this.memory = memory;
            this.view = new LentView(memory);
        }

        /** {@return a piece of the memory in its view} As {@link LentView#lend}. */
        ByteBuffer lend(int at, int length) {
            return view.lend(at, length);
        }

        int capacity() {
            return memory.capacity();
        }
    }
}
