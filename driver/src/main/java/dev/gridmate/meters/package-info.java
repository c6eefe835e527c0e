/**
 * Hidden: the table of meters of a driver, and what those of a carrier are made of. The modules
 * that measure read it: {@code gridmate-micrometer} and {@code gridmate-monitor}.
 */
@NullMarked
package dev.gridmate.meters;

import org.jspecify.annotations.NullMarked;
