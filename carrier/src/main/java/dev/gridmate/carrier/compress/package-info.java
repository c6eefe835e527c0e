/**
 * Compression of datagrams. Start at {@link
 * dev.gridmate.carrier.compress.DeflateCompressionFactory}; {@link
 * dev.gridmate.carrier.compress.CompressionFactory} is the plug point for another algorithm.
 */
@NullMarked
package dev.gridmate.carrier.compress;

import org.jspecify.annotations.NullMarked;
