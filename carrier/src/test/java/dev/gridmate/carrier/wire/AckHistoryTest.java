package dev.gridmate.carrier.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.carrier.wire.Recording.Packet;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AckHistoryTest {

    private final AckHistory history = new AckHistory();
    private final ByteBuffer into = ByteBuffer.allocate(200).order(ByteOrder.LITTLE_ENDIAN);
    private final AcksReader reader = new AcksReader();

    @Test
    void nothingToAcknowledgeIsAKeepAlive() {
        assertThat(history.isEmpty()).isTrue();
        assertThat(written()).isEqualTo("2006");
        assertThat(history.isEmpty()).isTrue();
    }

    @Test
    void eachIsWrittenThreeTimes() {
        receive(7);
        assertThat(written()).isEqualTo("00000706");
        receive(8);
        assertThat(written()).isEqualTo("400008000706");
        assertThat(written()).isEqualTo("400008000706");
        assertThat(history.isEmpty()).isFalse();
        assertThat(written()).isEqualTo("00000806");
        assertThat(history.isEmpty()).isTrue();
        assertThat(written()).isEqualTo("2006");
    }

    @Test
    void aHoleIsWrittenAsBits() {
        receive(6, 7, 9, 10, 11, 13);
        assertThat(written()).isEqualTo("81000d6e06");
    }

    @Test
    void oneThatComesLateIsWrittenThreeTimesThoughNewerOnesWere() {
        receive(10);
        written();
        written();
        receive(8);
        assertThat(written()).isEqualTo("81000a0206");
        assertThat(written()).isEqualTo("00000806");
        receive(9);
        assertThat(written()).isEqualTo("400009000806");
        assertThat(written()).isEqualTo("00000906");
    }

    @Test
    void theNumbersCountOnPastTheirEnd() {
        receive(65_534, 0, 1);
        assertThat(written()).isEqualTo("8100010506");
        receive(65_535);
        assertThat(written()).isEqualTo("400001fffe06");
    }

    @Test
    void bytesOfBitsAreAsManyAsReachTheOldest() {
        receive(1, 9);
        assertThat(written()).isEqualTo("8100098006");
        receive(10);
        assertThat(written()).isEqualTo("82000a010106");
    }

    @Test
    void theWindowIsAsLargeAsTheLongestFormAndWhatIsOlderLeaves() {
        receive(100, 611);
        assertThat(written()).isEqualTo("c00263" + "00".repeat(63) + "40" + "06");
        assertThat(history.payloadSize()).isEqualTo(68);
        receive(612);
        assertThat(written()).isEqualTo("400264026306");
        receive(100);
        assertThat(written()).as("it is too old").isEqualTo("400264026306");
    }

    @Test
    void aLeapOfTheNumbersLeavesTheNewestOnly() {
        receive(100, 101, 102, 32_000);
        assertThat(written()).isEqualTo("007d0006");
        receive(SequenceNumber.add(32_000, 32_768));
        assertThat(written()).as("opposite, so neither newer nor older").isEqualTo("007d0006");
    }

    private void receive(int... sequences) {
        for (int sequence : sequences) {
            history.onReceived(sequence);
        }
    }

    private String written() {
        return HexFormat.of().formatHex(write(history));
    }

    private byte[] write(AckHistory history) {
        int size = history.payloadSize();
        assertThat(history.write(into, 3)).isEqualTo(size);
        byte[] bytes = new byte[size];
        into.get(3, bytes);
        return bytes;
    }

    /**
     * Who hears what the recorded sides heard says what they said, byte for byte.
     *
     * <p>In the lossy recording the client's lost datagrams do not appear, and with them
     * three-times counts that went on. A gap in the {@code seq} of the system channel tells how
     * many acknowledgements there were, but not when between two others they were written; so all
     * the moments are tried, and one must explain all that follows.
     */
    @ParameterizedTest
    @CsvSource({
        "carrier-udp, client", "carrier-udp, server",
        "carrier-stream, client", "carrier-stream, server",
        "carrier-version-mismatch, client", "carrier-version-mismatch, server",
        "carrier-udp-lossy, client", "carrier-udp-lossy, server"
    })
    void whatTheOriginalHeardMakesItSayWhatItSaid(String recording, String side) {
        List<List<Integer>> possible = List.of(List.of());
        List<Integer> heard = new ArrayList<>();
        int lastSeq = SequenceNumber.NONE;
        int compared = 0;
        DatagramReader datagram = new DatagramReader();
        for (Packet packet : Recording.read(recording).of(side)) {
            assertThat(datagram.wrap(ByteBuffer.wrap(packet.bytes()))).isTrue();
            if (!packet.sent()) {
                heard.add(datagram.sequence());
                continue;
            }
            while (datagram.next()) {
                if (datagram.header().channel == MessageHeader.SYSTEM_CHANNEL) {
                    int lost = SequenceNumber.distance(lastSeq, datagram.header().seq) - 1;
                    possible = possible.stream()
                            .flatMap(past -> interleaved(past, heard, lost).stream())
                            .toList();
                    heard.clear();
                    lastSeq = datagram.header().seq;
                }
                if (datagram.systemId() == SystemMessage.ACKS) {
                    String said = Message.at(datagram).payload();
                    possible = possible.stream()
                            .filter(past -> HexFormat.of()
                                    .formatHex(write(replayed(past)))
                                    .equals(said))
                            .map(past -> plus(past, WRITE))
                            .toList();
                    assertThat(possible).as("%s says %s", packet, said).isNotEmpty();
                    compared++;
                }
            }
        }
        assertThat(compared).isPositive();
    }

    private static final int WRITE = -1;

    private static List<List<Integer>> interleaved(List<Integer> past, List<Integer> heard, int writes) {
        if (heard.isEmpty() || writes == 0) {
            List<Integer> all = new ArrayList<>(past);
            all.addAll(heard);
            for (int i = 0; i < writes; i++) {
                all.add(WRITE);
            }
            return List.of(all);
        }
        List<List<Integer>> all =
                new ArrayList<>(interleaved(plus(past, heard.get(0)), heard.subList(1, heard.size()), writes));
        all.addAll(interleaved(plus(past, WRITE), heard, writes - 1));
        return all;
    }

    private static List<Integer> plus(List<Integer> past, int event) {
        List<Integer> all = new ArrayList<>(past);
        all.add(event);
        return all;
    }

    private AckHistory replayed(List<Integer> events) {
        AckHistory history = new AckHistory();
        for (int event : events) {
            if (event == WRITE) {
                write(history);
            } else {
                history.onReceived(event);
            }
        }
        return history;
    }

    /** Datagrams that are lost, late and leap, against a map from each to its writes to go. */
    @Test
    void whatIsWrittenIsWhatAPlainMapHolds() {
        long seed = Long.getLong("gridmate.seed", System.nanoTime());
        System.out.println("gridmate.seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        for (int run = 0; run < 50; run++) {
            AckHistory history = new AckHistory();
            Map<Integer, Integer> model = new HashMap<>();
            Set<Integer> received = new HashSet<>();
            int newest = random.nextInt(65_536);
            int patience = 1 + random.nextInt(60);
            for (int step = 0; step < 600; step++) {
                if (random.nextInt(patience) == 0) {
                    checkWritten(history, model, newest);
                    model.replaceAll((sequence, writes) -> writes - 1);
                    model.values().removeIf(writes -> writes == 0);
                } else {
                    int ahead = switch (random.nextInt(20)) {
                        case 0 -> random.nextInt(700);
                        case 1, 2, 3 -> -random.nextInt(600);
                        case 4, 5 -> 2;
                        default -> 1;
                    };
                    int sequence = SequenceNumber.add(newest, ahead);
                    if (received.add(sequence)) {
                        history.onReceived(sequence);
                        newest = model.isEmpty() || ahead > 0 ? sequence : newest;
                        model.put(sequence, 3);
                        int limit = newest;
                        model.keySet().removeIf(old -> SequenceNumber.distance(old, limit) >= 512);
                    }
                }
                assertThat(history.isEmpty()).isEqualTo(model.isEmpty());
            }
        }
    }

    private void checkWritten(AckHistory history, Map<Integer, Integer> model, int newest) {
        byte[] payload = write(history);
        assertThat(reader.wrap(into, 3, payload.length)).isTrue();
        assertThat(reader.isKeepAlive()).isEqualTo(model.isEmpty());
        Set<Integer> read = new HashSet<>();
        for (int sequence = 0; sequence < 65_536; sequence++) {
            if (reader.contains(sequence)) {
                read.add(sequence);
            }
        }
        assertThat(read).isEqualTo(model.keySet());
        if (!model.isEmpty()) {
            Comparator<Integer> byAge = Comparator.comparingInt(sequence -> SequenceNumber.distance(newest, sequence));
            int last = model.keySet().stream().max(byAge).orElseThrow();
            int first = model.keySet().stream().min(byAge).orElseThrow();
            int reach = SequenceNumber.distance(first, last);
            assertThat(reader.last()).isEqualTo(last);
            int size = reach == 0 ? 4 : reach == model.size() - 1 ? 6 : 4 + (reach + 7) / 8;
            assertThat(payload).hasSize(size);
        }
    }
}
