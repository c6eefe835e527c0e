package dev.gridmate.carrier.compress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.gridmate.testkit.Allocation;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeflateCompressionFactoryTest {

    private static final long SEED = 20_170_219;

    private final Compressor compressor = new DeflateCompressionFactory().createCompressor();

    /** Where the bytes of a buffer are: the JDK has a code path for each. */
    enum Memory {
        HEAP,
        DIRECT;

        ByteBuffer room(int size) {
            return this == HEAP ? ByteBuffer.allocate(size) : ByteBuffer.allocateDirect(size);
        }

        ByteBuffer of(byte[] bytes) {
            return room(bytes.length).put(bytes).flip();
        }
    }

    @AfterEach
    void free() {
        compressor.close();
    }

    private static byte[] text(int size) {
        byte[] bytes = new byte[size];
        byte[] line = "position 17.25 4.5 -3; ".getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < size; i++) {
            bytes[i] = line[(i + i / 100) % line.length];
        }
        return bytes;
    }

    private static byte[] noise(int size) {
        byte[] bytes = new byte[size];
        new SplittableRandom(SEED).nextBytes(bytes);
        return bytes;
    }

    private static byte[] rest(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(buffer.position(), bytes);
        return bytes;
    }

    private byte[] compressed(byte[] datagram) {
        ByteBuffer into = ByteBuffer.allocate(70_000);
        assertThat(compressor.compress(ByteBuffer.wrap(datagram), into)).isTrue();
        return rest(into.flip());
    }

    @ParameterizedTest
    @EnumSource
    void aDatagramComesBackAsItWas(Memory memory) {
        for (int level = 1; level <= 9; level++) {
            try (Compressor other = new DeflateCompressionFactory(level).createCompressor()) {
                for (int size : new int[] {100, 1_172, 65_535}) {
                    byte[] datagram = text(size);
                    ByteBuffer packed = memory.room(size);
                    assertThat(other.compress(memory.of(datagram), packed)).isTrue();
                    ByteBuffer restored = memory.room(size);
                    assertThat(compressor.decompress(packed.flip(), restored)).isTrue();
                    assertThat(packed.limit()).isLessThan(size / 2);
                    assertThat(rest(restored.flip())).isEqualTo(datagram);
                }
            }
        }
    }

    @Test
    void buffersThatAreReadOnlyOrBeginElsewhereDoToo() {
        byte[] datagram = text(500);
        ByteBuffer from =
                ByteBuffer.allocate(600).put(33, datagram).position(33).limit(533);
        ByteBuffer packed = ByteBuffer.allocateDirect(600).position(7);
        assertThat(compressor.compress(from.asReadOnlyBuffer(), packed)).isTrue();
        packed.flip().position(7);
        ByteBuffer restored = ByteBuffer.allocate(600).position(9);
        assertThat(compressor.decompress(packed.asReadOnlyBuffer(), restored)).isTrue();
        assertThat(rest(restored.flip().position(9))).isEqualTo(datagram);
    }

    @Test
    void theWireIsARawDeflateStreamAndNothingElse() throws DataFormatException {
        byte[] datagram = text(1_000);
        Inflater plain = new Inflater(true);
        plain.setInput(compressed(datagram));
        byte[] restored = new byte[1_001];
        assertThat(plain.inflate(restored)).isEqualTo(1_000);
        assertThat(plain.finished()).isTrue();
        assertThat(plain.getRemaining()).isZero();
        assertThat(Arrays.copyOf(restored, 1_000)).isEqualTo(datagram);
        plain.end();
    }

    @Test
    void whatOthersMadeOfADatagramIsRestored() {
        // One block of the fixed code, and a stored block with an empty one of the fixed code
        // behind it (RFC 1951, 3.2).
        restores("4b4cc40400", "a".repeat(20));
        restores("000300fcff616263" + "0300", "abc");
    }

    private void restores(String stream, String datagram) {
        ByteBuffer restored = ByteBuffer.allocate(100);
        assertThat(compressor.decompress(ByteBuffer.wrap(HexFormat.of().parseHex(stream)), restored))
                .isTrue();
        assertThat(rest(restored.flip())).isEqualTo(datagram.getBytes(StandardCharsets.US_ASCII));
    }

    @ParameterizedTest
    @EnumSource
    void whatDoesNotGetSmallerIsSentAsItIs(Memory memory) {
        for (int size : new int[] {1, 2, 3, 10, 1_172, 65_535}) {
            assertThat(compressor.compress(memory.of(noise(size)), memory.room(70_000)))
                    .as("%s bytes", size)
                    .isFalse();
        }
        assertThat(compressor.compress(memory.of(new byte[0]), memory.room(10))).isFalse();
    }

    @Test
    void theCompressedFormMustFitItsRoom() {
        byte[] datagram = text(1_000);
        int needed = compressed(datagram).length;
        for (int room = 0; room < needed; room++) {
            assertThat(compressor.compress(ByteBuffer.wrap(datagram), ByteBuffer.allocate(room)))
                    .as("%s of %s", room, needed)
                    .isFalse();
        }
        assertThat(compressor.compress(ByteBuffer.wrap(datagram), ByteBuffer.allocate(needed)))
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void theRestoredDatagramMustFitItsRoom(Memory memory) {
        byte[] datagram = text(1_000);
        byte[] packed = compressed(datagram);
        for (int room = 0; room < 1_000; room += 37) {
            assertThat(compressor.decompress(memory.of(packed), memory.room(room)))
                    .isFalse();
        }
        assertThat(compressor.decompress(memory.of(packed), memory.room(999))).isFalse();
        ByteBuffer exact = memory.room(1_000);
        assertThat(compressor.decompress(memory.of(packed), exact)).isTrue();
        assertThat(rest(exact.flip())).isEqualTo(datagram);
    }

    @Test
    void aBombFillsItsRoomAndNoMore() {
        byte[] bomb = compressed(new byte[65_535 * 100]);
        assertThat(bomb.length).isLessThan(30_000);
        ByteBuffer into = ByteBuffer.allocate(2_000).limit(1_172);
        assertThat(compressor.decompress(ByteBuffer.wrap(bomb), into)).isFalse();
        assertThat(into.position()).isLessThanOrEqualTo(1_172);
        assertThat(Arrays.copyOfRange(into.array(), 1_172, 2_000)).containsOnly(0);
        assertThat(compressor.decompress(ByteBuffer.wrap(compressed(text(100))), into.clear()))
                .as("the next datagram")
                .isTrue();
    }

    @Test
    void aDatagramCutShortOrWithMoreBehindItIsRefused() {
        byte[] packed = compressed(text(1_000));
        for (int length = 0; length < packed.length; length++) {
            assertThat(compressor.decompress(ByteBuffer.wrap(packed, 0, length), ByteBuffer.allocate(2_000)))
                    .as("%s of %s", length, packed.length)
                    .isFalse();
        }
        byte[] longer = Arrays.copyOf(packed, packed.length + 1);
        assertThat(compressor.decompress(ByteBuffer.wrap(longer), ByteBuffer.allocate(2_000)))
                .isFalse();
        assertThat(compressor.decompress(ByteBuffer.wrap(longer), ByteBuffer.allocate(1_000)))
                .as("also when the room is full")
                .isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void anyBytesGiveAResultAndTheNextDatagramIsRestored(Memory memory) {
        SplittableRandom random = new SplittableRandom(SEED);
        byte[] datagram = text(300);
        byte[] good = compressed(datagram);
        ByteBuffer into = memory.room(1_172);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] bad = random.nextBoolean() ? good.clone() : new byte[random.nextInt(100)];
            if (bad.length != good.length) {
                random.nextBytes(bad);
            }
            for (int flips = random.nextInt(1, 4); flips > 0 && bad.length > 0; flips--) {
                bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
            }
            refused += compressor.decompress(memory.of(bad), into.clear()) ? 0 : 1;
            assertThat(into.position()).as("seed %s, round %s", SEED, i).isBetween(0, 1_172);
            assertThat(compressor.decompress(memory.of(good), into.clear()))
                    .as("seed %s, round %s", SEED, i)
                    .isTrue();
            assertThat(into.position()).isEqualTo(300);
        }
        assertThat(refused).isGreaterThan(10_000);
        assertThat(rest(into.flip())).isEqualTo(datagram);
    }

    @ParameterizedTest
    @EnumSource
    void aDatagramAllocatesNothing(Memory memory) {
        ByteBuffer from = memory.of(text(1_000));
        ByteBuffer packed = memory.room(1_000);
        ByteBuffer restored = memory.room(1_000);
        assertThat(Allocation.of(() -> {
                    compressor.compress(from.rewind(), packed.clear());
                    compressor.decompress(packed.flip(), restored.clear());
                }))
                .isLessThan(Allocation.NOISE);
    }

    @Test
    void closingTwiceDoesNothing() {
        compressor.close();
        compressor.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 10})
    void badArgumentsAreNamed(int level) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DeflateCompressionFactory(level))
                .withMessageContaining("level is " + level);
    }
}
