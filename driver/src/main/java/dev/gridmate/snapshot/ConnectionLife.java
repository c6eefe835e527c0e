package dev.gridmate.snapshot;

/**
 * How a connection is.
 *
 * @param state where it is in its life, for example {@code ESTABLISHED}
 * @param isOutgoing true if this side connected
 * @param ageNanos for how long it is there
 * @param silentNanos for how long nothing has arrived from the peer
 * @param blockedNanos for how long bytes have waited of which the peer took none; 0 if it takes
 *     them
 * @param isThrottled true if a rate limit makes it wait
 */
public record ConnectionLife(
        String state, boolean isOutgoing, long ageNanos, long silentNanos, long blockedNanos, boolean isThrottled) {}
