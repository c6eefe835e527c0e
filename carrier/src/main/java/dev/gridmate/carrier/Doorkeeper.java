package dev.gridmate.carrier;

import dev.gridmate.carrier.wire.AckHistory;
import dev.gridmate.carrier.wire.DatagramWriter;
import dev.gridmate.carrier.wire.DisconnectPayload;
import dev.gridmate.carrier.wire.MessageHeader;
import dev.gridmate.carrier.wire.SequenceNumber;
import dev.gridmate.carrier.wire.SystemMessage;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Says yes or no to newcomers, and never more bytes than three times what came from their address:
 * it may be somebody else's. What that does not cover waits for the next request: a peer repeats
 * its request after 10, 20, 40 ms and so on, so words of 255 bytes wait for about five.
 */
final class Doorkeeper {

    private final DatagramPort port;
    private final DatagramWriter writer = new DatagramWriter();
    private final MessageHeader header = new MessageHeader();

    Doorkeeper(DatagramPort port) {
        this.port = port;
        header.channel = MessageHeader.SYSTEM_CHANNEL;
    }

    /**
     * Answers a request. The answer is one reliable message, the first of its channel, however
     * often it leaves; each datagram has a number that no other has.
     */
    void answer(Newcomer newcomer, byte[] data, long now) {
        ByteBuffer into = port.beginDatagram();
        writer.begin(into, newcomer.nextAnswer());
        byte[] payload = Arrays.copyOf(data, data.length + 1);
        payload[data.length] = SystemMessage.CONNECT_ACK;
        putReliable(payload, 0, 0, newcomer.answers() > 0);
        putAcknowledgement(into, newcomer);
        if (leaves(newcomer)) {
            int bytes = port.sendPlain(newcomer.address, writer.size());
            newcomer.onAnswered(bytes, now);
        }
    }

    private boolean leaves(Newcomer newcomer) {
        return newcomer.covers(port.packetSize(writer.size())) && port.isOpen() && port.hasRoom(newcomer.address);
    }

    private void putReliable(byte[] payload, int seq, int reliableSeq, boolean isRepeated) {
        header.isReliable = true;
        header.isRepeated = isRepeated;
        header.length = payload.length;
        header.seq = seq;
        header.reliableSeq = reliableSeq;
        writer.put(header, payload);
    }

    /** The peer's last request has arrived. */
    private void putAcknowledgement(ByteBuffer into, Newcomer newcomer) {
        AckHistory history = new AckHistory();
        history.onReceived(newcomer.lastRequest());
        int size = history.payloadSize();
        if (writer.remaining() >= MessageHeader.MAX_SIZE + size) {
            header.isReliable = false;
            header.isRepeated = false;
            header.length = size;
            header.seq = SequenceNumber.add(1, newcomer.answers());
            int ignored = history.write(into, writer.putHeader(header));
        }
    }

    /**
     * Says why a newcomer may not come in: its first reliable message, or the one behind the
     * answer.
     *
     * @param forgetAt until when it hears it again
     * @return false if that is not covered, or the driver has no room
     */
    boolean refuse(Newcomer newcomer, long forgetAt) {
        Newcomer.Refusal refusal = newcomer.refusal();
        if (refusal == null) {
            return false;
        }
        DisconnectNotice notice = refusal.notice();
        byte[] no = notice == null
                ? DisconnectPayload.of(refusal.code().number())
                : DisconnectPayload.of(refusal.code().number(), notice.code(), notice.text(), port.messageMtu());
        writer.begin(port.beginDatagram(), newcomer.nextAnswer());
        boolean isFirst = newcomer.answers() == 0;
        putReliable(no, isFirst ? 0 : newcomer.answers() + 1, isFirst ? 0 : 1, true);
        boolean leaves = leaves(newcomer);
        if (leaves) {
            newcomer.onRefused(port.sendPlain(newcomer.address, writer.size()), forgetAt);
        }
        return leaves;
    }
}
