package dev.gridmate.carrier.link;

import dev.gridmate.carrier.DataPriority;
import dev.gridmate.carrier.wire.MessageHeader;
import org.jspecify.annotations.Nullable;

/**
 * The user messages that have not left yet: a queue for each priority and channel. Among the channels of one priority, who
 * came first leaves first.
 *
 * <p>Once the first chunk of a large message has left, no other message of its channel may come before the last one, or
 * the peer could not put it together. So a more urgent message of that channel waits, and its urgency goes over to the
 * chunks that are in its way.
 */
final class SendQueues {

    private static final int PRIORITIES = DataPriority.values().length;
    private static final int CHANNELS = MessageHeader.CHANNELS;
    private static final int NOT_BEGUN = -1;

    private final @Nullable Message[] heads = new @Nullable Message[PRIORITIES * CHANNELS];
    private final @Nullable Message[] tails = new @Nullable Message[PRIORITIES * CHANNELS];
    /** By channel: the priority of the large message that has begun to leave. */
    private final int[] begun = {NOT_BEGUN, NOT_BEGUN, NOT_BEGUN, NOT_BEGUN};

    private final int[] counts = new int[PRIORITIES];
    private long stamps;
    private int count;
    private long bytes;

    void add(Message message) {
        message.stamp = stamps++;
        int queue = queue(message.priority, message.channel);
        Message tail = tails[queue];
        if (tail == null) {
            heads[queue] = message;
        } else {
            tail.next = message;
        }
        tails[queue] = message;
        counts[message.priority]++;
        count++;
        bytes += message.length;
    }

    /**
     * Returns the message to leave next.
     *
     * @param closedChannels a bit for each channel that must wait
     */
    @Nullable
    Message peek(int closedChannels) {
        for (int priority = 0; count > 0 && priority < PRIORITIES; priority++) {
            Message first = null;
            for (int channel = 0; channel < CHANNELS; channel++) {
                Message head = heads[queue(priority, channel)];
                if (head != null
                        && (closedChannels & (1 << channel)) == 0
                        && (first == null || head.stamp < first.stamp)) {
                    first = head;
                }
            }
            if (first != null) {
                int inTheWay = begun[first.channel];
                return inTheWay == NOT_BEGUN ? first : heads[queue(inTheWay, first.channel)];
            }
        }
        return null;
    }

    /** Removes what peek returned. */
    void remove(Message message) {
        int queue = queue(message.priority, message.channel);
        heads[queue] = message.next;
        if (message.next == null) {
            tails[queue] = null;
        }
        message.next = null;
        begun[message.channel] = message.chunks > 1 ? message.priority : NOT_BEGUN;
        counts[message.priority]--;
        count--;
        bytes -= message.length;
    }

    int count(int priority) {
        return counts[priority];
    }

    int count() {
        return count;
    }

    long bytes() {
        return bytes;
    }

    private static int queue(int priority, int channel) {
        return priority * CHANNELS + channel;
    }
}
