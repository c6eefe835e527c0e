package dev.gridmate.carrier;

/** The state of a connection: the original's {@code ConnectionStates} without the prefix. */
public enum ConnectionState {
    /** The handshake is on its way. */
    CONNECTING,
    /** Messages can be sent and received. */
    CONNECTED,
    /** It is ending: the peer is being told, or what was sent still waits for acknowledgement. */
    DISCONNECTING,
    /** It is over. */
    DISCONNECTED
}
