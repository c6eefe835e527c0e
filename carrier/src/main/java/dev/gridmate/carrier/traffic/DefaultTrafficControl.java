package dev.gridmate.carrier.traffic;

import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.internal.Arguments;
import dev.gridmate.internal.TokenBucket;

/**
 * CUBIC as the congestion control, a second without acknowledgement as a loss, and limits of round
 * trip time and loss beyond which a connection is too bad.
 *
 * <p><b>Window.</b> It begins with one datagram and grows by what is acknowledged (slow start)
 * until the first loss; each loss makes it smaller by 20 %, and it grows back as CUBIC (RFC 9438)
 * says, with C = 0.4. It is at most 1,000,000 bytes and, once it has grown, at least two datagrams.
 * It does not grow while the program sends less than it allows.
 *
 * <p><b>Loss.</b> A datagram is lost when it is not acknowledged within 1,000 ms, or twice the
 * smoothed round trip time if that is longer. Each negative acknowledgement brings the moment
 * forward by a third, so three mean at once.
 *
 * <p><b>Disconnect.</b> A connection is too bad when the smoothed round trip time or the smoothed
 * loss was above its limit in three seconds in a row, and until both are below 90 % of it. The loss
 * must be above its limit by more than chance explains, for as many datagrams as there were: with a
 * limit of 0.3, above 0.52 at ten datagrams a second, 0.39 at 60, and 0.32 at 1,000. While the peer
 * acknowledges nothing for half a second or more, nothing is judged, and datagrams that were on
 * their way meanwhile do not count. Nor do those from before the end of the handshake. Judged at a
 * threshold below 1, the present values count at once.
 *
 * <p>In the statistics, round trip time and loss are the smoothed ones, whichever the period, and
 * packets without user messages are not effective packets.
 */
public final class DefaultTrafficControl implements TrafficControl {

    private static final float NANOS_PER_MILLI = 1_000_000;
    private static final float RTT_THRESHOLD = 500;
    private static final float PACKET_LOSS_THRESHOLD = 0.3f;

    private final int receivePacketsLimit;
    private final float rttLimit;
    private final float lossLimit;
    private final boolean isLossless;

    /** Makes a traffic control with no limit of packets received, 500 ms and a loss of 0.3. */
    public DefaultTrafficControl() {
        this(0, RTT_THRESHOLD, PACKET_LOSS_THRESHOLD);
    }

    /**
     * Makes a traffic control.
     *
     * @param receivePacketsLimit how many packets a second a peer may send; a second's worth may
     *     come at once; 0 for no limit
     * @param rttThreshold the smoothed round trip time in milliseconds above which a connection is
     *     too bad; 0 or infinity for no limit
     * @param packetLossThreshold the smoothed share of lost datagrams above which a connection is
     *     too bad; 0 or infinity for no limit, and 1 is never exceeded either
     * @throws IllegalArgumentException if a parameter is negative or not a number
     */
    public DefaultTrafficControl(int receivePacketsLimit, float rttThreshold, float packetLossThreshold) {
        this(receivePacketsLimit, rttThreshold, packetLossThreshold, false);
    }

    private DefaultTrafficControl(
            int receivePacketsLimit, float rttThreshold, float packetLossThreshold, boolean isLossless) {
        this.receivePacketsLimit = Arguments.atLeast("receivePacketsLimit", receivePacketsLimit, 0);
        this.rttLimit = limit("rttThreshold", rttThreshold) * NANOS_PER_MILLI;
        this.lossLimit = limit("packetLossThreshold", packetLossThreshold);
        this.isLossless = isLossless;
    }

    /**
     * {@return a traffic control for a driver that loses nothing, such as TCP} It has no limit of
     * loss, and a datagram does not count as lost because its acknowledgement is late. It does when
     * three acknowledgements name later ones only: then the peer had no room for it.
     *
     * @param receivePacketsLimit as in the constructor
     * @param rttThreshold as in the constructor
     * @throws IllegalArgumentException if a parameter is negative or not a number
     */
    public static DefaultTrafficControl lossless(int receivePacketsLimit, float rttThreshold) {
        return new DefaultTrafficControl(receivePacketsLimit, rttThreshold, 0, true);
    }

    // Infinity is what nothing exceeds, so that no other code has to know of limits that are off.
    private static float limit(String name, float threshold) {
        if (!(threshold >= 0)) {
            throw new IllegalArgumentException(name + " is " + threshold + ", it must be 0 (no limit) or more");
        }
        return threshold == 0 ? Float.POSITIVE_INFINITY : threshold;
    }

    /**
     * Makes the control of a new connection.
     *
     * @param address the peer
     * @param maxDatagramSize the largest datagram, 1 to 500,000 bytes
     * @param now the time
     * @return the control of this connection
     * @throws IllegalArgumentException if the largest datagram is out of range
     */
    @Override
    public Flow onConnect(SocketDriverAddress address, int maxDatagramSize, long now) {
        if (maxDatagramSize < 1 || maxDatagramSize > CubicWindow.MAX / 2) {
            throw new IllegalArgumentException("maxDatagramSize is " + maxDatagramSize + ", it must be from 1 to "
                    + CubicWindow.MAX / 2 + ": the window must hold two");
        }
        return new DefaultFlow(
                new CubicWindow(maxDatagramSize, now),
                new LinkQuality(rttLimit, lossLimit, now),
                TokenBucket.perSecond(receivePacketsLimit),
                isLossless,
                now);
    }
}
