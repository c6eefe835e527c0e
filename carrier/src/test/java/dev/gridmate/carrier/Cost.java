package dev.gridmate.carrier;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Counts what a step allocates on this thread. */
public final class Cost {

    public static final int MEASURED = 3_000;

    /** The JVM itself allocates on the thread now and then: a few dozen bytes in thousands of steps are not ours. */
    public static final long NOISE = MEASURED / 10;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int WARM_UP = 1_000;

    private Cost() {}

    /** Returns the bytes that {@link #MEASURED} steps allocate once they are warm. */
    public static long allocatedBy(Runnable step) {
        long least = Long.MAX_VALUE;
        for (int attempt = 0; attempt < 5 && least > NOISE; attempt++) { // the compiler may still be replacing code
            counted(step, WARM_UP);
            long first = counted(Cost::nothing, 1); // this one makes what counting itself needs
            long own = Math.min(first, counted(Cost::nothing, 1));
            least = Math.min(least, counted(step, MEASURED) - own);
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
