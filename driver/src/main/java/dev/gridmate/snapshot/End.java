package dev.gridmate.snapshot;

import java.time.Instant;

/**
 * The end of a connection.
 *
 * @param time when, by the system's clock
 * @param number the connection's; 0 of a connect to a host of which no connection came
 * @param address the peer's, as {@code ip|port}, or the name of a host
 * @param reason the kind of reason, for example {@code REMOTE_CLOSED}
 * @param detail the particulars for people; what a peer said is escaped
 * @param ageNanos for how long the connection was there
 */
public record End(Instant time, long number, String address, String reason, String detail, long ageNanos) {}
