package dev.gridmate.carrier.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DatagramWriterTest {

    private final DatagramWriter writer = new DatagramWriter();
    private final DatagramReader reader = new DatagramReader();

    @Test
    void aMessageSentAgainIsWrittenOutAndSoIsWhatFollowsOnItsChannel() {
        ByteBuffer into = ByteBuffer.allocate(100);
        writer.begin(into, 9);
        put(0, true, 5, 5, false);
        put(0, true, 6, 6, true); // would be expressible by both shortcuts
        put(0, true, 7, 7, false);
        put(1, true, 5, 5, false);
        put(1, true, 6, 6, false);
        assertThat(hex(into))
                .isEqualTo("0009" + "01000000050005" + "01000000060006" + "01000000070007" + "2100000100050005"
                        + "190000");
    }

    @Test
    void theNextDatagramLeavesNumbersOutAgain() {
        ByteBuffer into = ByteBuffer.allocate(100);
        writer.begin(into, 9);
        put(0, true, 5, 5, true);
        writer.begin(into, 10);
        put(0, true, 6, 6, false);
        put(0, true, 7, 7, false);
        assertThat(hex(into)).isEqualTo("000a" + "01000000060006" + "190000");
    }

    @Test
    void besideAReliableNumberOf65535TheNextIsWrittenOut() {
        ByteBuffer into = ByteBuffer.allocate(100);
        writer.begin(into, 9);
        put(0, false, 0, SequenceNumber.NONE, false);
        put(0, false, 1, SequenceNumber.NONE, false); // as the original, whose flags are 0x08 here
        put(0, true, 2, 0, false);
        put(0, false, 3, 0, false);
        assertThat(hex(into)).isEqualTo("0009" + "0000000000ffff" + "080000ffff" + "0900000000" + "180000");
    }

    @Test
    void aReliableNumberOf65535IsWrittenOutItself() {
        ByteBuffer into = ByteBuffer.allocate(100);
        writer.begin(into, 9);
        put(0, true, 7, 65_534, false);
        put(0, true, 8, 65_535, false);
        put(0, true, 9, 0, false);
        put(0, true, 10, 1, false);
        assertThat(hex(into)).isEqualTo("0009" + "0100000007fffe" + "090000ffff" + "0900000000" + "190000");
    }

    private void put(int channel, boolean reliable, int seq, int reliableSeq, boolean explicit) {
        new Message(channel, reliable, false, 1, seq, reliableSeq, "").put(writer, explicit);
    }

    private String hex(ByteBuffer into) {
        byte[] bytes = new byte[writer.size()];
        into.get(0, bytes);
        return HexFormat.of().formatHex(bytes);
    }

    @Test
    void theRoomIsFromPositionToLimitAndTheBufferStaysAsItIs() {
        ByteBuffer into = ByteBuffer.allocate(40)
                .order(ByteOrder.LITTLE_ENDIAN)
                .position(10)
                .limit(22);
        writer.begin(into, 0x0102);
        assertThat(writer.remaining()).isEqualTo(10);
        MessageHeader header = header(0, true, 1, 3);
        header.seq = 0x0304;
        header.reliableSeq = 0x0506;
        assertThat(writer.sizeOf(header)).isEqualTo(10);
        int payload = writer.putHeader(header);
        into.put(payload, new byte[] {7, 8, 9});
        assertThat(HexFormat.of().formatHex(into.array()))
                .isEqualTo("00".repeat(10) + "0102" + "01000303040506" + "070809" + "00".repeat(18));
        assertThat(writer.size()).isEqualTo(12);
        assertThat(writer.remaining()).isZero();
        assertThat(writer.messageCount()).isEqualTo(1);
        assertThat(into.position()).isEqualTo(10);
        assertThat(into.limit()).isEqualTo(22);
    }

    @Test
    void whatDoesNotFitOrCannotBeExpressedIsMisuseAndWritesNothing() {
        ByteBuffer into = ByteBuffer.allocate(12);
        assertThatThrownBy(() -> writer.begin(ByteBuffer.allocate(1), 0)).hasMessageContaining("more than 1 bytes");
        writer.begin(into, 0);
        assertThatThrownBy(() -> writer.putHeader(header(0, true, 1, 4)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a message of 11 bytes where 10 remain");
        assertThatThrownBy(() -> writer.putHeader(header(4, true, 1, 0))).hasMessageContaining("channel 4");
        assertThatThrownBy(() -> writer.putHeader(header(0, true, 32_767, 0))).hasMessageContaining("32767 chunks");
        assertThatThrownBy(() -> writer.putHeader(header(0, false, 2, 0))).hasMessageContaining("2 chunks");
        assertThatThrownBy(() -> writer.putHeader(header(0, true, 1, 65_536))).hasMessageContaining("65536 bytes");
        assertThatThrownBy(() -> writer.put(header(0, true, 1, 1), new byte[0]))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(writer.size()).isEqualTo(2);
        assertThat(writer.messageCount()).isZero();
    }

    private static MessageHeader header(int channel, boolean isReliable, int chunks, int length) {
        MessageHeader header = new MessageHeader();
        header.channel = channel;
        header.isReliable = isReliable;
        header.chunks = chunks;
        header.length = length;
        return header;
    }

    @Test
    void whatIsWrittenIsRead() {
        long seed = Long.getLong("gridmate.seed", System.nanoTime());
        System.out.println("gridmate.seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        ByteBuffer into = ByteBuffer.allocateDirect(4000);
        Set<Integer> flagsSeen = new HashSet<>();
        for (int i = 0; i < 20_000; i++) {
            int sequence = random.nextInt(65_536);
            writer.begin(into, sequence);
            List<Message> messages = new ArrayList<>();
            for (int count = random.nextInt(12); count > 0; count--) {
                Message message = anyAfter(messages, random);
                boolean explicit = random.nextInt(10) == 0;
                int expected = writer.size() + message.sizeIn(writer, explicit);
                message.put(writer, explicit);
                assertThat(writer.size()).isEqualTo(expected);
                messages.add(message);
            }
            assertThat(writer.messageCount()).isEqualTo(messages.size());
            assertThat(reader.wrap(into.duplicate().limit(writer.size()))).isTrue();
            assertThat(reader.sequence()).isEqualTo(sequence);
            assertThat(Message.rest(reader)).isEqualTo(messages);
            assertThat(reader.fault()).isEqualTo(DatagramReader.Fault.NONE);
            reader.rewind();
            while (reader.next()) {
                flagsSeen.add(reader.flags & ~MessageHeader.CONNECTING);
            }
        }
        assertThat(flagsSeen)
                .as("5 flags in all combinations but the 8 with chunks of an unreliable message")
                .hasSize(32 - 8);
    }

    /**
     * Draws a message that often follows its channel's last one, and often stands near the end of
     * the numbers.
     */
    private static Message anyAfter(List<Message> messages, SplittableRandom random) {
        int channel = random.nextInt(MessageHeader.CHANNELS);
        boolean reliable = random.nextBoolean();
        int seq = random.nextInt(3) == 0 ? random.nextInt(65_536) : SequenceNumber.add(0, random.nextInt(4) - 2);
        int reliableSeq = SequenceNumber.add(0, random.nextInt(4) - 2);
        for (Message before : messages) {
            if (before.channel() == channel) {
                seq = random.nextInt(4) > 0 ? SequenceNumber.next(before.seq()) : seq;
                int following = SequenceNumber.add(before.reliableSeq(), reliable ? 1 : 0);
                reliableSeq = random.nextInt(4) > 0 ? following : reliableSeq;
            }
        }
        return new Message(
                channel,
                reliable,
                random.nextBoolean(),
                reliable && random.nextInt(4) == 0 ? 1 + random.nextInt(MessageHeader.MAX_CHUNKS) : 1,
                seq,
                reliableSeq,
                "ab".repeat(random.nextInt(20)));
    }
}
