package dev.gridmate.carrier;

import java.nio.ByteBuffer;

/**
 * A message that says all about itself, so that whoever receives it can tell whether it is whole,
 * whose it is, and whether something before it is missing. One that is too short for that is
 * reliable, has normal priority, and is known by its place: its successor says how many bytes came
 * before.
 *
 * @param line the number of the sender's end of the connection
 * @param channel 0 to 2
 * @param priority the place of its {@link DataPriority}
 * @param reliable whether it has to arrive
 * @param number its place among the messages of this line, channel, priority and reliability
 * @param follows how many reliable ones of this line, channel and priority were sent before it
 * @param bytesBefore how long these were together
 * @param length in bytes
 */
record Letter(
        int line, int channel, int priority, boolean reliable, int number, int follows, int bytesBefore, int length) {

    /** A shorter one cannot say anything. */
    static final int HEADER = 23;

    private static final int PATTERN_STEP = 7;

    ByteBuffer write() {
        ByteBuffer into = ByteBuffer.allocate(length);
        if (length >= HEADER) {
            into.putInt(line).put((byte) channel).put((byte) priority).put((byte) (reliable ? 1 : 0));
            into.putInt(number).putInt(follows).putInt(bytesBefore).putInt(length);
        }
        while (into.hasRemaining()) {
            into.put(pattern(into.position(), number));
        }
        return into.flip();
    }

    /** Reads a message of at least {@link #HEADER} bytes; what it says is not checked. */
    static Letter read(ByteBuffer from) {
        int at = from.position();
        return new Letter(
                from.getInt(at),
                from.get(at + 4),
                from.get(at + 5),
                from.get(at + 6) == 1,
                from.getInt(at + 7),
                from.getInt(at + 11),
                from.getInt(at + 15),
                from.getInt(at + 19));
    }

    /** Says whether the rest of a message is as the sender wrote it. */
    static boolean isIntact(ByteBuffer message, int number) {
        int length = message.remaining();
        for (int i = length >= HEADER ? HEADER : 0; i < length; i++) {
            if (message.get(message.position() + i) != pattern(i, number)) {
                return false;
            }
        }
        return true;
    }

    private static byte pattern(int position, int number) {
        return (byte) (position * PATTERN_STEP + position / 256 + number);
    }
}
