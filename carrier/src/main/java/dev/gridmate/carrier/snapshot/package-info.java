/**
 * Pictures of a running carrier, beside those of {@link dev.gridmate.snapshot}: what only a carrier
 * has.
 */
@NullMarked
package dev.gridmate.carrier.snapshot;

import org.jspecify.annotations.NullMarked;
