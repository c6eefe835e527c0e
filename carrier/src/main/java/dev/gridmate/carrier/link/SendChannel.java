package dev.gridmate.carrier.link;

import dev.gridmate.carrier.wire.SequenceNumber;
import org.jspecify.annotations.Nullable;

/**
 * One channel on the way out: its numbers, and its reliable messages that were sent and are not
 * acknowledged.
 */
final class SendChannel {

    /**
     * How far a channel's numbers may be ahead of what the peer has acknowledged. A receiver here
     * accepts numbers twice as far ahead of its own, so it never refuses one. Numbers are compared
     * on a circle, and the original cannot tell them apart beyond 32,767.
     */
    static final int WINDOW = 8192;

    private final MessagePool pool;
    private final OutgoingNumbers numbers = new OutgoingNumbers();

    /** The peer has acknowledged the message before this number, and perhaps others before it. */
    private int acknowledgedSeq;

    private @Nullable Message oldestUnacknowledged;
    private @Nullable Message youngestUnacknowledged;

    /** Messages in datagrams that are neither acknowledged nor lost. */
    private int inFlight;

    SendChannel(MessagePool pool) {
        this.pool = pool;
    }

    /**
     * Says if a new message may leave. When all unacknowledged messages were unreliable and are
     * lost, nothing would ever acknowledge a number again. So then one message at a time may leave,
     * and its acknowledgement opens the window.
     */
    boolean isOpen() {
        Message oldest = oldestUnacknowledged;
        if (oldest == null && inFlight == 0) {
            return true;
        }
        return isWithinWindow(acknowledgedSeq) && (oldest == null || isWithinWindow(oldest.header.seq));
    }

    private boolean isWithinWindow(int from) {
        int ahead = SequenceNumber.distance(from, numbers.nextSeq());
        return ahead >= 0 && ahead < WINDOW;
    }

    /**
     * Writes its numbers into a message that is about to leave; one that is sent again keeps those
     * that it has.
     */
    void propose(Message message) {
        if (!message.header.isRepeated) {
            numbers.propose(message.header);
        }
    }

    /** The message was written into a datagram. A reliable one is kept until it is acknowledged. */
    void onSent(Message message) {
        inFlight++;
        if (!message.header.isRepeated) {
            numbers.use(message.header);
            message.header.isRepeated = true;
            if (message.header.isReliable) {
                keep(message);
            }
        }
        assert invariants();
    }

    private void keep(Message message) {
        Message youngest = youngestUnacknowledged;
        if (youngest == null) {
            oldestUnacknowledged = message;
        } else {
            youngest.nextUnacknowledged = message;
        }
        youngestUnacknowledged = message;
    }

    void onLost() {
        inFlight--;
        assert invariants();
    }

    /**
     * The peer has acknowledged the datagram with this message. Frees the reliable messages that
     * are acknowledged and have no unacknowledged one before them.
     *
     * @return the bytes of memory that are free now
     */
    long onAcknowledged(Message message) {
        inFlight--;
        int behind = SequenceNumber.next(message.header.seq);
        if (SequenceNumber.isAfter(behind, acknowledgedSeq)) {
            acknowledgedSeq = behind;
        }
        if (!message.header.isReliable) {
            return free(message);
        }
        message.isAcknowledged = true;
        long bytes = freeAcknowledged();
        assert invariants();
        return bytes;
    }

    private long freeAcknowledged() {
        long bytes = 0;
        for (Message each = oldestUnacknowledged; each != null && each.isAcknowledged; each = oldestUnacknowledged) {
            oldestUnacknowledged = each.nextUnacknowledged;
            bytes += free(each);
        }
        if (oldestUnacknowledged == null) {
            youngestUnacknowledged = null;
        }
        return bytes;
    }

    private int free(Message message) {
        int bytes = MessagePool.cost(message);
        pool.give(message);
        return bytes;
    }

    /** Frees everything, when the connection is over. */
    void clear() {
        for (Message each = oldestUnacknowledged; each != null; each = oldestUnacknowledged) {
            oldestUnacknowledged = each.nextUnacknowledged;
            PendingAck pending = each.pendingAck;
            if (pending != null && !each.isAcknowledged) {
                pending.onLost();
            }
            pool.give(each);
        }
        youngestUnacknowledged = null;
    }

    private boolean invariants() {
        Message oldest = oldestUnacknowledged;
        Message youngest = youngestUnacknowledged;
        if (oldest == null || youngest == null) {
            return oldest == null && youngest == null && inFlight >= 0;
        }
        int kept = SequenceNumber.distance(oldest.header.seq, numbers.nextSeq());
        return inFlight >= 0
                && !oldest.isAcknowledged
                && kept >= 1
                && kept <= WINDOW
                && SequenceNumber.distance(oldest.header.seq, youngest.header.seq) < kept;
    }
}
