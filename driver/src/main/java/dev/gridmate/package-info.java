/**
 * The instance that drivers and carriers belong to, and its event buses.
 *
 * <p><b>Start here:</b> {@link dev.gridmate.GridMate}. A program makes one for each loop, and
 * closes it at the end: what belongs to it is closed with it.
 *
 * <pre>{@code
 * try (var gridMate = new GridMate()) {
 *     var driver = new StreamSocketDriver(gridMate, 32, 65_536, 65_536, 65_536);
 *     gridMate.eventBus(StreamSocketDriverEvents.class).connect(new StreamSocketDriverEvents() {
 *         @Override
 *         public void onConnectionEstablished(SocketDriverAddress address) {
 *             System.out.println(address + " is connected");
 *         }
 *     });
 * }
 * }</pre>
 */
@NullMarked
package dev.gridmate;

import org.jspecify.annotations.NullMarked;
