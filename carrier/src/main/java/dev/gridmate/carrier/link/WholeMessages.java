package dev.gridmate.carrier.link;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One channel's whole messages: those that wait for the program, and those that are lent to it.
 *
 * <p>A message is lent for the time of one call of a handler, and leaves the queue before that
 * call: the handler may receive the next one, or end the connection, or close the carrier. Its
 * memory is free only after the call. Calls are nested in each other, so the message that was lent
 * last comes back first.
 */
final class WholeMessages {

    private final MessagePool pool;
    private @Nullable Message first;
    private @Nullable Message last;
    private int count;
    private @Nullable Message lentLast;

    /** Memory of all these messages. */
    private long bytes;

    private final ReceiveBudget.Share share;

    WholeMessages(MessagePool pool, ReceiveBudget.Share share) {
        this.pool = pool;
        this.share = share;
    }

    /** Takes the first piece of a whole message; the others are linked by {@code next}. */
    void add(Message message) {
        for (Message each = message; each != null; each = each.next) {
            hold(MessagePool.cost(each));
        }
        Message before = last;
        if (before == null) {
            first = message;
        } else {
            before.nextWhole = message;
        }
        last = message;
        count++;
        assert invariants();
    }

    /** How many wait for the program. */
    int count() {
        return count;
    }

    long bytes() {
        return bytes;
    }

    /** Bytes of the next message; -1 if there is none. */
    int nextLength() {
        return first == null ? -1 : first.totalLength;
    }

    boolean isNextReliable() {
        return first != null && first.header.isReliable;
    }

    /**
     * Copies the next message out and removes it.
     *
     * @throws java.nio.ReadOnlyBufferException if the buffer is read-only; the message stays
     */
    void take(ByteBuffer into) {
        for (Message each = first; each != null; each = each.next) {
            into.put(each.data, 0, each.header.length); // may throw, so nothing is removed before
        }
        free(remove());
        assert invariants();
    }

    /**
     * Lends the next message, of which there must be one. Each call is followed by one of
     * {@link #giveBack()}.
     */
    ByteBuffer lend() {
        Message message = first;
        if (message == null) {
            throw new IllegalStateException("no message waits");
        }
        Message piece = message.next == null ? message : inOnePiece(message); // may throw, too
        Message removed = remove();
        if (message.next != null) {
            free(removed);
            hold(MessagePool.cost(piece));
        }
        piece.nextWhole = lentLast;
        lentLast = piece;
        assert invariants();
        return piece.lend();
    }

    private Message inOnePiece(Message message) {
        Message piece = pool.take(message.totalLength);
        int at = 0;
        for (Message each = message; each != null; each = each.next) {
            System.arraycopy(each.data, 0, piece.data, at, each.header.length);
            at += each.header.length;
        }
        return piece;
    }

    /** Frees the message that was lent last. */
    void giveBack() {
        Message message = lentLast;
        if (message != null) {
            lentLast = message.nextWhole;
            free(message);
        }
        assert invariants();
    }

    private void hold(long change) {
        bytes += change;
        share.onWhole(change);
    }

    private @Nullable Message remove() {
        Message removed = first;
        if (removed != null) {
            first = removed.nextWhole;
            last = first == null ? null : last;
            count--;
        }
        return removed;
    }

    private void free(@Nullable Message message) {
        for (Message each = message; each != null; ) {
            Message next = each.next;
            hold(-MessagePool.cost(each));
            pool.give(each);
            each = next;
        }
    }

    /** Drops those that wait; what is lent stays until it is given back. */
    void clear() {
        while (first != null) {
            free(remove());
        }
        assert invariants();
    }

    private boolean invariants() {
        boolean isNothingHeld = count == 0 && lentLast == null;
        return (first == null) == (count == 0) && (last == null) == (count == 0) && isNothingHeld == (bytes == 0);
    }
}
