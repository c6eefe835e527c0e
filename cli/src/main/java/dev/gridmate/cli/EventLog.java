package dev.gridmate.cli;

import java.io.PrintStream;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Tells of connections on standard error. A flood of bad peers must not become a flood of lines, so
 * after ten in a second the rest is only counted. If the user asks to be told of all, all are told.
 */
class EventLog {

    /**
     * How lines are written.
     *
     * @param verbose whether what happens every day is worth a line
     * @param timed whether a line begins with the time, in UTC, as ISO 8601 writes it
     */
    record Style(boolean verbose, boolean timed) {

        /** Only what is unusual, with the time. */
        static final Style UNUSUAL = new Style(false, true);
    }

    // Always three digits behind the second, so that the words of all lines begin in one column.
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSX", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private static final int LINES_PER_SECOND = 10;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final PrintStream err;
    private final Style style;
    private long secondBegan = System.nanoTime();
    private int lines;
    private long left;

    EventLog(PrintStream err, Style style) {
        this.err = err;
        this.style = style;
    }

    /** Tells of something that happens every day: only if asked to be verbose. */
    final void usual(String line) {
        if (style.verbose()) {
            unusual(line);
        }
    }

    final void unusual(String line) {
        turn(System.nanoTime());
        if (style.verbose() || lines < LINES_PER_SECOND) {
            lines++;
            asked(line);
        } else {
            left++;
        }
    }

    /** Tells what the user asked for, however many lines there were. */
    final void asked(String line) {
        err.println(style.timed() ? time(Instant.now()) + " " + line : line);
    }

    /** {@return the time as a line of the log begins with it} */
    static String time(Instant now) {
        return TIME.format(now);
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
            asked("... and " + left + " more");
            left = 0;
        }
    }
}
