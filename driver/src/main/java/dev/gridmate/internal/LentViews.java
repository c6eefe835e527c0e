package dev.gridmate.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Memory whose beginning is lent to a handler again and again, in read-only views that end where
 * what is lent ends. A handler may rewind, clear or flip its view, and sees its own bytes only: not
 * a header, not what was here before, perhaps of another peer.
 *
 * <p>A view is made once for each length, and lent again for the next thing as long. So that peers
 * who draw lengths fill no memory, all views are forgotten when there are many.
 */
public final class LentViews {

    private static final int MOST = 4096;
    private static final int ROW_BITS = 8;
    private static final int ROW = 1 << ROW_BITS;

    private final ByteBuffer memory;
    private final @Nullable ByteBuffer[] @Nullable [] rows;
    private int made;

    /** @param memory what is lent from its index 0, whatever its cursors are */
    public LentViews(ByteBuffer memory) {
        this.memory = memory;
        this.rows = new @Nullable ByteBuffer[(memory.capacity() >> ROW_BITS) + 1] @Nullable [];
    }

    /** {@return the memory, to be filled} */
    public ByteBuffer memory() {
        return memory;
    }

    /**
     * {@return a view of so many bytes: big-endian, all of them between position and limit} Valid
     * until the next lend.
     */
    public ByteBuffer lend(int length) {
        @Nullable ByteBuffer[] row = rows[length >> ROW_BITS];
        ByteBuffer view = row == null ? null : row[length & (ROW - 1)];
        if (view == null) {
            view = make(length);
        }
        if (view.order() != ByteOrder.BIG_ENDIAN) { // setting it costs more than asking, and this is each packet's path
            view.order(ByteOrder.BIG_ENDIAN);
        }
        return view.clear();
    }

    private ByteBuffer make(int length) {
        if (made++ == MOST) {
            Arrays.fill(rows, null);
            made = 1;
        }
        @Nullable ByteBuffer[] row = rows[length >> ROW_BITS];
        if (row == null) {
            row = new @Nullable ByteBuffer[ROW];
            rows[length >> ROW_BITS] = row;
        }
        ByteBuffer view = memory.slice(0, length).asReadOnlyBuffer();
        row[length & (ROW - 1)] = view;
        return view;
    }
}
