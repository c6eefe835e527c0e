package dev.gridmate.snapshot;

import org.jspecify.annotations.Nullable;

/**
 * A connection of a driver.
 *
 * @param number as {@code connectionNumber}: unique in the process
 * @param address the peer's, as {@code ip|port}
 * @param life its state, and since when
 * @param traffic what it sent and received
 * @param waiting the bytes that wait
 * @param tls the TLS session; null without one
 */
public record ConnectionSnapshot(
        long number,
        String address,
        ConnectionLife life,
        Traffic traffic,
        Waiting waiting,
        @Nullable TlsSession tls) {}
