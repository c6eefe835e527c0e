package dev.gridmate.carrier.link;

import org.jspecify.annotations.Nullable;

/**
 * Messages for reuse, by size class, so that a carrier makes no garbage in its steady state. All
 * connections of a carrier share one pool.
 */
public final class MessagePool {

    /** 64 bytes: the object and its header cost more than a smaller array would save. */
    private static final int SMALLEST_SHIFT = 6;

    /**
     * 1 MiB: a large message is put together in one piece to be lent. Larger ones are rare, and are
     * not kept.
     */
    private static final int LARGEST_SHIFT = 20;

    /**
     * Roughly what a message costs besides its bytes, so that the bounds hold for tiny messages
     * too.
     */
    private static final int OVERHEAD = 128;

    private final int retainable;
    private final @Nullable Message[] free = new @Nullable Message[LARGEST_SHIFT - SMALLEST_SHIFT + 1];
    private int retained;

    /**
     * Makes an empty pool.
     *
     * @param retainable bytes that it keeps at most; what is given back beyond is left to the
     *     garbage collector
     */
    public MessagePool(int retainable) {
        this.retainable = retainable;
    }

    /** {@return a message with room for a number of bytes, which its header says already} */
    Message take(int length) {
        Message message = taken(length);
        message.header.length = length;
        return message;
    }

    private Message taken(int length) {
        int index = sizeClass(length);
        if (index >= free.length) {
            return new Message(length);
        }
        Message message = free[index];
        if (message == null) {
            return new Message(1 << (index + SMALLEST_SHIFT));
        }
        free[index] = message.next;
        retained -= cost(message);
        message.next = null;
        return message;
    }

    void give(Message message) {
        message.reset();
        int index = sizeClass(message.data.length);
        int cost = cost(message);
        if (index < free.length && cost <= retainable - retained) {
            message.next = free[index];
            free[index] = message;
            retained += cost;
        }
    }

    /** Bytes of memory that a message takes. */
    static int cost(Message message) {
        return message.data.length + OVERHEAD;
    }

    /** Bytes of memory that a message of this length will take; the length is at most 1 MiB. */
    static int costOf(int length) {
        return (1 << (sizeClass(length) + SMALLEST_SHIFT)) + OVERHEAD;
    }

    private static int sizeClass(int length) {
        int shift = length <= 1 ? 0 : 32 - Integer.numberOfLeadingZeros(length - 1);
        return Math.max(0, shift - SMALLEST_SHIFT);
    }
}
