package dev.gridmate.carrier.wire;

/**
 * The header of a message, all of it. What a flag says is absent takes no room.
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
 * <p>The three shortcuts refer to what came before in the same datagram: D to the message before, I and Q to the last
 * message of the same channel. The first message of a channel therefore has neither I nor Q, and a datagram can be read
 * without knowing any other.
 */
public final class MessageHeader {

    public static final int RELIABLE = 0x01;

    /** {@code chunks} is there: how many messages the whole still needs, this one included; absent means 1. */
    public static final int CHUNKS = 0x04;

    /** {@code seq} is absent: the previous of this channel, plus 1. */
    public static final int SEQUENTIAL_ID = 0x08;

    /** {@code reliableSeq} is absent: the previous of this channel, plus 1 if this message is reliable. */
    public static final int SEQUENTIAL_REL_ID = 0x10;

    /** {@code channel} is there; absent means that of the message before, and 0 at the start. */
    public static final int DATA_CHANNEL = 0x20;

    /** The sender does not know yet whether it is connected. */
    public static final int CONNECTING = 0x80;

    /** Bits that are always 0. */
    static final int UNUSED = 0x42;

    public static final int CHANNELS = 4;

    /** The channel that carries the carrier's own messages and none of the program's. */
    public static final int SYSTEM_CHANNEL = 3;

    /** Flags and length, which are always there. */
    static final int MIN_SIZE = 3;

    /** A header without a shortcut, with everything that may be there. */
    public static final int MAX_SIZE = 10;

    /** The datagram's own number, before the first message. */
    public static final int DATAGRAM_HEADER_SIZE = 2;

    public static final int MAX_CHUNKS = 32_766;

    /** The largest payload that the length can express. */
    static final int MAX_PAYLOAD = 65_535;

    private MessageHeader() {}

    /** Returns the size of a header with these flags, in bytes. */
    static int size(int flags) {
        return MIN_SIZE
                + ((flags & DATA_CHANNEL) != 0 ? 1 : 0)
                + ((flags & CHUNKS) != 0 ? 2 : 0)
                + ((flags & SEQUENTIAL_ID) != 0 ? 0 : 2)
                + ((flags & SEQUENTIAL_REL_ID) != 0 ? 0 : 2);
    }
}
