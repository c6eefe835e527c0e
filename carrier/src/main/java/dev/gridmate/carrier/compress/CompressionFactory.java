package dev.gridmate.carrier.compress;

/**
 * Makes the compressor of a carrier. When a carrier has one, each of its datagrams begins with a
 * byte that says whether the rest is compressed: both sides must have one, and the same, or
 * neither.
 */
@FunctionalInterface
public interface CompressionFactory {

    /**
     * Makes a compressor. It is used by one carrier, on its thread, and closed with it.
     *
     * @return the compressor
     */
    Compressor createCompressor();
}
