/**
 * Pictures of a running driver or carrier, for those who look at it from outside: the loop takes a
 * {@link dev.gridmate.snapshot.Snapshot} when somebody asks, and every view is made of one.
 *
 * <p><b>Start here:</b> {@link dev.gridmate.snapshot.SnapshotSource}, which each driver and carrier
 * is. The five peers for which most bytes wait, asked by any thread:
 *
 * <pre>{@code
 * StreamSocketDriver driver = new StreamSocketDriver(new GridMate(), 32, 65_536, 65_536, 65_536);
 * driver.snapshot(new SnapshotRequest(SnapshotRequest.Sort.WAITING, 5))
 *         .thenAccept(picture -> picture.connections().top().forEach(each -> System.out.println(
 *                 each.address() + ": " + each.waiting().outBytes() + " bytes wait")));
 * }</pre>
 *
 * <p>Everything here is immutable and may be read by any thread. Times are in nanoseconds where the
 * name says so; sizes are in bytes. Maps and lists never change.
 */
@NullMarked
package dev.gridmate.snapshot;

import org.jspecify.annotations.NullMarked;
