package dev.gridmate.driver;

/**
 * What a {@link StreamSocketDriver} tells the handlers on its bus, the original's {@code
 * StreamSocketDriverEventsBus}.
 *
 * <p>Events fire inside {@link Driver#update()} and {@link Driver#close()}, never elsewhere, on the
 * calling thread. A handler may call any method of the driver.
 */
public interface StreamSocketDriverEvents {

    /**
     * A connection is established, accepted or made by {@code connectTo}. Fires once for each
     * connection, before its first packet can be received.
     *
     * @param address the peer
     */
    default void onConnectionEstablished(SocketDriverAddress address) {}

    /**
     * An established connection is over, and everything that arrived whole has been received. Fires
     * once for each {@code onConnectionEstablished}. Its place is free: connecting to the same
     * address again works from here.
     *
     * @param address the peer
     * @param reason why
     */
    default void onConnectionDisconnected(SocketDriverAddress address, DisconnectReason reason) {}

    /**
     * A {@code connectTo} that returned OK, or a {@code connectToHost}, did not lead to a
     * connection. Fires instead of {@code onConnectionEstablished}.
     *
     * @param address the peer; of a {@code connectToHost} its {@link HostConnect#name()}, which has
     *     no IP address
     * @param reason why; it says how many bytes that {@code send} had accepted were never sent
     */
    default void onConnectionFailed(SocketDriverAddress address, DisconnectReason reason) {}
}
