/**
 * The carrier: connections over a driver, and on each of them messages on channels, reliable or
 * not.
 *
 * <p><b>Start here:</b> {@link dev.gridmate.carrier.Carrier}. A server that sends each message back
 * as it came:
 *
 * <pre>{@code
 * CarrierDesc desc = CarrierDesc.builder().address("127.0.0.1").port(2018).build();
 * try (GridMate gridMate = new GridMate();
 *         Carrier carrier = Carrier.create(desc, gridMate)) {
 *     while (true) {
 *         carrier.update(); // reads, writes, fires events
 *         carrier.receive(
 *                 (from, channel, reliability, message) ->
 *                         carrier.send(message, from, reliability, DataPriority.NORMAL, channel),
 *                 100);
 *         carrier.waitForData(Duration.ofMillis(16));
 *     }
 * }
 * }</pre>
 */
@NullMarked
package dev.gridmate.carrier;

import org.jspecify.annotations.NullMarked;
