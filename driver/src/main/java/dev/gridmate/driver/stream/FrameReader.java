package dev.gridmate.driver.stream;

import dev.gridmate.driver.transport.Endpoint;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The inbound side of a connection: bytes come in from the endpoint, packets go out to the program.
 *
 * <pre>
 *   oldest        taken            scanned        newest           0 &lt;= taken &lt;= scanned &lt;= size
 *     v             v                 v              v
 *     [ lent now  ] [ whole packets   ] [ part of one ]
 * </pre>
 *
 * <p>Each header is looked at once, when it arrives, so that a bad one is known in the update in
 * which it arrives, and so that the number of whole packets is known without looking again. A
 * packet is taken before the handler sees it, and its bytes go when the turn is over: a handler may
 * receive again, and gets the next one.
 */
final class FrameReader {

    private final ByteRing ring;
    private final int maxPacketSize;
    private int taken;
    private int scanned;
    private int packets;
    private int lends;
    private boolean closed;

    FrameReader(ByteRing ring, int maxPacketSize) {
        this.ring = ring;
        this.maxPacketSize = maxPacketSize;
    }

    /** What {@link #scan} found behind the last whole packet, if that can never become one. */
    enum Violation {
        NONE,
        ZERO_LENGTH,
        TOO_LARGE
    }

    /** Reads once from the endpoint; as {@link ByteRing#readFrom}. */
    int readFrom(Endpoint endpoint) throws IOException {
        return ring.readFrom(endpoint, neededSize());
    }

    // Once the header of the next packet is here, one read should be able to bring all of it.
    private int neededSize() {
        return hasNextHeader() ? scanned + Frame.HEADER_SIZE + nextLength() : 0;
    }

    boolean lastReadWasShort() {
        return ring.lastReadWasShort();
    }

    /**
     * Looks at the headers that have arrived since the last time; moves past every whole packet.
     */
    Violation scan() {
        while (hasNextHeader()) {
            int length = nextLength();
            if (length == 0) {
                return Violation.ZERO_LENGTH;
            }
            if (length > maxPacketSize) {
                return Violation.TOO_LARGE;
            }
            int end = scanned + Frame.HEADER_SIZE + length;
            if (end > ring.size()) {
                break;
            }
            scanned = end;
            packets++;
        }
        assert invariants();
        return Violation.NONE;
    }

    private boolean hasNextHeader() {
        return ring.size() - scanned >= Frame.HEADER_SIZE;
    }

    /** {@return the length in the header behind the last whole packet, which has arrived} */
    int nextLength() {
        return ring.unsignedShortAt(scanned);
    }

    /** {@return the number of whole packets that the program has not received yet} */
    int packets() {
        return packets;
    }

    /** {@return the bytes behind the last whole packet} */
    int partialBytes() {
        return ring.size() - scanned;
    }

    /** Says in words what {@link #partialBytes()} are. */
    String describePartial() {
        return hasNextHeader()
                ? partialBytes() - Frame.HEADER_SIZE + " of the " + nextLength() + " bytes of a packet"
                : "half a header";
    }

    /** {@return the size of the next packet, of which there is one} */
    int nextPacketSize() {
        return ring.unsignedShortAt(taken);
    }

    /** {@return the bytes that arrived and were not taken} */
    int waitingBytes() {
        return ring.size() - taken;
    }

    /** {@return true if a handler is looking at this ring's memory} Then it must stay as it is. */
    boolean isLent() {
        return lends > 0;
    }

    /**
     * {@return true if reading is worth its system call again after the ring was full} Half of it
     * is free, or nothing whole is left in it.
     */
    boolean hasRoomAgain() {
        return packets == 0 || ring.free() >= ring.maxCapacity() / 2;
    }

    /**
     * Copies the next packet into a buffer with enough room, at its position, and moves the
     * position past it.
     */
    void take(ByteBuffer into) {
        int length = nextPacketSize();
        ring.copyTo(into, into.position(), taken + Frame.HEADER_SIZE, length);
        into.position(into.position() + length);
        advance(length);
        release();
    }

    /**
     * Takes the next packet and lends it, until the desk gets it back. Between {@link #hold()} and
     * {@link #letGo()}.
     */
    ByteBuffer lendNext(LendDesk desk) {
        int length = nextPacketSize();
        ByteBuffer packet = desk.lend(ring, taken + Frame.HEADER_SIZE, length);
        advance(length);
        return packet;
    }

    /** The memory stays as it is until {@link #letGo()}. */
    void hold() {
        lends++;
    }

    void letGo() {
        lends--;
        release();
    }

    private void advance(int length) {
        taken += Frame.HEADER_SIZE + length;
        packets--;
        assert invariants();
    }

    private void release() {
        if (lends == 0 && closed) {
            ring.clear();
        } else if (lends == 0) {
            int done = taken;
            taken = 0;
            scanned -= done;
            ring.discard(done);
        }
        assert closed || invariants();
    }

    // The cursors keep their order; nothing is taken for longer than it is lent; and there is a
    // packet exactly if there are bytes between the two cursors that enclose the whole ones.
    private boolean invariants() {
        return 0 <= taken
                && taken <= scanned
                && scanned <= ring.size()
                && (packets > 0) == (taken < scanned)
                && packets >= 0;
    }

    /** Drops the bytes behind the last whole packet, which will never become one. */
    int dropPartial() {
        int partial = partialBytes();
        ring.dropNewest(partial);
        return partial;
    }

    /** Drops everything, and the memory when no handler looks at it any more. */
    void close() {
        closed = true;
        packets = 0;
        release();
    }
}
