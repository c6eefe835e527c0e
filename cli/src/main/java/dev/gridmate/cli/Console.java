package dev.gridmate.cli;

import java.io.InputStream;
import java.io.PrintStream;

/**
 * What surrounds a command: data goes to {@code out}, which is buffered, everything else to {@code
 * err}.
 *
 * @param progress where it is shown that a command is at work, and how
 * @param screen what can be drawn on {@code out}
 */
record Console(
        InputStream in, PrintStream out, PrintStream err, Progress.Place progress, Screen screen, StopSignal stop) {

    /** Writes a line of data, and makes sure that whoever waits for it sees it now. */
    void say(String line) {
        out.println(line);
        out.flush();
    }
}
