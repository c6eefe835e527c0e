package dev.gridmate.carrier;

import dev.gridmate.carrier.link.Link;

/** What one connection has for the program. */
final class Inbox {

    private final ConnectionId id;
    private final Link link;
    private int waiting;
    private boolean isQueued;
    private boolean isOpen = true;

    Inbox(ConnectionId id, Link link) {
        this.id = id;
        this.link = link;
    }

    ConnectionId id() {
        return id;
    }

    Link link() {
        return link;
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

    boolean isOpen() {
        return isOpen;
    }

    /** Drops what waits. */
    void close() {
        isOpen = false;
        waiting -= link.dropReceived();
    }
}
