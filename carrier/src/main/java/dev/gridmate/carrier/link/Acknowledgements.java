package dev.gridmate.carrier.link;

import dev.gridmate.carrier.wire.AckHistory;

/** What this side has to acknowledge, and when it must do so although it has nothing else to say. */
final class Acknowledgements {

    /** An acknowledgement that no data comes along to carry leaves this long after what it acknowledges. */
    private static final long DELAY = 15_000_000;

    /** Something leaves at least this often, if only to say that this side lives. */
    private static final long KEEP_ALIVE_INTERVAL = 100_000_000;

    /** So many datagrams with data are acknowledged without delay, so that a fast sender's window does not wait for it. */
    private static final int AT_ONCE = 16;

    private final AckHistory history = new AckHistory();
    private boolean areWritten;
    private int dataReceived;
    private long due = Long.MAX_VALUE;
    private long lastSent;
    private boolean isPeerThere;

    Acknowledgements(long now) {
        lastSent = now;
    }

    void beginUpdate() {
        areWritten = false;
    }

    /**
     * Notes a datagram that came in.
     *
     * @param carriesMore than acknowledgements: those alone are acknowledged too, but not in a hurry, or two sides would
     *     keep each other awake for ever
     */
    void onReceived(int sequence, boolean carriesMore, long now) {
        history.onReceived(sequence);
        if (carriesMore) {
            dataReceived++;
            due = Math.min(due, now + DELAY);
        }
    }

    /** Any datagram that leaves. */
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

    void onWritten() {
        areWritten = true;
    }

    /** The peer has spoken as one who is connected. */
    void onPeerConnected() {
        isPeerThere = true;
    }

    boolean mustLeave(long now) {
        return !areWritten && (dataReceived >= AT_ONCE || now >= nextDue());
    }

    /**
     * Who is not there yet is not kept alive. Requests to connect have their own pace; and who only asked may have given
     * somebody else's address, who is not to get ten datagrams a second for it.
     */
    long nextDue() {
        return isPeerThere ? Math.min(due, lastSent + KEEP_ALIVE_INTERVAL) : due;
    }
}
