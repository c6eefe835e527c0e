package dev.gridmate.carrier.badnet;

import dev.gridmate.driver.SocketDriverAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** A copy of a packet, kept until it is due. Used again and again; the address is null in between. */
final class SimulatorPacket {

    /** What the object, its buffers and its place in the queue take: without it a flood of single bytes would be free. */
    static final int OVERHEAD = 256;

    /** Two of the same time leave as they came. */
    static final Comparator<SimulatorPacket> BY_TIME =
            Comparator.<SimulatorPacket>comparingLong(packet -> packet.due).thenComparingLong(packet -> packet.number);

    private final ByteBuffer memory;
    private final ByteBuffer lent;
    private @Nullable SocketDriverAddress address;
    private long due;
    private long number;

    SimulatorPacket(int capacity) {
        memory = ByteBuffer.allocate(capacity);
        lent = memory.asReadOnlyBuffer();
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
        // Whoever it was lent to before may have moved it, or set its order.
        return lent.limit(memory.limit()).position(0).order(ByteOrder.BIG_ENDIAN);
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
