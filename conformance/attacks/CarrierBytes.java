import java.io.ByteArrayOutputStream;

/** Datagrams of the carrier, written by hand, as docs/wire.md has them. */
final class CarrierBytes {

    private static final int RELIABLE = 0x01;
    private static final int CHUNKS = 0x04;
    private static final int DATA_CHANNEL = 0x20;
    private static final int CONNECTING = 0x80;
    private static final int SYSTEM = 3;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private CarrierBytes(int number) {
        u16(number);
    }

    static CarrierBytes datagram(int number) {
        return new CarrierBytes(number);
    }

    byte[] bytes() {
        return out.toByteArray();
    }

    private void u16(int value) {
        out.write(value >>> 8);
        out.write(value);
    }

    private CarrierBytes system(int flags, int seq, int rel, int id, int... before) {
        out.write(flags | DATA_CHANNEL);
        u16(before.length + 1);
        out.write(SYSTEM);
        u16(seq);
        u16(rel);
        for (int each : before) {
            out.write(each);
        }
        out.write(id);
        return this;
    }

    CarrierBytes request() {
        return system(CONNECTING, 0, 65_535, 1, 0, 0, 0, 1);
    }

    CarrierBytes disconnect(int seq, int rel) {
        return system(RELIABLE, seq, rel, 3, 0);
    }

    /** An acknowledgement of all datagrams from first to last. */
    CarrierBytes acks(int seq, int first, int last) {
        return system(0, seq, 65_535, 6, 0x40, last >>> 8, last & 0xff, first >>> 8, first & 0xff);
    }

    /** A sign of life: it acknowledges nothing. */
    CarrierBytes signOfLife(int seq) {
        return system(0, seq, 65_535, 6, 0x20);
    }

    /** An acknowledgement of one datagram. */
    CarrierBytes ack(int seq, int number) {
        return system(0, seq, 65_535, 6, 0, number >>> 8, number & 0xff);
    }

    /** A message of the program's that need not arrive. */
    CarrierBytes unreliable(int channel, int seq, byte[] payload) {
        out.write(DATA_CHANNEL);
        u16(payload.length);
        out.write(channel);
        u16(seq);
        u16(65_535);
        out.writeBytes(payload);
        return this;
    }

    /** A reliable message of the program's. */
    CarrierBytes message(int channel, int seq, int rel, int chunks, byte[] payload) {
        out.write(RELIABLE | DATA_CHANNEL | (chunks > 1 ? CHUNKS : 0));
        u16(payload.length);
        out.write(channel);
        if (chunks > 1) {
            u16(chunks);
        }
        u16(seq);
        u16(rel);
        out.writeBytes(payload);
        return this;
    }
}
