package dev.gridmate.carrier;

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

    private final long mostBytes;
    private final Deque<Runnable> outcomes;
    private final Deque<Held> held = new ArrayDeque<>();
    private long bytes;

    /**
     * @param mostBytes how many may be held
     * @param outcomes gets the calls of callbacks
     */
    HeldMessages(long mostBytes, Deque<Runnable> outcomes) {
        this.mostBytes = mostBytes;
        this.outcomes = outcomes;
    }

    boolean isEmpty() {
        return held.isEmpty();
    }

    /** {@return false if there is no room for it} */
    boolean add(
            ByteBuffer data, @Nullable AckCallback callback, boolean isReliable, DataPriority priority, int channel) {
        int size = data.remaining();
        if (bytes + size > mostBytes && !held.isEmpty()) {
            return false;
        }
        bytes += size;
        ByteBuffer copy = ByteBuffer.allocate(size).put(data.duplicate()).flip();
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
