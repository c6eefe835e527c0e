package dev.gridmate.driver.stream;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * Where a connection is in its life. The original has six of these names.
 *
 * <pre>
 *   accepted   [HANDSHAKE --&gt;] ACCEPT --.
 *                                        v
 *   connectTo  CONNECTING --&gt; CONNECT --&gt; ESTABLISHED --&gt; PEER_CLOSED
 *                                             |   \           |   |
 *                                             |    v          v   |
 *                                             |    CLOSING &lt;--'   |
 *                                             v       |           v
 *                        (failure) -----&gt; IN_ERROR ---+-----&gt; DISCONNECTED
 * </pre>
 *
 * <p>A connection that the program never heard of, or that was never established, may go to
 * DISCONNECTED from anywhere; so may all of them when the driver closes.
 */
public enum ConnectionState {
    /** Accepted, with a handshake to be made first; the program is told when it is. */
    HANDSHAKE,
    /** Accepted; the program has not been told yet. Nothing is read before. */
    ACCEPT,
    /** Connecting. Sends are queued. */
    CONNECTING,
    /** Connected; the program has not been told yet. Sends are queued. */
    CONNECT,
    /** Both directions work. */
    ESTABLISHED,
    /** The peer sends no more. What it sent is being received; sending goes on. */
    PEER_CLOSED,
    /**
     * The program closed it. What it sent is leaving, then a FIN; then the peer's FIN is awaited.
     */
    CLOSING,
    /**
     * The socket is gone, for a reason that is not a close. What arrived before is being received.
     */
    IN_ERROR,
    /** Over: nothing is held any more. */
    DISCONNECTED;

    private static final Map<ConnectionState, Set<ConnectionState>> NEXT = new EnumMap<>(Map.of(
            HANDSHAKE, EnumSet.of(ACCEPT, DISCONNECTED),
            ACCEPT, EnumSet.of(ESTABLISHED, DISCONNECTED),
            CONNECTING, EnumSet.of(CONNECT, DISCONNECTED),
            CONNECT, EnumSet.of(ESTABLISHED, DISCONNECTED),
            ESTABLISHED, EnumSet.of(PEER_CLOSED, CLOSING, IN_ERROR, DISCONNECTED),
            PEER_CLOSED, EnumSet.of(CLOSING, IN_ERROR, DISCONNECTED),
            CLOSING, EnumSet.of(IN_ERROR, DISCONNECTED),
            IN_ERROR, EnumSet.of(DISCONNECTED),
            DISCONNECTED, EnumSet.noneOf(ConnectionState.class)));

    boolean mayBecome(ConnectionState next) {
        return NEXT.getOrDefault(this, Set.of()).contains(next);
    }

    ConnectionState become(ConnectionState next) {
        if (!mayBecome(next)) {
            throw new IllegalStateException("a connection cannot go from " + this + " to " + next);
        }
        return next;
    }

    /** Its connect, or its handshake, goes on. */
    boolean isComing() {
        return this == CONNECTING || this == HANDSHAKE;
    }

    /** The program may send: the packet leaves now or when the connection is established. */
    public boolean takesPackets() {
        return this == CONNECTING || this == CONNECT || isConnected();
    }

    /** The program was told that it is established, and it still is. */
    public boolean isConnected() {
        return this == ESTABLISHED || this == PEER_CLOSED;
    }

    /** It is established, and the program is to be told. */
    public boolean isUnannounced() {
        return this == ACCEPT || this == CONNECT;
    }

    /**
     * There is a socket that the program can close: it has heard of the connection, or asked for
     * it.
     */
    public boolean isOpen() {
        return takesPackets() || this == CLOSING;
    }

    /** Its connect, or its handshake, is made, and its endpoint is not broken. */
    public boolean isProved() {
        return hasEndpoint() && !isComing();
    }

    /** It is over. */
    public boolean isOver() {
        return this == DISCONNECTED;
    }

    /** Bytes are read from the endpoint. */
    boolean reads() {
        return this == ESTABLISHED || this == CLOSING;
    }

    /** Bytes are written to the endpoint. */
    boolean writes() {
        return this == ESTABLISHED || this == PEER_CLOSED || this == CLOSING;
    }

    /** Its endpoint is still its own: it is not closed. */
    boolean hasEndpoint() {
        return this != IN_ERROR && this != DISCONNECTED;
    }

    /** On the way to being over, waiting for something that a deadline bounds. */
    boolean isEnding() {
        return this == PEER_CLOSED || this == CLOSING || this == IN_ERROR;
    }
}
