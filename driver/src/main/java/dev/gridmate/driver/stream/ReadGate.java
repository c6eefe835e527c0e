package dev.gridmate.driver.stream;

import dev.gridmate.internal.DeadlineHeap;
import dev.gridmate.internal.TokenBucket;

/**
 * Why a connection's endpoint is not being read: its buffer is full, it is made to wait, or nothing more will come. Open
 * when none of these is so.
 */
final class ReadGate {

    private final TokenBucket packetLimit;
    private final TokenBucket byteLimit;
    private boolean full;
    private boolean ended;
    private long pausedUntil = DeadlineHeap.NEVER;

    ReadGate(TokenBucket packetLimit, TokenBucket byteLimit) {
        this.packetLimit = packetLimit;
        this.byteLimit = byteLimit;
    }

    boolean isOpen() {
        return !full && !ended && pausedUntil == DeadlineHeap.NEVER;
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

    /** Returns when the pause ends; {@link DeadlineHeap#NEVER} if there is none. */
    long pausedUntil() {
        return pausedUntil;
    }

    /** Ends a pause whose time is over; returns whether there was one. */
    boolean endPause(long now) {
        if (pausedUntil > now) {
            return false;
        }
        pausedUntil = DeadlineHeap.NEVER;
        return true;
    }
}
