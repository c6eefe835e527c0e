package dev.gridmate.monitor;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that serve requests: a few, and each request has a deadline.
 *
 * <p>The JDK's server reads a request and writes its answer on such a thread, in calls that block.
 * A client that sends its headers byte by byte, or that does not read, would keep the thread for
 * ever: the JDK's own timeouts are off by default, and are the process's, not this server's. So the
 * deadline is an interrupt, which closes the socket that the thread is blocked on. When all threads
 * are busy a few requests wait; the server closes the connections of those beyond.
 */
final class Workers implements Executor, AutoCloseable {

    /** A browser with a page open uses one, and Prometheus another. */
    static final int THREADS = 8;

    /** Ten pages that ask in the same moment, a few requests each when they load. */
    static final int WAITING = 64;

    private final Duration timeout;
    private final ThreadPoolExecutor threads;
    private final ScheduledThreadPoolExecutor clock;

    Workers(Duration timeout) {
        this.timeout = timeout;
        threads = new ThreadPoolExecutor(
                THREADS, THREADS, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING), daemons("request"));
        threads.allowCoreThreadTimeOut(true);
        clock = new ScheduledThreadPoolExecutor(1, daemons("deadlines"));
        clock.setRemoveOnCancelPolicy(true);
    }

    private static ThreadFactory daemons(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, "gridmate-monitor-" + name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Serves a request soon; throws if too many wait. */
    @Override
    public void execute(Runnable request) {
        threads.execute(() -> serve(request));
    }

    private void serve(Runnable request) {
        Deadline deadline = new Deadline(Thread.currentThread());
        ScheduledFuture<?> pending = clock.schedule(deadline::pass, timeout.toMillis(), TimeUnit.MILLISECONDS);
        try {
            request.run();
        } finally {
            deadline.end();
            pending.cancel(false);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        clock.shutdownNow();
    }

    /** Interrupts the thread while it serves this request, and not while it serves the next. */
    private static final class Deadline {

        private final Thread thread;
        private boolean isOver;

        Deadline(Thread thread) {
            this.thread = thread;
        }

        synchronized void pass() {
            if (!isOver) {
                thread.interrupt();
            }
        }

        /** Called on the thread itself: an interrupt that came too late ends here. */
        @SuppressWarnings("ResultOfMethodCallIgnored")
        synchronized void end() {
            isOver = true;
            Thread.interrupted();
        }
    }
}
