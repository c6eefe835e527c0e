package dev.gridmate.carrier.link;

/**
 * For how long the peer has acknowledged nothing, although it is heard. All times are nanoseconds.
 *
 * <p>Whatever is acknowledged shows that the way there works, and that the peer takes what comes.
 * That one message is lost again and again shows nothing, on a line that loses much. Only when many
 * datagrams with messages were lost and none arrived, the others no longer count: the program there
 * does not receive.
 *
 * <p>While the peer is silent it cannot acknowledge anything. So a silence counts for half a second
 * at most, as it lasts and when it is over.
 */
final class AwaitedAcks {

    private static final long SILENCE = 500_000_000;
    private static final int MANY = 10;

    private long heardAt;

    // When anything, and when a message, was acknowledged last, or the first of several messages
    // was sent. Each silence moves both on.
    private long anyAt;
    private long messageAt;

    private int lostSinceMessage;

    AwaitedAcks(long now) {
        heardAt = now;
    }

    /** A message was sent, and no other waits for its acknowledgement. */
    void onFirstSent(long now) {
        anyAt = now;
        messageAt = now;
        lostSinceMessage = 0;
    }

    void onAcknowledged(boolean hasMessages, long now) {
        anyAt = now;
        if (hasMessages) {
            messageAt = now;
            lostSinceMessage = 0;
        }
    }

    void onLost(boolean hasMessages) {
        lostSinceMessage += hasMessages && lostSinceMessage < MANY ? 1 : 0;
    }

    /** The peer has said something. */
    void onHeard(long now) {
        long silence = Math.max(0, now - heardAt - SILENCE);
        anyAt = Math.min(now, anyAt + silence);
        messageAt = Math.min(now, messageAt + silence);
        heardAt = now;
    }

    /** {@return for how long it has acknowledged nothing, if it should have} */
    long missingFor(long now) {
        return Math.min(now, silentFrom()) - since();
    }

    /**
     * {@return when it will have acknowledged nothing for so long; {@link Long#MAX_VALUE} if it is
     * silent by then}
     */
    long missingAt(long timeout) {
        long at = since() + timeout;
        return at <= silentFrom() ? at : Long.MAX_VALUE;
    }

    private long silentFrom() {
        return heardAt + SILENCE;
    }

    private long since() {
        return lostSinceMessage == MANY ? messageAt : anyAt;
    }
}
