package dev.gridmate.internal;

import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Writes the lines of this library to the log, on a thread of its own. What gives a line never
 * waits for what becomes of it: a terminal that is paused, or a disk that stalls, stops no loop. A
 * line for which there is no room is dropped, and counted.
 */
public final class Journal {

    /** How many lines wait at most. */
    public static final int CAPACITY = 256;

    private static final Journal SHARED = new Journal();

    private final BlockingQueue<Line> waiting = new ArrayBlockingQueue<>(CAPACITY);
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicBoolean isStarted = new AtomicBoolean();

    private record Line(
            System.Logger logger,
            System.Logger.Level level,
            String text,
            @Nullable Throwable thrown) {}

    private Journal() {}

    /** Gives a line. For any thread; returns at once. */
    public static void write(System.Logger logger, System.Logger.Level level, String text, @Nullable Throwable thrown) {
        if (!SHARED.waiting.offer(new Line(logger, level, text, thrown))) {
            SHARED.dropped.incrementAndGet();
        }
        start();
    }

    /**
     * Makes ready to write. A process without descriptors cannot load the classes that format a
     * line any more, and never again: so what may run out of them calls this before.
     */
    public static void start() {
        if (!SHARED.isStarted.getPlain() && SHARED.isStarted.compareAndSet(false, true)) {
            try {
                Thread writer = new Thread(SHARED::run, "gridmate-log");
                writer.setDaemon(true);
                writer.start();
            } catch (Throwable e) { // there is no thread left: the next line tries again, and the loop goes on
                SHARED.isStarted.set(false);
            }
        }
    }

    /** {@return how many lines were dropped since there was no room} */
    public static long dropped() {
        return SHARED.dropped.get();
    }

    private void run() {
        warmUp();
        while (true) {
            Line line = next();
            if (line != null) {
                write(line);
            }
        }
    }

    private @Nullable Line next() {
        try {
            return waiting.take();
        } catch (InterruptedException e) {
            return null; // nobody's business: this thread goes with the process
        }
    }

    // The format that the JDK's handlers use by default: time zone, locale, names of months.
    private static void warmUp() {
        try {
            boolean ignored = String.format(
                            Locale.getDefault(),
                            "%1$tb %1$td, %1$tY %1$tl:%1$tM:%1$tS %1$Tp",
                            ZonedDateTime.now(ZoneId.systemDefault()))
                    .isEmpty();
        } catch (Throwable e) { // it came too late: a line that can be written without is
            SHARED.dropped.incrementAndGet();
        }
    }

    // Whatever a program's logger throws, the next line is written.
    private static void write(Line line) {
        try {
            if (line.thrown == null) {
                line.logger.log(line.level, line.text);
            } else {
                line.logger.log(line.level, line.text, line.thrown);
            }
        } catch (Throwable e) {
            SHARED.dropped.incrementAndGet();
        }
    }
}
