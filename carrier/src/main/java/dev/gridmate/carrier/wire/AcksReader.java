package dev.gridmate.carrier.wire;

import dev.gridmate.internal.CheckReturnValue;
import java.nio.ByteBuffer;

/**
 * Reads an acknowledgement. Any bytes give a result; nothing is ever thrown. The format is in
 * {@link Acks}.
 */
public final class AcksReader {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private ByteBuffer buffer = NOTHING;
    private int form = Acks.KEEP_ALIVE;
    private int last;
    private int first;
    private int bits;
    private int bytes;
    private boolean isRead;

    /**
     * Begins to read a payload, whose last byte is the message's id. The buffer must not change
     * while it is read.
     *
     * @param offset the index of the payload in the buffer
     * @param length the size of the payload with its id, in bytes
     * @return false if it is not an acknowledgement; then nothing is acknowledged
     */
    @CheckReturnValue
    public boolean wrap(ByteBuffer buffer, int offset, int length) {
        this.buffer = buffer;
        isRead = true;
        boolean good = read(offset, length);
        if (!good) {
            form = Acks.KEEP_ALIVE;
        }
        return good;
    }

    /** Forgets what was read: nothing is acknowledged. */
    public void clear() {
        isRead = false;
        form = Acks.KEEP_ALIVE;
    }

    /** {@return true if something was read since {@link #clear()}, good or bad} */
    public boolean isRead() {
        return isRead;
    }

    private boolean read(int offset, int length) {
        if (length < Acks.KEEP_ALIVE_SIZE) {
            return false;
        }
        int flags = buffer.get(offset) & 0xff;
        bytes = (flags & Acks.BITS) != 0 ? flags & Acks.COUNT_MASK : 0;
        form = flags - bytes;
        if (length != size() || bytes > Acks.MAX_BYTES) {
            return false;
        }
        if (form != Acks.KEEP_ALIVE) {
            last = UnsignedShort.get(buffer, offset + 1);
        }
        first = last;
        bits = offset + 1 + UnsignedShort.SIZE;
        if (form == Acks.CONTINUOUS) {
            first = UnsignedShort.get(buffer, bits);
        }
        return SequenceNumber.distance(first, last) >= 0;
    }

    // No payload has the size of a form that does not exist.
    private int size() {
        return switch (form) {
            case Acks.BITS -> Acks.bitsSize(bytes);
            case Acks.CONTINUOUS -> Acks.CONTINUOUS_SIZE;
            case Acks.SINGLE -> Acks.SINGLE_SIZE;
            case Acks.KEEP_ALIVE -> Acks.KEEP_ALIVE_SIZE;
            default -> -1;
        };
    }

    /** {@return true if it acknowledges nothing} */
    public boolean isKeepAlive() {
        return form == Acks.KEEP_ALIVE;
    }

    /** {@return the newest datagram that it acknowledges; undefined for a keep-alive} */
    public int last() {
        return last;
    }

    /** {@return the oldest datagram that it acknowledges; undefined for a keep-alive} */
    public int oldest() {
        if (form != Acks.BITS) {
            return first;
        }
        for (int k = bytes - 1; k >= 0; k--) {
            int eight = buffer.get(bits + k) & 0xff;
            if (eight != 0) {
                int bit = k * Byte.SIZE + Integer.SIZE - 1 - Integer.numberOfLeadingZeros(eight);
                return SequenceNumber.add(last, -1 - bit);
            }
        }
        return last;
    }

    /** {@return true if it acknowledges a datagram} */
    public boolean contains(int sequence) {
        int behind = SequenceNumber.distance(sequence, last);
        if (form == Acks.KEEP_ALIVE || behind < 0) {
            return false;
        }
        if (form == Acks.BITS && behind > 0) {
            int bit = behind - 1;
            return bit < bytes * Byte.SIZE && (buffer.get(bits + bit / Byte.SIZE) >>> bit % Byte.SIZE & 1) != 0;
        }
        return behind <= SequenceNumber.distance(first, last);
    }
}
