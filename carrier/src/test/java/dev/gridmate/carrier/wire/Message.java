package dev.gridmate.carrier.wire;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** A message of a datagram by value, so that two can be compared. The payload is in hex. */
record Message(
        int channel, boolean reliable, boolean connecting, int chunks, int seq, int reliableSeq, String payload) {

    /** Returns the message at which a reader is. */
    static Message at(DatagramReader reader) {
        MessageHeader header = reader.header();
        byte[] payload = new byte[header.length];
        reader.datagram().get(reader.payloadOffset(), payload);
        return new Message(
                header.channel,
                header.isReliable,
                header.isConnecting,
                header.chunks,
                header.seq,
                header.reliableSeq,
                HexFormat.of().formatHex(payload));
    }

    /** Returns the messages up to the end of the datagram or a fault. */
    static List<Message> rest(DatagramReader reader) {
        List<Message> messages = new ArrayList<>();
        while (reader.next()) {
            messages.add(at(reader));
        }
        return messages;
    }

    int payloadLength() {
        return payload.length() / 2;
    }

    int sizeIn(DatagramWriter writer, boolean isRepeated) {
        return writer.sizeOf(header(isRepeated));
    }

    void put(DatagramWriter writer, boolean isRepeated) {
        writer.put(header(isRepeated), HexFormat.of().parseHex(payload));
    }

    private MessageHeader header(boolean isRepeated) {
        MessageHeader header = new MessageHeader();
        header.channel = channel;
        header.isReliable = reliable;
        header.isConnecting = connecting;
        header.chunks = chunks;
        header.seq = seq;
        header.reliableSeq = reliableSeq;
        header.length = payloadLength();
        header.isRepeated = isRepeated;
        return header;
    }
}
