/**
 * Small machinery that the modules of this project share: counters, time, limits, lent memory,
 * checks.
 *
 * <p>Exported to those modules only. Nothing here knows a driver.
 */
@NullMarked
package dev.gridmate.internal;

import org.jspecify.annotations.NullMarked;
