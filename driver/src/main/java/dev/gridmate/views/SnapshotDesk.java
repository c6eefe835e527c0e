package dev.gridmate.views;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where any thread asks for pictures, and the loop's thread takes them. As long as nobody asks, an
 * update reads one field.
 *
 * @param <Q> what is asked for; equal requests that wait share one picture
 * @param <S> the picture
 */
public final class SnapshotDesk<Q, S> {

    /** How many different requests wait at most: each makes the next update longer. */
    public static final int CAPACITY = 16;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Q, CompletableFuture<S>> waiting = new LinkedHashMap<>();

    /** Why nobody takes pictures; null while the loop does. */
    private @Nullable String obstacle;

    private volatile boolean isAsked;

    /** @param obstacle why there are no pictures yet, in words; until {@link #open} */
    public SnapshotDesk(String obstacle) {
        this.obstacle = obstacle;
    }

    /** The loop takes pictures from now on. */
    public void open() {
        lock.lock();
        try {
            obstacle = null;
        } finally {
            lock.unlock();
        }
    }

    /** Asks for a picture. For any thread. */
    public CompletableFuture<S> ask(Q request) {
        lock.lock();
        try {
            if (obstacle != null) {
                return CompletableFuture.failedFuture(new IllegalStateException(obstacle));
            }
            CompletableFuture<S> present = waiting.get(request);
            if (present == null && waiting.size() == CAPACITY) {
                return CompletableFuture.failedFuture(new RejectedExecutionException(
                        CAPACITY + " different pictures wait for the next update, the most that may"));
            }
            CompletableFuture<S> asked = present == null ? new CompletableFuture<>() : present;
            waiting.put(request, asked);
            isAsked = true;
            return asked.copy(); // one that is given up does not take the picture from others
        } finally {
            lock.unlock();
        }
    }

    /** {@return true if {@link #serve} would take a picture} */
    public boolean isAsked() {
        return isAsked;
    }

    /** Takes the pictures that were asked for. Only for the loop's thread. */
    public void serve(Function<Q, S> painter) {
        take().forEach((request, asked) -> answer(asked, request, painter));
    }

    /**
     * Takes the last pictures, and no more. Only for the loop's thread.
     *
     * @param why what those hear that ask from now on
     */
    public void close(String why, Function<Q, S> painter) {
        lock.lock();
        try {
            obstacle = why;
        } finally {
            lock.unlock();
        }
        serve(painter);
    }

    private Map<Q, CompletableFuture<S>> take() {
        lock.lock();
        try {
            Map<Q, CompletableFuture<S>> asked = new LinkedHashMap<>(waiting);
            waiting.clear();
            isAsked = false;
            return asked;
        } finally {
            lock.unlock();
        }
    }

    // What depends on the picture runs elsewhere: it may wait for a screen, or for the network.
    private void answer(CompletableFuture<S> asked, Q request, Function<Q, S> painter) {
        try {
            S picture = painter.apply(request);
            asked.completeAsync(() -> picture);
        } catch (Throwable e) { // no memory, or no thread to answer on, is not the end of the loop
            boolean ignored = asked.completeExceptionally(e);
        }
    }
}
