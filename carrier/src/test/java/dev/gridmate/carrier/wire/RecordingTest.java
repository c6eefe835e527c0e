package dev.gridmate.carrier.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.carrier.wire.Recording.Packet;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The codec against every datagram that was recorded from the original. */
class RecordingTest {

    private final DatagramReader reader = new DatagramReader();
    private final DatagramWriter writer = new DatagramWriter();
    private final AcksReader acks = new AcksReader();

    static List<Recording> all() {
        return Recording.all();
    }

    @ParameterizedTest
    @MethodSource("all")
    void everyFieldIsWhatTheTextBesideTheBytesSays(Recording recording) {
        List<String> lines = new ArrayList<>();
        for (Packet packet : recording.packets()) {
            lines.add(String.format(
                    Locale.ROOT,
                    "#%d t=%.3fms %s %s len=%d",
                    packet.number(),
                    packet.milliseconds(),
                    packet.side().toUpperCase(Locale.ROOT),
                    packet.sent() ? "SEND" : "RECV",
                    packet.bytes().length));
            assertThat(reader.wrap(ByteBuffer.wrap(packet.bytes()))).isTrue();
            lines.add("   datagram seq=" + reader.sequence());
            while (reader.next()) {
                lines.add("      msg " + message());
            }
            assertThat(reader.fault()).as("%s", packet).isEqualTo(DatagramReader.Fault.NONE);
        }
        assertThat(lines).isEqualTo(recording.decoded());
    }

    private String message() {
        return String.format(
                "flags=0x%02x %s ch=%d chunks=%d seq=%d rel=%d%s size=%d %s",
                reader.flags,
                reader.header().isReliable ? "REL" : "unrel",
                reader.header().channel,
                reader.header().chunks,
                reader.header().seq,
                reader.header().reliableSeq,
                reader.header().isConnecting ? " CONNECTING" : "",
                reader.header().length,
                reader.systemId() >= 0 ? "SYSTEM " + system() : "b'" + beginning() + "'");
    }

    private String beginning() {
        byte[] payload = payload();
        return new String(payload, 0, Math.min(24, payload.length), StandardCharsets.US_ASCII);
    }

    private byte[] payload() {
        byte[] payload = new byte[reader.header().length];
        reader.datagram().get(reader.payloadOffset(), payload);
        return payload;
    }

    private String system() {
        byte[] payload = payload();
        return switch (reader.systemId()) {
            case SystemMessage.CONNECT_REQUEST -> "CONNECT_REQUEST " + version(payload);
            case SystemMessage.CONNECT_ACK -> "CONNECT_ACK " + version(payload);
            case SystemMessage.DISCONNECT -> "DISCONNECT reason=" + payload[0];
            case SystemMessage.CLOCK_SYNC ->
                "CLOCK_SYNC timeMs=" + ByteBuffer.wrap(payload).getInt();
            case SystemMessage.ACKS -> "CT_ACKS " + acks(payload);
            default -> "?";
        };
    }

    private static String version(byte[] payload) {
        return "version=" + ByteBuffer.wrap(payload).getInt() + " extra="
                + HexFormat.of().formatHex(payload, 4, payload.length - 1);
    }

    private String acks(byte[] payload) {
        assertThat(acks.wrap(reader.datagram(), reader.payloadOffset(), reader.header().length))
                .isTrue();
        if (acks.isKeepAlive()) {
            return "KEEP_ALIVE";
        }
        List<Integer> all =
                IntStream.rangeClosed(0, 65_535).filter(acks::contains).boxed().toList();
        assertThat(all).contains(acks.last());
        if ((payload[0] & Acks.BITS) != 0) {
            int bytes = payload.length - Acks.bitsSize(0);
            int bits = all.stream()
                    .filter(arrived -> arrived != acks.last())
                    .mapToInt(arrived -> 1 << (acks.last() - 1 - arrived))
                    .sum();
            return String.format("ACK bits last=%d bytes=%d [%02x]", acks.last(), bytes, bits);
        }
        return payload[0] == Acks.CONTINUOUS
                ? "ACK range last=" + acks.last() + " first=" + all.get(0)
                : all.stream().map(String::valueOf).collect(Collectors.joining(",", "ACK single ", ""));
    }

    @ParameterizedTest
    @MethodSource("all")
    void whatWasReadIsWrittenAsTheSameBytes(Recording recording) {
        ByteBuffer into = ByteBuffer.allocate(1500).order(ByteOrder.LITTLE_ENDIAN);
        for (Packet packet : recording.packets()) {
            assertThat(reader.wrap(ByteBuffer.wrap(packet.bytes()))).isTrue();
            writer.begin(into, reader.sequence());
            for (Message message : Message.rest(reader)) {
                int expected = writer.size() + message.sizeIn(writer, false);
                message.put(writer, false);
                assertThat(writer.size()).isEqualTo(expected);
            }
            assertThat(Arrays.copyOf(into.array(), writer.size()))
                    .as("%s", packet)
                    .isEqualTo(packet.bytes());
        }
    }
}
