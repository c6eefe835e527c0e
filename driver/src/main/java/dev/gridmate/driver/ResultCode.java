package dev.gridmate.driver;

/**
 * How a driver call ended. The names are the original's {@code EC_} constants without the prefix,
 * and new ones where it lumped different things together.
 *
 * <p>Codes say what the network or the system did. A mistake of the caller is an exception instead.
 */
public enum ResultCode {
    /** It worked. From {@code receive} with 0 bytes: nothing more is ready. */
    OK,
    /** No socket could be made; most often the process has too many open files. */
    SOCKET_CREATE,
    /**
     * The address could not be bound: the port is in use, not permitted, or the address is not this
     * machine's.
     */
    SOCKET_BIND,
    /** The socket could not be set to listen. */
    SOCKET_LISTEN,
    /** The system refused a socket option, for example a buffer size. */
    SOCKET_SOCK_OPT,
    /** The socket could not be made non-blocking. */
    SOCKET_MAKE_NONBLOCK,
    /** A socket could not be closed. Kept from the original; nothing here returns it. */
    SOCKET_CLOSE,
    /**
     * A connection could not be accepted. Kept from the original; here the driver counts it and
     * tries again.
     */
    SOCKET_ACCEPT,
    /** Connecting could not even begin. A connect that begins and then fails is an event. */
    SOCKET_CONNECT,
    /** {@code connectTo} an address that is connecting or connected already. Nothing changed. */
    ALREADY_CONNECTED,
    /** {@code connectTo} beyond the driver's maximum number of connections. Nothing changed. */
    TOO_MANY_CONNECTIONS,
    /**
     * The connection broke while this packet was being sent, and is closed; or the system refused
     * this datagram, for example since there is no route, and the next one may go. The packet was
     * not sent.
     */
    SEND,
    /** The address is not connected, or no longer. The packet was not sent. */
    SEND_ADDRESS_NOT_BOUND,
    /**
     * The outbound buffer is full and the system takes nothing more; with {@link
     * SlowConsumerPolicy#DISCONNECT} this ended the connection. The packet was not sent.
     */
    SEND_SLOW_CONSUMER,
    /**
     * The outbound buffer is full and the system takes nothing more; with {@link
     * SlowConsumerPolicy#REJECT} the connection goes on. For datagrams, the system's buffer is
     * full. The packet was not sent: send it again after an {@code update}, or drop it.
     */
    SEND_BUFFER_FULL,
    /**
     * Receiving failed. Kept from the original; here a connection that fails is an event, and never
     * in the way.
     */
    RECEIVE,
    /** The system failed in a way that concerns no connection. */
    PLATFORM,
    /**
     * A buffer is too large for the system. Kept from the original; here a size out of range is an
     * exception.
     */
    BUFFER_TOOLARGE,
    /**
     * A key, a certificate or another part of the TLS configuration cannot be used. Nothing
     * changed.
     */
    TLS_CONFIGURATION,
    /**
     * The next packet is larger than the room in the caller's buffer. It stays; the result says how
     * much it needs.
     */
    RECEIVE_BUFFER_TOO_SMALL
}
