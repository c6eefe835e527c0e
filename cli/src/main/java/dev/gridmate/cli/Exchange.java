package dev.gridmate.cli;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** What sends, and waits for the echoes of what it sent. */
interface Exchange {

    /** How long a user who pressed Ctrl-C waits for the echoes of what is on its way. */
    long TIME_TO_STOP = TimeUnit.SECONDS.toNanos(2);

    /** One tick; returns the work done. */
    int turn();

    /** Closes in order what has all its echoes; returns whether everything has come to its end. */
    boolean finish();

    /** Sends nothing more, but still waits for the echoes. */
    void stopSending();

    long received();

    /**
     * Runs an exchange to its end, and shows how far it is.
     *
     * @param what is being sent, and how many: "packets"
     * @param problem says what is wrong at a time, null if nothing is; whatever it is ends the run
     * @return what went wrong; null if nothing did
     */
    static @Nullable String run(
            Console console, Exchange exchange, long count, String what, LongFunction<@Nullable String> problem) {
        long start = System.nanoTime();
        return run(
                console,
                exchange,
                Idle.napping(),
                now -> progressLine(exchange.received(), count, what, now - start),
                problem);
    }

    /**
     * Runs an exchange to its end, and shows how far it is.
     *
     * @param idle passes the time when there is nothing to do
     * @param progressLine says how far it is at a time
     * @param problem says what is wrong at a time, null if nothing is; whatever it is ends the run
     * @return what went wrong; null if nothing did
     */
    static @Nullable String run(
            Console console,
            Exchange exchange,
            Idle idle,
            LongFunction<String> progressLine,
            LongFunction<@Nullable String> problem) {
        Progress progress = new Progress(console);
        long start = System.nanoTime();
        long stopAt = Long.MAX_VALUE;
        String wrong = null;
        while (wrong == null && !exchange.finish()) {
            idle.after(exchange.turn());
            long elapsed = System.nanoTime() - start;
            if (stopAt == Long.MAX_VALUE && console.stop().isRequested()) {
                exchange.stopSending();
                stopAt = elapsed + TIME_TO_STOP;
            }
            if (progress.isDue(start + elapsed)) {
                progress.show(start + elapsed, progressLine.apply(start + elapsed));
            }
            wrong = elapsed > stopAt ? "stopped before all echoes came back" : problem.apply(start + elapsed);
        }
        progress.end();
        return wrong;
    }

    private static String progressLine(long received, long count, String what, long elapsed) {
        return String.format(
                Locale.ROOT,
                "%,d of %,d %s came back, %,.0f per second",
                received,
                count,
                what,
                received * 1e9 / Math.max(1, elapsed));
    }
}
