/**
 * Pictures of a running carrier, beside those of {@link dev.gridmate.snapshot}: what only a carrier
 * has.
 *
 * <p><b>Start here:</b> {@link dev.gridmate.carrier.snapshot.CarrierSnapshot}. The five peers with
 * the longest round trips, asked by any thread:
 *
 * <pre>{@code
 * Carrier carrier = Carrier.create(CarrierDesc.builder().port(2018).build(), new GridMate());
 * carrier.snapshot(new SnapshotRequest(SnapshotRequest.Sort.ROUND_TRIP, 5))
 *         .thenAccept(picture -> picture.connections().top().forEach(each -> System.out.println(
 *                 each.address() + ": " + each.line().roundTrip().smoothedNanos() + " ns")));
 * }</pre>
 */
@NullMarked
package dev.gridmate.carrier.snapshot;

import org.jspecify.annotations.NullMarked;
