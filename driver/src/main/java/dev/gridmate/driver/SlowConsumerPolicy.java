package dev.gridmate.driver;

/**
 * What {@code send} does when a peer reads more slowly than the program sends, and the outbound
 * buffer is full.
 */
public enum SlowConsumerPolicy {
    /**
     * The connection ends with {@link DisconnectReason.Code#SLOW_CONSUMER}. This is the contract of
     * the original: a send that is not OK means that the connection is closed.
     */
    DISCONNECT,
    /**
     * The packet is refused with {@link ResultCode#SEND_BUFFER_FULL} and the connection goes on.
     */
    REJECT
}
