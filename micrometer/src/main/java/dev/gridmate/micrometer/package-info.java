/**
 * Meters of drivers and carriers for Micrometer.
 *
 * <p><b>Start here:</b> {@link dev.gridmate.micrometer.DriverMetrics}, and {@link
 * dev.gridmate.micrometer.CarrierMetrics}.
 */
@NullMarked
package dev.gridmate.micrometer;

import org.jspecify.annotations.NullMarked;
