package dev.gridmate.carrier.wire;

import java.nio.ByteBuffer;

/**
 * Walks over the messages of one datagram, and over any other bytes without ever throwing.
 *
 * <pre>
 *   start     at the message       its payload      next          start &lt;= payload &lt;= next &lt;= end
 *     v             v                 v               v
 *     [ seq | ...   [ header          | payload       ] ...
 * </pre>
 *
 * <p>A fault is found when the walk comes to it, and what stands behind it cannot be read: nothing says where the next
 * message begins. Whoever must take all of a datagram or nothing walks twice, with {@link #rewind()} between.
 *
 * <p>One reader is used for datagram after datagram. What it says of a message holds until the next call of {@link
 * #next()}, {@link #rewind()} or {@link #wrap}.
 */
public final class DatagramReader {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final ChannelNumbers before = new ChannelNumbers();
    private ByteBuffer datagram = NOTHING;
    private int start;
    private int end;
    private int next;
    private Fault fault = Fault.TOO_SHORT;
    private int flags;
    private int chunks;
    private int payload;

    /** Why the rest of a datagram cannot be read. */
    public enum Fault {
        NONE,
        /** The bytes end inside a header or a payload. */
        TOO_SHORT,
        /** A channel above 3. */
        BAD_CHANNEL,
        /** A flag that has no meaning. */
        BAD_FLAGS,
        /** The first message of a channel in this datagram refers to one before it. */
        MISSING_NUMBER,
        /** No chunks, more than there can be, or several of an unreliable message. */
        BAD_CHUNKS
    }

    /**
     * Begins to read the bytes between the buffer's position and its limit. The buffer is not changed, and must not be
     * while it is read.
     *
     * @return false if they are too few for a datagram; then there is a {@link #fault()}, and no message
     */
    @CheckReturnValue
    public boolean wrap(ByteBuffer datagram) {
        this.datagram = datagram;
        start = datagram.position();
        end = datagram.limit();
        rewind();
        return fault == Fault.NONE;
    }

    /** Goes back before the first message. */
    public void rewind() {
        before.clear();
        fault = hasHeader() ? Fault.NONE : Fault.TOO_SHORT;
        next = start + MessageHeader.DATAGRAM_HEADER_SIZE;
        payload = next;
        flags = 0;
        chunks = 1;
    }

    private boolean hasHeader() {
        return end - start >= MessageHeader.DATAGRAM_HEADER_SIZE;
    }

    /** Returns the datagram's own number, 0 if the bytes are too few to have one. */
    public int sequence() {
        return hasHeader() ? UnsignedShort.get(datagram, start) : 0;
    }

    /**
     * Moves to the next message.
     *
     * @return false if there is none, or a {@link #fault()} in its place
     */
    @CheckReturnValue
    public boolean next() {
        if (fault != Fault.NONE || next == end) {
            return false;
        }
        fault = readMessage();
        return fault == Fault.NONE;
    }

    // Nothing is kept of a message before all of its header is known to be good.
    private Fault readMessage() {
        if (end - next < MessageHeader.MIN_SIZE) {
            return Fault.TOO_SHORT;
        }
        int flags = datagram.get(next) & 0xff;
        if ((flags & MessageHeader.UNUSED) != 0) {
            return Fault.BAD_FLAGS;
        }
        int length = UnsignedShort.get(datagram, next + 1);
        if (end - next < MessageHeader.size(flags) + length) {
            return Fault.TOO_SHORT;
        }
        int at = next + MessageHeader.MIN_SIZE;
        int channel = before.channel();
        if ((flags & MessageHeader.DATA_CHANNEL) != 0) {
            channel = datagram.get(at++) & 0xff;
            if (channel >= MessageHeader.CHANNELS) {
                return Fault.BAD_CHANNEL;
            }
        }
        boolean reliable = (flags & MessageHeader.RELIABLE) != 0;
        int chunks = 1;
        if ((flags & MessageHeader.CHUNKS) != 0) {
            chunks = UnsignedShort.get(datagram, at);
            at += UnsignedShort.SIZE;
            if (chunks < 1 || chunks > (reliable ? MessageHeader.MAX_CHUNKS : 1)) {
                return Fault.BAD_CHUNKS;
            }
        }
        int shortcuts = flags & (MessageHeader.SEQUENTIAL_ID | MessageHeader.SEQUENTIAL_REL_ID);
        if (shortcuts != 0 && !before.isKnown(channel)) {
            return Fault.MISSING_NUMBER;
        }
        int seq = before.nextSeq(channel);
        if ((flags & MessageHeader.SEQUENTIAL_ID) == 0) {
            seq = UnsignedShort.get(datagram, at);
            at += UnsignedShort.SIZE;
        }
        int reliableSeq = before.nextReliableSeq(channel, reliable);
        if ((flags & MessageHeader.SEQUENTIAL_REL_ID) == 0) {
            reliableSeq = UnsignedShort.get(datagram, at);
            at += UnsignedShort.SIZE;
        }
        before.onMessage(channel, seq, reliableSeq);
        this.flags = flags;
        this.chunks = chunks;
        payload = at;
        next = at + length;
        return Fault.NONE;
    }

    /** Returns what {@link #wrap} or {@link #next()} came upon. */
    public Fault fault() {
        return fault;
    }

    /** Returns the first byte of the header as it stands. */
    int flags() {
        return flags;
    }

    public boolean isReliable() {
        return (flags & MessageHeader.RELIABLE) != 0;
    }

    public boolean isConnecting() {
        return (flags & MessageHeader.CONNECTING) != 0;
    }

    public int channel() {
        return before.channel();
    }

    /** Returns how many messages the whole still needs, this one included; 1 for a message that is whole or the last. */
    public int chunks() {
        return chunks;
    }

    public int seq() {
        return before.seq(channel());
    }

    /** Returns its own number if the message is reliable, otherwise that of the last reliable one before it. */
    public int reliableSeq() {
        return before.reliableSeq(channel());
    }

    /** Returns the index in {@link #datagram()} at which the payload begins. */
    public int payloadOffset() {
        return payload;
    }

    public int payloadLength() {
        return next - payload;
    }

    /** Returns which of the carrier's own messages this is, or -1 if it is the program's, or empty. */
    public int systemId() {
        return channel() == MessageHeader.SYSTEM_CHANNEL && payloadLength() > 0 ? datagram.get(next - 1) & 0xff : -1;
    }

    /** Returns the buffer that is being read. */
    public ByteBuffer datagram() {
        return datagram;
    }
}
