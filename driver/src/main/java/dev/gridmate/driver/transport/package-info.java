/**
 * The seam between the driver and the network: what a driver needs from the world, and the world
 * over NIO sockets.
 *
 * <p><b>Start here:</b> {@link dev.gridmate.driver.transport.Transport}. A program normally uses
 * none of this. It is public because the simulated network is another transport, and a program can
 * bring its own:
 *
 * <pre>{@code
 * StreamSocketDriverConfig config = StreamSocketDriverConfig.builder()
 *         .transport(SystemSockets::tcp) // or a factory of your own
 *         .build();
 * }</pre>
 */
@NullMarked
package dev.gridmate.driver.transport;

import org.jspecify.annotations.NullMarked;
