package dev.gridmate.carrier;

/** Each method is an event of {@link CarrierEvents}, to be told at the end of the update. */
interface Teller {

    void onIncoming(ConnectionId id);

    /**
     * A connection is established.
     *
     * @param id the connection
     * @param before what is done just before it is told
     */
    void onEstablished(ConnectionId id, Runnable before);

    void onFailed(ConnectionId id, CarrierDisconnectReason reason);

    void onDisconnect(ConnectionId id, CarrierDisconnectReason reason);

    void onDriverError(ConnectionId id, DriverError error);

    void onSecurityError(ConnectionId id, SecurityError error);

    void onRateChange(ConnectionId id, int bytesPerSecond);

    /**
     * {@return what tells that messages have arrived on a channel} It is kept and run again and
     * again.
     */
    Runnable receiveEvent(ConnectionId id, int channel);
}
