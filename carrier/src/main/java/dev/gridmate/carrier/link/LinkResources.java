package dev.gridmate.carrier.link;

import dev.gridmate.carrier.CarrierCounter;
import dev.gridmate.internal.Counters;
import java.util.Deque;

/**
 * What all links of a carrier share.
 *
 * @param limits what each link may hold
 * @param counters the carrier's counters
 * @param pool where the memory of messages comes from
 * @param budget the memory for what the program has not received
 * @param outcomes gets the calls of ack callbacks; the carrier makes them when it is not walking
 *     its lists
 */
public record LinkResources(
        LinkLimits limits,
        Counters<CarrierCounter> counters,
        MessagePool pool,
        ReceiveBudget budget,
        Deque<Runnable> outcomes) {}
