package dev.gridmate.carrier.wire;

/**
 * The payload of an acknowledgement, in one of four forms. The first byte tells which.
 *
 * <pre>
 *  bits
 *   0               1                               3
 *  +-+-------------+-------------------------------+------------- - - -+---------------+
 *  |1|      n      |  last                         |  n bytes          |  ACKS         |
 *  +-+-------------+-------------------------------+-------------------+---------------+
 *
 *  continuous
 *   0               1                               3                             5
 *  +---------------+-------------------------------+-----------------------------+---------------+
 *  |0 1 0 0 0 0 0 0|  last                         |  first                      |  ACKS         |
 *  +---------------+-------------------------------+-----------------------------+---------------+
 *
 *  single
 *   0               1                               3
 *  +---------------+-------------------------------+---------------+
 *  |0 0 0 0 0 0 0 0|  last                         |  ACKS         |
 *  +---------------+-------------------------------+---------------+
 *
 *  keep-alive
 *   0               1
 *  +---------------+---------------+
 *  |0 0 1 0 0 0 0 0|  ACKS         |
 *  +---------------+---------------+
 * </pre>
 *
 * <p>{@code last} arrived. Bit {@code b} of byte {@code k} is 1 if {@code last - 1 - (8 * k + b)}
 * arrived. A worked example from the recordings: {@code 81 00 0d 6e 06} names 13, and also 11, 10,
 * 9, 7 and 6, because 6e is 0110 1110.
 */
final class Acks {

    static final int BITS = 0x80;
    static final int CONTINUOUS = 0x40;
    static final int KEEP_ALIVE = 0x20;
    static final int SINGLE = 0;

    /** The largest count of bytes in a BITS form. */
    static final int MAX_BYTES = 64;

    static final int COUNT_MASK = 0x7f;

    /** Flags and id. */
    static final int KEEP_ALIVE_SIZE = 2;

    static final int SINGLE_SIZE = KEEP_ALIVE_SIZE + UnsignedShort.SIZE;
    static final int CONTINUOUS_SIZE = SINGLE_SIZE + UnsignedShort.SIZE;

    private Acks() {}

    static int bitsSize(int bytes) {
        return SINGLE_SIZE + bytes;
    }
}
