package dev.gridmate.carrier;

/**
 * The time that connected carriers share. One of them runs the clock; the others follow what it
 * says, and time never goes back: a clock that is ahead stands still until the others have come up
 * to it.
 */
final class CarrierClock {

    private long offset;
    private long shown;
    private boolean isRunning;
    private long interval;
    private long nextSync;

    /**
     * Returns the time.
     *
     * @param local milliseconds since this carrier was made
     * @return milliseconds
     */
    long time(long local) {
        shown = Math.max(shown, local + offset);
        return shown;
    }

    boolean isRunning() {
        return isRunning;
    }

    void start(long everyMillis, boolean isReset, long local) {
        isRunning = true;
        interval = everyMillis;
        nextSync = local;
        if (isReset) {
            offset = -local;
            shown = 0;
        }
    }

    void stop() {
        isRunning = false;
    }

    /**
     * When the others are to be told the time next; the end of time if this carrier does not run
     * the clock.
     */
    long nextSync() {
        return isRunning ? nextSync : Long.MAX_VALUE;
    }

    void onSynced(long local) {
        nextSync = local + interval;
    }

    /**
     * Follows the clock of another carrier.
     *
     * @param milliseconds its time, of which the wire carries 32 bits: it is near to this one's, on
     *     their circle
     * @param delay how long it took to come here
     * @param local milliseconds since this carrier was made
     */
    void follow(int milliseconds, long delay, long local) {
        long mine = time(local);
        long theirs = mine + (milliseconds - (int) mine);
        offset = theirs + delay - local;
    }
}
