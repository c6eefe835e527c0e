package dev.gridmate.carrier.traffic;

/**
 * What a connection sent and received. The names are those of the original's {@code
 * TrafficControl::Statistics}.
 *
 * @param dataSend bytes sent
 * @param dataReceived bytes received
 * @param dataResend bytes of reliable messages that were sent again
 * @param dataAcked bytes whose arrival the peer has confirmed
 * @param packetSend datagrams sent
 * @param packetReceived datagrams received
 * @param packetLost datagrams that count as lost
 * @param packetAcked datagrams whose arrival the peer has confirmed
 * @param rtt round trip time in milliseconds, the peer's delay of acknowledgements included; 0 when
 *     none was measured
 * @param packetLoss the smoothed share of lost datagrams, 0 to 1
 * @param connectionFactor how near the connection is to being ended as bad: 0 is good, 1 is the end
 */
public record Statistics(
        long dataSend,
        long dataReceived,
        long dataResend,
        long dataAcked,
        long packetSend,
        long packetReceived,
        long packetLost,
        long packetAcked,
        float rtt,
        float packetLoss,
        float connectionFactor) {

    /** What a {@link Statistics} is about. */
    public enum Period {
        /** The last whole second. */
        LAST_SECOND,
        /** Everything since the connection began. */
        LIFETIME
    }
}
