/**
 * Compression of datagrams.
 *
 * <p><b>Start here:</b> {@link dev.gridmate.carrier.compress.DeflateCompressionFactory}. {@link
 * dev.gridmate.carrier.compress.CompressionFactory} is the plug point for another algorithm. Both
 * sides of a connection must use the same one:
 *
 * <pre>{@code
 * CarrierDesc desc = CarrierDesc.builder()
 *         .port(2018)
 *         .compressionFactory(new DeflateCompressionFactory())
 *         .build();
 * }</pre>
 */
@NullMarked
package dev.gridmate.carrier.compress;

import org.jspecify.annotations.NullMarked;
