package dev.gridmate.driver.stream;

import dev.gridmate.internal.BufferPool;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Views of packets where they lie in a ring, read-only and of exactly the packet's bytes, so that a
 * packet that is lent need not be copied. A view is an object, and packets make no garbage: the
 * views that were made are kept, and found again for the next packet that lies the same. Peers that
 * send packets of a few sizes find theirs here soon.
 *
 * <p>There are {@value #MOST} places. A place that is taken goes to another view only after it was
 * asked for others often enough, and each time twice as often: traffic that never repeats makes a
 * bounded number of views.
 */
final class PacketViews {

    /** How many are kept: far more than there are packets in a burst, and about 100 KB. */
    static final int MOST = 1024;

    /** How often a place is asked for another view before it goes to one the first time. */
    static final int PATIENCE = 16;

    private static final int SHIFT = Integer.SIZE - Integer.numberOfTrailingZeros(MOST);

    /** The golden ratio as a fraction of 32 bits: what lies at equal distances is spread evenly. */
    private static final int SPREAD = 0x9E37_79B9;

    private final @Nullable Kept[] places = new Kept[MOST];

    private static final class Kept {
        final BufferPool.Buffer memory;
        final int at;
        final int length; // that of the view, which is one step further away
        final ByteBuffer view;
        final long patience;
        long others;

        Kept(BufferPool.Buffer memory, int at, int length, long patience) {
            this.memory = memory;
            this.at = at;
            this.length = length;
            this.view = memory.memory().slice(at, length).asReadOnlyBuffer();
            this.patience = patience;
        }
    }

    /**
     * {@return a view of so many bytes: big-endian, all of them between position and limit; null if
     * another one keeps the place} Valid until the memory is used for something else.
     */
    @SuppressWarnings("ReferenceEquality") // this memory, and not one like it
    @Nullable
    ByteBuffer find(BufferPool.Buffer memory, int at, int length) {
        int place = ((at + (memory.number() << 17) + (length << 13)) * SPREAD) >>> SHIFT;
        Kept kept = places[place];
        if (kept == null || kept.memory != memory || kept.at != at || kept.length != length) {
            if (kept != null && ++kept.others < kept.patience) {
                return null;
            }
            kept = new Kept(memory, at, length, kept == null ? PATIENCE : kept.patience * 2);
            places[place] = kept;
        }
        ByteBuffer view = kept.view;
        if (view.order() != ByteOrder.BIG_ENDIAN) { // setting it costs more than asking, and this is each packet's path
            view.order(ByteOrder.BIG_ENDIAN);
        }
        return view.clear();
    }

    /** Makes an end of all views, and of what they keep in memory. */
    void forget() {
        Arrays.fill(places, null);
    }
}
