package dev.gridmate.carrier.badnet;

import dev.gridmate.driver.SocketDriverAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Packets that wait for their time, in the order of their times, in memory that is used again.
 *
 * <p>What is kept and what lies ready to be used again is together at most {@link #MAX_BYTES}. When
 * that is reached, what lies ready in other sizes is let go first; then there is no room.
 */
final class SimulatorQueue {

    /** A second of 100 Mbit/s and some more: a simulated network need not be larger. */
    static final int MAX_BYTES = 16 * 1024 * 1024;

    private static final int SMALLEST = 256;

    private final PriorityQueue<SimulatorPacket> waiting = new PriorityQueue<>(SimulatorPacket.BY_TIME);
    private final ArrayDeque<SimulatorPacket>[] free;
    private int bytes;
    private long count;

    SimulatorQueue() {
        @SuppressWarnings({"unchecked", "rawtypes"}) // there are no arrays of generic types
        ArrayDeque<SimulatorPacket>[] stacks = new ArrayDeque[Integer.SIZE];
        for (int i = 0; i < stacks.length; i++) {
            stacks[i] = new ArrayDeque<>(0);
        }
        free = stacks;
    }

    /** Keeps a copy; returns false if there is no room for it. */
    boolean keep(SocketDriverAddress address, ByteBuffer packet, long due) {
        SimulatorPacket copy = take(packet.remaining());
        if (copy == null) {
            return false;
        }
        copy.fill(address, packet, due, count++);
        waiting.add(copy);
        return true;
    }

    /**
     * Returns the first packet if its time has come. It is the caller's until {@link #giveBack}.
     */
    @Nullable
    SimulatorPacket poll(long now) {
        SimulatorPacket first = waiting.peek();
        return first != null && first.due() <= now ? waiting.poll() : null;
    }

    void giveBack(SimulatorPacket packet) {
        packet.empty();
        free[Integer.numberOfTrailingZeros(packet.capacity())].push(packet);
    }

    /** Lets go of all that waits; returns how many there were. */
    int clear() {
        int cleared = waiting.size();
        for (SimulatorPacket packet : waiting) {
            bytes -= packet.cost();
        }
        waiting.clear();
        letFreeGo();
        return cleared;
    }

    long nextDue() {
        SimulatorPacket first = waiting.peek();
        return first == null ? Long.MAX_VALUE : first.due();
    }

    int bytes() {
        return bytes;
    }

    private @Nullable SimulatorPacket take(int size) {
        int capacity = Math.max(SMALLEST, Integer.highestOneBit(Math.max(1, size - 1)) << 1);
        SimulatorPacket ready = free[Integer.numberOfTrailingZeros(capacity)].poll();
        if (ready != null) {
            return ready;
        }
        int cost = capacity + SimulatorPacket.OVERHEAD;
        if (bytes + cost > MAX_BYTES) {
            letFreeGo();
        }
        if (bytes + cost > MAX_BYTES) {
            return null;
        }
        bytes += cost;
        return new SimulatorPacket(capacity);
    }

    private void letFreeGo() {
        for (ArrayDeque<SimulatorPacket> stack : free) {
            for (SimulatorPacket packet : stack) {
                bytes -= packet.cost();
            }
            stack.clear();
        }
    }
}
