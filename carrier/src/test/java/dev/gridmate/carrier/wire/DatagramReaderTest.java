package dev.gridmate.carrier.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.carrier.wire.DatagramReader.Fault;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Datagrams as nobody should send them. What the original sends is in {@link RecordingTest}. */
class DatagramReaderTest {

    private final DatagramReader reader = new DatagramReader();

    @ParameterizedTest
    @CsvSource({
        "'', TOO_SHORT, 0",
        "47, TOO_SHORT, 0",
        "0002, NONE, 0",
        "0002 01 00, TOO_SHORT, 0",
        "0002 01 0000 0000 0000, NONE, 1",
        "0002 01 0000 0000 00, TOO_SHORT, 0",
        "0002 01 0001 0000 0000, TOO_SHORT, 0",
        "0002 01 ffff 0000 0000, TOO_SHORT, 0",
        "0002 01 0000 0000 0000 01, TOO_SHORT, 1",
        "0002 20 0000 03 0000 ffff, NONE, 1",
        "0002 20 0000 04 0000 ffff, BAD_CHANNEL, 0",
        "0002 20 0000 ff 0000 ffff, BAD_CHANNEL, 0",
        "0002 03 0000 0000 0000, BAD_FLAGS, 0",
        "0002 41 0000 0000 0000, BAD_FLAGS, 0",
        "0002 09 0000 0000, MISSING_NUMBER, 0",
        "0002 11 0000 0000, MISSING_NUMBER, 0",
        "0002 19 0000, MISSING_NUMBER, 0",
        "0002 01 0000 0000 0000 38 0000 02, MISSING_NUMBER, 1",
        "0002 01 0000 0000 0000 19 0000, NONE, 2",
        "0002 05 0000 0001 0000 0000, NONE, 1",
        "0002 05 0000 0000 0000 0000, BAD_CHUNKS, 0",
        "0002 05 0000 7ffe 0000 0000, NONE, 1",
        "0002 05 0000 7fff 0000 0000, BAD_CHUNKS, 0",
        "0002 04 0000 0001 0000 ffff, NONE, 1",
        "0002 04 0000 0002 0000 ffff, BAD_CHUNKS, 0",
    })
    void aFaultIsNamedAndWhatStandsBeforeItIsRead(String hex, Fault fault, int messages) {
        boolean hasHeader = reader.wrap(bytes(hex));
        assertThat(hasHeader).isEqualTo(hex.length() > 2);
        assertThat(reader.sequence()).isEqualTo(hasHeader ? 2 : 0);
        assertThat(Message.rest(reader)).hasSize(messages);
        assertThat(reader.fault()).isEqualTo(fault);
        assertThat(reader.next()).as("it stays at its end").isFalse();
    }

    private static ByteBuffer bytes(String hex) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    @Test
    void theNumbersCountOnPastTheirEnd() {
        // seq 65,535 and reliableSeq 65,534, then twice both left out
        assertThat(reader.wrap(bytes("0002 01 0000 ffff fffe 19 0000 19 0000"))).isTrue();
        assertThat(Message.rest(reader))
                .containsExactly(
                        new Message(0, true, false, 1, 65_535, 65_534, ""),
                        new Message(0, true, false, 1, 0, 65_535, ""),
                        new Message(0, true, false, 1, 1, 0, ""));
    }

    @Test
    void aNumberThatIsLeftOutFollowsItsOwnChannelAndNotTheMessageBefore() {
        assertThat(reader.wrap(bytes("0002 01 0000 0005 0006 21 0000 01 0100 0200 39 0000 00")))
                .isTrue();
        assertThat(Message.rest(reader)).last().isEqualTo(new Message(0, true, false, 1, 6, 7, ""));
    }

    @Test
    void onlyTheBytesBetweenPositionAndLimitAreReadWhateverTheOrder() {
        ByteBuffer buffer = bytes("ffffff 0102 01 0001 0304 0506 aa ffffff").order(ByteOrder.LITTLE_ENDIAN);
        buffer.position(3).limit(buffer.capacity() - 3);
        assertThat(reader.wrap(buffer)).isTrue();
        assertThat(reader.sequence()).isEqualTo(0x0102);
        assertThat(Message.rest(reader)).containsExactly(new Message(0, true, false, 1, 0x0304, 0x0506, "aa"));
        assertThat(reader.payloadOffset()).isEqualTo(12);
        assertThat(buffer.position()).isEqualTo(3);
        assertThat(buffer.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
    }

    @Test
    void anEmptyMessageOnTheSystemChannelHasNoId() {
        assertThat(reader.wrap(bytes("0002 20 0000 03 0000 ffff"))).isTrue();
        assertThat(reader.next()).isTrue();
        assertThat(reader.systemId()).isEqualTo(-1);
        assertThat(reader.wrap(bytes("0002 20 0001 03 0000 ffff ff"))).isTrue();
        assertThat(reader.next()).isTrue();
        assertThat(reader.systemId()).isEqualTo(255);
        assertThat(reader.wrap(bytes("0002 00 0001 0000 ffff 06"))).isTrue();
        assertThat(reader.next()).isTrue();
        assertThat(reader.systemId()).as("channel 0 is the program's").isEqualTo(-1);
    }

    static List<Recording> recordings() {
        return Recording.all();
    }

    @ParameterizedTest
    @MethodSource("recordings")
    void aDatagramCutAnywhereGivesTheMessagesThatAreWhole(Recording recording) {
        for (Recording.Packet packet : recording.sent()) {
            byte[] bytes = packet.bytes();
            List<Message> whole = read(bytes);
            for (int length = 0; length < bytes.length; length++) {
                List<Message> cut = read(Arrays.copyOf(bytes, length));
                assertThat(whole.subList(0, cut.size())).isEqualTo(cut);
                assertThat(cut.size()).isLessThan(whole.size());
                assertThat(reader.fault()).isIn(Fault.TOO_SHORT, Fault.NONE);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("recordings")
    void aDatagramWithAnyByteChangedIsReadOrHasAFault(Recording recording) {
        for (Recording.Packet packet : recording.sent()) {
            byte[] bytes = packet.bytes();
            // Of a long payload it is enough to change a few: nobody looks at the rest.
            for (int at = 0; at < Math.min(bytes.length, 60); at++) {
                byte right = bytes[at];
                for (int wrong = 0; wrong < 256; wrong++) {
                    bytes[at] = (byte) wrong;
                    checkTotal(bytes);
                }
                bytes[at] = right;
            }
        }
    }

    @Test
    void randomBytesAreReadOrHaveAFault() {
        long seed = Long.getLong("gridmate.seed", System.nanoTime());
        System.out.println("gridmate.seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        byte[] bytes = new byte[200];
        for (int i = 0; i < 50_000; i++) {
            random.nextBytes(bytes);
            // Likely flags and small lengths, so that the walk comes further than the first
            // message.
            for (int at = 2; at + 2 < bytes.length; at += 3 + random.nextInt(12)) {
                bytes[at] &= (byte) 0xbd;
                bytes[at + 1] = 0;
                bytes[at + 2] = (byte) random.nextInt(8);
            }
            checkTotal(Arrays.copyOf(bytes, random.nextInt(bytes.length)));
        }
    }

    private List<Message> read(byte[] bytes) {
        assertThat(reader.wrap(ByteBuffer.wrap(bytes))).isEqualTo(bytes.length >= 2);
        return Message.rest(reader);
    }

    // Plain comparisons: this runs millions of times.
    private void checkTotal(byte[] bytes) {
        boolean hasHeader = reader.wrap(ByteBuffer.wrap(bytes));
        int end = MessageHeader.DATAGRAM_HEADER_SIZE;
        while (reader.next()) {
            boolean inside = reader.payloadOffset() >= end + MessageHeader.MIN_SIZE
                    && reader.header().length >= 0
                    && reader.payloadOffset() + reader.header().length <= bytes.length;
            if (!inside || reader.header().channel > 3 || reader.header().chunks < 1 || reader.systemId() > 255) {
                throw new AssertionError(HexFormat.of().formatHex(bytes));
            }
            end = reader.payloadOffset() + reader.header().length;
        }
        boolean ended = reader.fault() != Fault.NONE || end == bytes.length;
        if (!ended || (!hasHeader && reader.fault() != Fault.TOO_SHORT)) {
            throw new AssertionError(HexFormat.of().formatHex(bytes));
        }
    }
}
