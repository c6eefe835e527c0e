package dev.gridmate.carrier;

import dev.gridmate.driver.SocketDriverAddress;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * Decides who may connect. The side that connects sends a request with data of this handshake's choice, the other side
 * judges it and answers with data of its own.
 *
 * <p>All is called by the carrier, on its thread. What is read comes from the network and may be anything; an exception
 * from a method here counts as a refusal, and is logged.
 */
public interface Handshake {

    /** How a request is judged. */
    enum Result {
        /** Welcome. */
        OK,
        /** The peer may not connect: it is disconnected with {@link CarrierDisconnectReason.Code#HANDSHAKE_REJECTED}. */
        REJECTED,
        /** Not known yet: the peer asks again, and is judged again. */
        PENDING,
        /** The peer is disconnected with {@link CarrierDisconnectReason.Code#VERSION_MISMATCH}. */
        VERSION_MISMATCH
    }

    /**
     * A connection begins here: write what the other side is to judge.
     *
     * @param id the connection
     * @param out gets the data, at most as much as one datagram holds
     */
    void onInitiate(ConnectionId id, ByteBuffer out);

    /**
     * A request came in.
     *
     * @param id the connection
     * @param in what the other side's {@link #onInitiate} wrote; a peer of the original may have appended bytes of value 1
     * @param out gets the answer
     * @return the judgement
     */
    Result onReceiveRequest(ConnectionId id, ByteBuffer in, ByteBuffer out);

    /**
     * A request came in on a connection that stands already.
     *
     * @param id the connection
     * @param in as for {@link #onReceiveRequest}
     * @return true if it fits the connection that stands
     */
    boolean onConfirmRequest(ConnectionId id, ByteBuffer in);

    /**
     * The answer to the request of this side came in.
     *
     * @param id the connection
     * @param in what the other side's {@link #onReceiveRequest} wrote
     * @return whether to connect; false ends the connection with {@link CarrierDisconnectReason.Code#HANDSHAKE_REJECTED}
     */
    boolean onReceiveAck(ConnectionId id, ByteBuffer in);

    /**
     * An answer came in on a connection that stands already.
     *
     * @param id the connection
     * @param in as for {@link #onReceiveAck}
     * @return true if it fits the connection that stands
     */
    boolean onConfirmAck(ConnectionId id, ByteBuffer in);

    /**
     * Somebody unknown asks to connect: nothing is kept for him yet.
     *
     * @param address who
     * @return true to ignore him, as if nothing had come
     */
    default boolean onNewConnection(SocketDriverAddress address) {
        return false;
    }

    /**
     * A connection is over, one that never stood too.
     *
     * @param id the connection
     */
    default void onDisconnect(ConnectionId id) {}

    /**
     * Returns how long a handshake may take.
     *
     * @return more than zero
     */
    Duration handshakeTimeout();
}
