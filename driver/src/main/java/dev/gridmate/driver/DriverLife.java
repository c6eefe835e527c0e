package dev.gridmate.driver;

import dev.gridmate.GridMate;
import dev.gridmate.Subscription;
import dev.gridmate.driver.transport.TransportException;
import dev.gridmate.internal.Counters;
import dev.gridmate.internal.Printable;
import dev.gridmate.internal.TaskQueue;
import org.jspecify.annotations.Nullable;

/**
 * The life of a driver, whatever it carries packets over: who may call it, and when; and what went
 * wrong last.
 *
 * @param <W> what {@code initialize} makes
 */
final class DriverLife<W> {

    private final Ownership ownership = new Ownership();
    private final TaskQueue tasks;
    private final Subscription attachment;
    private volatile @Nullable W world;
    private boolean closed;
    private String lastError = "";

    /**
     * @param driver what the GridMate closes if its owner does not
     * @param counters which count the tasks that are rejected
     */
    DriverLife(GridMate gridMate, Driver driver, Counters<DriverCounter> counters) {
        tasks = new TaskQueue("driver", () -> counters.addShared(DriverCounter.TASKS_REJECTED, 1));
        attachment = gridMate.attach(driver);
    }

    /** Checks that {@code initialize} may be called. */
    void checkNew() {
        ownership.check();
        if (closed) {
            throw new IllegalStateException("the driver is closed: make a new one");
        }
        if (world != null) {
            throw new IllegalStateException("the driver is initialized already: close it and make a new one");
        }
    }

    ResultCode begin(W made) {
        world = made;
        return ResultCode.OK;
    }

    /** {@return what {@code initialize} made, for a call of the owner's} */
    W enter() {
        ownership.check();
        W here = world;
        if (here == null || closed) {
            throw new IllegalStateException(
                    closed
                            ? "the driver is closed: make a new one"
                            : "the driver is not initialized: call initialize first");
        }
        return here;
    }

    /**
     * {@return what {@code initialize} made, for a question of the owner's that has an answer after
     * the end, too}
     */
    W ask() {
        ownership.check();
        W here = world;
        return here == null ? enter() : here;
    }

    /**
     * {@return what {@code initialize} made, for any thread and also after the end; null before}
     */
    @Nullable
    W world() {
        return world;
    }

    boolean isInitialized() {
        return world != null && !closed;
    }

    boolean isClosed() {
        return closed;
    }

    /** Ends it; returns false if it has ended before. */
    boolean end() {
        ownership.check();
        if (!closed) {
            tasks.end();
        }
        if (closed) { // by one of the tasks, it may be
            return false;
        }
        closed = true;
        attachment.close();
        return true;
    }

    /** {@return the tasks that other threads give} */
    TaskQueue tasks() {
        return tasks;
    }

    void checkThread() {
        ownership.check();
    }

    void handOver() {
        ownership.handOver();
    }

    // ------------------------------------------------------------ what went wrong

    ResultCode failed(TransportException e) {
        return failed(e.code(), String.valueOf(e.getMessage()));
    }

    ResultCode failed(ResultCode code, String message) {
        lastError(message);
        return code;
    }

    /** Keeps words for people, some of which may have come from a peer. */
    void lastError(String message) {
        lastError = Printable.plain(message);
    }

    String lastError() {
        ownership.check();
        return lastError;
    }

    String describe(String name, int port) {
        return name + "[" + (closed ? "closed" : world == null ? "not initialized" : "port " + port) + "]";
    }
}
