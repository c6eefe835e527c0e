package dev.gridmate.driver.stream;

import dev.gridmate.driver.DriverCounter;
import dev.gridmate.driver.transport.Endpoint;
import dev.gridmate.internal.DeadlineHeap;
import dev.gridmate.internal.TokenBucket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The inbound half of a connection: bytes come in from the endpoint while the gate is open, packets
 * go out to the program.
 *
 * <p>The gate is closed while the buffer is full, while the peer is made to wait, and once nothing
 * more will come. A connection whose gate is closed is not watched for reading, and cannot be idle:
 * nobody looked.
 */
final class Inbound {

    /** What ended a series of reads. */
    enum Stop {
        /** Nothing more is there now. */
        DRY,
        /** The buffer is full; the gate is closed until {@link #makeRoom()}. */
        FULL,
        /** There is no memory. */
        NO_MEMORY,
        /** The peer sends no more. */
        END,
        /** The connection is broken; {@link #failure()} says how. */
        BROKEN
    }

    private final StreamContext context;
    private final FrameReader frames;
    private final TokenBucket packetLimit;
    private final TokenBucket byteLimit;

    private boolean full;
    private boolean ended;
    private long pausedUntil = DeadlineHeap.NEVER;

    private Stop stop = Stop.DRY;
    private @Nullable IOException failure;
    private boolean hadPacket;
    private final Tally tally = new Tally();
    private long lastArrival;

    Inbound(StreamContext context) {
        this.context = context;
        frames = new FrameReader(
                new ByteRing(context.pool, context.inboundCapacity),
                context.config.buffers().maxPacketSize());
        packetLimit = TokenBucket.perSecond(context.config.limits().maxPacketsPerSecond());
        byteLimit = TokenBucket.perSecond(context.config.limits().maxBytesPerSecond());
        lastArrival = context.now;
    }

    // ------------------------------------------------------------ bytes come in

    /**
     * {@return true if the endpoint may be read now: the gate is open, and no handler is looking at
     * the memory}
     */
    boolean mayRead() {
        return isOpen() && !frames.isLent();
    }

    /** Reads until something stops it, which is {@link #stop()}. Returns the bytes read. */
    int readFrom(Endpoint endpoint) {
        int bytes = 0;
        int reads = 0;
        try {
            int read;
            do {
                read = frames.readFrom(endpoint);
                reads += read >= -1 ? 1 : 0;
                bytes += Math.max(read, 0);
            } while (read > 0 && !frames.lastReadWasShort());
            stop = stopOf(read);
        } catch (IOException e) {
            failure = e;
            stop = Stop.BROKEN;
        }
        context.count(DriverCounter.READS, reads);
        return bytes;
    }

    private static Stop stopOf(int read) {
        return switch (read) {
            case -1 -> Stop.END;
            case ByteRing.FULL -> Stop.FULL;
            case ByteRing.NO_MEMORY -> Stop.NO_MEMORY;
            default -> Stop.DRY;
        };
    }

    Stop stop() {
        return stop;
    }

    IOException failure() {
        return Objects.requireNonNull(failure, "nothing failed");
    }

    /** Looks at what was read; returns what is wrong with it. */
    FrameReader.Violation scan(int bytes) {
        context.count(DriverCounter.BYTES_IN, bytes);
        lastArrival = context.now;
        int before = frames.packets();
        FrameReader.Violation violation = frames.scan();
        int packets = frames.packets() - before;
        tally.addBytes(bytes);
        tally.addPackets(packets);
        tally.waits(frames.waitingBytes());
        if (packets > 0) {
            hadPacket = true;
            context.count(DriverCounter.PACKETS_IN, packets);
        }
        return violation;
    }

    /** Charges what has arrived to the rate limits; returns until when nothing more should. */
    long charge(int packets, int bytes) {
        return Math.max(packetLimit.charge(context.now, packets), byteLimit.charge(context.now, bytes));
    }

    String describe(FrameReader.Violation violation) {
        return violation == FrameReader.Violation.ZERO_LENGTH
                ? "the peer sent a frame of length 0"
                : "the peer announced a packet of " + frames.nextLength() + " bytes, the maximum is "
                        + context.config.buffers().maxPacketSize();
    }

    // ------------------------------------------------------------ the gate

    boolean isOpen() {
        return !full && !ended && pausedUntil == DeadlineHeap.NEVER;
    }

    void fill() {
        full = true;
    }

    /** Opens the gate again if the buffer was full and has room; returns true if it was. */
    boolean makeRoom() {
        boolean hasRoom = full && frames.hasRoomAgain();
        if (hasRoom) {
            full = false;
        }
        return hasRoom;
    }

    /** Nothing more will come. */
    void end() {
        ended = true;
    }

    boolean hasEnded() {
        return ended;
    }

    void pause(long until) {
        pausedUntil = until;
    }

    /** {@return when the pause ends; {@link DeadlineHeap#NEVER} if there is none} */
    long pausedUntil() {
        return pausedUntil;
    }

    /** Ends a pause whose time is over; returns true if there was one. */
    boolean endPause() {
        if (pausedUntil > context.now) {
            return false;
        }
        pausedUntil = DeadlineHeap.NEVER;
        return true;
    }

    /** The peer is listened to from here on: its silence counts from now. */
    void listen() {
        lastArrival = context.now;
    }

    long lastArrival() {
        return lastArrival;
    }

    /** {@return what arrived since the beginning} */
    Tally tally() {
        return tally;
    }

    /** {@return the bytes that arrived and that the program has not received} */
    int waitingBytes() {
        return frames.waitingBytes();
    }

    /** {@return true if a whole packet ever arrived} */
    boolean hadPacket() {
        return hadPacket;
    }

    // ------------------------------------------------------------ packets go out

    /** {@return the number of whole packets that the program has not received yet} */
    int packets() {
        return frames.packets();
    }

    /**
     * {@return true if the program has received everything, and is not looking at the last of it}
     */
    boolean isEmpty() {
        return frames.packets() == 0 && !frames.isLent();
    }

    int nextPacketSize() {
        return frames.nextPacketSize();
    }

    void take(ByteBuffer into) {
        frames.take(into);
    }

    /** The memory stays as it is until {@link #letGo()}. */
    void hold() {
        frames.hold();
    }

    /**
     * Takes the next packet and lends it, until the desk gets it back. Between {@link #hold()} and
     * {@link #letGo()}.
     */
    ByteBuffer lendNext() {
        return frames.lendNext(context.desk);
    }

    void letGo() {
        frames.letGo();
    }

    // ------------------------------------------------------------ the end

    /** {@return what has arrived of a packet that is not whole, in words; null if nothing has} */
    @Nullable
    String describePartial() {
        return frames.partialBytes() > 0 ? frames.describePartial() : null;
    }

    void dropPartial() {
        int dropped = frames.dropPartial();
        if (dropped > 0) {
            context.count(DriverCounter.BYTES_DISCARDED, dropped);
        }
    }

    /** Drops everything; returns how many packets the program never received. */
    int close() {
        dropPartial();
        int undelivered = frames.packets();
        context.count(DriverCounter.PACKETS_UNDELIVERED, undelivered);
        frames.close();
        return undelivered;
    }
}
