package dev.gridmate.carrier.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.carrier.wire.DatagramReader;
import dev.gridmate.carrier.wire.DatagramWriter;
import dev.gridmate.carrier.wire.DisconnectPayload;
import dev.gridmate.carrier.wire.MessageHeader;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/**
 * What is due of the carrier's own messages, when something else has happened before they could
 * leave.
 */
class SystemOutboxTest {

    private final SystemOutbox outbox = new SystemOutbox(new Acknowledgements(0));

    @Test
    void aRequestThatCouldNotLeaveIsOfNoUseOnceThereIsAnAnswerOrAnEnd() {
        outbox.requestConnect();
        assertThat(outbox.isAnyDue(0)).isTrue();
        outbox.onConnected();
        assertThat(outbox.isAnyDue(0)).isFalse();
    }

    @Test
    void anEndTakesThePlaceOfARequest() {
        ByteBuffer datagram = ByteBuffer.allocate(100);
        DatagramWriter writer = new DatagramWriter();
        outbox.connectRequest(new byte[4]);
        outbox.requestConnect();
        outbox.disconnect(DisconnectPayload.of(1));
        writer.begin(datagram, 2);
        outbox.put(writer, datagram, 0, 0);
        assertThat(writer.messageCount()).as("the end alone").isOne();
        assertThat(outbox.isAnyDue(0)).isFalse();
    }

    @Test
    void anAcknowledgementLeavesWhereItJustFits() {
        ByteBuffer datagram = ByteBuffer.allocate(MessageHeader.DATAGRAM_HEADER_SIZE + MessageHeader.MAX_SIZE + 2);
        DatagramWriter writer = new DatagramWriter();
        writer.begin(datagram, 2);
        outbox.putAcknowledgements(writer, datagram, true);
        assertThat(writer.messageCount()).isOne();
        writer.begin(datagram.limit(datagram.capacity() - 1), 3);
        outbox.putAcknowledgements(writer, datagram, true);
        assertThat(writer.messageCount()).isZero();
    }

    @Test
    void eachReliableMessageHasItsOwnNumbersAndKeepsThemWhenItIsSentAgain() {
        ByteBuffer datagram = ByteBuffer.allocate(100);
        DatagramWriter writer = new DatagramWriter();
        DatagramReader reader = new DatagramReader();
        int[][] expected = {{0, 0}, {1, 1}, {1, 1}};
        for (int i = 0; i < expected.length; i++) {
            if (i == 0) {
                outbox.connectAck(new byte[4]);
            } else {
                outbox.disconnect(DisconnectPayload.of(1));
            }
            writer.begin(datagram.clear(), 2 + i);
            outbox.put(writer, datagram, 0, 0);
            assertThat(reader.wrap(datagram.limit(writer.size()))).isTrue();
            assertThat(reader.next()).isTrue();
            assertThat(reader.header().seq).as("message %d", i).isEqualTo(expected[i][0]);
            assertThat(reader.header().reliableSeq).as("message %d", i).isEqualTo(expected[i][1]);
        }
    }

    @Test
    void theClockWaitsForTheNextDatagramIfAnAnswerFillsThisOne() {
        ByteBuffer datagram = ByteBuffer.allocate(100);
        DatagramWriter writer = new DatagramWriter();
        outbox.connectAck(new byte[100 - 2 - 7 - 1 - 1]); // with the header, the channel, and its name
        outbox.clockSync();
        writer.begin(datagram, 2);
        outbox.put(writer, datagram, 0, 0);
        assertThat(writer.remaining()).isZero();
        assertThat(outbox.isClockSyncDue()).isTrue();
        writer.begin(datagram, 3);
        outbox.put(writer, datagram, 0, 0);
        assertThat(writer.messageCount()).isOne();
        assertThat(outbox.isClockSyncDue()).isFalse();
    }
}
