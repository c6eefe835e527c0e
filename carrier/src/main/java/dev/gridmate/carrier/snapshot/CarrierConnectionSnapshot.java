package dev.gridmate.carrier.snapshot;

import dev.gridmate.snapshot.ConnectionLife;
import dev.gridmate.snapshot.Traffic;
import dev.gridmate.snapshot.Waiting;

/**
 * A connection of a carrier.
 *
 * @param number as {@code ConnectionId.number}: unique in the process
 * @param address the peer's, as {@code ip|port}
 * @param life its state, and since when; blocked is the time for which the peer has
 *     acknowledged nothing although it is heard
 * @param traffic the datagrams that it sent and received
 * @param waiting the bytes of messages that wait: to be received, and to leave
 * @param line how the network to the peer is
 */
public record CarrierConnectionSnapshot(
        long number, String address, ConnectionLife life, Traffic traffic, Waiting waiting, LineSnapshot line) {}
