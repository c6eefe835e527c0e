package dev.gridmate.carrier.badnet;

/** Counts what becomes of the packets of a line: see {@code DefaultSimulator.Counters}. */
final class LineCounts {

    long packets;
    long passed;
    long delayed;
    long delivered;
    long lost;
    long droppedInPeriod;
    long droppedForBandwidth;
    long droppedForMemory;
    long undeliverable;
}
