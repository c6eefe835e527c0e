package dev.gridmate.carrier.wire;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Writes the messages of one datagram between a buffer's position and its limit. The buffer's own
 * cursors do not move.
 *
 * <p>A number is left out only where every reader agrees on what it means. In two cases the writer
 * does not use a shortcut that the format would allow:
 *
 * <ul>
 *   <li>A message that is sent again is out of order. A reader of the original then derives the
 *       numbers behind it from another message than the writer did. So a channel with such a
 *       message writes out every number that follows in this datagram.
 *   <li>The original does not count on beside a {@code reliableSeq} of 65,535. So the numbers next
 *       to one are written out.
 * </ul>
 *
 * <p>One writer is used for datagram after datagram.
 */
public final class DatagramWriter {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final ChannelNumbers previous = new ChannelNumbers();
    private ByteBuffer datagram = NOTHING;
    private int start;
    private int at;

    /** A bit for each channel that uses no shortcuts in the rest of this datagram. */
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
        at = start;
        putShort(sequence);
        previous.clear();
        writtenOut = 0;
        messageCount = 0;
    }

    /** {@return the bytes that {@link #put} would write for this message, header and payload} */
    public int sizeOf(MessageHeader header) {
        return MessageHeader.size(flags(header)) + header.length;
    }

    private int flags(MessageHeader header) {
        int flags = header.isReliable ? MessageHeader.RELIABLE : 0;
        flags |= header.isConnecting ? MessageHeader.CONNECTING : 0;
        flags |= header.chunks > 1 ? MessageHeader.CHUNKS : 0;
        flags |= header.channel != previous.channel() ? MessageHeader.DATA_CHANNEL : 0;
        return header.isRepeated || isWrittenOut(header.channel) || !previous.isKnown(header.channel)
                ? flags
                : flags | shortcuts(header);
    }

    private int shortcuts(MessageHeader header) {
        int channel = header.channel;
        int shortcuts = header.seq == previous.nextSeq(channel) ? MessageHeader.SEQUENTIAL_ID : 0;
        boolean isBesideNone =
                header.reliableSeq == SequenceNumber.NONE || previous.reliableSeq(channel) == SequenceNumber.NONE;
        if (!isBesideNone && header.reliableSeq == previous.nextReliableSeq(channel, header.isReliable)) {
            shortcuts |= MessageHeader.SEQUENTIAL_REL_ID;
        }
        return shortcuts;
    }

    private boolean isWrittenOut(int channel) {
        return (writtenOut >>> channel & 1) != 0;
    }

    /**
     * Writes a message.
     *
     * @param payload its first {@code header.length} bytes are the payload
     * @throws IllegalArgumentException if the message is larger than {@link #remaining()}, or
     *     cannot be expressed
     */
    public void put(MessageHeader header, byte[] payload) {
        Objects.checkFromIndexSize(0, header.length, payload.length);
        datagram.put(putHeader(header), payload, 0, header.length);
    }

    /**
     * Writes a message except its payload, which the caller then writes.
     *
     * @return the index in the buffer at which the payload's {@code header.length} bytes go
     * @throws IllegalArgumentException as {@link #put}
     */
    public int putHeader(MessageHeader header) {
        header.checkExpressible();
        int size = sizeOf(header);
        if (size > remaining()) {
            throw new IllegalArgumentException("a message of " + size + " bytes where " + remaining() + " remain");
        }
        int flags = flags(header);
        datagram.put(at++, (byte) flags);
        putShort(header.length);
        if ((flags & MessageHeader.DATA_CHANNEL) != 0) {
            datagram.put(at++, (byte) header.channel);
        }
        if ((flags & MessageHeader.CHUNKS) != 0) {
            putShort(header.chunks);
        }
        if ((flags & MessageHeader.SEQUENTIAL_ID) == 0) {
            putShort(header.seq);
        }
        if ((flags & MessageHeader.SEQUENTIAL_REL_ID) == 0) {
            putShort(header.reliableSeq);
        }
        previous.onMessage(header);
        if (header.isRepeated) {
            writtenOut |= 1 << header.channel;
        }
        messageCount++;
        int payload = at;
        at += header.length;
        return payload;
    }

    private void putShort(int value) {
        UnsignedShort.put(datagram, at, value);
        at += UnsignedShort.SIZE;
    }

    /** {@return the room that is left, in bytes; a message takes {@link #sizeOf} of it} */
    public int remaining() {
        return datagram.limit() - at;
    }

    /** {@return how many messages the datagram has so far} */
    public int messageCount() {
        return messageCount;
    }

    /** {@return the bytes of the datagram so far} */
    public int size() {
        return at - start;
    }
}
