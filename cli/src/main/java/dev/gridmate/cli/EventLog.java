package dev.gridmate.cli;

import java.io.PrintStream;
import java.util.concurrent.TimeUnit;

/**
 * Tells of connections on standard error. A flood of bad peers must not become a flood of lines, so
 * after ten in a second the rest is only counted. If the user asks to be told of all, all are told.
 */
class EventLog {

    private static final int LINES_PER_SECOND = 10;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final PrintStream err;
    private final boolean verbose;
    private long secondBegan = System.nanoTime();
    private int lines;
    private long left;

    EventLog(PrintStream err, boolean verbose) {
        this.err = err;
        this.verbose = verbose;
    }

    /** Tells of something that happens every day: only if asked to be verbose. */
    final void usual(String line) {
        if (verbose) {
            unusual(line);
        }
    }

    final void unusual(String line) {
        turn(System.nanoTime());
        if (verbose || lines < LINES_PER_SECOND) {
            lines++;
            err.println(line);
        } else {
            left++;
        }
    }

    /** Says how many lines were left out, when their second is over. */
    final void turn(long now) {
        if (now - secondBegan >= SECOND) {
            end();
            secondBegan = now;
            lines = 0;
        }
    }

    final void end() {
        if (left > 0) {
            err.println("... and " + left + " more");
            left = 0;
        }
    }
}
