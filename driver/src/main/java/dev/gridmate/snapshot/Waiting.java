package dev.gridmate.snapshot;

/**
 * The bytes that wait in this process. What waits in the system's buffers is not known here.
 *
 * @param inBytes bytes that arrived, and that the program has not received
 * @param inMostBytes the most that it ever was, of a single connection
 * @param outBytes bytes that the program sent, and that have not left
 * @param outMostBytes the most that it ever was, of a single connection
 */
public record Waiting(long inBytes, long inMostBytes, long outBytes, long outMostBytes) {

    /** Nothing waits, and nothing ever did. */
    public static final Waiting NONE = new Waiting(0, 0, 0, 0);

    /** {@return the bytes that wait in both directions} */
    public long bytes() {
        return inBytes + outBytes;
    }

    /**
     * {@return what waits of two together} The most is that of a single one.
     *
     * @param other the other
     */
    public Waiting and(Waiting other) {
        return new Waiting(
                inBytes + other.inBytes,
                Math.max(inMostBytes, other.inMostBytes),
                outBytes + other.outBytes,
                Math.max(outMostBytes, other.outMostBytes));
    }
}
