package dev.gridmate.driver.stream;

import dev.gridmate.internal.DeadlineHeap;

/**
 * What accepted connections are allowed before they are established, on a network whose endpoints
 * make a handshake.
 *
 * @param timeout nanoseconds from the connect to the end of the handshake
 * @param most how many handshakes go on at the same time
 */
public record HandshakeLimits(long timeout, int most) {

    /** For a network without handshakes. */
    public static final HandshakeLimits NONE = new HandshakeLimits(DeadlineHeap.NEVER, Integer.MAX_VALUE);
}
