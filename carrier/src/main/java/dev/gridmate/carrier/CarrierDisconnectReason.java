package dev.gridmate.carrier;

/**
 * Why a connection ended, or did not come about. The names are the original's without the prefix {@code DISCONNECT_}; the
 * order is the wire's, on which a reason is the number of its constant.
 */
public enum CarrierDisconnectReason {
    /** One of the two programs asked for it. */
    USER_REQUESTED,
    /**
     * The peer was not heard for the connection timeout, confirmed nothing for as long, or the round trip time or the loss
     * stayed above its threshold.
     */
    BAD_CONNECTION,
    /** Too much came in that is no datagram of a carrier, or more packets a second than are allowed. */
    BAD_PACKETS,
    /** The driver's connection underneath broke, or could not be made. */
    DRIVER_ERROR,
    /** The handshake of the other side, or of this one, refused. */
    HANDSHAKE_REJECTED,
    /** The handshake did not come to its end in time. */
    HANDSHAKE_TIMEOUT,
    /**
     * The peer began a new connection while this one stood, so it must have lost it, by a restart for example. The
     * connection ends on both sides, and the peer can connect again.
     */
    WAS_ALREADY_CONNECTED,
    /** The carrier was closed. */
    SHUTTING_DOWN,
    /** Only a peer of the original sends this. */
    DEBUG_DELETE_CONNECTION,
    /** The two programs have different versions. */
    VERSION_MISMATCH;

    private static final CarrierDisconnectReason[] BY_CODE = values();

    @SuppressWarnings("EnumOrdinal") // the order of the constants is the wire's
    int code() {
        return ordinal();
    }

    /** A number that no reason has, from a newer peer perhaps, still ends the connection. */
    static CarrierDisconnectReason ofCode(int code) {
        return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : USER_REQUESTED;
    }
}
