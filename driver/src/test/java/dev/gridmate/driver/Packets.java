package dev.gridmate.driver;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** Packets with contents that say whether they are the right ones, and their frames. */
final class Packets {

    private Packets() {}

    /** The content of a packet is a function of its index and size. */
    static byte[] packet(int index, int size) {
        byte[] packet = new byte[size];
        for (int i = 0; i < size; i++) {
            packet[i] = (byte) (index * 31 + i * 7);
        }
        return packet;
    }

    static ByteBuffer buffer(int index, int size) {
        return ByteBuffer.wrap(packet(index, size));
    }

    static byte[] frame(byte[] packet) {
        ByteBuffer frame = ByteBuffer.allocate(2 + packet.length);
        frame.putShort((short) packet.length).put(packet);
        return frame.array();
    }

    /** The frames of packets 0 to count - 1, one behind the other. */
    static byte[] frames(int count, int size) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            out.writeBytes(frame(packet(i, size)));
        }
        return out.toByteArray();
    }
}
