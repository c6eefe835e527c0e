package dev.gridmate.carrier.snapshot;

/**
 * How much may be on its way to a peer.
 *
 * @param bytes the window: how many bytes may be unacknowledged
 * @param onItsWayBytes how many are
 * @param maxSendRate bytes per second that the connection can take: a window in each round trip
 */
public record Window(int bytes, int onItsWayBytes, int maxSendRate) {}
