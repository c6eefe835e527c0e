package dev.gridmate.bench.peer;

import java.lang.management.ManagementFactory;

/** The Java heap. */
final class Heap {

    private Heap() {}

    /**
     * The second collection takes what the first has only found to be unreachable, such as buffers
     * with cleaners.
     */
    static long usedAfterCollection() {
        System.gc();
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
