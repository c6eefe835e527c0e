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
    /** Requests to connect that were turned down since their remote IP has enough connections. */
    CONNECTIONS_OVER_REMOTE_IP,
    /** Requests to connect that were dropped since their remote IP connects too often. */
    CONNECTS_OVER_RATE,
    /** Peers that asked to connect, and gave way to others that asked after them. */
    NEWCOMERS_GAVE_WAY,
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
    /** Unreliable messages that became reliable, since they are larger than a datagram. */
    MESSAGES_MADE_RELIABLE,
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
    /** Datagrams from connected peers that were taken, or only ask for the connection again. */
    DATAGRAMS_IN,
    /** Datagrams that count as lost. */
    DATAGRAMS_LOST,
    /** Datagrams that the driver did not take: they count as lost. */
    DATAGRAMS_REJECTED,
    /** Datagrams that the simulator took. */
    DATAGRAMS_SIMULATED,
    /** Requests to connect that were looked at, and last words of peers that asked. */
    DATAGRAMS_OF_NEWCOMERS,
    /** Datagrams from addresses that are not connected, and that are not requests to connect. */
    DATAGRAMS_UNKNOWN,
    /** Datagrams that came a second time. */
    DATAGRAMS_DUPLICATED,
    /**
     * Datagrams whose number is too far from the newest one, or with such a number of a message:
     * forged, or of another connection with the same address.
     */
    DATAGRAMS_OUT_OF_WINDOW,
    /**
     * Acknowledgements of what was never sent, or of more than a peer can remember: nothing of them
     * counts.
     */
    ACKS_NOT_BELIEVED,
    /** Datagrams that are wrong, or too large. */
    DATAGRAMS_BAD,
    /**
     * Messages between the carriers that are wrong, in a datagram that was taken: of an unknown
     * kind, or an end that is not reliable or has no reason.
     */
    SYSTEM_MESSAGES_BAD,
    /** Datagrams beyond the limit of packets a second. */
    DATAGRAMS_OVER_RATE,
    /**
     * Datagrams for which there was no room, in their connection or in the carrier. They come
     * again.
     */
    DATAGRAMS_OVER_ROOM,
    /**
     * Connections that ended since they held most of the memory for messages that are not whole,
     * and others needed it.
     */
    ENDED_FOR_MEMORY,
    /** Datagrams that left compressed. */
    DATAGRAMS_COMPRESSED,
    /** Messages of the clock from a second peer that runs it. Ignored. */
    CLOCK_SYNCS_IGNORED,
    /** Updates that came so late that the time between did not count in full. */
    UPDATE_GAPS
}
