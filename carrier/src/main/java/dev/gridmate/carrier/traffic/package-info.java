/**
 * How much may be on its way to each peer, when a datagram counts as lost, and when a connection is
 * too bad to go on.
 *
 * <p><b>Start here:</b> {@link dev.gridmate.carrier.traffic.DefaultTrafficControl}, which a carrier
 * uses when it is given nothing else. {@link dev.gridmate.carrier.traffic.TrafficControl} is the
 * plug point for another algorithm. A carrier that does not end connections for their loss:
 *
 * <pre>{@code
 * CarrierDesc desc = CarrierDesc.builder()
 *         .port(2018)
 *         .trafficControl(new DefaultTrafficControl(0, 500, 1)) // no rate limit, 500 ms, all may be lost
 *         .build();
 * }</pre>
 */
@NullMarked
package dev.gridmate.carrier.traffic;

import org.jspecify.annotations.NullMarked;
