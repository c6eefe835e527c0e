package dev.gridmate.carrier.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What a {@link SystemMessage#DISCONNECT} says: the reason, and perhaps a notice behind it.
 *
 * <pre>
 *      0        1        2        3        4      4 + length
 *  +--------+--------+--------+--------+--------+--------+
 *  | reason |  0xA5  |  code  | length |  text  |   id   |
 *  +--------+--------+--------+--------+--------+--------+
 *           |       the notice, optional        |
 * </pre>
 *
 * <p>The code is 1 to 255, the text is UTF-8. The original reads the reason and the id, and ignores
 * what is between them. So does this reader with anything that is not exactly a notice.
 */
public final class DisconnectPayload {

    /** The most bytes of text. */
    public static final int MAX_TEXT = 255;

    static final int MARK = 0xa5;

    private static final int NOTICE_HEADER = 3;

    /** The reason and the id. */
    private static final int PLAIN = 2;

    private DisconnectPayload() {}

    /** {@return the payload without a notice} */
    public static byte[] of(int reason) {
        return new byte[] {(byte) reason, SystemMessage.DISCONNECT};
    }

    /**
     * {@return the payload with a notice} Text that does not fit is cut after a whole character.
     *
     * @param reason the reason, 0 to 255
     * @param code the notice's code, 1 to 255
     * @param text the notice's text
     * @param room the largest payload, in bytes
     */
    public static byte[] of(int reason, int code, String text, int room) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int length = cut(bytes, Math.min(MAX_TEXT, room - PLAIN - NOTICE_HEADER));
        return ByteBuffer.allocate(PLAIN + NOTICE_HEADER + length)
                .put((byte) reason)
                .put((byte) MARK)
                .put((byte) code)
                .put((byte) length)
                .put(bytes, 0, length)
                .put((byte) SystemMessage.DISCONNECT)
                .array();
    }

    private static int cut(byte[] utf8, int most) {
        int length = Math.min(utf8.length, most);
        while (length < utf8.length && length > 0 && (utf8[length] & 0xc0) == 0x80) { // within a character
            length--;
        }
        return length;
    }

    /**
     * {@return the code of a notice, 1 to 255; 0 if the bytes are not one}
     *
     * @param between what is between the reason and the id, from position to limit
     */
    public static int code(ByteBuffer between) {
        int start = between.position();
        int textLength = between.remaining() - NOTICE_HEADER;
        boolean isNotice =
                textLength >= 0 && (between.get(start) & 0xff) == MARK && (between.get(start + 2) & 0xff) == textLength;
        return isNotice ? between.get(start + 1) & 0xff : 0;
    }

    /**
     * {@return the text of a notice; empty if the bytes are not one} Bytes that are not UTF-8
     * become U+FFFD.
     *
     * @param between as for {@link #code}
     */
    public static String text(ByteBuffer between) {
        if (code(between) == 0) {
            return "";
        }
        byte[] bytes = new byte[between.remaining()];
        between.get(between.position(), bytes);
        return new String(Arrays.copyOfRange(bytes, NOTICE_HEADER, bytes.length), StandardCharsets.UTF_8);
    }
}
