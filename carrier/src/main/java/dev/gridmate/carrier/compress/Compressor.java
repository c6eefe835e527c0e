package dev.gridmate.carrier.compress;

import java.nio.ByteBuffer;

/**
 * Compresses single datagrams. No state is kept from one to the next, since any of them may be
 * lost.
 */
public interface Compressor extends AutoCloseable {

    /**
     * Compresses a datagram.
     *
     * @param from the datagram, between position and limit; its position may move
     * @param into gets the compressed form at its position, which moves past it
     * @return true if the compressed form fits; if not, the datagram is sent as it is, and what
     *     {@code into} got is dropped
     */
    boolean compress(ByteBuffer from, ByteBuffer into);

    /**
     * Restores a datagram. The bytes come from the network: they may be anything, and may expand to
     * any size.
     *
     * @param from the compressed form, between position and limit; its position may move
     * @param into gets the datagram at its position, which moves past it
     * @return false if the bytes are not a compressed form, or the datagram does not fit
     */
    boolean decompress(ByteBuffer from, ByteBuffer into);

    /** Frees what the compressor holds. */
    @Override
    void close();
}
