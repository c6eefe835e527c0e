package dev.gridmate.driver.stream;

import dev.gridmate.internal.BufferPool;
import dev.gridmate.internal.LentViews;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Where packets are lent from: one piece of memory for a driver, into which a packet is copied. The
 * memory of a connection's ring is not lent. It has a header in front of the packet, and bytes of
 * other packets, and other peers, around it; a view of it would show them to a handler that moves
 * the cursors. One packet is out at a time, unless a handler receives again.
 */
final class LendDesk {

    private final BufferPool pool;
    private final int capacity;
    private @Nullable LentViews desk;
    private int lends;

    LendDesk(BufferPool pool, int capacity) {
        this.pool = pool;
        this.capacity = capacity;
    }

    ByteBuffer lend(ByteRing ring, int offset, int length) {
        LentViews here = lends == 0 ? desk() : null;
        lends++;
        if (here != null) {
            ring.copyTo(here.memory(), 0, offset, length);
            return here.lend(length);
        }
        // A handler that receives again must not find its own packet moved: this rare case pays
        // with garbage, as does a driver without memory.
        ByteBuffer copy = ByteBuffer.allocate(length);
        ring.copyTo(copy, 0, offset, length);
        return copy.asReadOnlyBuffer();
    }

    private @Nullable LentViews desk() {
        if (desk == null) {
            BufferPool.Buffer memory = pool.take(capacity);
            desk = memory == null ? null : new LentViews(memory.memory());
        }
        return desk;
    }

    void giveBack() {
        lends--;
    }
}
