package dev.gridmate.driver.sim;

import static org.assertj.core.api.Assertions.fail;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What the test knows of one end of a connection: every frame that its owner sent, and how many of
 * the other end's frames its owner got. A frame's content follows from one number, so that the
 * frames need not be kept.
 */
final class ProgramEnd {

    static final long NEVER = Long.MAX_VALUE;

    final SimulatedProgram program;

    /** The node whose end this is; null if it is a raw peer's. */
    final ProgramModel owner;

    final SimulatedEndpoint endpoint;
    final String name;

    /** The most that this end may receive in one packet, and in all that waits. */
    final int maxPacket;

    final int inboundCapacity;

    private long[] frameEnds = new long[16];
    private int[] contents = new int[16];
    private int sent;

    /**
     * Where this end's stream stops making sense, since its owner sent a bad header: where that
     * starts.
     */
    long poisonedAt = NEVER;

    /** The bad header is that of an empty packet, not of one that is too large. */
    boolean poisonIsZero;

    /** When it was made, or accepted and heard of; and when the driver last read from it. */
    final long bornAt;

    long lastReadAt;

    // The same and more by the driver's time, which stands still when its program does.
    final long bornClock;
    long lastReadClock;
    long lastWriteClock;
    long writtenSeen;
    long readSeen;

    /**
     * When an update last wrote some of it, and when its owner closed it in order; by the network's
     * time.
     */
    long lastWriteAt;

    long closedAt;

    /**
     * When it last came a step nearer to its end, by the driver's time, and what had been done by
     * then.
     */
    long lastStepClock;

    private long stepsSeen;

    private int received;
    private long receivedBytes;
    private int arrived;

    /** Its host lost power: the other end is not told. */
    boolean isVanished;

    boolean isEstablished;

    /** It stood when the faults were over, with a driver at both ends. */
    boolean isSettled;

    boolean isOutgoing;

    boolean isOver;

    /** The owner closed it in order, or broke it off. */
    boolean isClosing;

    boolean isAborted;

    /** How many packets others got since this end, which had one waiting, got its last. */
    int overtaken;

    // As it was before an update.
    long sentBefore;
    long sentBeforeThat;
    long writtenBefore;
    int readableBefore;
    long readBefore;
    int freeBefore;
    boolean wasEstablishedBefore;

    ProgramEnd(
            SimulatedProgram program,
            ProgramModel owner,
            SimulatedEndpoint endpoint,
            int maxPacket,
            int inboundCapacity) {
        this.program = program;
        this.owner = owner;
        this.endpoint = endpoint;
        this.maxPacket = maxPacket;
        this.inboundCapacity = inboundCapacity;
        this.bornAt = program.network.nanoTime();
        this.lastReadAt = bornAt;
        this.lastWriteAt = bornAt;
        this.bornClock = owner == null ? 0 : owner.now();
        this.lastReadClock = bornClock;
        this.lastWriteClock = bornClock;
        this.name = "#" + program.nextEnd() + " " + endpoint;
        program.register(this);
    }

    /** An update begins. */
    void remember() {
        wasEstablishedBefore = true;
        sentBeforeThat = sentBefore;
        sentBefore = sentBytes();
        writtenBefore = writtenBytes();
        readBefore = readBytes();
        readableBefore = endpoint.in.readable();
        freeBefore = free();
    }

    /** An update is over: was there a step towards the end in it? */
    void noticeSteps(long clock) {
        long steps = 4 * (writtenBytes() + received)
                + (isClosing ? 1 : 0)
                + (endpoint.out.endSent ? 1 : 0)
                + (endpoint.in.isAtEnd() ? 1 : 0);
        if (steps != stepsSeen) {
            stepsSeen = steps;
            lastStepClock = clock;
        }
    }

    /** Returns the other end; null if nobody owns it yet. */
    ProgramEnd other() {
        return program.endOf(endpoint.peer);
    }

    int sent() {
        return sent;
    }

    long sentBytes() {
        return sent == 0 ? 0 : frameEnds[sent - 1];
    }

    int received() {
        return received;
    }

    long receivedBytes() {
        return receivedBytes;
    }

    long unwritten() {
        return sentBytes() - writtenBytes();
    }

    long writtenBytes() {
        return endpoint.isConnected() ? endpoint.out.written : 0;
    }

    long readBytes() {
        return endpoint.isConnected() ? endpoint.in.read : 0;
    }

    private int size(int frame) {
        return (int) (frameEnds[frame] - (frame == 0 ? 0 : frameEnds[frame - 1]) - 2);
    }

    void onSent(int size, int content) {
        if (sent == frameEnds.length) {
            frameEnds = Arrays.copyOf(frameEnds, sent * 2);
            contents = Arrays.copyOf(contents, sent * 2);
        }
        frameEnds[sent] = sentBytes() + 2 + size;
        contents[sent++] = content;
    }

    static void fill(ByteBuffer into, int size, int content) {
        for (int i = 0; i < size; i++) {
            into.put(byteAt(content, i));
        }
    }

    static byte byteAt(int content, int i) {
        return (byte) (((content + i) * 0x9E3779B1) >>> 24);
    }

    /**
     * The owner got a packet: the very next of those that the other end sent. Returns its content.
     */
    int onReceived(ByteBuffer packet) {
        ProgramEnd other = other();
        if (other == null) {
            return fail(name + " got a packet although nobody is at its other end");
        }
        if (received >= other.sent) {
            return fail(name + " got a packet of " + packet.remaining() + " bytes as number " + received
                    + ", the other end sent only " + other.sent);
        }
        int size = other.size(received);
        if (packet.remaining() != size) {
            return fail(name + " got packet " + received + " with " + packet.remaining() + " bytes instead of " + size);
        }
        int content = other.contents[received];
        for (int i = 0, at = packet.position(); i < size; i++, at++) {
            if (packet.get(at) != byteAt(content, i)) {
                return fail(name + " got packet " + received + " of " + size + " bytes with a wrong byte at " + i);
            }
        }
        if (other.frameEnds[received] > readBytes()) {
            return fail(name + " got packet " + received + " before all of it was read");
        }
        received++;
        receivedBytes += 2 + size;
        overtaken = 0;
        return content;
    }

    /** Returns how many good frames have been read whole from the wire. */
    int arrivedFrames() {
        ProgramEnd other = other();
        if (other != null) {
            long read = readBytes();
            while (arrived < other.sent && other.frameEnds[arrived] <= read && isGood(other, arrived)) {
                arrived++;
            }
        }
        return arrived;
    }

    /** Returns how many good frames the other end has sent, whether they have arrived or not. */
    int expectedFrames() {
        ProgramEnd other = other();
        int frames = arrivedFrames();
        while (other != null && frames < other.sent && isGood(other, frames)) {
            frames++;
        }
        return frames;
    }

    private boolean isGood(ProgramEnd other, int frame) {
        return other.frameEnds[frame] <= other.poisonedAt && other.size(frame) <= maxPacket;
    }

    /** Returns behind which byte this end knows that the other end breaks the protocol. */
    long violationAt() {
        ProgramEnd other = other();
        if (other == null) {
            return NEVER;
        }
        int good = expectedFrames();
        if (good < other.sent && other.size(good) > maxPacket) {
            return (good == 0 ? 0 : other.frameEnds[good - 1]) + 2;
        }
        return other.poisonedAt == NEVER ? NEVER : other.poisonedAt + 2;
    }

    /** {@return true if this side has read the byte by which the other broke the protocol} */
    boolean isViolated() {
        return violationAt() <= readBytes();
    }

    boolean isPoisonedWithZero() {
        ProgramEnd other = other();
        return other != null && other.poisonIsZero && violationAt() == other.poisonedAt + 2;
    }

    /** Returns the bytes of the good frames that have been read whole. */
    long arrivedBytes() {
        int frames = arrivedFrames();
        ProgramEnd other = other();
        return other == null || frames == 0 ? 0 : other.frameEnds[frames - 1];
    }

    int nextSize() {
        ProgramEnd other = other();
        return other == null || received >= other.sent ? 0 : other.size(received);
    }

    int waiting() {
        return arrivedFrames() - received;
    }

    int free() {
        return (int) (inboundCapacity - (readBytes() - receivedBytes));
    }

    boolean isAtFrameEnd() {
        return readBytes() == arrivedBytes();
    }

    @Override
    public String toString() {
        ProgramEnd other = other();
        return name + "[sent " + sent + " frames, " + sentBytes() + " bytes of which " + writtenBytes()
                + " written; read " + readBytes() + " bytes, " + arrivedFrames() + " frames of which " + received
                + " received; " + (isEstablished ? "established" : "not established") + (isClosing ? ", closing" : "")
                + (isAborted ? ", aborted" : "") + (isOver ? ", over" : "")
                + (endpoint.isReset() ? ", reset" : "") + (endpoint.isOpen() ? "" : ", socket closed")
                + (other == null ? "; nobody at the other end" : "; other end " + other.name + " sent " + other.sent)
                + "]";
    }
}
