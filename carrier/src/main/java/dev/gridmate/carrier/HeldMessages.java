package dev.gridmate.carrier;

import dev.gridmate.carrier.link.LinkLimits;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Messages for a connection whose peer has no address yet, as they were sent. */
final class HeldMessages {

    /** Takes the messages when there is a connection. */
    interface Taker {

        /** {@return false if the connection did not take it} */
        boolean take(
                ByteBuffer data,
                @Nullable AckCallback callback,
                boolean isReliable,
                DataPriority priority,
                int channel);
    }

    private record Held(
            ByteBuffer data, @Nullable AckCallback callback, boolean isReliable, DataPriority priority, int channel) {}

    private final LinkLimits limits;
    private final Deque<Runnable> outcomes;
    private final Deque<Held> held = new ArrayDeque<>();
    private long memory;

    /**
     * @param limits the same as the connection's, so that it has room for what was taken here
     * @param outcomes gets the calls of callbacks
     */
    HeldMessages(LinkLimits limits, Deque<Runnable> outcomes) {
        this.limits = limits;
        this.outcomes = outcomes;
    }

    boolean isEmpty() {
        return held.isEmpty();
    }

    /** {@return false if there is no room for it} */
    @SuppressWarnings("EnumOrdinal") // the order of the constants is the order of urgency
    boolean add(
            ByteBuffer data, @Nullable AckCallback callback, boolean isReliable, DataPriority priority, int channel) {
        long cost = limits.sendCost(data.remaining());
        if (!limits.hasSendRoom(memory, cost, priority.ordinal())) {
            return false;
        }
        memory += cost;
        ByteBuffer copy =
                ByteBuffer.allocate(data.remaining()).put(data.duplicate()).flip();
        held.add(new Held(copy, callback, isReliable, priority, channel));
        return true;
    }

    void giveTo(Taker connection) {
        for (Held each = held.poll(); each != null; each = held.poll()) {
            if (!connection.take(each.data, each.callback, each.isReliable, each.priority, each.channel)) {
                lose(each);
            }
        }
    }

    /** There will be no connection. */
    void drop() {
        for (Held each = held.poll(); each != null; each = held.poll()) {
            lose(each);
        }
    }

    private void lose(Held message) {
        AckCallback callback = message.callback;
        if (callback != null) {
            outcomes.add(callback::onLost);
        }
    }
}
