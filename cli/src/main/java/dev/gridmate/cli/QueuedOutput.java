package dev.gridmate.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Writes on its own thread, so that no loop waits for a reader: a terminal may be paused, a pipe
 * full, a journal slow. What does not fit the queue is dropped line by line, and a line says
 * how much that was.
 */
final class QueuedOutput extends OutputStream {

    /** How many bytes wait at most: some thousand lines. */
    static final int CAPACITY = 1 << 20;

    /** How long the end of the program waits for a reader. */
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(1);

    private final OutputStream to;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition added = lock.newCondition();
    private final Condition written = lock.newCondition();
    private final Queue<byte[]> queue = new ArrayDeque<>();
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private int queued;
    private boolean isWriting;
    private boolean isEnded;
    private long dropped;

    QueuedOutput(OutputStream to) {
        this.to = to;
        Thread writer = new Thread(this::run, "gridmate-stderr");
        writer.setDaemon(true); // nothing can interrupt a write to a pipe that nobody reads
        writer.start();
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        lock.lock();
        try {
            line.write(bytes, offset, length);
            if (length > 0 && bytes[offset + length - 1] == '\n') {
                enqueue();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void flush() {
        lock.lock();
        try {
            enqueue();
        } finally {
            lock.unlock();
        }
    }

    private void enqueue() {
        if (line.size() == 0) {
            return;
        }
        if (queued + line.size() > CAPACITY) {
            dropped++;
        } else {
            queued += line.size();
            queue.add(line.toByteArray());
        }
        line.reset();
        added.signal();
    }

    /** Waits until everything is written, but not for ever. */
    void drain() throws InterruptedException {
        lock.lock();
        try {
            enqueue();
            long left = PATIENCE;
            while (left > 0 && !isEnded && (isWriting || !queue.isEmpty() || dropped > 0)) {
                left = written.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            while (true) {
                byte[] next = next();
                to.write(next);
                to.flush();
            }
        } catch (IOException e) {
            // The reader is gone for good. There is nobody to tell, and the queue takes no more.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            end();
        }
    }

    private void end() {
        lock.lock();
        try {
            isEnded = true;
            written.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private byte[] next() throws InterruptedException {
        lock.lock();
        try {
            isWriting = false;
            written.signalAll();
            while (queue.isEmpty() && dropped == 0) {
                added.await();
            }
            isWriting = true;
            byte[] next = queue.poll();
            if (next == null) {
                next = ("... and " + dropped + " more lines, which nobody read in time" + System.lineSeparator())
                        .getBytes(StandardCharsets.UTF_8);
                dropped = 0;
            } else {
                queued -= next.length;
            }
            return next;
        } finally {
            lock.unlock();
        }
    }
}
