package dev.gridmate.carrier.link;

import dev.gridmate.carrier.wire.MessageHeader;
import dev.gridmate.carrier.wire.SequenceNumber;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One channel's messages on the way in: put in order, then put together from chunks.
 *
 * <p>Every message has a place in the order of its channel ({@code seq}). A reliable message also
 * has a place among the reliable ones ({@code reliableSeq}); an unreliable one names the reliable
 * message before it. A gap in the order may be an unreliable message that is lost. Then nobody
 * needs to wait for it. The message behind the gap tells which it is:
 *
 * <pre>
 *   seq            7        8       9        10
 *                  R 3      (gap)   u 3      R 5
 *                  given            given    waits for R 4: in the gap, or late
 * </pre>
 *
 * <p>A message behind the last one that was given to the program is late, or a second copy, and is
 * dropped: the order is kept.
 */
final class ReceiveChannel {

    /**
     * How far ahead a message may be: half of what the numbers can express, as for datagrams. The
     * tables do not depend on it.
     */
    static final int MAX_AHEAD = 16_384;

    private final MessagePool pool;
    private final WholeMessages whole;

    private final WaitingMessages waiting = new WaitingMessages();

    /** Every message before this number was given to the program, or never will be. */
    private int nextSeq;

    private int nextReliable;

    /** The chunks of a message that is not complete. */
    private @Nullable Message partial;

    private @Nullable Message partialEnd;

    /** Memory of the messages that wait here and of the chunks. */
    private long bytes;

    private final ReceiveBudget.Share share;

    ReceiveChannel(MessagePool pool, ReceiveBudget.Share share) {
        this.pool = pool;
        this.share = share;
        whole = new WholeMessages(pool, share);
    }

    /** The messages that are ready for the program. */
    WholeMessages whole() {
        return whole;
    }

    boolean isOutOfBound(int seq) {
        return SequenceNumber.distance(nextSeq, seq) >= MAX_AHEAD;
    }

    /** {@return true if the messages behind this one wait for it} */
    boolean isNext(MessageHeader header) {
        return header.isReliable && header.reliableSeq == nextReliable;
    }

    /**
     * {@return true if a message that is not out of bound would be kept: it did not come before,
     * nor too late}
     */
    boolean isNew(MessageHeader header) {
        int ahead = SequenceNumber.distance(nextSeq, header.seq);
        boolean isLate =
                ahead < 0 || (header.isReliable && SequenceNumber.distance(nextReliable, header.reliableSeq) < 0);
        return !isLate && !waiting.contains(header.seq);
    }

    /** Takes a message that is new and not out of bound. */
    void accept(MessageHeader header, ByteBuffer from, int offset) {
        Message message = pool.take(header.length);
        from.get(offset, message.data, 0, header.length);
        message.header.isReliable = header.isReliable;
        message.header.chunks = header.chunks;
        message.header.seq = header.seq;
        message.header.reliableSeq = header.reliableSeq;
        bytes += MessagePool.cost(message);
        share.onUnfinished(MessagePool.cost(message));
        waiting.add(message);
        assert invariants();
    }

    /**
     * Moves the messages that are in order to the program's queue.
     *
     * @param maxLength bytes of the largest message that can be put together
     * @return false if the peer sent chunks that do not fit each other, or a larger message
     */
    boolean giveInOrder(long maxLength) {
        boolean fits = true;
        for (Message message = waiting.lowest();
                message != null && isInOrder(message.header);
                message = waiting.lowest()) {
            if (message.header.isReliable) {
                nextReliable = SequenceNumber.next(nextReliable);
            }
            waiting.removeLowest();
            nextSeq = SequenceNumber.next(message.header.seq);
            fits &= putTogether(message, maxLength);
        }
        assert invariants();
        return fits;
    }

    private boolean isInOrder(MessageHeader header) {
        return header.isReliable
                ? header.reliableSeq == nextReliable
                : SequenceNumber.distance(header.reliableSeq, nextReliable) >= 1;
    }

    private boolean putTogether(Message message, long maxLength) {
        Message start = partial;
        Message end = partialEnd;
        if (start == null || end == null || !message.header.isReliable) {
            beginWhole(message);
            return true;
        }
        if (message.header.chunks != end.header.chunks - 1 || start.totalLength > maxLength) {
            dropPartial();
            drop(message);
            return false;
        }
        end.next = message;
        partialEnd = message;
        start.totalLength += message.header.length;
        if (message.header.chunks == 1) {
            partial = null;
            partialEnd = null;
            moveToWhole(start);
        }
        return true;
    }

    private void beginWhole(Message message) {
        message.totalLength = message.header.length;
        if (message.header.chunks == 1) {
            moveToWhole(message);
        } else {
            partial = message;
            partialEnd = message;
        }
    }

    private void moveToWhole(Message start) {
        for (Message each = start; each != null; each = each.next) {
            bytes -= MessagePool.cost(each);
            share.onUnfinished(-MessagePool.cost(each));
        }
        whole.add(start);
    }

    private void dropPartial() {
        Message each = partial;
        partial = null;
        partialEnd = null;
        while (each != null) {
            Message next = each.next;
            drop(each);
            each = next;
        }
    }

    private void drop(Message message) {
        bytes -= MessagePool.cost(message);
        share.onUnfinished(-MessagePool.cost(message));
        pool.give(message);
    }

    /** Memory of everything here, also of what is lent to the program. */
    long bytes() {
        return bytes + whole.bytes();
    }

    /** Drops everything that the program did not receive. */
    void clear() {
        whole.clear();
        dropUnfinished();
    }

    /** Drops what is not whole: nothing will complete it. */
    void dropUnfinished() {
        dropPartial();
        for (Message each = waiting.lowest(); each != null; each = waiting.lowest()) {
            waiting.removeLowest();
            drop(each);
        }
        assert invariants();
    }

    private boolean invariants() {
        boolean isNothingHeld = waiting.count() == 0 && partial == null;
        return (partial == null) == (partialEnd == null) && isNothingHeld == (bytes == 0);
    }
}
