package dev.gridmate.snapshot;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What pictures can be taken of: a driver or a carrier. Any thread may call these methods.
 *
 * @param <S> the picture
 */
public interface SnapshotSource<S extends Snapshot> {

    /**
     * {@return the name under which views show it, unique among those of its kind in this process}
     * As configured before it is initialized, and then perhaps with a number behind it.
     */
    String name();

    /**
     * Asks for a picture. The loop takes it at the end of its next update, in a time that the
     * request limits; a loop that waits for data is woken. What depends on the future does not run
     * on the loop's thread.
     *
     * @param request how many connections, and which
     * @return the picture. It fails with {@link java.util.concurrent.RejectedExecutionException} if
     *     too many wait already, and with {@link IllegalStateException} if there is no loop to take
     *     it: it is not initialized, or closed.
     */
    CompletableFuture<S> snapshot(SnapshotRequest request);

    /**
     * {@return how long ago the last update began; since it was initialized, if there was none}
     * Zero before that. When this grows, the program has stopped calling {@code update}.
     */
    Duration sinceUpdate();

    /**
     * Asks for a picture and waits for it. Not for the loop's own thread, which would wait for
     * itself.
     *
     * @param request how many connections, and which
     * @param timeout how long to wait at most
     * @return the picture
     * @throws SnapshotException if there is none, with words for people: most often that the loop
     *     has not updated for so long, which is news too
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    default S awaitSnapshot(SnapshotRequest request, Duration timeout) throws InterruptedException {
        try {
            return snapshot(request).get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new SnapshotException(name() + ": the loop has not updated for " + words(sinceUpdate()), e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new SnapshotException(name() + ": " + cause.getMessage(), cause);
        }
    }

    private static String words(Duration time) {
        return time.toMillis() < 10_000 ? time.toMillis() + " ms" : time.toSeconds() + " s";
    }
}
