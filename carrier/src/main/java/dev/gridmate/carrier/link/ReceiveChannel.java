package dev.gridmate.carrier.link;

import dev.gridmate.carrier.wire.SequenceNumber;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * One channel's messages on their way to the program: put in order, put together, and queued.
 *
 * <p>Every message has a place in its channel's order ({@code seq}); a reliable one has a place among the reliable ones too
 * ({@code reliableSeq}), and an unreliable one says which reliable one it follows. So a hole in the order may be a message
 * that will never come, and need not be waited for, unless it was reliable; and that is known from who comes next:
 *
 * <pre>
 *   seq            7        8       9        10
 *                  R 3      (hole)  u 3      R 5
 *                  given            given    waits: reliable 4 is missing, in the hole or late
 * </pre>
 *
 * A message behind the last one that was given to the program is late, or a second copy, and is dropped: the order holds.
 */
final class ReceiveChannel {

    /** How far ahead a message may be: half of what can be expressed, as for datagrams. Bounds the table. */
    static final int MAX_AHEAD = 16_384;

    private final MessagePool pool;

    private @Nullable Message[] waiting = {};
    /** Where in the table something waits: a hole of thousands is passed over in a few steps. */
    private final BitSet occupied = new BitSet();

    private int waitingCount;
    /** The lowest number that waits; meaningful when any does. */
    private int lowestWaiting;
    /** Everything before this was given, or will never be. */
    private int nextSeq;

    private int nextReliable;

    private @Nullable Message partial;
    private @Nullable Message partialEnd;

    private @Nullable Message firstWhole;
    private @Nullable Message lastWhole;
    private int wholeCount;
    private long bytes;

    ReceiveChannel(MessagePool pool) {
        this.pool = pool;
    }

    boolean isOutOfBound(int seq) {
        return SequenceNumber.distance(nextSeq, seq) >= MAX_AHEAD;
    }

    /** Whether a message is the one that the messages behind it wait for. */
    boolean isNext(boolean reliable, int reliableSeq) {
        return reliable && reliableSeq == nextReliable;
    }

    /** Whether a message that is not out of bound would be kept: it did not come before, nor too late. */
    boolean isNew(boolean reliable, int seq, int reliableSeq) {
        int ahead = SequenceNumber.distance(nextSeq, seq);
        boolean isLate = ahead < 0 || (reliable && SequenceNumber.distance(nextReliable, reliableSeq) < 0);
        return !isLate && (ahead >= waiting.length || waiting[seq & (waiting.length - 1)] == null);
    }

    /** Takes a message that is not out of bound. Returns false if it came before, or too late. */
    boolean accept(ByteBuffer from, int offset, int length, boolean reliable, int chunks, int seq, int reliableSeq) {
        if (!isNew(reliable, seq, reliableSeq)) {
            return false;
        }
        int ahead = SequenceNumber.distance(nextSeq, seq);
        if (ahead >= waiting.length) {
            grow(ahead);
        }
        int index = seq & (waiting.length - 1);
        Message message = pool.take(length);
        from.get(offset, message.data, 0, length);
        message.reliable = reliable;
        message.chunks = chunks;
        message.seq = seq;
        message.reliableSeq = reliableSeq;
        bytes += MessagePool.cost(message);
        waiting[index] = message;
        occupied.set(index);
        if (waitingCount == 0 || SequenceNumber.isAfter(lowestWaiting, seq)) {
            lowestWaiting = seq;
        }
        waitingCount++;
        return true;
    }

    private void grow(int ahead) {
        int size = Math.max(16, Integer.highestOneBit(ahead) * 2);
        @Nullable Message[] larger = new @Nullable Message[size];
        occupied.clear();
        for (Message each : waiting) {
            if (each != null) {
                int index = each.seq & (size - 1);
                larger[index] = each;
                occupied.set(index);
            }
        }
        waiting = larger;
    }

    /**
     * Gives what is in order to the program's queue.
     *
     * @param maxLength bytes of the largest message that can be put together
     * @return false if the peer sent chunks that do not fit each other, or a larger message
     */
    boolean giveInOrder(long maxLength) {
        boolean fits = true;
        for (Message message = lowest(); message != null; message = lowest()) {
            if (message.reliable) {
                if (message.reliableSeq != nextReliable) {
                    break;
                }
                nextReliable = SequenceNumber.next(nextReliable);
            } else if (SequenceNumber.distance(message.reliableSeq, nextReliable) < 1) {
                break;
            }
            removeLowest();
            fits &= putTogether(message, maxLength);
        }
        return fits;
    }

    private @Nullable Message lowest() {
        if (waitingCount == 0) {
            return null;
        }
        int from = lowestWaiting & (waiting.length - 1);
        int found = occupied.nextSetBit(from);
        if (found < 0) {
            found = occupied.nextSetBit(0);
        }
        lowestWaiting = SequenceNumber.add(lowestWaiting, (found - from) & (waiting.length - 1));
        return waiting[found];
    }

    private void removeLowest() {
        int index = lowestWaiting & (waiting.length - 1);
        waiting[index] = null;
        occupied.clear(index);
        waitingCount--;
        lowestWaiting = SequenceNumber.next(lowestWaiting);
        nextSeq = lowestWaiting;
    }

    private boolean putTogether(Message message, long maxLength) {
        Message end = partialEnd;
        if (end == null || !message.reliable) {
            if (message.chunks == 1) {
                message.totalLength = message.length;
                addWhole(message);
            } else {
                partial = message;
                partialEnd = message;
                message.totalLength = message.length;
            }
            return true;
        }
        Message start = partial;
        if (start == null || message.chunks != end.chunks - 1 || start.totalLength > maxLength) {
            dropPartial();
            drop(message);
            return false;
        }
        end.next = message;
        partialEnd = message;
        start.totalLength += message.length;
        if (message.chunks == 1) {
            partial = null;
            partialEnd = null;
            addWhole(start);
        }
        return true;
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
        pool.give(message);
    }

    private void addWhole(Message message) {
        Message last = lastWhole;
        if (last == null) {
            firstWhole = message;
        } else {
            last.nextWhole = message;
        }
        lastWhole = message;
        wholeCount++;
    }

    /** Whole messages that wait for the program. */
    int wholeCount() {
        return wholeCount;
    }

    /** Memory that everything here holds. */
    long bytes() {
        return bytes;
    }

    /** The length of the next whole message; -1 if there is none. */
    int peekLength() {
        return firstWhole == null ? -1 : firstWhole.totalLength;
    }

    boolean peekReliable() {
        return firstWhole != null && firstWhole.reliable;
    }

    /** The next whole message if it is in one piece, to be looked at before {@link #take}. */
    byte @Nullable [] peekPiece() {
        return firstWhole == null || firstWhole.next != null ? null : firstWhole.data;
    }

    /** Copies the next whole message out and removes it. */
    void take(ByteBuffer into) {
        Message first = removeFirst();
        for (Message each = first; each != null; each = each.next) {
            into.put(each.data, 0, each.length);
        }
        giveBack(first);
    }

    private @Nullable Message removeFirst() {
        Message first = firstWhole;
        if (first != null) {
            firstWhole = first.nextWhole;
            if (firstWhole == null) {
                lastWhole = null;
            }
            wholeCount--;
        }
        return first;
    }

    private void giveBack(@Nullable Message first) {
        for (Message each = first; each != null; ) {
            Message next = each.next;
            drop(each);
            each = next;
        }
    }

    /** Drops everything; returns how many whole messages the program did not receive. */
    int clear() {
        int undelivered = wholeCount;
        while (firstWhole != null) {
            giveBack(removeFirst());
        }
        dropPartial();
        for (Message each : waiting) {
            if (each != null) {
                drop(each);
            }
        }
        Arrays.fill(waiting, null);
        occupied.clear();
        waitingCount = 0;
        return undelivered;
    }
}
