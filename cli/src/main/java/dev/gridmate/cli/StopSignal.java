package dev.gridmate.cli;

/**
 * Asks the running command to come to an end in order. Any thread may ask; the command looks when
 * it comes around.
 */
final class StopSignal {

    private volatile boolean requested;
    private volatile Runnable waker = () -> {};

    boolean isRequested() {
        return requested;
    }

    void request() {
        requested = true;
        waker.run();
    }

    /** Sets what gets the command out of a wait, and calls it if the request came first. */
    void wakeWith(Runnable wake) {
        waker = wake;
        if (requested) {
            wake.run();
        }
    }
}
