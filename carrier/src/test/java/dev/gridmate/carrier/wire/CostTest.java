package dev.gridmate.carrier.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.testkit.Allocation;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a datagram costs, counted and not timed: nothing is allocated, however full it is. */
@Timeout(60)
class CostTest {

    private final DatagramWriter writer = new DatagramWriter();
    private final MessageHeader header = new MessageHeader();
    private final DatagramReader reader = new DatagramReader();
    private final AckHistory history = new AckHistory();
    private final AcksReader acks = new AcksReader();
    private final ByteBuffer datagram = ByteBuffer.allocateDirect(1400);
    private final byte[] payload = new byte[100];
    private int sequence;
    private int written;
    private int found;

    @Test
    void aDatagramAndItsAcknowledgementAllocateNothing() {
        assertThat(Allocation.of(this::writeAndRead)).isLessThan(Allocation.NOISE);
        assertThat(found).isEqualTo(7 * written);
    }

    private void writeAndRead() {
        written++;
        sequence = SequenceNumber.add(sequence, 1 + sequence % 3);
        history.onReceived(sequence);
        writer.begin(datagram, sequence);
        describe(3, false, sequence, SequenceNumber.NONE);
        header.length = history.payloadSize();
        history.write(datagram, writer.putHeader(header));
        for (int i = 0; i < 6; i++) {
            describe(i % 3, true, i, i);
            header.isRepeated = i == 4;
            header.length = payload.length;
            writer.put(header, payload);
        }
        datagram.limit(writer.size());
        found += reader.wrap(datagram) ? 0 : 1;
        while (reader.next()) {
            found++;
            if (reader.systemId() == SystemMessage.ACKS
                    && (!acks.wrap(datagram, reader.payloadOffset(), reader.header().length)
                            || !acks.contains(sequence))) {
                found = Integer.MIN_VALUE;
            }
        }
        datagram.limit(datagram.capacity());
    }

    private void describe(int channel, boolean isReliable, int seq, int reliableSeq) {
        header.channel = channel;
        header.isReliable = isReliable;
        header.seq = seq;
        header.reliableSeq = reliableSeq;
        header.isRepeated = false;
    }
}
