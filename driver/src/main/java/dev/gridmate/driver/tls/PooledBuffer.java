package dev.gridmate.driver.tls;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A buffer that is taken from {@link Buffers} when bytes come, and given back when none are left.
 */
final class PooledBuffer {

    private final Buffers buffers;
    private final int size;
    private @Nullable ByteBuffer buffer;

    /** @param size one of those in {@link Buffers} */
    PooledBuffer(Buffers buffers, int size) {
        this.buffers = buffers;
        this.size = size;
    }

    /** {@return the buffer; what it holds lies between 0 and its position} */
    ByteBuffer get() {
        if (buffer == null) {
            buffer = buffers.take(size);
        }
        return buffer;
    }

    /** {@return the bytes that it holds} */
    int held() {
        return buffer == null ? 0 : buffer.position();
    }

    /** {@return the bytes that there is room for} */
    int room() {
        return size - held();
    }

    void releaseIfEmpty() {
        if (held() == 0) {
            release();
        }
    }

    /** Gives the buffer back, with whatever it holds. */
    void release() {
        if (buffer != null) {
            buffers.giveBack(buffer);
            buffer = null;
        }
    }
}
