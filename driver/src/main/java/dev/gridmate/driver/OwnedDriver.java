package dev.gridmate.driver;

import dev.gridmate.GridMate;
import dev.gridmate.internal.Counters;
import dev.gridmate.internal.TaskQueue;
import dev.gridmate.snapshot.DriverSnapshot;
import dev.gridmate.snapshot.SnapshotRequest;
import dev.gridmate.snapshot.Visibility;
import dev.gridmate.views.Exhibit;
import dev.gridmate.views.LoopMeter;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * What every driver of this package answers in the same way: whose it is, what it counted, what
 * went wrong last.
 *
 * @param <W> what {@code initialize} makes
 */
abstract class OwnedDriver<W> implements Driver {

    final Counters<DriverCounter> counters = new Counters<>(DriverCounter.class);
    final DriverLife<W> life;

    final Exhibit<DriverSnapshot, DisconnectReason.Code> exhibit;

    OwnedDriver(GridMate gridMate, String defaultName, Visibility visibility) {
        life = new DriverLife<>(gridMate, this, counters);
        exhibit = new Exhibit<>(
                Exhibit.Kind.DRIVER, getClass().getSimpleName(), defaultName, DisconnectReason.Code.class, visibility);
    }

    @Override
    public final String name() {
        return exhibit.name();
    }

    @Override
    public final CompletableFuture<DriverSnapshot> snapshot(SnapshotRequest request) {
        CompletableFuture<DriverSnapshot> asked = exhibit.ask(request);
        stopWaitForData();
        return asked;
    }

    @Override
    public final Duration sinceUpdate() {
        Long last = exhibit.lastUpdate();
        return last == null ? Duration.ZERO : Duration.ofNanos(Math.max(0, clock() - last));
    }

    /** Runs the tasks that other threads gave; returns how many. */
    final int runTasks(LoopMeter meter) {
        TaskQueue tasks = life.tasks();
        if (!tasks.isReady()) {
            return 0;
        }
        long from = clock();
        int run = tasks.run();
        meter.ranTasks(from, clock());
        return run;
    }

    /** It can be seen from now on. */
    final void show(LoopMeter meter, Function<SnapshotRequest, DriverSnapshot> painter) {
        exhibit.open(this, DriverSnapshot.class, painter, meter, counters, this::clock);
    }

    /** {@return the time of the network} For any thread, from when it is initialized on. */
    abstract long clock();

    @Override
    public final boolean isInitialized() {
        return life.isInitialized();
    }

    @Override
    public final void checkThread() {
        life.checkThread();
    }

    @Override
    public final void handOver() {
        life.handOver();
    }

    @Override
    public final void execute(Runnable task) {
        if (life.tasks().add(task)) {
            stopWaitForData();
        }
    }

    @Override
    public final long counter(DriverCounter counter) {
        return counters.get(counter);
    }

    @Override
    public final String lastError() {
        return life.lastError();
    }
}
