package dev.gridmate.cli;

import dev.gridmate.snapshot.Snapshot;
import dev.gridmate.snapshot.SnapshotException;
import dev.gridmate.snapshot.SnapshotRequest;
import dev.gridmate.snapshot.SnapshotRequest.Sort;
import dev.gridmate.snapshot.SnapshotSource;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;

/**
 * Prints a line of rates and of the worst connection, from time to time or when a signal asks:
 * SIGUSR1, and SIGINFO, which is Ctrl-T where the system has it. It has its own thread, so that the
 * loop writes nothing, and a loop that does not come around is told of.
 */
final class StatsLines implements AutoCloseable {

    private static final List<String> SIGNALS = List.of("USR1", "INFO");

    private static final SnapshotRequest WORST = new SnapshotRequest(Sort.WAITING, 1);

    /** How long a loop may take to come around before a line says that it does not. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final SnapshotSource<?> source;
    private final EventLog log;
    private final long interval;
    private final Semaphore asked = new Semaphore(0);
    private final List<@Nullable Object> before;
    private volatile boolean isClosed;
    private final Thread thread = new Thread(this::run, "gridmate-stats");

    /** @param interval nanoseconds between two lines; {@link Long#MAX_VALUE} for signals alone */
    StatsLines(SnapshotSource<?> source, EventLog log, long interval) {
        this.source = source;
        this.log = log;
        this.interval = interval;
        before = SIGNALS.stream()
                .map(name -> Signals.register(name, asked::release))
                .toList();
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            Snapshot last = look();
            while (true) {
                boolean unused = asked.tryAcquire(interval, TimeUnit.NANOSECONDS);
                int unusedPermits = asked.drainPermits(); // many signals at once are one question
                Snapshot now = look();
                if (now != null) {
                    log.asked(line(now, last));
                    last = now;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    private @Nullable Snapshot look() throws InterruptedException {
        try {
            return source.awaitSnapshot(WORST, PATIENCE);
        } catch (SnapshotException e) {
            if (!isClosed) {
                log.asked("stats: " + e.getMessage());
            }
            return null;
        }
    }

    private static String line(Snapshot now, @Nullable Snapshot last) {
        TopPage page = new TopPage(now, last);
        return "stats: " + page.line() + new TopTable(now, WORST.sort()).first();
    }

    @Override
    public void close() {
        isClosed = true;
        thread.interrupt();
        for (int i = 0; i < SIGNALS.size(); i++) {
            Signals.unregister(SIGNALS.get(i), before.get(i));
        }
    }
}
