package dev.gridmate.carrier.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Any bytes as a datagram and as an acknowledgement. A normal build feeds in what was recorded;
 * with {@code JAZZER_FUZZ=1} in the environment a run goes on from there to whatever reaches new
 * code: see CONTRIBUTING.md.
 */
class DatagramFuzzTest {

    private static final String DURATION = "2m";

    private final DatagramReader reader = new DatagramReader();
    private final DatagramWriter writer = new DatagramWriter();
    private final AcksReader acks = new AcksReader();

    static Stream<byte[]> recordedDatagrams() {
        return Recording.all().stream()
                .flatMap(recording -> recording.sent().stream())
                .map(Recording.Packet::bytes);
    }

    static Stream<byte[]> recordedAcks() {
        return recordedDatagrams().flatMap(bytes -> {
            Stream.Builder<byte[]> found = Stream.builder();
            DatagramReader reader = reader(bytes);
            while (reader.next()) {
                if (reader.systemId() == SystemMessage.ACKS) {
                    int at = reader.payloadOffset();
                    found.add(Arrays.copyOfRange(bytes, at, at + reader.header().length));
                }
            }
            return found.build();
        });
    }

    private static DatagramReader reader(byte[] bytes) {
        DatagramReader reader = new DatagramReader();
        assertThat(reader.wrap(ByteBuffer.wrap(bytes))).isTrue();
        return reader;
    }

    @MethodSource("recordedDatagrams")
    @FuzzTest(maxDuration = DURATION) // the last one: it takes what stands before it as the seeds
    void anyBytesAreADatagramOrHaveAFault(byte[] bytes) {
        boolean hasHeader = reader.wrap(ByteBuffer.wrap(bytes));
        assertThat(hasHeader).isEqualTo(bytes.length >= MessageHeader.DATAGRAM_HEADER_SIZE);
        List<Message> messages = Message.rest(reader);
        DatagramReader.Fault fault = reader.fault();
        assertThat(messages.size()).isLessThanOrEqualTo(bytes.length / MessageHeader.MIN_SIZE);

        reader.rewind();
        assertThat(Message.rest(reader)).isEqualTo(messages);
        assertThat(reader.fault()).isEqualTo(fault);
        if (hasHeader) {
            assertThat(writtenAndRead(messages)).isEqualTo(messages);
        }
    }

    // Written, the same messages may be longer by the numbers that this writer does not leave out
    // and others do.
    private List<Message> writtenAndRead(List<Message> messages) {
        int room = MessageHeader.DATAGRAM_HEADER_SIZE;
        for (Message message : messages) {
            room += MessageHeader.MAX_SIZE + message.payloadLength();
        }
        ByteBuffer into = ByteBuffer.allocate(room);
        writer.begin(into, reader.sequence());
        for (Message message : messages) {
            message.put(writer, false);
        }
        DatagramReader again = new DatagramReader();
        assertThat(again.wrap(into.limit(writer.size()))).isTrue();
        List<Message> read = Message.rest(again);
        assertThat(again.fault()).isEqualTo(DatagramReader.Fault.NONE);
        return read;
    }

    @MethodSource("recordedAcks")
    @FuzzTest(maxDuration = DURATION) // the last one: it takes what stands before it as the seeds
    void anyBytesAreAcknowledgementsOrAreRefused(byte[] bytes) {
        boolean good = acks.wrap(ByteBuffer.wrap(bytes), 0, bytes.length);
        if (!good || acks.isKeepAlive()) {
            assertThat(acks.contains(acks.last())).isFalse();
        } else {
            assertThat(acks.contains(acks.last())).isTrue();
            assertThat(acks.contains(SequenceNumber.next(acks.last()))).isFalse();
        }
    }
}
