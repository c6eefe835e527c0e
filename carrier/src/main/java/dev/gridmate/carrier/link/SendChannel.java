package dev.gridmate.carrier.link;

import dev.gridmate.carrier.wire.SequenceNumber;
import org.jspecify.annotations.Nullable;

/** One channel's numbers on the way out, and its reliable messages that were sent and not confirmed. */
final class SendChannel {

    /**
     * How far a channel's numbers may run ahead of what the peer has confirmed. Half of how far ahead of its own a receiver
     * here accepts them, so that none is ever refused; numbers are compared on a circle, and the original tells nothing apart
     * beyond 32,767.
     */
    static final int WINDOW = 8192;

    private final MessagePool pool;

    private int nextSeq;
    private int lastReliable = SequenceNumber.NONE;
    /** The peer has confirmed a datagram with a message that had the number before this one. */
    private int confirmedSeq;

    private @Nullable Message oldestUnconfirmed;
    private @Nullable Message youngestUnconfirmed;
    private int inFlight;

    SendChannel(MessagePool pool) {
        this.pool = pool;
    }

    /**
     * Whether a new message may leave. When everything that was sent and is unconfirmed was unreliable and is lost, one
     * message at a time goes on asking.
     */
    boolean isOpen() {
        Message oldest = oldestUnconfirmed;
        if (oldest == null && inFlight == 0) {
            return true;
        }
        return isWithinWindow(confirmedSeq) && (oldest == null || isWithinWindow(oldest.seq));
    }

    private boolean isWithinWindow(int from) {
        int ahead = SequenceNumber.distance(from, nextSeq);
        return ahead >= 0 && ahead < WINDOW;
    }

    int nextSeq() {
        return nextSeq;
    }

    /** The number among the reliable messages that the next message will carry. */
    int nextReliableSeq(boolean reliable) {
        return reliable ? SequenceNumber.next(lastReliable) : lastReliable;
    }

    /** Uses up the numbers of a message that is not kept. */
    int number() {
        int seq = nextSeq;
        nextSeq = SequenceNumber.next(nextSeq);
        return seq;
    }

    /** Gives a message its numbers; a reliable one is kept until it is confirmed. */
    void number(Message message) {
        numberUnkept(message);
        message.wasSent = true;
        if (message.reliable) {
            Message youngest = youngestUnconfirmed;
            if (youngest == null) {
                oldestUnconfirmed = message;
            } else {
                youngest.nextUnconfirmed = message;
            }
            youngestUnconfirmed = message;
        }
    }

    /** Gives a message its numbers, whose sender remembers it himself. */
    void numberUnkept(Message message) {
        message.reliableSeq = nextReliableSeq(message.reliable);
        message.seq = number();
        if (message.reliable) {
            lastReliable = message.reliableSeq;
        }
    }

    /** A message was written into a datagram. */
    void onSent() {
        inFlight++;
    }

    void onLost() {
        inFlight--;
    }

    void onConfirmed(int seq) {
        inFlight--;
        if (SequenceNumber.distance(confirmedSeq, SequenceNumber.next(seq)) > 0) {
            confirmedSeq = SequenceNumber.next(seq);
        }
    }

    /** Frees the messages that are confirmed and have no unconfirmed one before them; returns the memory they had. */
    int releaseConfirmed() {
        int bytes = 0;
        for (Message each = oldestUnconfirmed; each != null && each.isConfirmed; each = oldestUnconfirmed) {
            oldestUnconfirmed = each.nextUnconfirmed;
            bytes += MessagePool.cost(each);
            pool.give(each);
        }
        if (oldestUnconfirmed == null) {
            youngestUnconfirmed = null;
        }
        return bytes;
    }

    boolean hasUnconfirmed() {
        return oldestUnconfirmed != null;
    }

    /** Frees everything, when the connection is over. */
    void clear() {
        for (Message each = oldestUnconfirmed; each != null; each = oldestUnconfirmed) {
            oldestUnconfirmed = each.nextUnconfirmed;
            PendingAck pending = each.pendingAck;
            if (pending != null && !each.isConfirmed) {
                pending.onLost();
            }
            pool.give(each);
        }
        youngestUnconfirmed = null;
    }
}
