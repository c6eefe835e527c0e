package dev.gridmate.carrier.badnet;

import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.internal.LentView;
import java.nio.ByteBuffer;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * A copy of a packet, kept until it is due. Used again and again; the address is null in between.
 */
final class SimulatorPacket {

    /**
     * What the object, its buffers and its place in the queue take: without it a flood of single
     * bytes would be free.
     */
    static final int OVERHEAD = 256;

    /** Two of the same time leave as they came. */
    static final Comparator<SimulatorPacket> BY_TIME =
            Comparator.<SimulatorPacket>comparingLong(packet -> packet.due).thenComparingLong(packet -> packet.number);

    private final ByteBuffer memory;
    private final LentView lent;
    private @Nullable SocketDriverAddress address;
    private long due;
    private long number;

    SimulatorPacket(int capacity) {
        memory = ByteBuffer.allocate(capacity);
        lent = new LentView(memory);
    }

    void fill(SocketDriverAddress peer, ByteBuffer packet, long dueAt, long inOrder) {
        address = peer;
        due = dueAt;
        number = inOrder;
        memory.clear().put(0, packet, packet.position(), packet.remaining()).limit(packet.remaining());
    }

    void empty() {
        address = null;
    }

    SocketDriverAddress address() {
        SocketDriverAddress present = address;
        if (present == null) {
            throw new IllegalStateException("the packet was given back");
        }
        return present;
    }

    /** Returns the packet, read-only. */
    ByteBuffer lend() {
        return lent.lend(0, memory.limit());
    }

    long due() {
        return due;
    }

    int capacity() {
        return memory.capacity();
    }

    int cost() {
        return memory.capacity() + OVERHEAD;
    }
}
