package dev.gridmate.carrier.wire;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Writes the messages of one datagram, in the room between a buffer's position and its limit. The buffer's own cursors
 * stay where they are.
 *
 * <p>A number is left out only where every reader agrees on what it stands for. Two things speak against a shortcut that
 * the format would allow. A message that is sent again stands out of order, and a reader of the original then takes the
 * numbers behind it from another message than its writer did; so a channel that has one writes out all that follows in
 * this datagram. And beside a {@code reliableSeq} of 65,535 the original does not count on; so next to one everything is
 * written out.
 *
 * <p>One writer is used for datagram after datagram.
 */
public final class DatagramWriter {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final ChannelNumbers before = new ChannelNumbers();
    private ByteBuffer datagram = NOTHING;
    private int start;
    private int at;
    private int writtenOut;
    private int messageCount;

    /**
     * Begins a datagram with this number.
     *
     * @throws IllegalArgumentException if the buffer has no room for it
     */
    public void begin(ByteBuffer into, int sequence) {
        if (into.remaining() < MessageHeader.DATAGRAM_HEADER_SIZE) {
            throw new IllegalArgumentException("a datagram needs more than " + into.remaining() + " bytes");
        }
        datagram = into;
        start = into.position();
        UnsignedShort.put(into, start, sequence);
        at = start + MessageHeader.DATAGRAM_HEADER_SIZE;
        before.clear();
        writtenOut = 0;
        messageCount = 0;
    }

    /** Returns the bytes that {@link #put} would write with these arguments, header and payload. */
    public int sizeOf(
            int channel, boolean reliable, int chunks, int seq, int reliableSeq, boolean explicit, int payloadLength) {
        return MessageHeader.size(flags(channel, reliable, chunks, seq, reliableSeq, explicit)) + payloadLength;
    }

    private int flags(int channel, boolean reliable, int chunks, int seq, int reliableSeq, boolean explicit) {
        int flags = reliable ? MessageHeader.RELIABLE : 0;
        if (channel != before.channel()) {
            flags |= MessageHeader.DATA_CHANNEL;
        }
        if (chunks > 1) {
            flags |= MessageHeader.CHUNKS;
        }
        if (explicit || !before.isKnown(channel) || isWrittenOut(channel)) {
            return flags;
        }
        if (seq == before.nextSeq(channel)) {
            flags |= MessageHeader.SEQUENTIAL_ID;
        }
        if (reliableSeq == before.nextReliableSeq(channel, reliable)
                && reliableSeq != SequenceNumber.NONE
                && before.reliableSeq(channel) != SequenceNumber.NONE) {
            flags |= MessageHeader.SEQUENTIAL_REL_ID;
        }
        return flags;
    }

    private boolean isWrittenOut(int channel) {
        return (writtenOut >>> channel & 1) != 0;
    }

    /**
     * Writes a message.
     *
     * @param explicit whether this message was in a datagram before
     * @throws IllegalArgumentException if the message does not fit into what remains, or cannot be expressed
     */
    public void put(
            int channel,
            boolean reliable,
            boolean connecting,
            int chunks,
            int seq,
            int reliableSeq,
            boolean explicit,
            byte[] payload,
            int offset,
            int length) {
        Objects.checkFromIndexSize(offset, length, payload.length);
        datagram.put(
                putHeader(channel, reliable, connecting, chunks, seq, reliableSeq, explicit, length),
                payload,
                offset,
                length);
    }

    /**
     * Writes a message but for its payload, which the caller then writes.
     *
     * @return the index in the buffer at which the payload's {@code length} bytes go
     * @throws IllegalArgumentException as {@link #put}
     */
    public int putHeader(
            int channel,
            boolean reliable,
            boolean connecting,
            int chunks,
            int seq,
            int reliableSeq,
            boolean explicit,
            int length) {
        checkExpressible(channel, reliable, chunks, length);
        int flags = flags(channel, reliable, chunks, seq, reliableSeq, explicit);
        int size = MessageHeader.size(flags) + length;
        if (size > remaining()) {
            throw new IllegalArgumentException("a message of " + size + " bytes where " + remaining() + " remain");
        }
        datagram.put(at++, (byte) (connecting ? flags | MessageHeader.CONNECTING : flags));
        putShort(length);
        if ((flags & MessageHeader.DATA_CHANNEL) != 0) {
            datagram.put(at++, (byte) channel);
        }
        if ((flags & MessageHeader.CHUNKS) != 0) {
            putShort(chunks);
        }
        if ((flags & MessageHeader.SEQUENTIAL_ID) == 0) {
            putShort(seq);
        }
        if ((flags & MessageHeader.SEQUENTIAL_REL_ID) == 0) {
            putShort(reliableSeq);
        }
        before.onMessage(channel, seq, reliableSeq);
        if (explicit) {
            writtenOut |= 1 << channel;
        }
        messageCount++;
        int payload = at;
        at += length;
        return payload;
    }

    private void putShort(int value) {
        UnsignedShort.put(datagram, at, value);
        at += UnsignedShort.SIZE;
    }

    private static void checkExpressible(int channel, boolean reliable, int chunks, int length) {
        if (channel < 0 || channel >= MessageHeader.CHANNELS) {
            throw new IllegalArgumentException("channel " + channel + " of " + MessageHeader.CHANNELS);
        }
        if (chunks < 1 || chunks > (reliable ? MessageHeader.MAX_CHUNKS : 1)) {
            throw new IllegalArgumentException(chunks + " chunks of a message, reliable " + reliable);
        }
        if (length < 0 || length > MessageHeader.MAX_PAYLOAD) {
            throw new IllegalArgumentException("a payload of " + length + " bytes");
        }
    }

    /** Returns the room that is left, in bytes; a message takes {@link #sizeOf} of it. */
    public int remaining() {
        return datagram.limit() - at;
    }

    public int messageCount() {
        return messageCount;
    }

    /** Returns the bytes of the datagram so far. */
    public int size() {
        return at - start;
    }
}
