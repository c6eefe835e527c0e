package dev.gridmate.carrier;

/**
 * How a receive ended.
 *
 * @param state what happened
 * @param numBytes bytes received; with {@link State#UNSUFFICIENT_BUFFER_SIZE}, bytes needed;
 *     otherwise 0
 */
public record ReceiveResult(State state, int numBytes) {

    /** The original's states, in its spelling. */
    public enum State {
        /** A message was received. */
        RECEIVED,
        /** The next message is larger than the room in the buffer. It stays. */
        UNSUFFICIENT_BUFFER_SIZE,
        /** No message waits. */
        NO_MESSAGE_TO_RECEIVE
    }
}
