package dev.gridmate.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A read-only view of a piece of memory, lent to a handler again and again.
 *
 * <p>A handler owns the view's cursors and byte order until it returns, so each lend sets all of
 * them anew. A handler that reads little-endian, or leaves the position anywhere, changes nothing
 * for the next one. The memory's own cursors are never touched.
 */
public final class LentView {

    private final ByteBuffer view;

    /** @param memory what is lent from; the view covers all of it, whatever its cursors are */
    public LentView(ByteBuffer memory) {
        view = memory.asReadOnlyBuffer();
    }

    /**
     * {@return the view: big-endian, with the given bytes between position and limit} Valid until
     * the next lend.
     */
    public ByteBuffer lend(int at, int length) {
        if (view.order() != ByteOrder.BIG_ENDIAN) { // setting it costs more than asking, and this is each packet's path
            view.order(ByteOrder.BIG_ENDIAN);
        }
        return view.clear().limit(at + length).position(at);
    }
}
