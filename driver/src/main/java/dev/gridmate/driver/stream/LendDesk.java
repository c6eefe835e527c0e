package dev.gridmate.driver.stream;

import dev.gridmate.internal.BufferPool;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Where packets are lent from. One for a driver, since lending costs memory only for the rare
 * packet that lies on both sides of its ring's end, and only one such packet is out at a time,
 * unless a handler receives again.
 */
final class LendDesk {

    private final BufferPool pool;
    private final int joinedCapacity;
    private BufferPool.@Nullable Buffer joined;
    private int lends;

    LendDesk(BufferPool pool, int joinedCapacity) {
        this.pool = pool;
        this.joinedCapacity = joinedCapacity;
    }

    ByteBuffer lend(ByteRing ring, int offset, int length) {
        ByteBuffer view = lends == 0 ? ring.lend(offset, length) : null;
        if (view == null) {
            view = join(ring, offset, length);
        }
        lends++;
        return view;
    }

    private ByteBuffer join(ByteRing ring, int offset, int length) {
        if (lends == 0 && joined == null) {
            joined = pool.take(joinedCapacity);
        }
        if (lends == 0 && joined != null) {
            ring.copyTo(joined.memory(), 0, offset, length);
            return joined.lend(0, length);
        }
        // A handler that receives again must not find its own packet moved: this rare case pays
        // with garbage.
        ByteBuffer copy = ByteBuffer.allocate(length);
        ring.copyTo(copy, 0, offset, length);
        return copy.asReadOnlyBuffer();
    }

    void giveBack() {
        lends--;
    }
}
