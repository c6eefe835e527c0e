package dev.gridmate.bench.peer;

/**
 * A packet as KryoNet hands it over: bytes that the next one overwrites, since a program that is
 * careful about garbage would not make new ones.
 */
final class KryoNetPacket {

    final byte[] bytes;
    int size;

    KryoNetPacket(int capacity) {
        bytes = new byte[capacity];
    }

    static KryoNetPacket of(byte[] payload) {
        KryoNetPacket packet = new KryoNetPacket(payload.length);
        System.arraycopy(payload, 0, packet.bytes, 0, payload.length);
        packet.size = payload.length;
        return packet;
    }

    byte first() {
        return bytes[0];
    }

    byte last() {
        return bytes[size - 1];
    }
}
