package dev.gridmate.snapshot;

import java.util.Objects;

/**
 * What a picture is to show. Totals are over all connections always; single connections are shown
 * in a limited number, the first ones by a criterion.
 *
 * @param sort which come first
 * @param limit how many connections at most, 0 to {@link #MAX_LIMIT}
 */
public record SnapshotRequest(Sort sort, int limit) {

    /** The most connections that one picture shows: more would make the update long. */
    public static final int MAX_LIMIT = 10_000;

    /** The 20 connections for which most bytes wait. */
    public static final SnapshotRequest DEFAULT = new SnapshotRequest(Sort.WAITING, 20);

    /** Which connections come first. */
    public enum Sort {
        /** Those for which the most bytes wait, in both directions together. */
        WAITING,
        /** Those that send and receive the most bytes per second, as {@link Traffic} has it. */
        RATE,
        /** Those with the longest round trip; of a driver, as {@link #WAITING}. */
        ROUND_TRIP,
        /** Those that lose the largest share of datagrams; of a driver, as {@link #WAITING}. */
        LOSS,
        /** Those that are there for the longest time. */
        AGE,
        /** Those from which nothing has arrived for the longest time. */
        SILENCE
    }

    /**
     * Checks the limit.
     *
     * @param sort which come first
     * @param limit how many
     * @throws IllegalArgumentException if the limit is out of range
     */
    public SnapshotRequest {
        Objects.requireNonNull(sort, "sort");
        if (limit < 0 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException("limit is " + limit + ", it must be 0 to " + MAX_LIMIT);
        }
    }
}
