package dev.gridmate.driver.stream;

/**
 * Why a connection's endpoint is not being read: its buffer is full, it is made to wait, or nothing more will come. Open
 * when none of these is so.
 */
final class ReadGate {

    private final RateLimit packetLimit;
    private final RateLimit byteLimit;
    private boolean full;
    private boolean ended;
    private long pausedUntil = Deadlines.NEVER;

    ReadGate(RateLimit packetLimit, RateLimit byteLimit) {
        this.packetLimit = packetLimit;
        this.byteLimit = byteLimit;
    }

    boolean isOpen() {
        return !full && !ended && pausedUntil == Deadlines.NEVER;
    }

    /** The buffer has no room, until {@link #makeRoom()}. */
    void fill() {
        full = true;
    }

    boolean isFull() {
        return full;
    }

    void makeRoom() {
        full = false;
    }

    /** Nothing more will come. */
    void end() {
        ended = true;
    }

    boolean hasEnded() {
        return ended;
    }

    /** Charges what has arrived to the rate limits; returns until when nothing more should. */
    long charge(long now, int packets, int bytes) {
        return Math.max(packetLimit.charge(now, packets), byteLimit.charge(now, bytes));
    }

    void pause(long until) {
        pausedUntil = until;
    }

    /** Returns when the pause ends; {@link Deadlines#NEVER} if there is none. */
    long pausedUntil() {
        return pausedUntil;
    }

    /** Ends a pause whose time is over; returns whether there was one. */
    boolean endPause(long now) {
        if (pausedUntil > now) {
            return false;
        }
        pausedUntil = Deadlines.NEVER;
        return true;
    }
}
