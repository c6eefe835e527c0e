package dev.gridmate.cli;

import dev.gridmate.snapshot.SnapshotRequest.Sort;
import org.jspecify.annotations.Nullable;

/** What the table of {@code gridmate top} can show of a connection, the most important first. */
enum TopColumn {
    ADDRESS("ADDRESS", 7, null),
    WAITING("WAITING", 8, Sort.WAITING),
    BLOCKED("BLOCKED", 7, null),
    ROUND_TRIP("ROUND TRIP", 11, Sort.ROUND_TRIP),
    LOSS("LOSS", 6, Sort.LOSS),
    OUT("OUT/s", 6, Sort.RATE),
    IN("IN/s", 6, Sort.RATE),
    SILENT("SILENT", 7, Sort.SILENCE),
    AGE("AGE", 6, Sort.AGE),
    STATE("STATE", 11, null),
    ON_ITS_WAY("ON WAY", 6, null),
    WINDOW("WINDOW", 6, null),
    RESENT("RESENT", 6, null),
    MOST("MOST", 6, null),
    TLS("TLS", 7, null);

    private final String title;
    private final int width;
    private final @Nullable Sort sort;

    TopColumn(String title, int width, @Nullable Sort sort) {
        this.title = title;
        this.width = width;
        this.sort = sort;
    }

    String title() {
        return title;
    }

    int width() {
        return width;
    }

    /** Whether the table is sorted by this. */
    boolean isSortedBy(Sort by) {
        return sort == by;
    }
}
