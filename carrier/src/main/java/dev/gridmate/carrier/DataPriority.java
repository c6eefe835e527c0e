package dev.gridmate.carrier;

/**
 * Which messages leave first. Those of one priority leave in the order in which they were sent; a
 * large message that has begun to leave is not interrupted by others of its channel.
 */
public enum DataPriority {
    /** The carrier's own. Not for users. */
    SYSTEM,
    /** Before all others. */
    HIGH,
    /** The usual. */
    NORMAL,
    /** When nothing else waits. */
    LOW
}
