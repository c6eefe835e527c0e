package dev.gridmate.carrier.wire;

/** What a message on the system channel is: the last byte of its payload says it. */
public final class SystemMessage {

    public static final int CONNECT_REQUEST = 1;
    public static final int CONNECT_ACK = 2;
    public static final int DISCONNECT = 3;
    public static final int CLOCK_SYNC = 4;
    public static final int ACKS = 6;

    /** The reason of a {@link #DISCONNECT} from a peer that still has an earlier connection. */
    private static final int WAS_ALREADY_CONNECTED = 6;

    private SystemMessage() {}

    /**
     * {@return true if a reader is at a request to connect in the one form in which a connecting
     * peer sends it}
     */
    public static boolean isConnectRequest(DatagramReader reader) {
        MessageHeader header = reader.header();
        return header.isConnecting && !header.isReliable && header.chunks == 1 && reader.systemId() == CONNECT_REQUEST;
    }

    /**
     * A refusal ends a connection that has not begun: it is the first reliable message of the peer,
     * or says that the peer still has an earlier connection. Any other {@link #DISCONNECT} ends the
     * connection before.
     *
     * @return true if a reader is at a refusal
     */
    public static boolean isRefusal(DatagramReader reader) {
        MessageHeader header = reader.header();
        return reader.systemId() == DISCONNECT
                && header.isReliable
                && header.length >= 2
                && (header.reliableSeq == 0 || reader.datagram().get(reader.payloadOffset()) == WAS_ALREADY_CONNECTED);
    }
}
