/**
 * The seam between the driver and the network: what a driver needs from the world, and the world over NIO sockets.
 *
 * <p>A program normally touches none of this. It is public because the simulated network stands behind the same seam,
 * and other shells can.
 */
@NullMarked
package dev.gridmate.driver.transport;

import org.jspecify.annotations.NullMarked;
