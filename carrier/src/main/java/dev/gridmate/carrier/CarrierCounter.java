package dev.gridmate.carrier;

/**
 * What a carrier counts, over all its connections, from its creation on. Everything that is dropped
 * has a counter here.
 *
 * <p>Read one with {@link Carrier#counter(CarrierCounter)}, from any thread.
 */
public enum CarrierCounter {
    /** Connections that were asked for here. */
    CONNECTS_STARTED,
    /** Connections that others asked for. */
    CONNECTIONS_INCOMING,
    /**
     * Requests to connect that were turned down for lack of room, or by {@link
     * Handshake#onNewConnection}.
     */
    CONNECTIONS_REFUSED,
    /** Established events fired. */
    CONNECTIONS_ESTABLISHED,
    /** Failed events fired. */
    CONNECTS_FAILED,
    /** Addresses that were asked for connections by host name. */
    HOST_ADDRESSES_TRIED,
    /** Connections by host name for which no address was found, or not in time. */
    HOST_LOOK_UPS_FAILED,
    /** Disconnect events fired. */
    DISCONNECTS,
    /** User messages taken by send. */
    MESSAGES_OUT,
    /** User messages received by the program. */
    MESSAGES_IN,
    /** Sends that took nothing, whatever their result. */
    SENDS_REJECTED,
    /**
     * Whole messages that were dropped with their connection, since the program had not received
     * them.
     */
    MESSAGES_UNDELIVERED,
    /** Messages, and chunks of messages, that left a second time or more often. */
    MESSAGES_RESENT,
    /** Messages, and chunks, that came again, or unreliable ones that came too late: dropped. */
    MESSAGES_OBSOLETE,
    /** Unreliable messages that are lost, as far as this side can know. */
    MESSAGES_LOST,
    /** Datagrams handed to the driver. */
    DATAGRAMS_OUT,
    /** Datagrams from connected peers that were taken. */
    DATAGRAMS_IN,
    /** Datagrams that count as lost. */
    DATAGRAMS_LOST,
    /** Datagrams that the driver did not take: they count as lost. */
    DATAGRAMS_REFUSED,
    /** Datagrams that the simulator took. */
    DATAGRAMS_SIMULATED,
    /** Datagrams from addresses that are not connected, and that are not requests to connect. */
    DATAGRAMS_UNKNOWN,
    /** Datagrams that came a second time. */
    DATAGRAMS_DUPLICATED,
    /** Datagrams that are wrong, too large, or have a number out of bound. */
    DATAGRAMS_BAD,
    /** Datagrams beyond the limit of packets a second. */
    DATAGRAMS_OVER_RATE,
    /** Datagrams for which the program had no room, since it does not receive. They come again. */
    DATAGRAMS_OVER_ROOM,
    /** Datagrams that left compressed. */
    DATAGRAMS_COMPRESSED,
    /** Messages of the clock from a second peer that runs it. Ignored. */
    CLOCK_SYNCS_IGNORED,
    /** Updates that came so late that the time between did not count in full. */
    UPDATE_GAPS
}
