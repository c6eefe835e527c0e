package dev.gridmate.carrier;

import dev.gridmate.internal.Journal;
import java.time.Duration;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/**
 * Gives a carrier a thread of its own, for those who want the original's way: the runner updates
 * it, and wakes up when something comes in, or is to be done, or after the time that it was given.
 *
 * <p>Only the runner's thread may use the carrier while it runs; events and callbacks come on it.
 * Whatever else is to be done with the carrier is handed to {@link #execute}; messages are received
 * in {@code onReceive}:
 *
 * <pre>{@code
 * try (CarrierRunner runner = new CarrierRunner(carrier, 30)) {
 *     runner.execute(c -> c.send(data, ConnectionId.ALL));
 * }
 * }</pre>
 */
public final class CarrierRunner implements AutoCloseable {

    private static final System.Logger LOGGER = System.getLogger(CarrierRunner.class.getName());

    private final Carrier carrier;
    private final Duration updateTime;
    private final Queue<Consumer<? super Carrier>> tasks = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private volatile boolean isStopped;

    /**
     * Takes a carrier over and starts.
     *
     * @param carrier a carrier that the calling thread owns
     * @param updateTimeMS how long to wait at most between two updates: milliseconds, 1 or more
     * @throws IllegalArgumentException if the time is below 1
     * @throws IllegalStateException if another thread owns the carrier
     */
    public CarrierRunner(Carrier carrier, int updateTimeMS) {
        this.carrier = Objects.requireNonNull(carrier, "carrier");
        if (updateTimeMS < 1) {
            throw new IllegalArgumentException("updateTimeMS is " + updateTimeMS + ", it must be at least 1");
        }
        updateTime = Duration.ofMillis(updateTimeMS);
        thread = new Thread(this::run, "gridmate-carrier-" + carrier.port());
        thread.setDaemon(true);
        carrier.handOver();
        thread.start();
    }

    /**
     * Has something done with the carrier on the runner's thread, soon, in the order of the calls.
     * Any thread may call this, one of the runner's own tasks too. A task that closes the carrier
     * ends the runner.
     *
     * @param task what to do; what it throws is logged
     * @throws IllegalStateException if the runner is closed
     */
    public void execute(Consumer<? super Carrier> task) {
        Objects.requireNonNull(task, "task");
        if (isStopped) {
            throw new IllegalStateException("the runner is closed");
        }
        tasks.add(task);
        if (isStopped && tasks.remove(task)) { // it came too late for the last round; nobody has run it
            throw new IllegalStateException("the runner is closed");
        }
        carrier.stopWaitForData();
    }

    private void run() {
        try {
            runTasks();
            while (!isStopped && !carrier.isClosed()) {
                carrier.update();
                if (!carrier.isClosed()) { // a handler may have closed it
                    carrier.waitForData(updateTime);
                }
                runTasks();
            }
            if (!carrier.isClosed()) {
                carrier.update(); // what the last tasks sent leaves
            }
        } catch (RuntimeException | Error e) {
            isStopped = true;
            Journal.write(LOGGER, System.Logger.Level.ERROR, "the runner of " + carrier + " stopped", e);
        } finally {
            isStopped = true; // also when a handler has closed the carrier: nobody takes tasks any longer
            try {
                runTasks(); // those that came behind the last round, before close()
            } finally {
                carrier.handOver();
            }
        }
    }

    private void runTasks() {
        for (Consumer<? super Carrier> task = tasks.poll(); task != null; task = tasks.poll()) {
            try {
                task.accept(carrier);
            } catch (RuntimeException e) {
                Journal.write(LOGGER, System.Logger.Level.ERROR, "a task of the runner of " + carrier + " threw", e);
            }
        }
    }

    /**
     * Stops the thread when the tasks at hand are done, and waits for its end. The carrier stays
     * open; the next thread that calls it owns it.
     */
    @Override
    public void close() {
        isStopped = true;
        carrier.stopWaitForData();
        boolean interrupted = false;
        while (thread.isAlive() && Thread.currentThread() != thread) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
