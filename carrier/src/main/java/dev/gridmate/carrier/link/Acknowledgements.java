package dev.gridmate.carrier.link;

import dev.gridmate.carrier.wire.AckHistory;

/**
 * What this side has to acknowledge, and when it must send acknowledgements although it has no data
 * to send. Times are in nanoseconds.
 */
final class Acknowledgements {

    /**
     * Without data to travel with, an acknowledgement is sent this long after the datagram that it
     * acknowledges.
     */
    private static final long DELAY = 15_000_000;

    /** Something is sent at least this often, to show the peer that this side is alive. */
    private static final long KEEP_ALIVE_INTERVAL = 100_000_000;

    /**
     * So many datagrams with data are acknowledged without delay, so that the window of a fast
     * sender stays open.
     */
    private static final int AT_ONCE = 16;

    private final AckHistory history = new AckHistory();
    private boolean areWritten;
    private int dataReceived;
    private long due = Long.MAX_VALUE;
    private long lastSent;
    private boolean isPeerConnected;

    Acknowledgements(long now) {
        lastSent = now;
    }

    /** From here on acknowledgements may be written again: they are written once in each update. */
    void beginUpdate() {
        areWritten = false;
    }

    /**
     * Notes a datagram that arrived.
     *
     * @param carriesMore true if it carried more than acknowledgements. Acknowledgements alone are
     *     acknowledged too, but without a deadline: otherwise two idle sides would answer each
     *     other for ever.
     */
    void onReceived(int sequence, boolean carriesMore, long now) {
        history.onReceived(sequence);
        if (carriesMore) {
            dataReceived++;
            due = Math.min(due, now + DELAY);
        }
    }

    /** Notes that a datagram was sent, with acknowledgements or without. */
    void onSent(long now) {
        lastSent = now;
        if (areWritten) {
            due = Long.MAX_VALUE;
            dataReceived = 0;
        }
    }

    AckHistory history() {
        return history;
    }

    boolean areWritten() {
        return areWritten;
    }

    /** The datagram that is being written has them. */
    void onWritten() {
        areWritten = true;
    }

    /** A datagram is due now, with acknowledgements or as a sign of life. */
    void hurry(long now) {
        due = Math.min(due, now);
    }

    /** From here on the peer is kept alive. */
    void onPeerConnected() {
        isPeerConnected = true;
    }

    /** {@return true if a datagram must be sent now, if only for the acknowledgements} */
    boolean areDue(long now) {
        return !areWritten && (dataReceived >= AT_ONCE || now >= nextDue());
    }

    /**
     * When {@link #areDue} will be true if nothing else happens. There is no keep-alive before the
     * peer has connected: requests to connect have their own interval, and a request may come with
     * a forged sender address, whose owner must not get ten datagrams a second.
     */
    long nextDue() {
        return isPeerConnected ? Math.min(due, lastSent + KEEP_ALIVE_INTERVAL) : due;
    }
}
