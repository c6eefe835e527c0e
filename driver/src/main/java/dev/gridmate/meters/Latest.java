package dev.gridmate.meters;

import dev.gridmate.snapshot.Snapshot;
import dev.gridmate.snapshot.SnapshotException;
import dev.gridmate.snapshot.SnapshotRequest;
import dev.gridmate.snapshot.SnapshotSource;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The newest picture, for views that ask often: a scrape asks for each meter, and ten open pages
 * ask for the same. The loop is asked once in a while, and a loop that has stopped makes nobody
 * wait twice in that time. Any thread may use it, but for the loop's.
 *
 * @param <S> the picture
 */
public final class Latest<S extends Snapshot> {

    private final SnapshotSource<S> source;
    private final SnapshotRequest request;
    private final Duration fresh;
    private final Duration timeout;
    private final ReentrantLock lock = new ReentrantLock();

    private @Nullable CompletableFuture<S> pending;
    private @Nullable S picture;
    private String problem = "";
    private long answered;
    private boolean wasAsked;

    /**
     * @param source what the pictures are of
     * @param request what they show
     * @param fresh how old a picture may be before the loop is asked again
     * @param timeout how long to wait for the loop
     */
    public Latest(SnapshotSource<S> source, SnapshotRequest request, Duration fresh, Duration timeout) {
        this.source = source;
        this.request = request;
        this.fresh = fresh;
        this.timeout = timeout;
    }

    /** {@return the newest picture; null if there never was one} */
    public @Nullable S get() {
        lock.lock();
        try {
            if (!wasAsked || System.nanoTime() - answered > fresh.toNanos()) {
                ask();
            }
            return picture;
        } finally {
            lock.unlock();
        }
    }

    /** {@return why the newest picture could not be renewed, in words; empty if it could} */
    public String problem() {
        lock.lock();
        try {
            return problem;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for a picture, but not if the loop has not updated for the timeout already: of many
     * pictures of a loop that has stopped, only the first is waited for. A slow loop still gives
     * the picture that was asked for, to those that ask after it.
     */
    private void ask() {
        boolean isStill = source.sinceUpdate().compareTo(timeout) > 0;
        CompletableFuture<S> asked = pending == null ? source.snapshot(request) : pending;
        pending = asked;
        problem = "";
        try {
            picture = asked.get(isStill ? 0 : timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            problem = said();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            problem = "interrupted";
        }
        pending = asked.isDone() ? null : asked;
        wasAsked = true;
        answered = System.nanoTime();
    }

    /** {@return why there is no picture, in the words that all views use} */
    private String said() {
        try {
            picture = source.awaitSnapshot(request, Duration.ZERO);
            return "";
        } catch (SnapshotException e) {
            return String.valueOf(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }
}
