package dev.gridmate.carrier.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AcksReaderTest {

    private final AcksReader reader = new AcksReader();

    @Test
    void aReaderThatHasReadNothingAcknowledgesNothing() {
        assertThat(reader.contains(0)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "2006, ''",
        "00000206, 2",
        "400003000206, '2,3'",
        "400002000206, '2'",
        "400001fffe06, '0,1,65534,65535'",
        "81000d6e06, '6,7,9,10,11,13'",
        "8100000306, '0,65534,65535'",
        "82000a010106, '1,9,10'",
        "80000206, 2",
        "82000a000006, 10",
    })
    void whatEachFormAcknowledges(String hex, String acknowledged) {
        List<Integer> expected = acknowledged.isEmpty()
                ? List.of()
                : List.of(acknowledged.split(",", -1)).stream()
                        .map(Integer::valueOf)
                        .toList();
        assertThat(wrap(hex)).isTrue();
        assertThat(reader.isKeepAlive()).isEqualTo(expected.isEmpty());
        assertThat(acknowledged()).isEqualTo(expected);
    }

    @Test
    void theLongestFormReaches512Back() {
        assertThat(wrap("c00400" + "00".repeat(63) + "80" + "06")).isTrue();
        assertThat(acknowledged()).containsExactly(1024 - 512, 1024);
    }

    @ParameterizedTest
    @CsvSource({
        "''",
        "06",
        "200006",
        "000006",
        "0000020006",
        "4000030006",
        "40000300020006",
        "400002000306",
        "408000000006",
        "81000206",
        "8100020f0f06",
        "600003000206",
        "410003000206",
        "10000206",
        "01000206",
    })
    void whatHasAFormThatDoesNotExistOrAnotherSizeIsRefused(String hex) {
        assertThat(wrap("400003000206")).isTrue();
        assertThat(wrap(hex)).isFalse();
        assertThat(reader.isKeepAlive()).isTrue();
        assertThat(acknowledged()).as("nothing is left of the one before").isEmpty();
    }

    @Test
    void moreThan64BytesOfBitsAreRefused() {
        assertThat(wrap("c10400" + "00".repeat(65) + "06")).isFalse();
        assertThat(wrap("ff0400" + "00".repeat(127) + "06")).isFalse();
    }

    private boolean wrap(String hex) {
        byte[] payload = HexFormat.of().parseHex(hex);
        return reader.wrap(ByteBuffer.allocate(200).put(3, payload), 3, payload.length);
    }

    private List<Integer> acknowledged() {
        return IntStream.rangeClosed(0, 65_535).filter(reader::contains).boxed().toList();
    }
}
