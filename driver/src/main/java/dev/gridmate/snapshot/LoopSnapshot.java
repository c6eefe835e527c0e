package dev.gridmate.snapshot;

/**
 * How the loop keeps its pace, since the beginning.
 *
 * @param updates how many updates there were
 * @param work the work of all updates together
 * @param durations how long the updates took, the program's event handlers in them included, and
 *     its tasks not
 * @param times how the loop spent its time
 * @param gaps how often the program came back so late that the time did not count in full
 * @param longestGapNanos the longest time in which the program did not come back
 */
public record LoopSnapshot(
        long updates, long work, Histogram durations, LoopTimes times, long gaps, long longestGapNanos) {}
