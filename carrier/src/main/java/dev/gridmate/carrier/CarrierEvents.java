package dev.gridmate.carrier;

/**
 * The events of a carrier: the original's {@code CarrierEventBus}. Connect a handler to {@code
 * gridMate.eventBus(CarrierEvents.class)}.
 *
 * <p>Events fire inside {@link Carrier#update()} and {@link Carrier#close()}, on the thread that
 * called it, when no list of connections is being walked: a handler may call any method of the
 * carrier and the driver. For each connection either {@code onFailedToConnect} fires, or {@code
 * onConnectionEstablished} and later {@code onDisconnect}.
 */
public interface CarrierEvents {

    /**
     * A peer asks to connect. {@code onConnectionEstablished} or {@code onFailedToConnect} follows.
     *
     * @param carrier the carrier
     * @param id the new connection
     */
    default void onIncomingConnection(Carrier carrier, ConnectionId id) {}

    /**
     * A connection was not made.
     *
     * @param carrier the carrier
     * @param id the connection, which is over
     * @param reason why, with the particulars in words
     */
    default void onFailedToConnect(Carrier carrier, ConnectionId id, CarrierDisconnectReason reason) {}

    /**
     * A connection is established: messages can be sent and received.
     *
     * @param carrier the carrier
     * @param id the connection
     */
    default void onConnectionEstablished(Carrier carrier, ConnectionId id) {}

    /**
     * An established connection is over. What arrived before can still be received, from here and
     * until the next update.
     *
     * @param carrier the carrier
     * @param id the connection
     * @param reason why, with the particulars in words
     */
    default void onDisconnect(Carrier carrier, ConnectionId id, CarrierDisconnectReason reason) {}

    /**
     * The driver could not do something for a connection. If that ends the connection, another
     * event tells so.
     *
     * @param carrier the carrier
     * @param id the connection
     * @param error the driver's code and words
     */
    default void onDriverError(Carrier carrier, ConnectionId id, DriverError error) {}

    /**
     * Something arrived that must not. It was dropped; no other connection is affected. Fires at
     * most once in an update for a connection and a kind of error; the counters count each.
     *
     * @param carrier the carrier
     * @param id the connection; {@link ConnectionId#ALL} if it came from an address that is not
     *     connected
     * @param error the kind of error
     */
    default void onSecurityError(Carrier carrier, ConnectionId id, SecurityError error) {}

    /**
     * The congestion window of a connection has changed. Fires once a second at most for a
     * connection.
     *
     * @param carrier the carrier
     * @param id the connection
     * @param sendLimitBytesPerSec how many bytes a second the connection can take now
     */
    default void onRateChange(Carrier carrier, ConnectionId id, int sendLimitBytesPerSec) {}

    /**
     * Messages have arrived. Fires once in an update for a channel that has new ones.
     *
     * @param carrier the carrier
     * @param id the connection
     * @param channel 0 to 2
     */
    default void onReceive(Carrier carrier, ConnectionId id, int channel) {}
}
