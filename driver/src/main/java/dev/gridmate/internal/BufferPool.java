package dev.gridmate.internal;

import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Off-heap buffers in sizes of powers of two, taken by connections while they hold bytes and given
 * back when they run dry. Small buffers are cut from slabs.
 *
 * <p>The slab that was used last is used next, since it is the one that is still in the cache. So
 * slabs that only a busy moment needed lie idle behind it, and after {@link #KEPT} they are left to
 * the garbage collector: after an attack the memory ends where it began. All of it together stays
 * within a limit; as much again at most may be on its way to the collector.
 *
 * <p>A few peers that say much, or do not read, may fill the limit. So the last quarter of it is
 * for small buffers: peers that say little are served meanwhile.
 */
public final class BufferPool {

    /** The largest buffer that may be cut from the last quarter. */
    public static final int SMALL = 8 * 1024;

    /**
     * Nanoseconds after which an idle slab is given up: bursts come back sooner, and somebody who
     * looks at the memory after an attack looks later.
     */
    public static final long KEPT = 30_000_000_000L;

    private static final int SLAB = 64 * 1024;
    private static final int MOST_IN_SLAB = 64;

    /**
     * How long the pool does not ask for a size after there was none, since asking can take the JDK
     * half a second.
     */
    private static final long RETRY = 10_000_000_000L;

    /** Of each size the slabs with free buffers, the one used last first. */
    private final ArrayDeque<Slab>[] free;

    private final long limit;
    private final IntFunction<ByteBuffer> memory;
    private final long[] retryAt = new long[Integer.SIZE];
    private long now;
    private long lookAt = Long.MIN_VALUE;
    private final ReferenceQueue<ByteBuffer> collected = new ReferenceQueue<>();
    private final Set<GivenUp> givenUp = new HashSet<>();
    private long allocated;
    private long given;
    private long taken;
    private int made;

    /** @param limit bytes that all buffers together may have */
    public BufferPool(long limit) {
        this(limit, ByteBuffer::allocateDirect);
    }

    /** @param memory where slabs come from; throws OutOfMemoryError when there is none */
    public BufferPool(long limit, IntFunction<ByteBuffer> memory) {
        this.limit = limit;
        this.memory = memory;
        @SuppressWarnings({"unchecked", "rawtypes"}) // there are no arrays of generic types
        ArrayDeque<Slab>[] stacks = new ArrayDeque[Integer.SIZE];
        for (int i = 0; i < stacks.length; i++) {
            stacks[i] = new ArrayDeque<>(0);
        }
        free = stacks;
    }

    /**
     * Sets the time for what follows, in nanoseconds; {@return true if memory was given up} Then
     * nothing may hold on to buffers that are not out.
     */
    public boolean at(long time) {
        now = time;
        return time >= lookAt && giveUpIdle();
    }

    // The system has the memory back when the collector finds it. Until then not too much may be
    // given up: what is asked for instead would come on top of it.
    private boolean giveUpIdle() {
        lookAt = now + KEPT / 4;
        for (Reference<?> gone = collected.poll(); gone != null; gone = collected.poll()) {
            if (gone instanceof GivenUp slab && givenUp.remove(slab)) {
                given -= slab.size;
            }
        }
        long before = allocated;
        for (ArrayDeque<Slab> slabs : free) {
            slabs.removeIf(
                    slab -> slab.isIdle() && now - slab.lastUsed >= KEPT && given + slab.size <= limit && giveUp(slab));
        }
        return allocated < before;
    }

    private boolean giveUp(Slab slab) {
        allocated -= slab.size;
        given += slab.size;
        return givenUp.add(new GivenUp(slab.root, collected, slab.size));
    }

    /** Memory that the collector has not found yet. */
    private static final class GivenUp extends PhantomReference<ByteBuffer> {

        final int size;

        GivenUp(ByteBuffer root, ReferenceQueue<ByteBuffer> collected, int size) {
            super(root, collected);
            this.size = size;
        }
    }

    /** {@return the bytes of the buffers that are out} */
    public long taken() {
        return taken;
    }

    /** {@return the bytes of all buffers, out or not} */
    public long allocated() {
        return allocated;
    }

    /**
     * {@return a buffer of this capacity; null if the limit is reached, or the Java VM has no
     * direct memory left}
     */
    public @Nullable Buffer take(int capacity) {
        int size = Integer.numberOfTrailingZeros(capacity);
        ArrayDeque<Slab> slabs = free[size];
        if (slabs.isEmpty() && now >= retryAt[size]) {
            try {
                allocate(capacity, slabs);
            } catch (OutOfMemoryError e) {
                retryAt[size] = now + RETRY;
            }
        }
        Slab slab = slabs.peek();
        if (slab == null) {
            return null;
        }
        Buffer buffer = slab.take(now);
        if (slab.isUsedUp()) {
            slabs.pop();
        }
        taken += capacity;
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
        Slab slab = buffer.slab;
        if (slab.isUsedUp()) {
            free[Integer.numberOfTrailingZeros(buffer.capacity())].push(slab);
        }
        slab.giveBack(buffer, now);
    }

    private void allocate(int capacity, ArrayDeque<Slab> slabs) {
        int size = Math.max(capacity, Math.min(SLAB, capacity * MOST_IN_SLAB));
        if (allocated + size > (capacity > SMALL ? limit - limit / 4 : limit)) {
            return;
        }
        slabs.push(new Slab(memory.apply(size), capacity, made));
        made += size / capacity;
        allocated += size;
    }

    /** Buffers that come from the system, and go, together. */
    private static final class Slab {

        final int size;
        final ByteBuffer root;
        private final Buffer[] free;
        private int count;
        long lastUsed;

        Slab(ByteBuffer memory, int capacity, int made) {
            root = memory;
            size = memory.capacity();
            free = new Buffer[size / capacity];
            for (int at = size - capacity; at >= 0; at -= capacity) {
                free[count] = new Buffer(this, memory.slice(at, capacity), made + count);
                count++;
            }
        }

        boolean isUsedUp() {
            return count == 0;
        }

        boolean isIdle() {
            return count == free.length;
        }

        Buffer take(long now) {
            lastUsed = now;
            return free[--count];
        }

        void giveBack(Buffer buffer, long now) {
            lastUsed = now;
            free[count++] = buffer;
        }
    }

    /** A piece of memory. */
    public static final class Buffer {
        private final Slab slab;
        private final ByteBuffer memory;
        private final int number;

        private Buffer(Slab slab, ByteBuffer memory, int number) {
            this.slab = slab;
            this.number = number;
            this.memory = memory;
        }

        /** {@return the memory, whose cursors lie at its ends between two uses} */
        public ByteBuffer memory() {
            return memory;
        }

        /** {@return a number that most others do not have, for tables} */
        public int number() {
            return number;
        }

        /** {@return its size in bytes, a power of two} */
        public int capacity() {
            return memory.capacity();
        }
    }
}
