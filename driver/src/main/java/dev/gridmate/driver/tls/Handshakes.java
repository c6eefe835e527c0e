package dev.gridmate.driver.tls;

import dev.gridmate.driver.TlsHandshakes;
import dev.gridmate.driver.transport.Transport;
import dev.gridmate.internal.UpdateBudget;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What the handshakes of one driver share: what they begin with, who does their tasks, and the time
 * that they may take in one poll.
 */
final class Handshakes {

    private final Transport network;
    private final long budget;
    private final UpdateBudget updateBudget;
    final @Nullable Executor executor;

    private TlsContext context;
    private long workedFor;

    Handshakes(Transport network, TlsContext context, TlsHandshakes settings, UpdateBudget updateBudget) {
        this.network = network;
        this.context = context;
        this.updateBudget = updateBudget;
        budget = settings.budget().toNanos();
        executor = settings.executor();
    }

    /** {@return what the next handshakes use} */
    TlsContext context() {
        return context;
    }

    /** Sets what the next handshakes use; those that have begun stay as they are. */
    void context(TlsContext next) {
        context = next;
    }

    long nanoTime() {
        return network.nanoTime();
    }

    /** A task is done: the driver is to go on, if it waits. For any thread. */
    void wakeup() {
        network.wakeup();
    }

    void beginPoll() {
        workedFor = 0;
    }

    /**
     * {@return true if a handshake may go on in this poll} The first step always may, so that each
     * poll gets somewhere.
     */
    boolean hasBudget() {
        return workedFor == 0 || (workedFor < budget && !updateBudget.isSpent());
    }

    void worked(long nanos) {
        workedFor += Math.max(1, nanos);
    }
}
