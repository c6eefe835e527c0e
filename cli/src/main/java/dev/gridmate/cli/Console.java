package dev.gridmate.cli;

import java.io.InputStream;
import java.io.PrintStream;

/**
 * What surrounds a command: data goes to {@code out}, which is buffered, everything else to {@code err}.
 *
 * @param terminal whether {@code err} is a terminal
 * @param screen what can be drawn on {@code out}
 */
record Console(InputStream in, PrintStream out, PrintStream err, boolean terminal, Screen screen, StopSignal stop) {

    /** Writes a line of data, and makes sure that whoever waits for it sees it now. */
    void say(String line) {
        out.println(line);
        out.flush();
    }
}
