package dev.gridmate.carrier.wire;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The datagrams that arrived from a peer and are to be acknowledged.
 *
 * <p>Each is written three times, so that two acknowledgements in a row may be lost. There is a set of bits for each
 * number of writes to go, with bit {@code i} for the datagram {@code newest - i}: a write makes three-to-go into
 * two-to-go by handing the arrays on, and the union of the three, moved by one, is what goes on the wire. A worked
 * example from the recordings, where 12 was lost and 14 has just arrived:
 *
 * <pre>
 *   newest = 14     i:  0 1 2 3 4 5 6 7
 *   three to go         1 . . . . . . .      14
 *   two to go           . . . . . . . .
 *   one to go           . 1 . 1 1 1 . .      13, 11, 10, 9
 *   on the wire           1 . 1 1 1 . .      0x1d, its lowest bit on the left
 * </pre>
 *
 * <p>The window of 512 datagrams is what the longest form can express. What falls out of it at its old end is not
 * acknowledged any more; its sender has given it up for lost, as 512 newer ones were sent.
 *
 * <p>Of the forms that can say it, the one is written that the original writes: single for one datagram, continuous where
 * there is no hole, otherwise bits, in as few bytes as reach the oldest. A few in a row would be shorter by a byte as
 * bits; the original does not do that.
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

    // What the union of the three holds, when there is something in it: see measure().
    private int lowest;
    private int highest;
    private int count;

    public AckHistory() {}

    public boolean isEmpty() {
        return writesToGo == 0;
    }

    /** Takes a datagram that was not received before; they may arrive in any order. */
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
        // Exactly opposite to the newest is -32,768 behind it, and neither newer nor in the window.
        if (behind >= 0 && behind < WINDOW) {
            threeToGo[behind / Long.SIZE] |= 1L << behind;
            writesToGo = WRITES;
        }
    }

    // Word by word from the old end, so that none is overwritten before it was moved.
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

    /** Returns the size in bytes of what {@link #write} would write now, the message's id included. */
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
     * Writes the payload of an acknowledgement with its id at an index of a buffer, whose own cursors stay. Each datagram
     * in it has one write less to go.
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
            handOn();
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

    /** Returns how many bytes of bits reach from the one behind the newest to the oldest. */
    private int bytes() {
        return (highest - lowest + Byte.SIZE - 1) / Byte.SIZE;
    }

    // The newest datagram received may have been written often enough while an older one, late, was not.
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

    private void handOn() {
        long[] written = oneToGo;
        oneToGo = twoToGo;
        twoToGo = threeToGo;
        threeToGo = written;
        Arrays.fill(written, 0);
        writesToGo--;
    }
}
