package dev.gridmate.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that any thread gives and one thread runs, in the order in which they were given.
 *
 * <p>The lock is held while a task is put in or taken out, never while one runs. The running thread
 * looks at the number of tasks first, without the lock, so an empty queue costs it one read.
 */
public final class TaskQueue {

    /**
     * How many tasks wait at most: far more than one update has any business with, and few enough
     * to hold.
     */
    public static final int CAPACITY = 1_024;

    private static final System.Logger LOGGER = System.getLogger(TaskQueue.class.getName());
    private static final VarHandle WAITING;

    static {
        try {
            WAITING = MethodHandles.lookup().findVarHandle(TaskQueue.class, "waiting", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final String owner;
    private final Runnable onRejected;
    private final ErrorLog errors = new ErrorLog(LOGGER);
    private final ReentrantLock lock = new ReentrantLock();
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private boolean ended;
    private boolean running;

    /** The size of {@code tasks}: written under the lock, read by the running thread without it. */
    private int waiting;

    /**
     * Makes an empty queue.
     *
     * @param owner whose tasks they are, for messages
     * @param onRejected called when a task is rejected, by the thread that gave it
     */
    public TaskQueue(String owner, Runnable onRejected) {
        this.owner = owner;
        this.onRejected = onRejected;
    }

    /**
     * Puts a task behind those that wait. For any thread.
     *
     * @param task what to run
     * @return true if it is the only one now: a running thread that sleeps is to be woken. Later
     *     ones need not.
     * @throws RejectedExecutionException if {@link #CAPACITY} tasks wait already, or {@link #end}
     *     was called
     */
    public boolean add(Runnable task) {
        Objects.requireNonNull(task, "task");
        String obstacle;
        lock.lock();
        try {
            obstacle = obstacle();
            if (obstacle == null) {
                tasks.add(task);
                WAITING.setOpaque(this, tasks.size());
                return tasks.size() == 1;
            }
        } finally {
            lock.unlock();
        }
        onRejected.run();
        throw new RejectedExecutionException(obstacle);
    }

    private @Nullable String obstacle() {
        if (ended) {
            return "the " + owner + " is closed and runs no more tasks";
        }
        return tasks.size() < CAPACITY
                ? null
                : tasks.size() + " tasks wait for the next update of the " + owner + ", the most that may";
    }

    /** {@return true if {@link #run} would run something} Only for the running thread. */
    public boolean isReady() {
        return (int) WAITING.getOpaque(this) > 0 && !running;
    }

    /**
     * Runs what waits now; what a task adds waits for the next call. Does nothing inside a task.
     * Only for the running thread.
     *
     * @return how many tasks were run
     */
    public int run() {
        return isReady() ? run(waiting) : 0;
    }

    /**
     * Accepts no more tasks, and runs those that wait, also inside a task. Only for the running
     * thread.
     */
    public void end() {
        lock.lock();
        try {
            ended = true;
        } finally {
            lock.unlock();
        }
        run(CAPACITY);
    }

    private int run(int most) {
        boolean before = running;
        running = true;
        int run = 0;
        try {
            for (Runnable next = next(); next != null; next = ++run < most ? next() : null) {
                run(next);
            }
        } finally {
            running = before;
        }
        return run;
    }

    private @Nullable Runnable next() {
        lock.lock();
        try {
            Runnable next = tasks.poll();
            WAITING.setOpaque(this, tasks.size());
            return next;
        } finally {
            lock.unlock();
        }
    }

    private void run(Runnable task) {
        try {
            task.run();
        } catch (VirtualMachineError error) {
            throw error; // no peer's doing: there may be no memory left to go on with, nor to log
        } catch (Throwable error) { // an AssertionError in one task must not starve the others
            errors.log("task " + task.getClass().getName() + " of the " + owner + " threw", error);
        }
    }
}
