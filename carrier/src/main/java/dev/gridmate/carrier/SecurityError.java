package dev.gridmate.carrier;

/**
 * What a peer did that it must not do: the original's {@code SecurityError} codes without the
 * prefix {@code EC_}.
 */
public enum SecurityError {
    /** The program did not call update for so long that its peers may have given up. */
    UPDATE_TIMEOUT,
    /** A datagram ends before what it announces. */
    BUFFER_READ_OUT_OF_BOUND,
    /** A message is for a channel that does not exist. */
    CHANNEL_ID_OUT_OF_BOUND,
    /** A message has a flag, or a system message an id, that nobody knows. */
    MESSAGE_TYPE_NOT_SUPPORTED,
    /** A number is too far from those before it. */
    SEQUENCE_NUMBER_OUT_OF_BOUND,
    /** A datagram came a second time. The network does that too. */
    SEQUENCE_NUMBER_DUPLICATED,
    /** More packets came in a second than the limit. */
    PACKET_RATE_TOO_HIGH,
    /** The program has as many bytes waiting to be received as it may, and more came. */
    DATA_RATE_TOO_HIGH,
    /** What came from an address that is not connected is not a datagram of a carrier. */
    INVALID_SOURCE_ADDRESS,
    /** A datagram is larger than the largest that was agreed. */
    DATAGRAM_TOO_LARGE,
    /**
     * A datagram is wrong in another way: numbers that do not fit each other, or compressed data
     * that is none.
     */
    BAD_PACKET;

    /** For a set of errors. */
    @SuppressWarnings("EnumOrdinal") // the number never leaves the process
    int bit() {
        return 1 << ordinal();
    }
}
