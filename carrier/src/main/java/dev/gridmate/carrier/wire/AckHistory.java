package dev.gridmate.carrier.wire;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The datagrams that arrived from a peer and must be acknowledged.
 *
 * <p>Each one is written three times, so that two acknowledgements in a row may be lost. There is a
 * set of bits for each number of writes to go. In each set, bit {@code i} is for the datagram
 * {@code newest - i}. A write turns three-to-go into two-to-go by passing the arrays on. The union
 * of the three, moved by one, is what goes on the wire. A worked example from the recordings, where
 * 12 was lost and 14 has just arrived:
 *
 * <pre>
 *   newest = 14     i:  0 1 2 3 4 5 6 7
 *   three to go         1 . . . . . . .      14
 *   two to go           . . . . . . . .
 *   one to go           . 1 . 1 1 1 . .      13, 11, 10, 9
 *   on the wire           1 . 1 1 1 . .      0x1d, its lowest bit on the left
 * </pre>
 *
 * <p>The window of 512 datagrams is what the longest form can express. A datagram that leaves the
 * window at its old end is not acknowledged any more. Its sender counts it as lost, because 512
 * newer ones were sent.
 *
 * <p>Several forms can express the same datagrams. This class writes the form that the original
 * writes: single for one datagram, continuous where there is no gap, otherwise bits, in as few
 * bytes as reach the oldest. As bits, a few datagrams in a row would be a byte shorter; the
 * original does not do that.
 */
public final class AckHistory {

    private static final int WRITES = 3;
    private static final int WINDOW = Acks.MAX_BYTES * Byte.SIZE;
    private static final int WORDS = WINDOW / Long.SIZE;

    private long[] threeToGo = new long[WORDS];
    private long[] twoToGo = new long[WORDS];
    private long[] oneToGo = new long[WORDS];
    private int newest;
    private int writesToGo;

    // What measure() finds out about the union of the three.
    private int lowest;
    private int highest;
    private int count;

    public AckHistory() {}

    /** {@return true if nothing must be acknowledged} */
    public boolean isEmpty() {
        return writesToGo == 0;
    }

    /** Takes a datagram that was not received before. Datagrams may arrive in any order. */
    public void onReceived(int sequence) {
        int behind = isEmpty() ? 0 : SequenceNumber.distance(sequence, newest);
        if (isEmpty()) {
            newest = sequence;
        } else if (SequenceNumber.isAfter(sequence, newest)) {
            makeOlder(threeToGo, -behind);
            makeOlder(twoToGo, -behind);
            makeOlder(oneToGo, -behind);
            newest = sequence;
            behind = 0;
        }
        // The number opposite to the newest is -32,768 behind it: neither newer nor in the window.
        if (behind >= 0 && behind < WINDOW) {
            threeToGo[behind / Long.SIZE] |= 1L << behind;
            writesToGo = WRITES;
        }
        assert invariants();
    }

    // Word by word from the old end, so that each is moved before it is overwritten.
    private static void makeOlder(long[] set, int by) {
        int words = by / Long.SIZE;
        int bits = by % Long.SIZE;
        for (int to = WORDS - 1; to >= 0; to--) {
            int from = to - words;
            long moved = from >= 0 ? set[from] << bits : 0;
            long carried = from >= 1 && bits > 0 ? set[from - 1] >>> (Long.SIZE - bits) : 0;
            set[to] = moved | carried;
        }
    }

    /**
     * {@return the size in bytes of what {@link #write} would write now, including the message's
     * id}
     */
    public int payloadSize() {
        if (isEmpty()) {
            return Acks.KEEP_ALIVE_SIZE;
        }
        measure();
        return switch (form()) {
            case Acks.SINGLE -> Acks.SINGLE_SIZE;
            case Acks.CONTINUOUS -> Acks.CONTINUOUS_SIZE;
            default -> Acks.bitsSize(bytes());
        };
    }

    /**
     * Writes the payload of an acknowledgement and its id at an index of a buffer, whose own
     * cursors do not move. After that each datagram in it has one write less to go.
     *
     * @return the bytes written
     */
    public int write(ByteBuffer into, int index) {
        int at = index;
        if (isEmpty()) {
            into.put(at++, (byte) Acks.KEEP_ALIVE);
        } else {
            measure();
            at = writeForm(into, at);
            passOn();
        }
        into.put(at++, (byte) SystemMessage.ACKS);
        return at - index;
    }

    private int writeForm(ByteBuffer into, int index) {
        int form = form();
        int bytes = form == Acks.BITS ? bytes() : 0;
        into.put(index, (byte) (form | bytes));
        int at = index + 1;
        UnsignedShort.put(into, at, SequenceNumber.add(newest, -lowest));
        at += UnsignedShort.SIZE;
        if (form == Acks.CONTINUOUS) {
            UnsignedShort.put(into, at, SequenceNumber.add(newest, -highest));
            at += UnsignedShort.SIZE;
        }
        for (int i = 0; i < bytes; i++) {
            into.put(at++, eightFrom(lowest + 1 + i * Byte.SIZE));
        }
        return at;
    }

    private int form() {
        if (count == 1) {
            return Acks.SINGLE;
        }
        return highest - lowest == count - 1 ? Acks.CONTINUOUS : Acks.BITS;
    }

    /** {@return how many bytes of bits reach from the one behind the newest to the oldest} */
    private int bytes() {
        return (highest - lowest + Byte.SIZE - 1) / Byte.SIZE;
    }

    // The newest datagram may have no writes to go while an older one, which came late, has.
    private void measure() {
        lowest = -1;
        count = 0;
        for (int word = 0; word < WORDS; word++) {
            long bits = union(word);
            if (bits != 0) {
                count += Long.bitCount(bits);
                highest = word * Long.SIZE + Long.SIZE - 1 - Long.numberOfLeadingZeros(bits);
                if (lowest < 0) {
                    lowest = word * Long.SIZE + Long.numberOfTrailingZeros(bits);
                }
            }
        }
    }

    private byte eightFrom(int bit) {
        int word = bit / Long.SIZE;
        int shift = bit % Long.SIZE;
        long carried = shift > Long.SIZE - Byte.SIZE ? union(word + 1) << (Long.SIZE - shift) : 0;
        return (byte) (union(word) >>> shift | carried);
    }

    private long union(int word) {
        return word < WORDS ? threeToGo[word] | twoToGo[word] | oneToGo[word] : 0;
    }

    private void passOn() {
        long[] written = oneToGo;
        oneToGo = twoToGo;
        twoToGo = threeToGo;
        threeToGo = written;
        Arrays.fill(written, 0);
        writesToGo--;
        assert invariants();
    }

    // The latest datagrams have as many writes to go as there are until the history is empty.
    private boolean invariants() {
        return writesToGo >= 0
                && writesToGo <= WRITES
                && isUsed(threeToGo, 3)
                && isUsed(twoToGo, 2)
                && isUsed(oneToGo, 1);
    }

    private boolean isUsed(long[] set, int writes) {
        boolean hasAny = false;
        for (long word : set) {
            hasAny |= word != 0;
        }
        return writesToGo < writes ? !hasAny : writesToGo > writes || hasAny;
    }
}
