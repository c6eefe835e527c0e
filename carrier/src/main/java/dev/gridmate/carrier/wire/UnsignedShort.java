package dev.gridmate.carrier.wire;

import java.nio.ByteBuffer;

/** Big-endian numbers of 16 bits. The byte order of the buffer is its owner's, and is not used. */
final class UnsignedShort {

    static final int SIZE = 2;

    private UnsignedShort() {}

    static int get(ByteBuffer buffer, int index) {
        return ((buffer.get(index) & 0xff) << 8) | (buffer.get(index + 1) & 0xff);
    }

    static void put(ByteBuffer buffer, int index, int value) {
        buffer.put(index, (byte) (value >>> 8)).put(index + 1, (byte) value);
    }
}
