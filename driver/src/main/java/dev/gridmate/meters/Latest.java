package dev.gridmate.meters;

import dev.gridmate.snapshot.Snapshot;
import dev.gridmate.snapshot.SnapshotException;
import dev.gridmate.snapshot.SnapshotRequest;
import dev.gridmate.snapshot.SnapshotSource;
import java.time.Duration;
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

    private @Nullable S picture;
    private String problem = "";
    private long asked;
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
            if (!wasAsked || System.nanoTime() - asked > fresh.toNanos()) {
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

    private void ask() {
        try {
            picture = source.awaitSnapshot(request, timeout);
            problem = "";
        } catch (SnapshotException e) {
            problem = String.valueOf(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            problem = "interrupted";
        }
        wasAsked = true;
        asked = System.nanoTime();
    }
}
