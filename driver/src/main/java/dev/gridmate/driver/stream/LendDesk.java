package dev.gridmate.driver.stream;

import dev.gridmate.internal.BufferPool;
import dev.gridmate.internal.LentViews;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Where packets are lent from. The memory of a connection's ring has a header in front of the
 * packet, and bytes of other packets, and other peers, around it; a view of all of it would show
 * them to a handler that moves the cursors. So a packet is lent in a view of its own bytes. If
 * {@link PacketViews} keeps none where it lies, it is copied to a piece of memory that the driver
 * has for that, whose views begin at one place and are fewer.
 */
final class LendDesk {

    private final BufferPool pool;
    private final int capacity;
    private final PacketViews views = new PacketViews();
    private @Nullable LentViews desk;
    private int lends;

    LendDesk(BufferPool pool, int capacity) {
        this.pool = pool;
        this.capacity = capacity;
    }

    ByteBuffer lend(ByteRing ring, int offset, int length) {
        ByteBuffer view = ring.find(views, offset, length);
        lends++;
        return view == null ? copy(ring, offset, length) : view;
    }

    private ByteBuffer copy(ByteRing ring, int offset, int length) {
        LentViews here = lends == 1 ? desk() : null;
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

    /** The pool has given memory up, which no view may keep. */
    void forget() {
        views.forget();
    }

    void giveBack() {
        lends--;
    }
}
