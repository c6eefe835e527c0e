package dev.gridmate.driver.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.internal.BufferPool;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Framing against the recorded bytes of the original: whole, byte by byte, and cut in two
 * everywhere.
 */
class FrameReaderTest {

    private final BufferPool pool = new BufferPool(Long.MAX_VALUE);

    @ParameterizedTest
    @CsvSource({"stream-5x7.hex, 5, 7", "stream-8x100.hex, 8, 100"})
    void theOriginalsBytesAreItsPacketsHoweverTheyAreCut(String file, int count, int size) {
        byte[] bytes = recorded(file);
        List<byte[]> whole = read(bytes, bytes.length);
        assertThat(whole).hasSize(count).allSatisfy(packet -> assertThat(packet).hasSize(size));
        for (int i = 0; i < count; i++) {
            assertThat(ByteBuffer.wrap(whole.get(i)).getInt())
                    .as("each packet starts with its index")
                    .isEqualTo(i);
        }
        assertThat(read(bytes, 1)).usingRecursiveComparison().isEqualTo(whole);
        for (int split = 1; split < bytes.length; split++) {
            assertThat(read(bytes, split))
                    .as("split at %d", split)
                    .usingRecursiveComparison()
                    .isEqualTo(whole);
        }
    }

    @ParameterizedTest
    @CsvSource({"stream-5x7.hex", "stream-8x100.hex"})
    void theOriginalsPacketsBecomeItsBytes(String file) throws IOException {
        byte[] bytes = recorded(file);
        ByteRing ring = new ByteRing(pool, 2048);
        for (byte[] packet : read(bytes, bytes.length)) {
            ring.putFrame(ByteBuffer.wrap(packet));
        }
        ScriptedEndpoint endpoint = new ScriptedEndpoint();
        ring.writeTo(endpoint);
        assertThat(endpoint.written()).isEqualTo(bytes);
    }

    /** Reads what arrives in two pieces, or in pieces of one byte if the first has one. */
    private List<byte[]> read(byte[] bytes, int first) {
        ScriptedEndpoint endpoint = new ScriptedEndpoint();
        for (int at = 0; at < bytes.length; ) {
            int piece = first == 1 || at == 0 ? Math.min(first, bytes.length - at) : bytes.length - at;
            endpoint.arrive(Arrays.copyOfRange(bytes, at, at + piece));
            at += piece;
        }
        FrameReader reader = new FrameReader(new ByteRing(pool, 2048), 1000);
        List<byte[]> packets = new ArrayList<>();
        try {
            while (reader.readFrom(endpoint) > 0) {
                assertThat(reader.scan()).isEqualTo(FrameReader.Violation.NONE);
                while (reader.packets() > 0) {
                    ByteBuffer packet = ByteBuffer.allocate(reader.nextPacketSize());
                    reader.take(packet);
                    packets.add(packet.array());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertThat(reader.partialBytes()).isZero();
        return packets;
    }

    @Test
    void aLengthOfZeroOrAboveTheMaximumIsKnownFromTheHeaderAlone() throws IOException {
        assertThat(violation(0, 5, 1, 2, 3, 4, 5, 0, 0)).isEqualTo(FrameReader.Violation.ZERO_LENGTH);
        assertThat(violation(0x03, 0xe9)).isEqualTo(FrameReader.Violation.TOO_LARGE);
        assertThat(violation(0x03, 0xe8)).isEqualTo(FrameReader.Violation.NONE);
        assertThat(violation(0)).isEqualTo(FrameReader.Violation.NONE);
    }

    private FrameReader.Violation violation(int... bytes) throws IOException {
        ScriptedEndpoint endpoint = new ScriptedEndpoint();
        byte[] arriving = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            arriving[i] = (byte) bytes[i];
        }
        endpoint.arrive(arriving);
        FrameReader reader = new FrameReader(new ByteRing(pool, 2048), 1000);
        reader.readFrom(endpoint);
        return reader.scan();
    }

    private FrameReader filled(int... sizes) throws IOException {
        ScriptedEndpoint endpoint = new ScriptedEndpoint();
        for (int size : sizes) {
            byte[] frame = new byte[Frame.HEADER_SIZE + size];
            ByteBuffer.wrap(frame).putShort((short) size);
            endpoint.arrive(frame);
        }
        FrameReader reader = new FrameReader(new ByteRing(pool, 2048), 2046);
        while (reader.readFrom(endpoint) > 0) {
            assertThat(reader.scan()).isEqualTo(FrameReader.Violation.NONE);
        }
        return reader;
    }

    @Test
    void readingGoesOnWhenHalfOfTheBufferIsFreeToTheByte() throws IOException {
        for (int rest : new int[] {1022, 1023}) {
            FrameReader reader = filled(2048 - rest - 2 * Frame.HEADER_SIZE, rest);
            assertThat(reader.hasRoomAgain()).isFalse();
            reader.take(ByteBuffer.allocate(2048));
            assertThat(reader.hasRoomAgain()).isEqualTo(rest == 1022);
        }
    }

    @Test
    void whatIsClosedWhileAHandlerLooksAtItKeepsItsMemoryUntilTheHandlerReturns() throws IOException {
        for (int round = 1; round <= 2; round++) {
            LendDesk desk = new LendDesk(pool, 2048);
            FrameReader reader = filled(100, 100);
            reader.hold();
            ByteBuffer lent = reader.lendNext(desk);
            reader.close();
            ByteRing other = new ByteRing(pool, 2048);
            byte[] ones = new byte[1000];
            Arrays.fill(ones, (byte) 1);
            assertThat(other.putFrame(ByteBuffer.wrap(ones))).isTrue();
            for (int i = lent.position(); i < lent.limit(); i++) {
                assertThat(lent.get(i)).isZero();
            }
            desk.giveBack();
            reader.letGo();
            assertThat(reader.isLent()).isFalse();
            other.clear();
        }
    }

    private static byte[] recorded(String file) {
        try (InputStream in = FrameReaderTest.class.getResourceAsStream("/wire/" + file)) {
            String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            return HexFormat.of()
                    .parseHex(text.lines().filter(line -> !line.startsWith("#")).collect(Collectors.joining()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
