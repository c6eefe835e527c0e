package dev.gridmate.carrier.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The notice behind the reason of a DISCONNECT. */
class DisconnectPayloadTest {

    private static final int ROOM = 1_360;
    private static final HexFormat HEX = HexFormat.ofDelimiter(" ");

    @ParameterizedTest
    @CsvSource({
        "0, 3, be nice, 00 a5 03 07 62 65 20 6e 69 63 65 03",
        "4, 1, '', 04 a5 01 00 03",
        "7, 5, '', 07 a5 05 00 03",
        "9, 4, '', 09 a5 04 00 03",
        "4, 2, bis Freitag: Ä, 04 a5 02 0f 62 69 73 20 46 72 65 69 74 61 67 3a 20 c3 84 03",
        "0, 255, x, 00 a5 ff 01 78 03"
    })
    void goldenBytes(int reason, int code, String text, String hex) {
        byte[] bytes = HEX.parseHex(hex);
        assertThat(DisconnectPayload.of(reason, code, text, ROOM)).isEqualTo(bytes);
        assertThat(DisconnectPayload.code(between(bytes))).isEqualTo(code);
        assertThat(DisconnectPayload.text(between(bytes))).isEqualTo(text);
    }

    @Test
    void thePlainFormIsThatOfTheOriginal() {
        assertThat(DisconnectPayload.of(6)).isEqualTo(HEX.parseHex("06 03"));
        assertThat(DisconnectPayload.code(between(DisconnectPayload.of(6)))).isZero();
        assertThat(DisconnectPayload.text(between(DisconnectPayload.of(6)))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00 a5 03", // the mark alone, with the id behind it
                "00 a5 03 03", // no length
                "00 a5 03 02 61 03", // a byte too few
                "00 a5 03 01 61 62 03", // a byte too many
                "00 a5 03 ff 03", // 255 bytes of nothing
                "00 a4 03 01 61 03", // another mark
                "00 a5 00 01 61 03", // no code
                "00 00 00 00 00 03"
            })
    void whatIsNotExactlyANoticeIsNone(String hex) {
        ByteBuffer between = between(HEX.parseHex(hex));
        assertThat(DisconnectPayload.code(between)).isZero();
        assertThat(DisconnectPayload.text(between)).isEmpty();
    }

    @Test
    void bytesThatAreNotUtf8AreReplaced() {
        ByteBuffer between = between(HEX.parseHex("00 a5 03 05 61 ff c3 28 80 03"));
        assertThat(DisconnectPayload.code(between)).isEqualTo(3);
        assertThat(DisconnectPayload.text(between)).isEqualTo("a\ufffd\ufffd(\ufffd");
    }

    @Test
    void anyBytesGiveAResult() {
        long seed = Long.getLong("gridmate.seed", System.nanoTime());
        System.out.println("gridmate.seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 100_000; i++) {
            byte[] bytes = new byte[2 + random.nextInt(300)];
            random.nextBytes(bytes);
            if (random.nextBoolean() && bytes.length > 4) { // nearly a notice
                bytes[1] = (byte) 0xa5;
                bytes[3] = (byte) (bytes.length - 5 + random.nextInt(-1, 2));
            }
            ByteBuffer between = between(bytes);
            int code = DisconnectPayload.code(between);
            String text = DisconnectPayload.text(between);
            assertThat(code).isBetween(0, 255);
            assertThat(text.length()).isBetween(0, code == 0 ? 0 : 255);
            assertThat(between.remaining()).as("not consumed").isEqualTo(bytes.length - 2);
        }
    }

    @Test
    void textThatDoesNotFitIsCutAfterAWholeCharacter() {
        for (int room = 5; room < 20; room++) {
            byte[] bytes = DisconnectPayload.of(0, 3, "aäö€😀z", room);
            String text = DisconnectPayload.text(between(bytes));
            assertThat(bytes).hasSizeLessThanOrEqualTo(room);
            assertThat("aäö€😀z").startsWith(text);
            assertThat(DisconnectPayload.code(between(bytes))).isEqualTo(3);
        }
        assertThat(DisconnectPayload.text(between(DisconnectPayload.of(0, 3, "aäö€😀z", 18))))
                .isEqualTo("aäö€😀z");
        assertThat(DisconnectPayload.text(between(DisconnectPayload.of(0, 3, "x".repeat(255), ROOM))))
                .hasSize(255);
    }

    private static ByteBuffer between(byte[] payload) {
        return ByteBuffer.wrap(payload, 1, payload.length - 2);
    }
}
