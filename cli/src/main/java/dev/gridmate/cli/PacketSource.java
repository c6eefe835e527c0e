package dev.gridmate.cli;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Knows what every packet contains, so that nobody has to remember what was sent to check what
 * comes back.
 *
 * <p>A packet is a piece of one long random text; its size and the place where the piece begins are
 * a hash of the connection's number and the packet's. Lost, doubled and swapped packets show up as
 * wrong contents, but for those of a byte or two, which have too few contents to differ in.
 */
final class PacketSource {

    static final int MAX_SIZE = 65_535;

    /** For who does not care. */
    static final long SEED = 2017;

    private static final int PLACES = 1 << 18;

    private final long seed;
    private final int[] sizes;
    private final ByteBuffer text = ByteBuffer.allocate(PLACES + MAX_SIZE);

    /**
     * Makes packets of the given sizes, each as likely as the others. The same seed makes the same
     * packets.
     */
    PacketSource(long seed, int... sizes) {
        this.seed = seed;
        this.sizes = sizes;
        new SplittableRandom(seed).nextBytes(text.array());
    }

    static PacketSource ofRange(Size size, long seed) {
        return new PacketSource(
                seed, IntStream.rangeClosed(size.smallest(), size.largest()).toArray());
    }

    /**
     * Makes packets of 1 to 65,535 bytes, half of them below 17: what games send is small, and now
     * and then a map.
     */
    static PacketSource ofManySizes() {
        int last = 1023;
        return new PacketSource(
                SEED,
                IntStream.rangeClosed(0, last)
                        .map(i -> (int) Math.round(Math.pow(MAX_SIZE, Math.pow((double) i / last, 2))))
                        .toArray());
    }

    /** Returns a packet. The buffer is the same each time; it is good until the next call. */
    ByteBuffer packet(int connection, long index) {
        long hash = hash(hash(seed + connection) + index);
        int size = sizes[(int) (((hash >>> 32) * sizes.length) >>> 32)];
        int place = (int) hash & (PLACES - 1);
        return text.limit(place + size).position(place);
    }

    // The finalizer of MurmurHash3: every bit of the input changes half of the output.
    private static long hash(long value) {
        long h = value + 0x9E3779B97F4A7C15L;
        h = (h ^ (h >>> 33)) * 0xFF51AFD7ED558CCDL;
        h = (h ^ (h >>> 33)) * 0xC4CEB9FE1A85EC53L;
        return h ^ (h >>> 33);
    }
}
