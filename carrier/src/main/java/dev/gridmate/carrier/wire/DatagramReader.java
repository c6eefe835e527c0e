package dev.gridmate.carrier.wire;

import dev.gridmate.internal.CheckReturnValue;
import java.nio.ByteBuffer;

/**
 * Walks over the messages of one datagram. Any bytes give a result; nothing is ever thrown.
 *
 * <pre>
 *   start     at the message       its payload      next   start &lt;= payload &lt;= next &lt;= end
 *     v             v                 v               v
 *     [ seq | ...   [ header          | payload       ] ...
 * </pre>
 *
 * <p>A fault is found when the walk reaches it. Nothing behind it can be read, because nothing says
 * where the next message begins. A caller that must take all of a datagram or nothing walks twice,
 * with {@link #rewind()} between.
 *
 * <p>One reader is used for datagram after datagram. What it says about a message is valid until
 * the next call of {@link #next()}, {@link #rewind()} or {@link #wrap}.
 */
public final class DatagramReader {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final ChannelNumbers previous = new ChannelNumbers();
    private final MessageHeader header = new MessageHeader();
    private ByteBuffer datagram = NOTHING;
    private int start;
    private int end;
    private int next;
    private Fault fault = Fault.TOO_SHORT;

    /** The first byte of the present header, as it is on the wire. */
    int flags;

    private int payload;

    /** How far the header of the present message has been read. */
    private int at;

    /** Why the rest of a datagram cannot be read. */
    public enum Fault {
        NONE,
        /** The bytes end inside a header or a payload. */
        TOO_SHORT,
        /** A channel above 3. */
        BAD_CHANNEL,
        /** A flag that has no meaning. */
        BAD_FLAGS,
        /** The first message of a channel in this datagram refers to a previous one. */
        MISSING_NUMBER,
        /** No chunks, more than there can be, or several of an unreliable message. */
        BAD_CHUNKS
    }

    /**
     * Begins to read the bytes between the buffer's position and its limit. The buffer is not
     * changed, and must not change while it is read.
     *
     * @return false if there are too few bytes for a datagram; then there is a {@link #fault()},
     *     and no message
     */
    @CheckReturnValue
    public boolean wrap(ByteBuffer datagram) {
        this.datagram = datagram;
        start = datagram.position();
        end = datagram.limit();
        rewind();
        return fault == Fault.NONE;
    }

    /** Goes back to the place before the first message. */
    public void rewind() {
        previous.clear();
        fault = hasSequence() ? Fault.NONE : Fault.TOO_SHORT;
        next = start + MessageHeader.DATAGRAM_HEADER_SIZE;
        payload = next;
    }

    private boolean hasSequence() {
        return end - start >= MessageHeader.DATAGRAM_HEADER_SIZE;
    }

    /** {@return the number of the datagram; 0 if there are too few bytes} */
    public int sequence() {
        return hasSequence() ? UnsignedShort.get(datagram, start) : 0;
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
        fault = readHeader();
        if (fault != Fault.NONE) {
            return false;
        }
        previous.onMessage(header);
        payload = at;
        next = at + header.length;
        return true;
    }

    // The size is checked first, for all fields that the flags announce: the rest reads without a
    // check.
    private Fault readHeader() {
        if (end - next < MessageHeader.MIN_SIZE) {
            return Fault.TOO_SHORT;
        }
        flags = datagram.get(next) & 0xff;
        if (has(MessageHeader.UNUSED)) {
            return Fault.BAD_FLAGS;
        }
        header.length = UnsignedShort.get(datagram, next + 1);
        if (end - next < MessageHeader.size(flags) + header.length) {
            return Fault.TOO_SHORT;
        }
        at = next + MessageHeader.MIN_SIZE;
        header.isReliable = has(MessageHeader.RELIABLE);
        header.isConnecting = has(MessageHeader.CONNECTING);
        header.channel = has(MessageHeader.DATA_CHANNEL) ? datagram.get(at++) & 0xff : previous.channel();
        if (header.channel >= MessageHeader.CHANNELS) {
            return Fault.BAD_CHANNEL;
        }
        header.chunks = has(MessageHeader.CHUNKS) ? readShort() : 1;
        if (!MessageHeader.isChunkCount(header.chunks, header.isReliable)) {
            return Fault.BAD_CHUNKS;
        }
        return readNumbers();
    }

    private Fault readNumbers() {
        boolean refersBack = has(MessageHeader.SEQUENTIAL_ID | MessageHeader.SEQUENTIAL_REL_ID);
        if (refersBack && !previous.isKnown(header.channel)) {
            return Fault.MISSING_NUMBER;
        }
        header.seq = has(MessageHeader.SEQUENTIAL_ID) ? previous.nextSeq(header.channel) : readShort();
        header.reliableSeq = has(MessageHeader.SEQUENTIAL_REL_ID)
                ? previous.nextReliableSeq(header.channel, header.isReliable)
                : readShort();
        return Fault.NONE;
    }

    private boolean has(int anyOf) {
        return (flags & anyOf) != 0;
    }

    private int readShort() {
        int value = UnsignedShort.get(datagram, at);
        at += UnsignedShort.SIZE;
        return value;
    }

    /** {@return what {@link #wrap} or {@link #next()} ran into} */
    public Fault fault() {
        return fault;
    }

    /**
     * {@return the header of the present message; its contents mean nothing before the first one
     * and after a fault}
     */
    public MessageHeader header() {
        return header;
    }

    /** {@return the index in {@link #datagram()} at which the payload begins} */
    public int payloadOffset() {
        return payload;
    }

    /**
     * {@return which of the carrier's own messages this is; -1 if it is the program's, or empty}
     */
    public int systemId() {
        boolean isSystem = header.channel == MessageHeader.SYSTEM_CHANNEL && header.length > 0;
        return isSystem ? datagram.get(next - 1) & 0xff : -1;
    }

    /** {@return the buffer that is being read} */
    public ByteBuffer datagram() {
        return datagram;
    }
}
