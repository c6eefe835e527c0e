package dev.gridmate.carrier.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The examples in docs/wire.md are recorded datagrams, and mean what the tables say. */
class WirePageTest {

    private static final Pattern EXAMPLE = Pattern.compile("\\(packet\\s(\\d+)\\sof\\s`(carrier-[a-z-]+)`\\)");
    private static final HexFormat SPACED = HexFormat.ofDelimiter(" ");
    private static final int SHOWN = 12;

    private final DatagramReader reader = new DatagramReader();
    private final AcksReader acks = new AcksReader();
    private String page;

    @BeforeEach
    void readThePage() throws IOException {
        page = Files.readString(Path.of("..", "docs", "wire.md"), StandardCharsets.UTF_8);
    }

    @Test
    void everyExampleIsARecordedDatagramFieldByField() {
        Matcher example = EXAMPLE.matcher(page);
        int count = 0;
        while (example.find()) {
            int number = Integer.parseInt(example.group(1));
            byte[] bytes =
                    Recording.read(example.group(2)).packets().get(number - 1).bytes();
            List<String> rows = page.substring(example.end())
                    .lines()
                    .dropWhile(line -> !line.startsWith("|"))
                    .takeWhile(line -> line.startsWith("|"))
                    .skip(2)
                    .toList();
            assertThat(rows).as("%s", example.group()).isEqualTo(rows(bytes));
            count++;
        }
        String examples = page.substring(page.indexOf("### Examples"));
        assertThat(examples.split("\\| bytes \\| meaning \\|", -1))
                .as("each table is one")
                .hasSize(count + 1);
        assertThat(count).isGreaterThanOrEqualTo(6);
    }

    private List<String> rows(byte[] bytes) {
        assertThat(reader.wrap(ByteBuffer.wrap(bytes))).isTrue();
        List<String> rows = new ArrayList<>();
        rows.add(row(bytes, 0, 2, "datagram " + reader.sequence()));
        int at = 2;
        while (reader.next()) {
            rows.add(row(bytes, at, reader.payloadOffset() - at, header()));
            at = reader.payloadOffset() + reader.header().length;
            rows.add(row(bytes, reader.payloadOffset(), reader.header().length, payload()));
        }
        assertThat(at).isEqualTo(bytes.length);
        return rows;
    }

    private static String row(byte[] bytes, int from, int length, String meaning) {
        String hex = SPACED.formatHex(bytes, from, from + Math.min(length, SHOWN));
        return "| `" + hex + (length > SHOWN ? " …" : "") + "` | " + meaning + " |";
    }

    private String header() {
        List<String> flags = new ArrayList<>();
        add(flags, MessageHeader.RELIABLE, "RELIABLE");
        add(flags, MessageHeader.CHUNKS, "CHUNKS");
        add(flags, MessageHeader.SEQUENTIAL_ID, "SEQUENTIAL_ID");
        add(flags, MessageHeader.SEQUENTIAL_REL_ID, "SEQUENTIAL_REL_ID");
        add(flags, MessageHeader.DATA_CHANNEL, "DATA_CHANNEL");
        add(flags, MessageHeader.CONNECTING, "CONNECTING");
        return (flags.isEmpty() ? "no flag" : String.join(", ", flags)) + "; length "
                + reader.header().length + "; channel " + reader.header().channel
                + (reader.header().chunks > 1 ? "; chunks " + reader.header().chunks : "")
                + "; seq " + reader.header().seq + "; reliableSeq " + reader.header().reliableSeq;
    }

    private void add(List<String> flags, int flag, String name) {
        if ((reader.flags & flag) != 0) {
            flags.add(name);
        }
    }

    private String payload() {
        int at = reader.payloadOffset();
        ByteBuffer bytes = reader.datagram();
        return switch (reader.systemId()) {
            case -1 -> "payload";
            case SystemMessage.CONNECT_REQUEST -> "CONNECT_REQUEST, version " + bytes.getInt(at);
            case SystemMessage.CONNECT_ACK -> "CONNECT_ACK, version " + bytes.getInt(at);
            case SystemMessage.DISCONNECT -> "DISCONNECT, reason " + bytes.get(at);
            case SystemMessage.CLOCK_SYNC -> "CLOCK_SYNC, " + bytes.getInt(at) + " ms";
            case SystemMessage.ACKS -> "ACKS, " + acknowledged(bytes, at);
            default -> "?";
        };
    }

    private String acknowledged(ByteBuffer bytes, int at) {
        assertThat(acks.wrap(bytes, at, reader.header().length)).isTrue();
        List<Integer> all = IntStream.rangeClosed(0, 65_535)
                .map(sequence -> 65_535 - sequence)
                .filter(acks::contains)
                .boxed()
                .toList();
        return acks.isKeepAlive() ? "keep-alive" : all.toString().replaceAll("[\\[\\]]", "") + " arrived";
    }

    @Test
    void theExampleOfANoticeIsOne() {
        Matcher example = Pattern.compile("Example: `([0-9a-f ]+)` is reason (\\d+), code (\\d+), \"(.*)\"")
                .matcher(page);
        assertThat(example.find()).isTrue();
        int reason = Integer.parseInt(example.group(2));
        int code = Integer.parseInt(example.group(3));
        assertThat(DisconnectPayload.of(reason, code, example.group(4), 1_360))
                .isEqualTo(SPACED.parseHex(example.group(1)));
    }

    @Test
    void theNumbersOnThePageAreThoseOfTheCode() {
        assertThat(page)
                .contains("| `RELIABLE` | 0x%02x |".formatted(MessageHeader.RELIABLE))
                .contains("| `CHUNKS` | 0x%02x |".formatted(MessageHeader.CHUNKS))
                .contains("| `SEQUENTIAL_ID` | 0x%02x |".formatted(MessageHeader.SEQUENTIAL_ID))
                .contains("| `SEQUENTIAL_REL_ID` | 0x%02x |".formatted(MessageHeader.SEQUENTIAL_REL_ID))
                .contains("| `DATA_CHANNEL` | 0x%02x |".formatted(MessageHeader.DATA_CHANNEL))
                .contains("| `CONNECTING` | 0x%02x |".formatted(MessageHeader.CONNECTING))
                .contains("| %d | `CONNECT_REQUEST` |".formatted(SystemMessage.CONNECT_REQUEST))
                .contains("| %d | `CONNECT_ACK` |".formatted(SystemMessage.CONNECT_ACK))
                .contains("| %d | `DISCONNECT` |".formatted(SystemMessage.DISCONNECT))
                .contains("| %d | `CLOCK_SYNC` |".formatted(SystemMessage.CLOCK_SYNC))
                .contains("| %d | `ACKS` |".formatted(SystemMessage.ACKS))
                .contains("| mark, u8 | 0x%02x |".formatted(DisconnectPayload.MARK))
                .contains("| bits | 0x%02x + n |".formatted(Acks.BITS))
                .contains("| continuous | 0x%02x |".formatted(Acks.CONTINUOUS))
                .contains("| keep-alive | 0x%02x |".formatted(Acks.KEEP_ALIVE))
                .contains("| single | 0x%02x |".formatted(Acks.SINGLE));
    }
}
