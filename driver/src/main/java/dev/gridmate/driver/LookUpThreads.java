package dev.gridmate.driver;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The threads on which all drivers of this process look names up, unless they are given others. */
final class LookUpThreads {

    private static final int THREADS = 8;
    private static final int WAITING = 1_024;
    private static final long IDLE_SECONDS = 10;

    /** Made with the first look-up: most programs connect by address. */
    private static final class Pool {

        static final ThreadPoolExecutor THE_ONE = make();

        private static ThreadPoolExecutor make() {
            ThreadPoolExecutor pool = new ThreadPoolExecutor(
                    THREADS, THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(WAITING), task -> {
                        Thread thread = new Thread(task, "gridmate look-up");
                        thread.setDaemon(true);
                        return thread;
                    });
            pool.allowCoreThreadTimeOut(true);
            return pool;
        }
    }

    private LookUpThreads() {}

    static void execute(Runnable lookUp) {
        Pool.THE_ONE.execute(lookUp);
    }
}
