package dev.gridmate.cli;

import java.io.PrintStream;
import java.util.concurrent.TimeUnit;

/** Shows that something is going on: a line that changes on a terminal, and elsewhere a new line every second. */
final class Progress {

    private static final int WIDTH = 79;

    private final PrintStream err;
    private final boolean live;
    private final long interval;
    private long next;
    private boolean shown;

    Progress(Console console) {
        err = console.err();
        live = console.terminal();
        interval = TimeUnit.MILLISECONDS.toNanos(live ? 200 : 1000);
        next = System.nanoTime() + interval;
    }

    boolean isDue(long now) {
        return now - next >= 0;
    }

    void show(long now, String line) {
        next = now + interval;
        if (live) {
            err.print('\r' + fit(line));
            err.flush();
            shown = true;
        } else {
            err.println(line);
        }
    }

    /** Wipes the live line away, so that what follows has a line for itself. */
    void end() {
        if (shown) {
            err.print('\r' + fit("") + '\r');
            err.flush();
            shown = false;
        }
    }

    private static String fit(String line) {
        return line.length() >= WIDTH ? line.substring(0, WIDTH) : line + " ".repeat(WIDTH - line.length());
    }
}
