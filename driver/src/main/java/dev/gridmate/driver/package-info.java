/**
 * The drivers: packets over TCP and over UDP, polled by the program's own loop.
 *
 * <p><b>Start here:</b> {@link dev.gridmate.driver.StreamSocketDriver} for TCP, {@link
 * dev.gridmate.driver.SocketDriver} for UDP. A server that sends each packet back to its sender:
 *
 * <pre>{@code
 * try (var gridMate = new GridMate();
 *         var driver = new StreamSocketDriver(gridMate, 32, 65_536, 65_536, 65_536)) {
 *     if (driver.initialize(AddressFamily.IPV4, "127.0.0.1", 2017) != ResultCode.OK
 *             || driver.startListen(32) != ResultCode.OK) {
 *         throw new IllegalStateException(driver.lastError());
 *     }
 *     while (true) {
 *         driver.update(); // reads, writes, accepts, fires events
 *         driver.receive(driver::send, 100);
 *         driver.waitForData(Duration.ofMillis(16));
 *     }
 * }
 * }</pre>
 */
@NullMarked
package dev.gridmate.driver;

import org.jspecify.annotations.NullMarked;
