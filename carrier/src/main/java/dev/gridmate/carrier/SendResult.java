package dev.gridmate.carrier;

/** How a send ended. A mistake of the caller is an exception instead. */
public enum SendResult {
    /** The message was taken whole. */
    OK,
    /**
     * The message was taken whole, and is reliable, although it was to be unreliable: it is larger
     * than {@link Carrier#messageMtu()}, and the wire has no unreliable chunks.
     */
    OK_BUT_RELIABLE,
    /**
     * The message was not taken: it is larger than {@link Carrier#messageMtu()} and was to be
     * unreliable, and {@link CarrierDesc.Builder#rejectLargeUnreliable} is set.
     */
    TOO_LARGE,
    /**
     * The connection has as many bytes waiting as it may: the peer, or the network, is slower than
     * the program. The message was not taken; send it later, or drop it. To {@link
     * ConnectionId#ALL}: at least one connection did not take it.
     */
    QUEUE_FULL,
    /** The connection is over, or being ended. The message was not taken. */
    NOT_CONNECTED;

    /** {@return true if the message was taken} */
    public boolean isTaken() {
        return this == OK || this == OK_BUT_RELIABLE;
    }
}
