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
        int size = history.payloadSize();
        history.write(datagram, writer.putHeader(3, false, false, 1, sequence, SequenceNumber.NONE, false, size));
        for (int i = 0; i < 6; i++) {
            writer.put(i % 3, true, false, 1, i, i, i == 4, payload, 0, payload.length);
        }
        datagram.limit(writer.size());
        found += reader.wrap(datagram) ? 0 : 1;
        while (reader.next()) {
            found++;
            if (reader.systemId() == SystemMessage.ACKS
                    && (!acks.wrap(datagram, reader.payloadOffset(), reader.payloadLength())
                            || !acks.contains(sequence))) {
                found = Integer.MIN_VALUE;
            }
        }
        datagram.limit(datagram.capacity());
    }
}
