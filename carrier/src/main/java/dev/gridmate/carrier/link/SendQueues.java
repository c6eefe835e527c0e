package dev.gridmate.carrier.link;

import dev.gridmate.carrier.DataPriority;
import dev.gridmate.carrier.wire.MessageHeader;
import org.jspecify.annotations.Nullable;

/**
 * The user messages that have not left yet: a queue for each priority and channel. Among the
 * channels of one priority, the message that came first leaves first.
 *
 * <p>Once the first chunk of a large message has left, no other message of its channel may leave
 * before the last chunk, or the peer could not put the chunks together. So a more urgent message of
 * that channel waits, and the chunks in its way get its urgency.
 */
final class SendQueues {

    private static final int PRIORITIES = DataPriority.values().length;
    private static final int CHANNELS = MessageHeader.CHANNELS;
    private static final int NOT_BEGUN = -1;

    private final @Nullable Message[] heads = new @Nullable Message[PRIORITIES * CHANNELS];
    private final @Nullable Message[] tails = new @Nullable Message[PRIORITIES * CHANNELS];

    /** For each channel, the priority of the large message of which some chunks have left. */
    private final int[] begun = {NOT_BEGUN, NOT_BEGUN, NOT_BEGUN, NOT_BEGUN};

    private final int[] counts = new int[PRIORITIES];
    private long stamps;
    private int count;
    private long bytes;

    void add(Message message) {
        message.stamp = stamps++;
        int queue = queue(message.priority, message.header.channel);
        Message tail = tails[queue];
        if (tail == null) {
            heads[queue] = message;
        } else {
            tail.next = message;
        }
        tails[queue] = message;
        counts[message.priority]++;
        count++;
        bytes += message.header.length;
    }

    /**
     * The message that leaves next; null if there is none.
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
                int inTheWay = begun[first.header.channel];
                return inTheWay == NOT_BEGUN ? first : heads[queue(inTheWay, first.header.channel)];
            }
        }
        return null;
    }

    /** Removes the message that {@link #peek} returned. */
    void remove(Message message) {
        int queue = queue(message.priority, message.header.channel);
        heads[queue] = message.next;
        if (message.next == null) {
            tails[queue] = null;
        }
        message.next = null;
        begun[message.header.channel] = message.header.chunks > 1 ? message.priority : NOT_BEGUN;
        counts[message.priority]--;
        count--;
        bytes -= message.header.length;
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
