/**
 * A bad network between a carrier and its driver, on any network: loss, latency, reordering, low
 * bandwidth.
 *
 * <p>Start at {@link dev.gridmate.carrier.badnet.DefaultSimulator}. To test a program without
 * sockets, use {@code dev.gridmate.driver.sim} instead: it simulates the network itself.
 */
@NullMarked
package dev.gridmate.carrier.badnet;

import org.jspecify.annotations.NullMarked;
