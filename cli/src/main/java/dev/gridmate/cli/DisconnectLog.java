package dev.gridmate.cli;

import dev.gridmate.driver.DisconnectReason;
import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.driver.StreamSocketDriverEvents;
import java.io.PrintStream;
import java.util.concurrent.TimeUnit;

/**
 * Tells of connections that ended for another reason than that one side closed; with {@code verbose} of every one. A
 * flood of bad peers must not become a flood of lines, so after ten in a second the rest is only counted.
 */
final class DisconnectLog implements StreamSocketDriverEvents {

    private static final int LINES_PER_SECOND = 10;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final PrintStream err;
    private final boolean verbose;
    private long secondBegan = System.nanoTime();
    private int lines;
    private long left;

    DisconnectLog(PrintStream err, boolean verbose) {
        this.err = err;
        this.verbose = verbose;
    }

    @Override
    public void onConnectionEstablished(SocketDriverAddress address) {
        if (verbose) {
            log("connected " + HostPort.text(address.toInetSocketAddress()));
        }
    }

    @Override
    public void onConnectionDisconnected(SocketDriverAddress address, DisconnectReason reason) {
        boolean usual = switch (reason.code()) {
            case REMOTE_CLOSED, LOCAL_CLOSED, DRIVER_CLOSED -> true;
            default -> false;
        };
        if (verbose || !usual) {
            log("disconnected " + HostPort.text(address.toInetSocketAddress()) + " " + reason);
        }
    }

    private void log(String line) {
        turn(System.nanoTime());
        if (lines < LINES_PER_SECOND) {
            lines++;
            err.println(line);
        } else {
            left++;
        }
    }

    /** Says how many lines were left out, when their second is over. */
    void turn(long now) {
        if (now - secondBegan >= SECOND) {
            end();
            secondBegan = now;
            lines = 0;
        }
    }

    void end() {
        if (left > 0) {
            err.println("... and " + left + " more");
            left = 0;
        }
    }
}
