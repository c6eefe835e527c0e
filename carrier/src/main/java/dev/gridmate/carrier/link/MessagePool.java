package dev.gridmate.carrier.link;

import org.jspecify.annotations.Nullable;

/**
 * Messages to be used again, by size class, so that a carrier in its steady state makes no garbage. Shared by all
 * connections of a carrier.
 */
public final class MessagePool {

    /** 64 bytes: a message of one byte costs its object and header anyway. */
    private static final int SMALLEST_SHIFT = 6;

    private static final int LARGEST_SHIFT = 16;

    /** What a message costs besides its bytes, roughly; so that the bounds hold for tiny messages too. */
    private static final int OVERHEAD = 128;

    private final int retainable;
    private final @Nullable Message[] free = new @Nullable Message[LARGEST_SHIFT - SMALLEST_SHIFT + 1];
    private int retained;

    /**
     * Makes an empty pool.
     *
     * @param retainable bytes that it keeps at most; what is given back beyond is left to the garbage collector
     */
    public MessagePool(int retainable) {
        this.retainable = retainable;
    }

    /** Takes a message with room for a number of bytes, at most 65,536. */
    Message take(int length) {
        int index = sizeClass(length);
        Message message = free[index];
        if (message == null) {
            message = new Message(1 << (index + SMALLEST_SHIFT));
        } else {
            free[index] = message.next;
            retained -= cost(message);
            message.next = null;
        }
        message.length = length;
        return message;
    }

    void give(Message message) {
        message.reset();
        int cost = cost(message);
        if (retained + cost <= retainable) {
            int index = sizeClass(message.data.length);
            message.next = free[index];
            free[index] = message;
            retained += cost;
        }
    }

    /** Gives back a list linked by {@code next}. */
    void giveAll(@Nullable Message first) {
        Message message = first;
        while (message != null) {
            Message next = message.next;
            give(message);
            message = next;
        }
    }

    static int cost(Message message) {
        return message.data.length + OVERHEAD;
    }

    /** What a message of a length will cost. */
    static int costOf(int length) {
        return (1 << (sizeClass(length) + SMALLEST_SHIFT)) + OVERHEAD;
    }

    private static int sizeClass(int length) {
        int shift = length <= 1 ? 0 : 32 - Integer.numberOfLeadingZeros(length - 1);
        return Math.max(0, shift - SMALLEST_SHIFT);
    }
}
