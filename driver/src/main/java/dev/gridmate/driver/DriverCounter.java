package dev.gridmate.driver;

/**
 * What a driver counts, from its construction on. Every drop, refusal and limit has a counter here.
 *
 * <p>Read one with {@link Driver#counter(DriverCounter)}, from any thread.
 */
public enum DriverCounter {
    /** Connections accepted and kept. */
    CONNECTIONS_ACCEPTED,
    /**
     * Connections accepted and closed at once: beyond the maximum, or beyond the maximum for one
     * remote address.
     */
    CONNECTIONS_REJECTED,
    /** Connections closed at once, as their address made too many in a second. */
    CONNECTS_THROTTLED,

    /**
     * Accepted connections that had proved nothing yet, and gave way to newcomers: their handshake
     * went on, or they had sent no packet.
     */
    GAVE_WAY,

    /**
     * Accepts that the system refused, most often for lack of file descriptors. The driver pauses
     * and tries again.
     */
    ACCEPT_FAILURES,
    /** Calls of {@code connectTo} that returned OK, and those of {@code connectToHost}. */
    CONNECTS_STARTED,
    /** Connects that began and failed. */
    CONNECTS_FAILED,
    /** Addresses of hosts that were tried by {@code connectToHost}. */
    HOST_ADDRESSES_TRIED,
    /** Calls of {@code connectToHost} that found no address, or not in time. */
    HOST_LOOK_UPS_FAILED,
    /** Established events fired. */
    CONNECTIONS_ESTABLISHED,
    /** Disconnected events fired. */
    DISCONNECTS,
    /** Whole packets that arrived. */
    PACKETS_IN,
    /** Packets that {@code send} accepted. */
    PACKETS_OUT,
    /**
     * Bytes read from sockets, the headers of a stream included; those of UDP and IP are not seen
     * and not counted.
     */
    BYTES_IN,
    /** Bytes written to sockets, with the same headers. */
    BYTES_OUT,
    /** Reads of sockets. Each is a system call. */
    READS,
    /** Writes to sockets. Each is a system call. */
    WRITES,
    /** Connections ended for a length of zero or above the maximum. */
    PROTOCOL_ERRORS,
    /**
     * Connections ended because the peer read too slowly: a full outbound buffer, or the write
     * timeout.
     */
    SLOW_CONSUMERS,
    /** Packets that {@code send} did not take, whatever its result code. */
    SENDS_REJECTED,
    /**
     * Whole packets that arrived and were dropped, since the program did not receive them before
     * the drain timeout, or closed the driver. Datagrams that the system dropped, or still had, are
     * not known here.
     */
    PACKETS_UNDELIVERED,
    /** Bytes that {@code send} accepted and that were dropped with their connection. */
    BYTES_UNSENT,
    /**
     * Bytes that arrived and were dropped: the tail of a packet cut short, or what followed a
     * protocol error.
     */
    BYTES_DISCARDED,
    /** Times that a connection was made to wait by a rate limit. */
    THROTTLES,
    /** Connections ended by a rate limit. */
    RATE_LIMITED,
    /** Connections ended because another came from the same address. */
    SUPERSEDED,
    /** Updates that left work for the next one, since the update budget was spent. */
    UPDATES_CUT_SHORT,

    /**
     * Reads put off, records not made, and packets refused by {@code send}, because the buffer
     * memory is used up, or the Java VM has no direct memory left.
     */
    OUT_OF_MEMORY,
    /** Handshakes of TLS that were made, on both sides. */
    TLS_HANDSHAKES,
    /**
     * Handshakes of TLS that failed, came to their deadline, or gave way to others that were
     * waiting. A connect that {@code connectTimeout} ends is counted in {@code CONNECTS_FAILED}
     * alone.
     */
    TLS_HANDSHAKES_FAILED,
    /**
     * Connections ended because the peer sent many records of TLS without data in a row: requests
     * for new keys, warnings, empty records.
     */
    TLS_EMPTY_RECORDS,

    /** Connections ended by a timeout: connect, handshake, first packet, idle, write, drain. */
    TIMEOUTS,
    /**
     * Gaps between two updates that were longer than the update gap limit, and extended the
     * deadlines; of a driver for datagrams, gaps above a second.
     */
    UPDATE_GAPS,
    /**
     * Datagrams that arrived and are not packets: empty ones, those from port 0, and the single
     * {@code G} from this driver's own port with which the original wakes itself.
     */
    DATAGRAMS_IGNORED,
    /**
     * Tasks that {@link Driver#execute} rejected, since too many were waiting or the driver was
     * closed.
     */
    TASKS_REJECTED,
    /**
     * Receives of datagrams for which the system told an error instead, for example that a peer is
     * unreachable.
     */
    RECEIVE_ERRORS
}
