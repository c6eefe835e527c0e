package dev.gridmate.carrier.snapshot;

/**
 * What all connections of a carrier share.
 *
 * @param driver the name of the driver underneath, under which its own picture is found
 * @param clockMillis the time that connected carriers share
 * @param clockOffsetMillis how far that is before this side's own time since it began; 0 if it
 *     follows no other
 * @param compressionRatio the size of all datagrams that left as a share of what it was before
 *     compression, 0 to 1; 1 without compression
 * @param receiveBytes memory held for messages that the program has not received
 * @param receiveLimitBytes how much of it there may be
 */
public record SharedSnapshot(
        String driver,
        long clockMillis,
        long clockOffsetMillis,
        double compressionRatio,
        long receiveBytes,
        long receiveLimitBytes) {}
