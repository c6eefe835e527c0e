package dev.gridmate.bench.peer;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** The round trips of a ping: one packet in flight, for so long. */
final class RoundTrips {

    private final long warmup;
    private final long measured;
    private final Histogram times = new Histogram(TimeUnit.MINUTES.toNanos(1), 3);
    private boolean isWarm;
    private long warmAt;
    private long overAt;
    private long sentAt;

    RoundTrips(Options options) {
        warmup = options.warmupNanos();
        measured = options.measuredNanos();
    }

    /** The first packet is about to be sent. */
    void start() {
        sentAt = System.nanoTime();
        warmAt = sentAt + warmup;
    }

    /**
     * The packet is back, and the next is about to be sent if this says so: one look at the clock
     * serves both.
     */
    boolean next() {
        long now = System.nanoTime();
        if (isWarm) {
            times.recordValue(Math.min(now - sentAt, times.getHighestTrackableValue()));
        } else if (now - warmAt >= 0) {
            isWarm = true;
            overAt = now + measured; // from here, so that a slow first trip does not leave nothing to measure
        }
        sentAt = now;
        return !isWarm || times.getTotalCount() == 0 || now - overAt < 0;
    }

    Line result() {
        return Line.event("result")
                .with("count", times.getTotalCount())
                .with("p50_ns", times.getValueAtPercentile(50))
                .with("p99_ns", times.getValueAtPercentile(99))
                .with("p999_ns", times.getValueAtPercentile(99.9))
                .with("max_ns", times.getMaxValue());
    }
}
