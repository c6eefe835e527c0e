package dev.gridmate.carrier;

import dev.gridmate.carrier.link.Inbound;

/** What one connection has for the program. */
final class Inbox {

    private final ConnectionId id;
    private final Inbound inbound;
    private int waiting;
    private boolean isQueued;
    private boolean isOpen = true;
    private boolean isAnnounced;

    Inbox(ConnectionId id, Inbound inbound) {
        this.id = id;
        this.inbound = inbound;
    }

    ConnectionId id() {
        return id;
    }

    Inbound inbound() {
        return inbound;
    }

    /** {@return how many whole messages wait} */
    int waiting() {
        return waiting;
    }

    void add(int messages) {
        waiting += messages;
    }

    /** {@return true if it is in the queue of those with messages} */
    boolean isQueued() {
        return isQueued;
    }

    void setQueued(boolean queued) {
        isQueued = queued;
    }

    /** {@return true if the program may receive from it: it was told of the connection} */
    boolean isOpen() {
        return isOpen && isAnnounced;
    }

    void announce() {
        isAnnounced = true;
    }

    /** Drops what waits. */
    void close() {
        isOpen = false;
        waiting -= inbound.dropReceived();
    }
}
