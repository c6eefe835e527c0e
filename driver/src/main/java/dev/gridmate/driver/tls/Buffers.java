package dev.gridmate.driver.tls;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Memory for records on their way, shared by the connections of a driver: who has none on the way
 * holds none. The youngest buffer given back is the first taken again. Nothing is ever freed.
 */
final class Buffers {

    /**
     * More than the largest record that any engine takes: the JDK's takes up to 33,093 bytes, and
     * waits for all of them.
     */
    static final int RECORD = 36 << 10;

    /** What is written at a time. */
    static final int BURST = 1 << 16;

    private final ArrayDeque<ByteBuffer> records = new ArrayDeque<>();
    private final ArrayDeque<ByteBuffer> bursts = new ArrayDeque<>();
    private int taken;

    ByteBuffer take(int size) {
        taken++;
        @Nullable ByteBuffer free = (size == RECORD ? records : bursts).poll();
        return free != null ? free : ByteBuffer.allocateDirect(size);
    }

    void giveBack(ByteBuffer buffer) {
        taken--;
        (buffer.capacity() == RECORD ? records : bursts).push(buffer.clear());
    }

    /** Returns how many buffers are out. */
    int taken() {
        return taken;
    }
}
