package dev.gridmate.cli;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Passes the time after a turn. One thread cannot wait for the sockets of many drivers, and a wait
 * would show in the round trips: so it asks again while an answer may be near, gives way to others,
 * and may nap when nothing comes.
 */
final class Idle {

    private static final int TURNS_TO_NAP = 1000;
    private static final long NAP = TimeUnit.MICROSECONDS.toNanos(200);

    private final boolean naps;
    private int idleTurns;

    private Idle(boolean naps) {
        this.naps = naps;
    }

    /** Is there soon when something comes, and leaves the core to others when nothing does. */
    static Idle napping() {
        return new Idle(true);
    }

    /** Never naps: nothing is found late, and a core is busy with asking. */
    static Idle polling() {
        return new Idle(false);
    }

    @SuppressWarnings("ThreadPriorityCheck") // a yield that the scheduler ignores costs time here, nothing else
    void after(int work) {
        idleTurns = work > 0 ? 0 : Math.min(idleTurns, TURNS_TO_NAP) + 1;
        if (naps && idleTurns > TURNS_TO_NAP) {
            LockSupport.parkNanos(NAP);
        } else if (idleTurns > 0) {
            Thread.yield();
        }
    }
}
