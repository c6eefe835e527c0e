package dev.gridmate.driver.stream;

import dev.gridmate.driver.DriverCounter;
import dev.gridmate.driver.transport.Endpoint;
import dev.gridmate.internal.Counters;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The outbound half of a connection: packets come in from the program, bytes go out to the
 * endpoint.
 */
final class Outbound {

    private final ByteRing ring;
    private final Counters<DriverCounter> counters;
    private final Tally tally = new Tally();
    private boolean blocked;
    private long blockedSince;

    /** The program was told that there is no room, and not yet that there is some again. */
    private boolean refusing;

    Outbound(ByteRing ring, Counters<DriverCounter> counters) {
        this.ring = ring;
        this.counters = counters;
    }

    boolean hasRoomFor(ByteBuffer packet) {
        return ring.free() >= Frame.HEADER_SIZE + packet.remaining();
    }

    /** Takes a packet, for which there is room; returns false if there is no memory for it. */
    boolean put(ByteBuffer packet) {
        boolean taken = ring.putFrame(packet);
        counters.add(taken ? DriverCounter.PACKETS_OUT : DriverCounter.OUT_OF_MEMORY, 1);
        tally.addPackets(taken ? 1 : 0);
        tally.waits(ring.size());
        return taken;
    }

    /** A packet was refused, and the program waits for room. */
    void refuse() {
        refusing = true;
    }

    /**
     * {@return true if there is room again since a packet was refused} Asked again, it is false.
     */
    boolean stopRefusing() {
        boolean was = refusing;
        refusing = false;
        return was;
    }

    /**
     * Writes as far as the endpoint takes it. It is blocked from when the endpoint takes less than
     * it is offered until it has taken all; what it is asked about next is the time since it last
     * took anything. Returns the bytes written.
     */
    int writeTo(Endpoint endpoint, long now) throws IOException {
        int bytes = 0;
        boolean wasBlocked = blocked;
        blocked = false;
        while (!ring.isEmpty() && !blocked) {
            counters.add(DriverCounter.WRITES, 1);
            int written = ring.writeTo(endpoint);
            counters.add(DriverCounter.BYTES_OUT, written);
            tally.addBytes(written);
            bytes += written;
            blocked = ring.lastWriteWasShort();
        }
        if (bytes > 0 || !wasBlocked) {
            blockedSince = now;
        }
        return bytes;
    }

    /** {@return what the program sent, and what of it left} */
    Tally tally() {
        return tally;
    }

    boolean isBlocked() {
        return blocked;
    }

    long blockedSince() {
        return blockedSince;
    }

    boolean isEmpty() {
        return ring.isEmpty();
    }

    int waitingBytes() {
        return ring.size();
    }

    /** {@return how large a packet may be to fit now} */
    int writableBytes() {
        return Math.max(0, ring.free() - Frame.HEADER_SIZE);
    }

    /** Drops what is waiting; returns how many bytes. */
    int drop() {
        int dropped = ring.size();
        ring.clear();
        counters.add(DriverCounter.BYTES_UNSENT, dropped);
        return dropped;
    }
}
