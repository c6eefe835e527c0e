package dev.gridmate.driver;

/**
 * What a listening driver does with a peer that connects while the driver has its maximum number of
 * connections.
 */
public enum SurplusPolicy {
    /** Accepts and closes it at once, so that the peer knows, and counts it. */
    CLOSE,
    /**
     * Leaves it in the system's backlog until a place is free. The peer sees itself connected
     * meanwhile.
     */
    LEAVE_IN_BACKLOG
}
