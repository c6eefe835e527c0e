package dev.gridmate.cli;

import dev.gridmate.snapshot.Snapshot;
import dev.gridmate.snapshot.SnapshotRequest;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Takes pictures of a VM in the background, one after the other, so that a screen answers its keys
 * while a picture is on its way.
 */
final class TopWatch implements AutoCloseable {

    /**
     * What is to be seen.
     *
     * @param subject which driver or carrier, from 0; beyond the last one the first is meant
     */
    record Wish(int subject, SnapshotRequest request) {}

    /**
     * What was seen last.
     *
     * @param subjects what there is to look at
     * @param shown which of them this is
     * @param snapshot the picture; null if there is none yet
     * @param earlier one taken before it, for what happened in between; null if there is none
     * @param problem why there is no new picture; null if there is
     */
    record Seen(
            List<Pictures.Subject> subjects,
            int shown,
            @Nullable Snapshot snapshot,
            @Nullable Snapshot earlier,
            @Nullable String problem) {

        static final Seen NOTHING = new Seen(List.of(), 0, null, null, null);
    }

    private static final int PICTURES_PER_LIST = 5;

    private final Pictures of;
    private final long interval;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wished = lock.newCondition();
    private final Thread thread = new Thread(this::run, "gridmate-watching");
    private Wish wish;
    private int pictures;
    private boolean isNew = true;
    private volatile Seen seen = Seen.NOTHING;
    private volatile boolean isClosed;

    /** @param interval nanoseconds between two pictures */
    TopWatch(Pictures of, Wish wish, long interval) {
        this.of = of;
        this.wish = wish;
        this.interval = interval;
        thread.setDaemon(true);
        thread.start();
    }

    Seen seen() {
        return seen;
    }

    /** Sets what is to be seen, and has it looked at now rather than at the next turn. */
    void wish(Wish next) {
        lock.lock();
        try {
            if (!next.equals(wish)) {
                wish = next;
                isNew = true;
                wished.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            while (!isClosed) {
                seen = look(next());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    private Wish next() throws InterruptedException {
        lock.lock();
        try {
            long left = interval;
            while (!isNew && left > 0) {
                left = wished.awaitNanos(left);
            }
            isNew = false;
            return wish;
        } finally {
            lock.unlock();
        }
    }

    private Seen look(Wish at) {
        Seen before = seen;
        try {
            List<Pictures.Subject> subjects = subjects(before);
            if (subjects.isEmpty()) {
                return new Seen(subjects, 0, null, null, of + " has neither a driver nor a carrier any more");
            }
            int shown = at.subject() % subjects.size();
            Snapshot snapshot = of.snapshot(subjects.get(shown), at.request());
            return new Seen(subjects, shown, snapshot, earlier(snapshot, before), null);
        } catch (Failure e) {
            return new Seen(before.subjects(), before.shown(), before.snapshot(), before.earlier(), e.getMessage());
        } catch (RuntimeException e) { // another version of the library may answer in another way
            String problem = of + " gave an answer that cannot be read: " + e;
            return new Seen(before.subjects(), before.shown(), before.snapshot(), before.earlier(), problem);
        }
    }

    // Drivers come and go seldom, and each question costs the one that is asked.
    private List<Pictures.Subject> subjects(Seen before) {
        boolean isDue = before.subjects().isEmpty() || before.problem() != null || pictures % PICTURES_PER_LIST == 0;
        pictures++;
        return isDue ? of.subjects() : before.subjects();
    }

    // A picture soon after the last one, because a key was pressed, says little of what happens in
    // a second: then what is compared with stays.
    private @Nullable Snapshot earlier(Snapshot snapshot, Seen before) {
        if (before.snapshot() == null || !isSame(before.snapshot(), snapshot)) {
            return null;
        }
        long between = snapshot.source().upNanos() - before.snapshot().source().upNanos();
        boolean isSoon = between < Math.min(interval, TimeUnit.SECONDS.toNanos(1)) / 2;
        return isSoon && before.earlier() != null ? before.earlier() : before.snapshot();
    }

    private static boolean isSame(Snapshot one, Snapshot other) {
        return one.source().kind().equals(other.source().kind())
                && one.source().name().equals(other.source().name())
                && one.source().upNanos() <= other.source().upNanos();
    }

    @Override
    public void close() {
        isClosed = true;
        thread.interrupt();
    }
}
