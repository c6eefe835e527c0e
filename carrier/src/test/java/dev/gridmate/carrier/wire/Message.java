package dev.gridmate.carrier.wire;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** A message of a datagram by value, so that two can be compared. The payload is in hex. */
record Message(
        int channel, boolean reliable, boolean connecting, int chunks, int seq, int reliableSeq, String payload) {

    /** Returns the message at which a reader is. */
    static Message at(DatagramReader reader) {
        byte[] payload = new byte[reader.payloadLength()];
        reader.datagram().get(reader.payloadOffset(), payload);
        return new Message(
                reader.channel(),
                reader.isReliable(),
                reader.isConnecting(),
                reader.chunks(),
                reader.seq(),
                reader.reliableSeq(),
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

    int sizeIn(DatagramWriter writer, boolean explicit) {
        return writer.sizeOf(channel, reliable, chunks, seq, reliableSeq, explicit, payloadLength());
    }

    void put(DatagramWriter writer, boolean explicit) {
        byte[] bytes = HexFormat.of().parseHex(payload);
        writer.put(channel, reliable, connecting, chunks, seq, reliableSeq, explicit, bytes, 0, bytes.length);
    }
}
