package dev.gridmate.carrier.link;

import dev.gridmate.carrier.AckCallback;
import dev.gridmate.carrier.CarrierCounter;
import dev.gridmate.carrier.DataPriority;
import dev.gridmate.carrier.traffic.TrafficControl;
import dev.gridmate.carrier.wire.MessageHeader;
import dev.gridmate.internal.Counters;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The program's messages on the way out, until they are acknowledged or given up.
 *
 * <pre>
 *            next, onSent              onAcknowledged
 *   queues ───────────────▶ datagram ───────────────▶ free (reliable ones in order)
 *                            ▲    │ onLost
 *                            │    ├─ unreliable ─────▶ free
 *                            └─ lost ◀─ reliable
 * </pre>
 */
final class UserOutbox implements Flight.Outcome {

    private static final int LOWEST = DataPriority.values().length - 1;

    private long mostToSend;
    private final TrafficControl.Flow flow;
    private final LinkLimits limits;
    private final LinkResources resources;
    private final SendChannel[] channels = new SendChannel[MessageHeader.SYSTEM_CHANNEL];
    private final SendQueues queues = new SendQueues();

    /** Reliable messages to be sent again. */
    private final MessageList lost = new MessageList();

    /** Messages that were sent and are neither acknowledged nor given up. */
    private int unacknowledged;

    /**
     * Memory of all messages here, also of those that are acknowledged and wait for one before
     * them.
     */
    private long heldMemory;

    private final AwaitedAcks awaitedAcks;

    /** The connection is established, and its end was not asked for. */
    private boolean isOpen;

    UserOutbox(TrafficControl.Flow flow, LinkResources resources, long now) {
        this.flow = flow;
        awaitedAcks = new AwaitedAcks(now);
        this.resources = resources;
        limits = resources.limits();
        for (int channel = 0; channel < channels.length; channel++) {
            channels[channel] = new SendChannel(resources.pool());
        }
    }

    void open() {
        isOpen = true;
    }

    /** No message leaves any more. */
    void stop() {
        isOpen = false;
    }

    // ---------------------------------------------------------- waiting

    /** As {@link Outbound#send}. */
    boolean send(ByteBuffer data, int channel, boolean isReliable, int priority, @Nullable AckCallback callback) {
        int chunkSize = limits.messageMtu();
        int chunks = Math.max(1, (data.remaining() + chunkSize - 1) / chunkSize);
        long cost = (long) MessagePool.costOf(Math.min(data.remaining(), chunkSize)) * chunks;
        // The lowest priority leaves room for the others.
        long room = priority == LOWEST ? limits.sendBytes() / 4 * 3 : limits.sendBytes();
        if (heldMemory > 0 && heldMemory + cost > room) {
            return false;
        }
        PendingAck pending = callback == null ? null : new PendingAck(callback, chunks, resources.outcomes());
        int from = data.position();
        for (int left = chunks; left > 0; left--) {
            int size = Math.min(chunkSize, data.limit() - from);
            Message message = resources.pool().take(size);
            data.get(from, message.data, 0, size);
            from += size;
            message.header.channel = channel;
            message.header.isReliable = isReliable || chunks > 1;
            message.header.chunks = left;
            message.priority = priority;
            message.pendingAck = pending;
            heldMemory += MessagePool.cost(message);
            queues.add(message);
        }
        mostToSend = Math.max(mostToSend, bytesToSend());
        return true;
    }

    /** {@return true if messages may leave, as far as the connection is concerned} */
    boolean isOpen() {
        return isOpen;
    }

    /** {@return true if a message waits that its channel lets leave} */
    boolean hasNext() {
        return peek() != null;
    }

    /**
     * {@return the message that leaves next, with its numbers: a lost one before new ones; null if
     * there is none}
     */
    @Nullable
    Message next() {
        Message message = peek();
        if (message != null) {
            channels[message.header.channel].propose(message);
        }
        return message;
    }

    private @Nullable Message peek() {
        Message again = lost.peek();
        return again == null ? queues.peek(closedChannels()) : again;
    }

    private int closedChannels() {
        int closed = 0;
        for (int channel = 0; channel < channels.length; channel++) {
            closed |= channels[channel].isOpen() ? 0 : 1 << channel;
        }
        return closed;
    }

    /** What {@link #next} returned was written into a datagram. */
    void onSent(Message message, long now) {
        if (message.header.isRepeated) {
            Message polled = lost.poll();
            assert polled == message;
            flow.onResend(message.header.length);
            counters().add(CarrierCounter.MESSAGES_RESENT, 1);
        } else {
            queues.remove(message);
            if (unacknowledged == 0) {
                awaitedAcks.onFirstSent(now);
            }
            unacknowledged++;
        }
        channels[message.header.channel].onSent(message);
    }

    // ---------------------------------------------------------- sent

    @Override
    public void onAcknowledged(@Nullable Message messages, long now) {
        awaitedAcks.onAcknowledged(messages != null, now);
        for (Message each = messages; each != null; ) {
            Message next = each.nextInDatagram;
            PendingAck pending = each.pendingAck;
            if (pending != null) {
                pending.onAcknowledged();
            }
            unacknowledged--;
            heldMemory -= channels[each.header.channel].onAcknowledged(each);
            each = next;
        }
    }

    @Override
    public void onLost(@Nullable Message messages) {
        awaitedAcks.onLost(messages != null);
        counters().add(CarrierCounter.DATAGRAMS_LOST, 1);
        counters().add(CarrierCounter.MESSAGES_LOST, takeBack(messages));
    }

    @Override
    public void onForgotten(@Nullable Message messages) {
        takeBack(messages);
    }

    /**
     * Keeps the reliable messages of a datagram for another one; returns how many unreliable ones
     * were given up.
     */
    private int takeBack(@Nullable Message messages) {
        int givenUp = 0;
        for (Message each = messages; each != null; ) {
            Message next = each.nextInDatagram;
            channels[each.header.channel].onLost();
            if (each.header.isReliable) {
                lost.add(each);
            } else {
                unacknowledged--;
                giveUp(each);
                givenUp++;
            }
            each = next;
        }
        return givenUp;
    }

    private void giveUp(Message message) {
        PendingAck pending = message.pendingAck;
        if (pending != null) {
            pending.onLost();
        }
        heldMemory -= MessagePool.cost(message);
        resources.pool().give(message);
    }

    /**
     * Frees everything, when the connection is forgotten; what was not acknowledged counts as lost.
     */
    void close() {
        stop();
        lost.clear(); // their channels free them
        for (Message each = queues.peek(0); each != null; each = queues.peek(0)) {
            queues.remove(each);
            giveUp(each);
        }
        for (SendChannel channel : channels) {
            channel.clear();
        }
        unacknowledged = 0;
        heldMemory = 0;
    }

    // ---------------------------------------------------------- how full it is

    /** The peer has said something. */
    void onHeard(long now) {
        awaitedAcks.onHeard(now);
    }

    /** As {@link Outbound#unacknowledgedFor}. */
    long unacknowledgedFor(long now) {
        return unacknowledged > 0 ? awaitedAcks.missingFor(now) : 0;
    }

    /** As {@link Outbound#unacknowledgedAt}. */
    long unacknowledgedAt(long timeout) {
        return unacknowledged > 0 ? awaitedAcks.missingAt(timeout) : Long.MAX_VALUE;
    }

    boolean isDrained() {
        return queues.count() == 0 && unacknowledged == 0;
    }

    int numToSend(int priority) {
        return queues.count(priority);
    }

    int numToSend() {
        return queues.count() + lost.size();
    }

    /** {@return the most bytes that ever waited to leave} */
    long mostToSend() {
        return mostToSend;
    }

    long bytesToSend() {
        return queues.bytes();
    }

    private Counters<CarrierCounter> counters() {
        return resources.counters();
    }
}
