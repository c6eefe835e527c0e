package dev.gridmate.cli;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Reads standard input on a thread of its own, since a read of it blocks and a driver must not.
 * What is read ahead is bounded: a full queue blocks the thread, and so, through the pipe, whoever
 * writes.
 */
final class LineReader {

    private static final int LINES_AHEAD = 256;

    private final InputStream in;
    private final int longest;
    private final Runnable wake;
    private final BlockingQueue<byte[]> lines = new ArrayBlockingQueue<>(LINES_AHEAD);
    private volatile boolean ended;

    LineReader(InputStream in, int longest, Runnable wake) {
        this.in = new BufferedInputStream(in, 1 << 16);
        this.longest = longest;
        this.wake = wake;
    }

    void start() {
        Thread thread = new Thread(this::run, "gridmate-stdin");
        thread.setDaemon(true); // nothing can interrupt a read of standard input
        thread.start();
    }

    /**
     * Returns the next line without its end; null if there is none yet, or none any more. A line
     * that is longer than allowed comes with one byte too many, and without the rest.
     */
    byte @Nullable [] poll() {
        return lines.poll();
    }

    /** Says whether all lines have been polled and no more will come. */
    boolean isAtEnd() {
        return ended && lines.isEmpty();
    }

    private void run() {
        try {
            for (byte[] line = next(); line != null; line = next()) {
                lines.put(line);
                wake.run();
            }
        } catch (IOException e) {
            // The writer is gone. There is nobody to tell but the user, who closed the terminal.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ended = true;
            wake.run();
        }
    }

    private byte @Nullable [] next() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int read = in.read();
        if (read < 0) {
            return null;
        }
        for (; read >= 0 && read != '\n'; read = in.read()) {
            if (line.size() <= longest) {
                line.write(read);
            }
        }
        return line.toByteArray();
    }
}
