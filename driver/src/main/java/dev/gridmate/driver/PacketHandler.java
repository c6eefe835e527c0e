package dev.gridmate.driver;

import java.nio.ByteBuffer;

/** Takes the packets that {@link Driver#receive(PacketHandler, int)} hands out. */
@FunctionalInterface
public interface PacketHandler {

    /**
     * One packet, whole.
     *
     * <p>The buffer is lent: it is the driver's own memory, read-only, big-endian, with the packet
     * between position and limit, and nothing else: its position is 0, and limit and capacity are
     * the packet's size. It is valid until this returns. Copy what is to be kept. Any method of the
     * driver may be called, with this buffer too: {@code driver.send(from, packet)} is an echo.
     *
     * <p>What this throws goes to the caller of {@code receive}; the packet counts as received.
     *
     * @param from who sent it; the same object for the same peer
     * @param packet the packet, 1 byte or more
     */
    void onPacket(SocketDriverAddress from, ByteBuffer packet);
}
