/**
 * A network inside the process, with seeded faults and a clock moved by hand, for tests of programs
 * that use a driver.
 *
 * <p><b>Start here:</b> {@link dev.gridmate.driver.sim.SimulatedNetwork}. A server whose test takes
 * no time and opens no socket:
 *
 * <pre>{@code
 * SimulatedNetwork network = new SimulatedNetwork(1); // the seed: the same faults each time
 * network.latency(Duration.ofMillis(40));
 * StreamSocketDriverConfig config = StreamSocketDriverConfig.builder()
 *         .transport(network.host("10.0.0.1"))
 *         .build();
 * try (var gridMate = new GridMate();
 *         var server = new StreamSocketDriver(gridMate, config)) {
 *     if (server.initialize(AddressFamily.IPV4, "10.0.0.1", 2017) != ResultCode.OK
 *             || server.startListen(8) != ResultCode.OK) {
 *         throw new IllegalStateException(server.lastError());
 *     }
 *     for (int tick = 0; tick < 100; tick++) {
 *         server.update();
 *         network.advance(Duration.ofMillis(16));
 *     }
 * }
 * }</pre>
 */
@NullMarked
package dev.gridmate.driver.sim;

import org.jspecify.annotations.NullMarked;
