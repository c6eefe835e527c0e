package dev.gridmate.carrier.traffic;

import dev.gridmate.driver.SocketDriverAddress;
import java.util.Locale;

/**
 * Decides how much may be on its way to each peer, when a datagram counts as lost, and when a
 * connection is too bad to go on. One object serves one carrier; it makes a {@link Flow} for each
 * connection.
 *
 * <p>Times are nanoseconds on the carrier's clock, sizes are bytes. <em>Effective</em> sizes count
 * the payload of user messages alone. Everything here is called by the carrier, on its thread.
 */
public interface TrafficControl {

    /**
     * Makes the control of a new connection.
     *
     * @param address the peer
     * @param maxDatagramSize the largest datagram in bytes
     * @param now the time
     * @return the control of this connection
     */
    Flow onConnect(SocketDriverAddress address, int maxDatagramSize, long now);

    /** The control of one connection. */
    interface Flow {

        /**
         * The handshake is over. What was lost until now may have been the fault of a firewall that
         * had to learn of the connection first.
         *
         * @param now the time
         */
        void onHandshakeComplete(long now);

        /**
         * A datagram left. Exactly one of {@link #onAck} and {@link #onLost} follows, unless the
         * connection ends before.
         *
         * @param size of the datagram
         * @param effectiveSize of the user messages in it
         * @param now the time
         */
        void onSend(int size, int effectiveSize, long now);

        /**
         * Reliable messages of a lost datagram are about to leave again.
         *
         * @param size of these messages
         */
        void onResend(int size);

        /**
         * A datagram arrived, the peer says.
         *
         * @param size of the datagram
         * @param effectiveSize of the user messages in it
         * @param isPrompt whether the peer acknowledges it soon, as it does with all but those of
         *     acknowledgements alone: the time that these take says how long the peer had nothing
         *     to say
         * @param sentAt when it left
         * @param now the time
         * @return whether the congestion window has changed
         */
        boolean onAck(int size, int effectiveSize, boolean isPrompt, long sentAt, long now);

        /**
         * A datagram had not arrived when a later one had.
         *
         * @param sentAt when it left
         * @param now the time
         */
        void onNack(long sentAt, long now);

        /**
         * A datagram counts as lost: {@link #resendTime} has come.
         *
         * @param size of the datagram
         * @param effectiveSize of the user messages in it
         * @param sentAt when it left
         * @param now the time
         * @return whether the congestion window has changed
         */
        boolean onLost(int size, int effectiveSize, long sentAt, long now);

        /**
         * A datagram came in.
         *
         * @param size of the datagram
         * @param effectiveSize of the user messages in it
         * @param now the time
         */
        void onReceive(int size, int effectiveSize, long now);

        /**
         * Says whether a datagram with user messages may leave now.
         *
         * @return whether
         */
        boolean isSend();

        /**
         * Says whether a datagram that just came in is within the limit of packets per second.
         *
         * @param now the time
         * @return whether it may be read; otherwise it is dropped and not acknowledged
         */
        boolean isCanReceiveData(long now);

        /**
         * Returns when a datagram counts as lost; {@link Long#MAX_VALUE} if it does not unless it
         * gets more negative acknowledgements.
         *
         * @param sentAt when it left
         * @param nacks how many negative acknowledgements it has got
         * @return the time
         */
        long resendTime(long sentAt, int nacks);

        /**
         * Says whether the connection is too bad to go on.
         *
         * @param threshold which part of the limits counts: 1 for the limits themselves, less to
         *     judge more strictly
         * @return whether
         */
        boolean isDisconnect(float threshold);

        /**
         * {@return why {@link #isDisconnect} is true, with the numbers, in words for people}
         *
         * <p>Asked when a connection is ended for that. Unless overridden, it names the round trip
         * time and the loss.
         */
        default String disconnectReason() {
            Statistics seen = statistics(Statistics.Period.LAST_SECOND, false);
            return String.format(
                    Locale.ROOT,
                    "a round trip takes %,.0f ms, and %.0f %% of the datagrams are lost",
                    seen.rtt(),
                    seen.packetLoss() * 100);
        }

        /**
         * Moves the statistics on; called in each update in which this connection has something to
         * do, and at least once a second.
         *
         * @param now the time
         * @return whether a second of statistics has been completed
         */
        boolean update(long now);

        /**
         * Returns how many bytes are on their way: sent, and neither acknowledged nor lost.
         *
         * @return bytes
         */
        int dataInTransfer();

        /**
         * Returns how many bytes may be on their way.
         *
         * @return bytes
         */
        int congestionWindow();

        /**
         * Returns the smoothed round trip time.
         *
         * @return nanoseconds; 0 before the first acknowledgement
         */
        long rtt();

        /**
         * {@return the shortest round trip time of late in nanoseconds; 0 if none was measured}
         * By default the smoothed one.
         */
        default long leastRtt() {
            return rtt();
        }

        /**
         * {@return the smoothed distance of the measured round trip times from the smoothed one, in
         * nanoseconds} By default 0: not measured.
         */
        default long rttVariance() {
            return 0;
        }

        /**
         * Returns statistics.
         *
         * @param period of the last whole second, or since the connection began
         * @param effective whether of user messages alone, or of all bytes
         * @return a snapshot
         */
        Statistics statistics(Statistics.Period period, boolean effective);
    }
}
