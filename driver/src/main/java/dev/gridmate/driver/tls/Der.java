package dev.gridmate.driver.tls;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * One element of DER (X.690) in an array of bytes: its tag, and where its content begins and ends.
 */
final class Der {

    static final int SEQUENCE = 0x30;
    static final int OCTETS = 0x04;

    final int tag;
    final int start;
    final int end;
    private final byte[] bytes;

    /** @throws IndexOutOfBoundsException if there is no whole element at that place */
    Der(byte[] bytes, int at) {
        this.bytes = bytes;
        tag = bytes[at] & 0xff;
        int length = bytes[at + 1] & 0xff;
        int next = at + 2;
        if (length > 0x80) {
            int octets = length & 0x7f;
            length = 0;
            for (int i = 0; i < octets; i++) {
                length = (length << Byte.SIZE) | (bytes[next++] & 0xff);
            }
        }
        start = next;
        end = next + length;
        if (length < 0 || end < start || end > bytes.length) {
            throw new IndexOutOfBoundsException("an element of " + length + " bytes at " + at);
        }
    }

    /** {@return the first element inside this one} */
    Der first() {
        return new Der(bytes, start);
    }

    /** {@return the element behind this one} */
    Der next() {
        return new Der(bytes, end);
    }

    byte[] content() {
        return Arrays.copyOfRange(bytes, start, end);
    }

    /** {@return an element as bytes} */
    static byte[] element(int tag, byte[]... parts) {
        byte[] content = concat(parts);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (content.length < 0x80) {
            out.write(content.length);
        } else {
            int octets = content.length < 0x100 ? 1 : content.length < 0x1_0000 ? 2 : 3;
            out.write(0x80 | octets);
            for (int i = octets - 1; i >= 0; i--) {
                out.write(content.length >>> (i * Byte.SIZE));
            }
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
