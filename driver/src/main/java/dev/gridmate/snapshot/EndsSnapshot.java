package dev.gridmate.snapshot;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which connections ended, and why. Those that were never established are kept apart, so that a
 * flood of failed handshakes does not hide the end of a player.
 *
 * @param byReason how many connections ended for each reason, since the beginning; a reason without
 *     any is not there
 * @param last the last ones, at most {@link #KEPT}, the newest first
 * @param failedByReason the same of those that were never established
 * @param lastFailed the same of those that were never established
 */
public record EndsSnapshot(
        Map<String, Long> byReason, List<End> last, Map<String, Long> failedByReason, List<End> lastFailed) {

    /** How many of the last ends are kept, of each kind. */
    public static final int KEPT = 100;

    /** Nothing has ended. */
    public static final EndsSnapshot NONE = new EndsSnapshot(Map.of(), List.of(), Map.of(), List.of());

    /**
     * Makes a picture that never changes.
     *
     * @param byReason how many for each reason
     * @param last the last ones
     * @param failedByReason how many for each reason that were never established
     * @param lastFailed the last ones that were never established
     */
    public EndsSnapshot {
        byReason = Collections.unmodifiableMap(new LinkedHashMap<>(byReason));
        last = List.copyOf(last);
        failedByReason = Collections.unmodifiableMap(new LinkedHashMap<>(failedByReason));
        lastFailed = List.copyOf(lastFailed);
    }
}
