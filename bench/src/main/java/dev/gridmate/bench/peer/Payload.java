package dev.gridmate.bench.peer;

/** What packets carry. */
final class Payload {

    private Payload() {}

    /** Bytes that differ, none of them 0, so that a sink's sum shows whether it has seen them. */
    static byte[] of(int size) {
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) (1 + i % 127);
        }
        return bytes;
    }
}
