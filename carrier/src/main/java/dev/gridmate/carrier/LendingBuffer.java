package dev.gridmate.carrier;

import dev.gridmate.internal.LentView;
import java.nio.ByteBuffer;

/** The memory in which a message is lent to its handler: used again each time, unless a handler receives in turn. */
final class LendingBuffer {

    /** Larger messages are rare enough to get memory of their own, which nobody has to keep. */
    private static final int LARGEST_KEPT = 1 << 20;

    private ByteBuffer memory = ByteBuffer.allocate(0);
    private LentView view = new LentView(memory);
    private int lent;

    /** Returns room for a message. Each call is followed by one of {@link #giveBack}. */
    ByteBuffer take(int length) {
        lent++;
        if (lent > 1 || length > LARGEST_KEPT) {
            return ByteBuffer.allocate(length);
        }
        if (memory.capacity() < length) {
            memory = ByteBuffer.allocate(Math.max(2048, Integer.highestOneBit(Math.max(1, length - 1)) * 2));
            view = new LentView(memory);
        }
        return memory.clear().limit(length);
    }

    /** Returns what was filled, for reading. */
    @SuppressWarnings("ReferenceEquality") // equal buffers are not the same memory
    ByteBuffer lend(ByteBuffer filled) {
        return filled == memory
                ? view.lend(0, filled.position())
                : filled.flip().asReadOnlyBuffer();
    }

    void giveBack() {
        lent--;
    }
}
