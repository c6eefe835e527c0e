package dev.gridmate.carrier.snapshot;

/**
 * How long a datagram takes to be acknowledged, in nanoseconds; 0 where nothing was measured.
 *
 * @param smoothedNanos the smoothed round trip time
 * @param leastNanos the shortest of the last ten seconds or more
 * @param varianceNanos the smoothed distance of the measurements from the smoothed time
 */
public record RoundTrip(long smoothedNanos, long leastNanos, long varianceNanos) {}
