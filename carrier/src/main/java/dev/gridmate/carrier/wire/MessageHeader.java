package dev.gridmate.carrier.wire;

/**
 * The header of a message: its values, and its layout on the wire. A field whose flag says that it
 * is absent takes no room.
 *
 * <pre>
 *   0               1                               3
 *   0 1 2 3 4 5 6 7 0 1 2 3 4 5 6 7 0 1 2 3 4 5 6 7
 *  +-+-+-+-+-+-+-+-+-------------------------------+
 *  |C|0|D|Q|I|N|0|R|  length of the payload        |
 *  +-+-+-+-+-+-+-+-+-------------------------------+
 *  | channel       |                                  if D: DATA_CHANNEL
 *  +---------------+---------------+
 *  | chunks                        |                  if N: CHUNKS
 *  +-------------------------------+
 *  | seq                           |                  unless I: SEQUENTIAL_ID
 *  +-------------------------------+
 *  | reliableSeq                   |                  unless Q: SEQUENTIAL_REL_ID
 *  +-------------------------------+
 *
 *  C CONNECTING, R RELIABLE; all numbers are big-endian
 * </pre>
 *
 * <p>The three shortcuts refer to what came before in the same datagram: D to the previous message,
 * I and Q to the previous message of the same channel. The first message of a channel therefore has
 * neither I nor Q, and a datagram can be read without knowing any other.
 *
 * <p>An object of this class is used again for message after message: {@link DatagramReader} fills
 * its own, and {@link DatagramWriter} reads the one that it is given.
 */
public final class MessageHeader {

    public static final int RELIABLE = 0x01;

    /** {@code chunks} is present; absent means 1. */
    public static final int CHUNKS = 0x04;

    /** {@code seq} is absent: the previous one of this channel, plus 1. */
    public static final int SEQUENTIAL_ID = 0x08;

    /**
     * {@code reliableSeq} is absent: the previous one of this channel, plus 1 if this message is
     * reliable.
     */
    public static final int SEQUENTIAL_REL_ID = 0x10;

    /**
     * {@code channel} is present; absent means the channel of the previous message, and 0 at the
     * start.
     */
    public static final int DATA_CHANNEL = 0x20;

    /** The sender does not know yet whether it is connected. */
    public static final int CONNECTING = 0x80;

    /** Bits that are always 0. */
    static final int UNUSED = 0x42;

    public static final int CHANNELS = 4;

    /** The channel of the carrier's own messages. The program's messages never use it. */
    public static final int SYSTEM_CHANNEL = 3;

    /** Flags and length, which are always present. */
    static final int MIN_SIZE = 3;

    /** A header without a shortcut and with all optional fields. */
    public static final int MAX_SIZE = 10;

    /** The number of the datagram, before the first message. */
    public static final int DATAGRAM_HEADER_SIZE = 2;

    public static final int MAX_CHUNKS = 32_766;

    /** The largest payload that the length can express. */
    static final int MAX_PAYLOAD = 65_535;

    /** 0 to 3. */
    public int channel;

    public boolean isReliable;
    public boolean isConnecting;

    /**
     * How many messages the whole still needs, this one included; 1 for the last, and for a message
     * that is whole.
     */
    public int chunks = 1;

    /** The place among all messages of the channel, 0 to 65,535. */
    public int seq;

    /**
     * The message's own number if it is reliable, otherwise the number of the last reliable message
     * before it.
     */
    public int reliableSeq;

    /** Bytes of the payload. */
    public int length;

    /**
     * An earlier datagram carried this message, so the writer uses no shortcut. Not on the wire: a
     * reader leaves it.
     */
    public boolean isRepeated;

    /** Makes the header of a whole, unreliable message on channel 0. */
    public MessageHeader() {}

    void checkExpressible() {
        if (channel < 0 || channel >= CHANNELS) {
            throw new IllegalArgumentException("channel " + channel + " of " + CHANNELS);
        }
        if (!isChunkCount(chunks, isReliable)) {
            throw new IllegalArgumentException(chunks + " chunks of a message, reliable " + isReliable);
        }
        if (length < 0 || length > MAX_PAYLOAD) {
            throw new IllegalArgumentException("a payload of " + length + " bytes");
        }
    }

    /** An unreliable message cannot be cut: a lost chunk would never come. */
    static boolean isChunkCount(int chunks, boolean isReliable) {
        return chunks >= 1 && chunks <= (isReliable ? MAX_CHUNKS : 1);
    }

    /** {@return the size in bytes of a header with these flags} */
    static int size(int flags) {
        return MIN_SIZE
                + ((flags & DATA_CHANNEL) != 0 ? 1 : 0)
                + ((flags & CHUNKS) != 0 ? 2 : 0)
                + ((flags & SEQUENTIAL_ID) != 0 ? 0 : 2)
                + ((flags & SEQUENTIAL_REL_ID) != 0 ? 0 : 2);
    }
}
