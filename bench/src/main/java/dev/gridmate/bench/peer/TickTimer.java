package dev.gridmate.bench.peer;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** When a tick is due, and how long each took. */
final class TickTimer implements Count {

    private static final long LATE = TimeUnit.MILLISECONDS.toNanos(1);

    private final long period;
    private final boolean handsOver;
    private final Histogram durations = new Histogram(TimeUnit.MINUTES.toNanos(1), 3);
    private boolean started;
    private long since;
    private long due;
    private long began;
    private long late;

    /**
     * Counts ticks that end when the system has their packets; or a thread of the library's, if it
     * hands them over.
     */
    TickTimer(int hz, boolean handsOver) {
        this.period = TimeUnit.SECONDS.toNanos(1) / hz;
        this.handsOver = handsOver;
    }

    void start() {
        started = true;
        due = System.nanoTime() + period;
    }

    boolean isStarted() {
        return started;
    }

    /** Nanoseconds, 0 or less when it is due; an hour before the start. */
    long untilDue() {
        return started ? due - System.nanoTime() : TimeUnit.HOURS.toNanos(1);
    }

    void begin() {
        began = System.nanoTime();
        if (began - due > LATE) {
            late++;
        }
        // Ticks that were missed altogether are not made up for: they would come in a heap, and
        // measure each other.
        due = Math.max(due + period, began);
    }

    void end() {
        durations.recordValue(Math.min(System.nanoTime() - began, durations.getHighestTrackableValue()));
    }

    @Override
    public void mark() {
        since = System.nanoTime();
        durations.reset();
        late = 0;
    }

    @Override
    public Line report() {
        Line line = Line.event("report")
                .with("nanos", System.nanoTime() - since)
                .with("ticks", durations.getTotalCount())
                .with("p50_ns", durations.getValueAtPercentile(50))
                .with("p99_ns", durations.getValueAtPercentile(99))
                .with("max_ns", durations.getMaxValue())
                .with("late", late);
        return handsOver ? line.with("handed_over", true) : line;
    }
}
