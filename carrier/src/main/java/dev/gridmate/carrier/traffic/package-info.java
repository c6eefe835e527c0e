/**
 * How much may be on its way to each peer, when a datagram counts as lost, and when a connection is
 * too bad to go on.
 *
 * <p>Start at {@link dev.gridmate.carrier.traffic.TrafficControl}, the plug point, or at {@link
 * dev.gridmate.carrier.traffic.DefaultTrafficControl}, what a carrier uses when nothing else is
 * given.
 */
@NullMarked
package dev.gridmate.carrier.traffic;

import org.jspecify.annotations.NullMarked;
