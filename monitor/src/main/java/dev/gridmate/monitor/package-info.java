/**
 * A page with live charts, and metrics for Prometheus, of drivers and carriers that run.
 *
 * <p><b>Start here:</b> {@link dev.gridmate.monitor.Monitor}.
 */
@NullMarked
package dev.gridmate.monitor;

import org.jspecify.annotations.NullMarked;
