/**
 * Hidden: the table of meters of a carrier, which {@code gridmate-micrometer} and {@code
 * gridmate-monitor} read.
 */
@NullMarked
package dev.gridmate.carrier.meters;

import org.jspecify.annotations.NullMarked;
