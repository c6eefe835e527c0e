package dev.gridmate.cli;

import java.io.PrintStream;
import java.util.concurrent.TimeUnit;

/**
 * Shows that something is going on: a line that changes on a terminal, and elsewhere a new line
 * every second.
 */
final class Progress {

    /**
     * Where progress is shown. When it is due depends on how fast the machine is, so it can be told
     * from all else that a command says.
     *
     * @param live true for a terminal, on which one line changes
     */
    record Place(PrintStream to, boolean live) {}

    private final PrintStream to;
    private final boolean live;
    private final int width;
    private final long interval;
    private long next;
    private boolean shown;

    Progress(Console console) {
        to = console.progress().to();
        live = console.progress().live();
        width = console.screen().columns() - 1; // in the last column a terminal begins a new line
        interval = TimeUnit.MILLISECONDS.toNanos(live ? 200 : 1000);
        next = System.nanoTime() + interval;
    }

    boolean isDue(long now) {
        return now - next >= 0;
    }

    void show(long now, String line) {
        next = now + interval;
        if (live) {
            to.print('\r' + fit(line));
            to.flush();
            shown = true;
        } else {
            to.println(line);
        }
    }

    /** Wipes the live line away, so that what follows has a line for itself. */
    void end() {
        if (shown) {
            to.print('\r' + fit("") + '\r');
            to.flush();
            shown = false;
        }
    }

    private String fit(String line) {
        return line.length() >= width ? line.substring(0, width) : line + " ".repeat(width - line.length());
    }
}
