package dev.gridmate.monitor;

import dev.gridmate.meters.Latest;
import dev.gridmate.snapshot.Snapshot;
import dev.gridmate.snapshot.SnapshotRequest;
import dev.gridmate.snapshot.SnapshotSource;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A driver or carrier that is looked at.
 *
 * @param <S> its pictures
 */
final class Watch<S extends Snapshot> {

    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    /** How many different pictures are remembered, for when the loop stops. */
    private static final int QUESTIONS = 16;

    private static final SnapshotRequest TOTALS = new SnapshotRequest(SnapshotRequest.Sort.WAITING, 0);

    private final SnapshotSource<S> source;
    private final Latest<S> totals;
    private final Map<SnapshotRequest, Latest<S>> asked = new LinkedHashMap<>(QUESTIONS, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<SnapshotRequest, Latest<S>> eldest) {
            return size() > QUESTIONS;
        }
    };
    private final Pace pace = new Pace();

    Watch(SnapshotSource<S> source) {
        this.source = source;
        totals = new Latest<>(source, TOTALS, Answers.FRESH, TIMEOUT);
    }

    SnapshotSource<S> source() {
        return source;
    }

    /** {@return a picture without single connections; null if there never was one} */
    @Nullable
    S totals() {
        return totals.get();
    }

    /** {@return what the page shows of it} */
    Map<String, Object> shown(SnapshotRequest request, Duration stalledAfter) {
        Latest<S> latest = latest(request);
        S picture = latest.get();
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("name", source.name());
        shown.put("sinceUpdateNanos", source.sinceUpdate().toNanos());
        shown.put("hasStalled", hasStalled(stalledAfter));
        shown.put("problem", latest.problem());
        shown.put("pace", picture == null ? null : pace.until(picture));
        shown.put("snapshot", picture);
        return shown;
    }

    /** {@return true if the loop has not updated for longer than this} */
    boolean hasStalled(Duration stalledAfter) {
        return source.sinceUpdate().compareTo(stalledAfter) > 0;
    }

    private Latest<S> latest(SnapshotRequest request) {
        synchronized (asked) {
            return asked.computeIfAbsent(request, each -> new Latest<>(source, each, Duration.ZERO, TIMEOUT));
        }
    }
}
