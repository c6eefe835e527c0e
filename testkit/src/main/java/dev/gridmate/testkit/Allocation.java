package dev.gridmate.testkit;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Counts the bytes that a step allocates on the thread that runs it. */
public final class Allocation {

    /** How many steps are counted, once they are warm. */
    public static final int STEPS = 3_000;

    /**
     * The JVM itself allocates on the thread now and then: a few dozen bytes in thousands of steps
     * are not ours.
     */
    public static final long NOISE = STEPS / 10;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int WARM_UP = 1_000;
    private static final int ATTEMPTS = 5;

    private Allocation() {}

    /** {@return the bytes that {@link #STEPS} steps allocate at the least, once they are warm} */
    public static long of(Runnable step) {
        return of(step, NOISE);
    }

    /**
     * Counts until the bytes are few enough: the compiler may still be replacing code while the
     * first steps run.
     *
     * @param enough as many bytes are not counted again
     * @return the bytes that {@link #STEPS} steps allocate at the least
     */
    public static long of(Runnable step, long enough) {
        long least = Long.MAX_VALUE;
        for (int attempt = 0; attempt < ATTEMPTS && least > enough; attempt++) {
            counted(step, WARM_UP);
            long first = counted(Allocation::nothing, 1); // this one makes what counting itself needs
            long own = Math.min(first, counted(Allocation::nothing, 1));
            least = Math.min(least, counted(step, STEPS) - own);
        }
        return least;
    }

    private static void nothing() {}

    private static long counted(Runnable step, int times) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < times; i++) {
            step.run();
        }
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }
}
