package dev.gridmate.monitor;

import dev.gridmate.snapshot.EndsSnapshot;
import dev.gridmate.snapshot.Histogram;
import dev.gridmate.snapshot.Rates;
import dev.gridmate.snapshot.Snapshot;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What happened in the last seconds: from an earlier picture to the newest one. */
final class Pace {

    private static final long SECOND = 1_000_000_000;

    /** A page asks each second; the time between two of its pictures can be a little shorter. */
    private static final long SHORTEST = 7 * SECOND / 10;

    /** Beyond this, rates would be means over a time that nobody looked at. */
    private static final long OLDEST = 15 * SECOND;

    private @Nullable Snapshot earlier;
    private @Nullable Snapshot newest;

    /** {@return what happened until this picture; null if there is no earlier one} */
    synchronized @Nullable Map<String, Object> until(Snapshot picture) {
        if (newest == null || age(newest, picture) >= SHORTEST) {
            earlier = newest;
            newest = picture;
        }
        Snapshot before = earlier;
        return before == null || age(before, picture) > OLDEST || age(before, picture) <= 0
                ? null
                : between(before, picture);
    }

    private static long age(Snapshot before, Snapshot picture) {
        return picture.source().upNanos() - before.source().upNanos();
    }

    private static Map<String, Object> between(Snapshot before, Snapshot picture) {
        Rates rates = picture.rates(before);
        Histogram updates = picture.loop().durations().since(before.loop().durations());
        Map<String, Object> pace = new LinkedHashMap<>();
        pace.put("rates", rates);
        pace.put("busyShare", rates.times().busyShare());
        pace.put("updateMedianNanos", updates.quantileNanos(0.5));
        pace.put("update99Nanos", updates.quantileNanos(0.99));
        pace.put("updateLongestNanos", updates.quantileNanos(1));
        pace.put("endsPerSecond", ends(before.ends(), picture.ends(), rates.periodNanos()));
        return pace;
    }

    /** {@return ends per second by reason, of connections that were established, and of others} */
    private static Map<String, Double> ends(EndsSnapshot before, EndsSnapshot now, long nanos) {
        Map<String, Double> ends = new TreeMap<>();
        now.byReason()
                .forEach((reason, count) -> ends.merge(
                        reason, perSecond(count - before.byReason().getOrDefault(reason, 0L), nanos), Double::sum));
        now.failedByReason()
                .forEach((reason, count) -> ends.merge(
                        reason,
                        perSecond(count - before.failedByReason().getOrDefault(reason, 0L), nanos),
                        Double::sum));
        return ends;
    }

    private static double perSecond(long amount, long nanos) {
        return (double) amount * SECOND / nanos;
    }
}
