package dev.gridmate.carrier.link;

import dev.gridmate.carrier.wire.SequenceNumber;
import java.security.SecureRandom;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a channel that arrived before others that they follow: found by number, and
 * handed out lowest first. Both tables are as large as what waits, whatever the numbers are.
 *
 * <p>The numbers are from a window of 16,384, so they can be compared with each other. In the table
 * of numbers, which is at most half full, a message is at the hash of its number, or behind it.
 */
final class WaitingMessages {

    private static final int FIRST_SIZE = 8;

    private static final int SECRET;
    private static final int OTHER_SECRET;

    static {
        SecureRandom random = new SecureRandom();
        SECRET = random.nextInt() | 1;
        OTHER_SECRET = random.nextInt() | 1;
    }

    /** An empty table that is larger is not kept. */
    private static final int KEPT_SIZE = 256;

    private @Nullable Message[] byNumber = new @Nullable Message[0];
    private @Nullable Message[] heap = new @Nullable Message[0];
    private int count;

    int count() {
        return count;
    }

    boolean contains(int seq) {
        return count > 0 && byNumber[find(seq)] != null;
    }

    /** {@return the one with the lowest number; null if none waits} */
    @Nullable
    Message lowest() {
        return count == 0 ? null : heap[0];
    }

    void add(Message message) {
        if (2 * (count + 1) > byNumber.length) {
            resize(Math.max(FIRST_SIZE, 2 * byNumber.length));
        }
        byNumber[find(message.header.seq)] = message;
        siftUp(count++, message);
    }

    /** Removes the one with the lowest number, of which there must be one. */
    void removeLowest() {
        Message lowest = at(0);
        Message last = at(--count);
        heap[count] = null;
        if (count > 0) {
            siftDown(0, last);
        }
        remove(find(lowest.header.seq));
        if (count == 0 && byNumber.length > KEPT_SIZE) {
            byNumber = new @Nullable Message[0];
            heap = new @Nullable Message[0];
        }
    }

    // ------------------------------------------------------------ by number

    private int find(int seq) {
        int mask = byNumber.length - 1;
        int at = home(seq, mask);
        for (Message each = byNumber[at]; each != null && each.header.seq != seq; each = byNumber[at]) {
            at = (at + 1) & mask;
        }
        return at;
    }

    // The peer chooses the numbers. It must not be able to choose some that are next to each other
    // here: then each look-up would pass all of them.
    static int home(int seq, int mask) {
        int mixed = seq * SECRET;
        mixed = (mixed ^ mixed >>> Short.SIZE) * OTHER_SECRET;
        return mixed >>> Integer.numberOfLeadingZeros(mask);
    }

    /** Frees a place, and moves up those behind it that are not where they belong. */
    private void remove(int freed) {
        int mask = byNumber.length - 1;
        int free = freed;
        byNumber[free] = null;
        int at = (free + 1) & mask;
        for (Message each = byNumber[at]; each != null; each = byNumber[at]) {
            int fromHome = (at - home(each.header.seq, mask)) & mask;
            if (fromHome >= ((at - free) & mask)) {
                byNumber[free] = each;
                byNumber[at] = null;
                free = at;
            }
            at = (at + 1) & mask;
        }
    }

    private void resize(int size) {
        @Nullable Message[] old = byNumber;
        byNumber = new @Nullable Message[size];
        for (Message each : old) {
            if (each != null) {
                byNumber[find(each.header.seq)] = each;
            }
        }
        heap = Arrays.copyOf(heap, size / 2);
    }

    // ------------------------------------------------------------ by order

    private Message at(int place) {
        Message message = heap[place];
        if (message == null) {
            throw new IllegalStateException("no message at " + place + " of " + count);
        }
        return message;
    }

    private static boolean isBefore(Message one, Message other) {
        return SequenceNumber.distance(one.header.seq, other.header.seq) > 0;
    }

    private void siftUp(int from, Message message) {
        int place = from;
        while (place > 0 && isBefore(message, at((place - 1) / 2))) {
            heap[place] = at((place - 1) / 2);
            place = (place - 1) / 2;
        }
        heap[place] = message;
    }

    private void siftDown(int from, Message message) {
        int place = from;
        int child = 2 * place + 1;
        while (child < count) {
            child += child + 1 < count && isBefore(at(child + 1), at(child)) ? 1 : 0;
            if (!isBefore(at(child), message)) {
                break;
            }
            heap[place] = at(child);
            place = child;
            child = 2 * place + 1;
        }
        heap[place] = message;
    }
}
