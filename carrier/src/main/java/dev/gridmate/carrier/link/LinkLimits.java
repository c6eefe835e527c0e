package dev.gridmate.carrier.link;

import dev.gridmate.carrier.DataPriority;

/**
 * What a link may hold. All are in bytes.
 *
 * @param maxDatagramSize the largest datagram that may come
 * @param messageMtu the largest message that fits one datagram
 * @param burstBytes user data that may leave at once
 * @param sendBytes memory of user messages that wait to leave or to be confirmed
 * @param receiveBytes memory of messages that wait for the program
 */
public record LinkLimits(int maxDatagramSize, int messageMtu, long burstBytes, long sendBytes, long receiveBytes) {

    private static final int LOWEST = DataPriority.values().length - 1;

    /** {@return how many chunks a message of this many bytes takes} */
    int chunks(int length) {
        return Math.max(1, (length + messageMtu - 1) / messageMtu);
    }

    /** {@return bytes of memory that a message takes at most, until it is confirmed} */
    public long sendCost(int length) {
        return (long) MessagePool.costOf(Math.min(length, messageMtu)) * chunks(length);
    }

    /**
     * {@return true if a queue takes another message} An empty one takes any. The lowest priority
     * leaves room for the others.
     *
     * @param held bytes of memory that the queue takes already
     * @param cost {@link #sendCost} of the message
     * @param priority 0 is the most urgent
     */
    public boolean hasSendRoom(long held, long cost, int priority) {
        return held == 0 || held + cost <= (priority == LOWEST ? sendBytes / 4 * 3 : sendBytes);
    }
}
