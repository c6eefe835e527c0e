package dev.gridmate.driver.sim;

import static org.assertj.core.api.Assertions.fail;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/**
 * A peer that speaks bytes, and not always to please: half frames, bad headers, floods, silence,
 * sudden death.
 */
final class ProgramRaw {

    private static final int NOTHING_READ_YET = -1;

    private final SimulatedProgram program;
    private final String name;
    private final SplittableRandom random;
    private final boolean reads;
    private final boolean isRude;
    private final boolean floods;
    private final int typicalSize;
    private final int maxPacket;

    /** Composed and not yet written. */
    private final ByteBuffer unwritten;

    /** What was read of the present frame. */
    private final ByteBuffer frame;

    private SimulatedPeer peer;
    private ProgramEnd end;
    private int length = NOTHING_READ_YET;
    private boolean isGone;

    ProgramRaw(SimulatedProgram program, String name, SimulatedPeer peer, int maxPacket, SplittableRandom random) {
        this.program = program;
        this.name = name;
        this.random = random;
        this.maxPacket = maxPacket;
        this.unwritten = ByteBuffer.allocate(2 * maxPacket + 4000).flip();
        this.frame = ByteBuffer.allocate(maxPacket + 2);
        this.reads = random.nextInt(4) > 0;
        this.isRude = random.nextInt(3) > 0;
        this.floods = random.nextInt(4) == 0;
        this.typicalSize = Math.min(maxPacket, 60);
        adopt(peer);
    }

    private void adopt(SimulatedPeer next) {
        peer = next;
        end = new ProgramEnd(program, null, next.endpoint, 65_535, Integer.MAX_VALUE);
        unwritten.clear().flip();
        frame.clear();
        length = NOTHING_READ_YET;
        isGone = false;
    }

    void tick() {
        if (isGone) {
            if (random.nextInt(5) == 0) {
                comeBack();
            }
            return;
        }
        if (reads) {
            read();
        }
        if (floods || random.nextInt(3) == 0) {
            compose();
        }
        write(floods ? Integer.MAX_VALUE : 1 + random.nextInt(200));
        if (isRude && random.nextInt(20) == 0) {
            misbehave();
        }
    }

    /** Finishes what it has begun to say, listens, and goes when it is told to. */
    void calmTick(boolean leave) {
        if (isGone) {
            return;
        }
        read();
        write(Integer.MAX_VALUE);
        if (peer.isAtEnd() || peer.isReset() || leave || peer.refusal().isPresent()) {
            peer.close();
            gone();
        }
    }

    private void compose() {
        for (int n = floods ? 40 : 1 + random.nextInt(3); n > 0; n--) {
            int size = random.nextInt(10) == 0 ? maxPacket : 1 + random.nextInt(typicalSize);
            int room = unwritten.capacity() - unwritten.remaining();
            if (end.poisonedAt != ProgramEnd.NEVER || end.endpoint.out.endSent || room < size + 2) {
                return;
            }
            int content = random.nextInt();
            unwritten.compact();
            unwritten.putShort((short) size);
            ProgramEnd.fill(unwritten, size, content);
            unwritten.flip();
            end.onSent(size, content);
        }
    }

    private void poison() {
        if (end.poisonedAt == ProgramEnd.NEVER && unwritten.remaining() < unwritten.capacity() / 2) {
            end.poisonedAt = end.sentBytes();
            unwritten.compact();
            end.poisonIsZero = maxPacket == 65_535 || random.nextBoolean();
            unwritten.putShort((short) (end.poisonIsZero ? 0 : maxPacket + 1 + random.nextInt(65_535 - maxPacket)));
            for (int n = random.nextInt(100); n > 0; n--) {
                unwritten.put((byte) random.nextInt());
            }
            unwritten.flip();
        }
    }

    private void write(int most) {
        byte[] bytes = new byte[Math.min(most, Math.min(unwritten.remaining(), 1 << 16))];
        unwritten.get(unwritten.position(), bytes);
        int written = peer.write(bytes);
        unwritten.position(unwritten.position() + written);
    }

    private void misbehave() {
        switch (random.nextInt(8)) {
            case 0 -> poison();
            case 1 -> peer.shutdownOutput();
            case 2 -> {
                peer.close();
                gone();
            }
            case 3 -> {
                peer.reset();
                gone();
            }
            case 4 -> {
                peer.vanish();
                end.isVanished = true;
                gone();
                if (random.nextBoolean()) {
                    comeBack();
                }
            }
            case 5 -> {
                write(Integer.MAX_VALUE);
                peer.shutdownOutput();
            }
            case 6 -> program.twin(peer.localAddress().getPort(), peer.remoteAddress());
            default -> {}
        }
    }

    private void gone() {
        program.log(() -> name + " is gone: " + end);
        isGone = true;
        end.isOver = true;
    }

    // From the same port, as a program that binds its own, or a router that gives out few.
    private void comeBack() {
        InetSocketAddress to = peer.remoteAddress();
        if (program.isRawPortFree(peer)) {
            adopt(peer.endpoint.host.connectRaw(peer.localAddress().getPort(), to));
        }
    }

    private void read() {
        for (byte[] bytes = peer.read(4096); bytes.length > 0; bytes = peer.read(4096)) {
            for (byte each : bytes) {
                frame.put(each);
                if (length == NOTHING_READ_YET && frame.position() == 2) {
                    length = frame.getShort(0) & 0xffff;
                    frame.clear();
                    if (length == 0) {
                        fail(name + " was sent a frame of length 0: " + end);
                    }
                } else if (frame.position() == length) {
                    end.onReceived(frame.flip());
                    frame.clear();
                    length = NOTHING_READ_YET;
                }
            }
        }
    }

    /**
     * Returns what is not as it should be when nothing goes wrong any more; null if all is well.
     */
    String unrest() {
        if (isGone) {
            return null;
        }
        if (!peer.isConnected()) {
            return program.mayWaitInBacklog(peer.remoteAddress()) ? null : name + " still connects: " + end;
        }
        ProgramEnd other = end.other();
        if (other == null) {
            return program.mayWaitInBacklog(peer.remoteAddress())
                    ? null
                    : name + " believes itself connected, and nobody serves it: " + end;
        }
        if (other.isOver) {
            return name + " still has a connection whose other end is over: " + end;
        }
        if (unwritten.hasRemaining() && !end.endpoint.out.endSent) {
            return name + " still has bytes to write: " + end;
        }
        return end.received() < other.sent() ? name + " still has packets to receive: " + end : null;
    }
}
