/**
 * Pictures of a running driver or carrier, for those who look at it from outside: the loop takes a
 * {@link dev.gridmate.snapshot.Snapshot} when somebody asks, and every view is made of one.
 *
 * <p>Everything here is immutable and may be read by any thread. Times are in nanoseconds where the
 * name says so; sizes are in bytes. Maps and lists never change.
 */
@NullMarked
package dev.gridmate.snapshot;

import org.jspecify.annotations.NullMarked;
