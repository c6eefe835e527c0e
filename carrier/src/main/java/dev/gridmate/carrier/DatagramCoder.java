package dev.gridmate.carrier;

import dev.gridmate.carrier.compress.CompressionFactory;
import dev.gridmate.carrier.compress.Compressor;
import dev.gridmate.internal.Counters;
import dev.gridmate.internal.ErrorLog;
import dev.gridmate.internal.Journal;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What stands between the datagrams of connections and the packets of the driver: with a
 * compressor, a byte that says whether the rest is compressed; otherwise nothing.
 */
final class DatagramCoder {

    private static final System.Logger LOGGER = System.getLogger(DatagramCoder.class.getName());

    private final ErrorLog errors = new ErrorLog(LOGGER);

    private static final byte RAW = 0;
    private static final byte COMPRESSED = 1;

    private final @Nullable Compressor compressor;
    private final Counters<CarrierCounter> counters;
    private final int hintSize;
    private long plainBytes;
    private long sentBytes;
    private final int maxPacketSize;
    private final int maxSentPacketSize;
    private final ByteBuffer plain;
    private final ByteBuffer packed;
    private final ByteBuffer unpacked;

    /**
     * @param maxPacketSize bytes of the largest packet that may come
     * @param maxSentPacketSize bytes of the largest packet that leaves
     */
    DatagramCoder(
            @Nullable CompressionFactory factory,
            int maxPacketSize,
            int maxSentPacketSize,
            Counters<CarrierCounter> counters) {
        this.counters = counters;
        this.maxPacketSize = maxPacketSize;
        this.maxSentPacketSize = maxSentPacketSize;
        compressor = factory == null ? null : factory.createCompressor();
        hintSize = compressor == null ? 0 : 1;
        plain = ByteBuffer.allocateDirect(maxPacketSize);
        packed = compressor == null ? plain : ByteBuffer.allocateDirect(maxPacketSize);
        unpacked = compressor == null ? plain : ByteBuffer.allocateDirect(maxPacketSize);
    }

    /** The size of the largest datagram that leaves. */
    int maxSentDatagramSize() {
        return maxSentPacketSize - hintSize;
    }

    /** The size of the largest datagram that fits a packet: the largest that a peer may send. */
    int maxDatagramSize() {
        return maxPacketSize - hintSize;
    }

    /** Returns room for a datagram. */
    ByteBuffer beginDatagram() {
        return plain.clear().limit(maxSentPacketSize).position(hintSize);
    }

    /**
     * Returns the packet for the datagram that was written into that room.
     *
     * @param mayCompress not the first ones of a connection: a stranger's bytes are not
     *     decompressed
     */
    ByteBuffer encode(int size, boolean mayCompress) {
        Compressor compressing = compressor;
        if (compressing == null) {
            return plain.position(0).limit(size);
        }
        plainBytes += size;
        plain.limit(hintSize + size).position(hintSize);
        packed.clear().limit(hintSize + size).position(hintSize); // what does not become smaller need not be finished
        if (mayCompress && isCompressed(compressing)) {
            counters.add(CarrierCounter.DATAGRAMS_COMPRESSED, 1);
            sentBytes += packed.position() - hintSize;
            return packed.flip().put(0, COMPRESSED);
        }
        sentBytes += size;
        return plain.limit(hintSize + size).position(0).put(0, RAW);
    }

    /** {@return the size of all datagrams that left, as a share of what it was; 1 if none did} */
    double compressionRatio() {
        return plainBytes == 0 ? 1 : (double) sentBytes / plainBytes;
    }

    /**
     * Returns the datagram of a packet, between position and limit; null if it cannot be restored.
     */
    @Nullable
    ByteBuffer decode(ByteBuffer packet) {
        Compressor decompressing = compressor;
        if (decompressing == null) {
            return packet;
        }
        if (!packet.hasRemaining()) {
            return null;
        }
        byte hint = packet.get();
        if (hint == RAW) {
            return packet;
        }
        unpacked.clear().limit(maxDatagramSize());
        return hint == COMPRESSED && isRestored(decompressing, packet) ? unpacked.flip() : null;
    }

    private boolean isCompressed(Compressor compressing) {
        try {
            return compressing.compress(plain, packed);
        } catch (RuntimeException e) {
            errors.log("the compressor threw: the datagram is sent as it is", e);
            return false;
        }
    }

    // What a stranger can make it stumble over must not end the program's update.
    private boolean isRestored(Compressor decompressing, ByteBuffer packet) {
        try {
            return decompressing.decompress(packet, unpacked);
        } catch (RuntimeException e) {
            if (LOGGER.isLoggable(System.Logger.Level.DEBUG)) { // a flood of them is a peer's to make
                Journal.write(LOGGER, System.Logger.Level.DEBUG, "the compressor threw: the datagram counts as bad", e);
            }
            return false;
        }
    }

    /** Whether a packet is compressed, or of no kind: its first byte tells. */
    boolean isCompressed(ByteBuffer packet) {
        return compressor != null && packet.hasRemaining() && packet.get(packet.position()) != RAW;
    }

    /** The size of the packet for a datagram that is not compressed. */
    int packetSize(int datagram) {
        return hintSize + datagram;
    }

    void close() {
        if (compressor != null) {
            compressor.close();
        }
    }
}
