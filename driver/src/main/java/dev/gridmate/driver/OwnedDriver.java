package dev.gridmate.driver;

import dev.gridmate.GridMate;
import dev.gridmate.internal.Counters;

/**
 * What every driver of this package answers in the same way: whose it is, what it counted, what
 * went wrong last.
 *
 * @param <W> what {@code initialize} makes
 */
abstract class OwnedDriver<W> implements Driver {

    final Counters<DriverCounter> counters = new Counters<>(DriverCounter.class);
    final DriverLife<W> life;

    OwnedDriver(GridMate gridMate) {
        life = new DriverLife<>(gridMate, this, counters);
    }

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
