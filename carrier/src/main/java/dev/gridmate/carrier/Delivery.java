package dev.gridmate.carrier;

import dev.gridmate.carrier.link.Inbound;
import dev.gridmate.internal.Counters;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/** Hands messages out to the program. Connections take turns, and so do the channels of each. */
final class Delivery {

    private final Counters<CarrierCounter> counters;
    private final Deque<Inbox> withMessages = new ArrayDeque<>();
    private ReceiveResult lastResult = new ReceiveResult(ReceiveResult.State.RECEIVED, 0);

    Delivery(Counters<CarrierCounter> counters) {
        this.counters = counters;
    }

    /** Messages have come. They can be received when the program was told of the connection. */
    void onMessages(Inbox inbox, int count) {
        inbox.add(count);
        queue(inbox);
    }

    /** The program is about to be told of a connection. */
    void announce(Inbox inbox) {
        inbox.announce();
        queue(inbox);
    }

    private void queue(Inbox inbox) {
        if (inbox.isOpen() && !inbox.isQueued() && inbox.waiting() > 0) {
            inbox.setQueued(true);
            withMessages.add(inbox);
        }
    }

    /** The connection is over, and the program had its time to receive what was left. */
    void close(Inbox inbox) {
        inbox.close();
        if (inbox.isQueued()) {
            inbox.setQueued(false);
            withMessages.remove(inbox);
        }
    }

    /**
     * {@return true if any message waits} An inbox that was emptied by name is still queued, and
     * leaves the queue here.
     */
    boolean hasMessages() {
        for (Inbox first = withMessages.peek(); first != null; first = withMessages.peek()) {
            if (first.waiting() > 0) {
                return true;
            }
            withMessages.remove();
            first.setQueued(false);
        }
        return false;
    }

    int receive(MessageHandler handler, int limit) {
        int received = 0;
        while (received < limit) {
            Inbox inbox = withMessages.poll();
            if (inbox == null) {
                break;
            }
            inbox.setQueued(false);
            received += handOut(inbox, handler);
        }
        return received;
    }

    int receive(MessageHandler handler, Inbox inbox, int limit) {
        int received = 0;
        int more = 1;
        while (more > 0 && received < limit) {
            more = handOut(inbox, handler);
            received += more;
        }
        return received;
    }

    /** Hands out one message, lent where it lies; returns how many there were, 0 or 1. */
    private int handOut(Inbox inbox, MessageHandler handler) {
        Inbound inbound = inbox.inbound();
        int channel = inbox.isOpen() ? inbound.nextChannelWithMessages() : -1;
        if (channel < 0) {
            return 0;
        }
        DataReliability reliability =
                inbound.peekReliable(channel) ? DataReliability.SEND_RELIABLE : DataReliability.SEND_UNRELIABLE;
        ByteBuffer lent = inbound.lend(channel);
        try {
            onTaken(inbox);
            queue(inbox);
            handler.onMessage(inbox.id(), channel, reliability, lent);
        } finally {
            inbound.giveBack(channel);
        }
        return 1;
    }

    /** Copies the next message of a channel out. */
    ReceiveResult receive(ByteBuffer into, Inbox inbox, int channel) {
        int length = nextLength(inbox, channel);
        if (length < 0) {
            return nothing();
        }
        if (length > into.remaining()) {
            return result(ReceiveResult.State.UNSUFFICIENT_BUFFER_SIZE, length);
        }
        inbox.inbound().take(channel, into);
        onTaken(inbox);
        return result(ReceiveResult.State.RECEIVED, length);
    }

    /** {@return bytes of the next message of a channel; -1 if none can be received} */
    int nextLength(Inbox inbox, int channel) {
        return inbox.isOpen() ? inbox.inbound().peekLength(channel) : -1;
    }

    private void onTaken(Inbox inbox) {
        inbox.add(-1);
        counters.add(CarrierCounter.MESSAGES_IN, 1);
    }

    ReceiveResult nothing() {
        return result(ReceiveResult.State.NO_MESSAGE_TO_RECEIVE, 0);
    }

    private ReceiveResult result(ReceiveResult.State state, int numBytes) {
        if (lastResult.state() != state || lastResult.numBytes() != numBytes) {
            lastResult = new ReceiveResult(state, numBytes);
        }
        return lastResult;
    }
}
