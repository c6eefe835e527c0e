package dev.gridmate.driver.stream;

/**
 * The wire format, all of it.
 *
 * <pre>
 *   0                   1
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
 *  +-------------------------------+------------------- - - -
 *  |  length, unsigned, big-endian |  length bytes of payload
 *  +-------------------------------+------------------- - - -
 * </pre>
 *
 * <p>The length does not count itself and is 1 to 65,535.
 */
public final class Frame {

    /** Bytes before the payload. */
    public static final int HEADER_SIZE = 2;

    /** The largest payload that the length can express. */
    public static final int MAX_PAYLOAD = 65_535;

    private Frame() {}

    /**
     * Returns the capacity of a buffer that is asked to hold {@code size} bytes, and must hold one
     * largest frame.
     *
     * <p>A worked example, the seed's own: 65,536 bytes are asked for and the largest packet has
     * 65,535, which with its header is 65,537. The next power of two is 131,072.
     */
    static int bufferCapacity(int size, int maxPacketSize) {
        int atLeast = Math.max(size, HEADER_SIZE + maxPacketSize);
        return atLeast == 1 ? 1 : Integer.highestOneBit(atLeast - 1) << 1;
    }
}
