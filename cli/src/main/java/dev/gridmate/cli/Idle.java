package dev.gridmate.cli;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Passes the time after a turn. One thread cannot wait for the sockets of many drivers, and a wait would show in the round
 * trips: so it asks again while an answer may be near, gives way to others, and naps when nothing comes.
 */
final class Idle {

    private static final int TURNS_TO_YIELD = 1000;
    private static final long NAP = TimeUnit.MICROSECONDS.toNanos(200);

    private int idleTurns;

    @SuppressWarnings("ThreadPriorityCheck") // a yield that the scheduler ignores costs time here, nothing else
    void after(int work) {
        idleTurns = work > 0 ? 0 : idleTurns + 1;
        if (idleTurns > TURNS_TO_YIELD) {
            LockSupport.parkNanos(NAP);
        } else if (idleTurns > 0) {
            Thread.yield();
        }
    }
}
