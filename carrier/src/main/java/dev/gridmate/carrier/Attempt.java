package dev.gridmate.carrier;

/**
 * The beginning of a connection that this side asks for: when to ask the other side again, and when
 * to give up. All times are nanoseconds.
 */
final class Attempt {

    /** How soon to look again whether the driver can send to the peer. */
    private static final long POLL = 10 * CarrierTime.MILLISECOND;

    private final boolean isIncoming;
    private final long timeout;
    private final long longestInterval;
    private long interval;
    private long nextRequest;
    private long deadline;
    private boolean hasSucceeded;

    /**
     * True while the connection before this one, with the same address, is still being forgotten.
     */
    private boolean waitsForPredecessor;

    Attempt(boolean isIncoming, long timeout, CarrierTiming timing, long now) {
        this.isIncoming = isIncoming;
        this.timeout = timeout;
        interval = timing.retryBase().toNanos();
        longestInterval = timing.retryMax().toNanos();
        begin(now);
    }

    private void begin(long now) {
        nextRequest = now;
        deadline = now + timeout;
    }

    /** {@return true if it was the peer's, and is over} */
    boolean isIncoming() {
        return isIncoming;
    }

    /** The connection is established. */
    void onSuccess() {
        hasSucceeded = true;
    }

    /** {@return true if the connection was established, whatever became of it} */
    boolean hasSucceeded() {
        return hasSucceeded;
    }

    void waitForPredecessor() {
        waitsForPredecessor = true;
    }

    boolean waitsForPredecessor() {
        return waitsForPredecessor;
    }

    void onPredecessorForgotten(long now) {
        waitsForPredecessor = false;
        begin(now);
    }

    boolean isOver(long now) {
        return now >= deadline;
    }

    boolean isRequestDue(long now) {
        return now >= nextRequest;
    }

    void onRequested(long now) {
        nextRequest = now + interval;
        interval = Math.min(interval * 2, longestInterval);
    }

    long nextDue(long now) {
        return waitsForPredecessor ? deadline : Math.min(nextRequest > now ? nextRequest : now + POLL, deadline);
    }

    CarrierDisconnectReason timeoutReason() {
        return CarrierDisconnectReason.of(
                CarrierDisconnectReason.Code.HANDSHAKE_TIMEOUT,
                "the peer did not answer within %,d ms",
                timeout / CarrierTime.MILLISECOND);
    }
}
