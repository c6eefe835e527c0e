package dev.gridmate.views;

import dev.gridmate.snapshot.Histogram;
import dev.gridmate.snapshot.LoopSnapshot;
import dev.gridmate.snapshot.LoopTimes;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures how a loop spends its time, from clock readings that its update and its wait make
 * anyway, and one more at the end of each update. What lies between is the program's.
 *
 * <p>All times are in nanoseconds, of the loop's clock. Only for the loop's thread, but for {@link
 * #lastUpdate()}.
 */
public final class LoopMeter {

    private static final long NEVER = Long.MIN_VALUE;
    private static final VarHandle LAST_UPDATE;

    static {
        try {
            LAST_UPDATE = MethodHandles.lookup().findVarHandle(LoopMeter.class, "lastUpdate", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final long[] counts = new long[Histogram.BUCKETS];
    private long updates;
    private long work;
    private long sumNanos;
    private long mostNanos;
    private long handlerNanos;
    private long taskNanos;
    private long waitNanos;
    private long programNanos;
    private long gaps;
    private long longestGap;

    /** When the loop last went back to the program. */
    private long left;

    private long handlersBegan = NEVER;

    @SuppressWarnings("UnusedVariable") // read through the handle
    private long lastUpdate;

    /** How many updates are under way: a handler may call one inside another. */
    private int depth;

    /** @param now the time */
    public LoopMeter(long now) {
        left = now;
        LAST_UPDATE.setOpaque(this, now);
    }

    /** Tasks of the program were run before an update. */
    public void ranTasks(long from, long to) {
        if (depth == 0) {
            programNanos += from - left;
            taskNanos += to - from;
            left = to;
        }
    }

    /** An update begins. */
    public void begin(long now) {
        if (depth++ == 0) {
            programNanos += now - left;
            left = now;
            handlersBegan = NEVER;
            LAST_UPDATE.setOpaque(this, now);
        }
    }

    /** The program's handlers are about to be called, inside an update. */
    public void beginHandlers(long now) {
        handlersBegan = depth == 1 ? now : handlersBegan;
    }

    /** They have returned; without this call, at the end of the update. */
    public void endHandlers(long now) {
        if (depth == 1 && handlersBegan != NEVER) {
            handlerNanos += now - handlersBegan;
            handlersBegan = NEVER;
        }
    }

    /** The update ends, with so much work done; returns how long it took, 0 inside another. */
    public long end(long now, int done) {
        endHandlers(now);
        if (--depth > 0) {
            return 0;
        }
        long nanos = now - left;
        left = now;
        updates++;
        work += done;
        sumNanos += nanos;
        mostNanos = Math.max(mostNanos, nanos);
        counts[Histogram.bucket(nanos)]++;
        return nanos;
    }

    /** A wait was made. */
    public void waited(long from, long to) {
        if (depth == 0) {
            programNanos += from - left;
            waitNanos += to - from;
            left = to;
        }
    }

    /** The loop was away for so long, in one piece. */
    public void away(long nanos, boolean isGap) {
        longestGap = Math.max(longestGap, nanos);
        gaps += isGap ? 1 : 0;
    }

    /** {@return when the last update began} Any thread may ask. */
    public long lastUpdate() {
        return (long) LAST_UPDATE.getOpaque(this);
    }

    /** {@return what was measured} */
    public LoopSnapshot snapshot() {
        List<Long> boxed = new ArrayList<>(counts.length);
        for (long each : counts) {
            boxed.add(each);
        }
        LoopTimes times = new LoopTimes(sumNanos - handlerNanos, handlerNanos + taskNanos, waitNanos, programNanos);
        return new LoopSnapshot(updates, work, new Histogram(boxed, sumNanos, mostNanos), times, gaps, longestGap);
    }
}
