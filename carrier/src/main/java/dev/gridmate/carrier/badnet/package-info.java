/**
 * A bad network between a carrier and its driver, on any network: loss, latency, reordering, low
 * bandwidth.
 *
 * <p><b>Start here:</b> {@link dev.gridmate.carrier.badnet.DefaultSimulator}. To test a program
 * without sockets, use {@link dev.gridmate.driver.sim} instead: it simulates the network itself. A
 * carrier whose datagrams take 50 to 80 ms longer each way:
 *
 * <pre>{@code
 * DefaultSimulator simulator = new DefaultSimulator(7); // the seed
 * simulator.setOutgoingLatency(Duration.ofMillis(50), Duration.ofMillis(80));
 * simulator.setIncomingLatency(Duration.ofMillis(50), Duration.ofMillis(80));
 * simulator.enable();
 * CarrierDesc desc = CarrierDesc.builder().port(2018).simulator(simulator).build();
 * }</pre>
 */
@NullMarked
package dev.gridmate.carrier.badnet;

import org.jspecify.annotations.NullMarked;
