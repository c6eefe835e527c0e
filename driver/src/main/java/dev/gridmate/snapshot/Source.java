package dev.gridmate.snapshot;

import java.time.Instant;

/**
 * Whose picture it is, and when it was taken.
 *
 * @param name the name under which views show it, unique among those of its kind in this process
 * @param kind {@code StreamSocketDriver}, {@code SocketDriver} or {@code Carrier}
 * @param localAddress where it listens or receives, as {@code ip|port}; empty if the
 *     driver does not tell
 * @param isListening true if newcomers can come: a stream driver listens, any other is open
 * @param time when the picture was taken, by the system's clock
 * @param upNanos for how long it is there, by the clock of its network
 */
public record Source(String name, String kind, String localAddress, boolean isListening, Instant time, long upNanos) {}
