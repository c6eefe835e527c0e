package dev.gridmate.carrier.traffic;

/**
 * What a connection sent and received. {@code dataSend} and the other names in this class are those
 * of the original's {@code TrafficControl::Statistics}.
 *
 * @param data bytes
 * @param packets datagrams
 * @param rtt round trip time in milliseconds, the peer's delay of acknowledgements included; 0 when
 *     none was measured
 * @param packetLoss the smoothed share of lost datagrams, 0 to 1
 * @param connectionFactor how near the connection is to being ended as bad: 0 is good, 1 is the end
 */
public record Statistics(Data data, Packets packets, float rtt, float packetLoss, float connectionFactor) {

    /**
     * How many bytes.
     *
     * @param sent all of them
     * @param received from the peer
     * @param resent of reliable messages, sent again
     * @param acked acknowledged by the peer
     */
    public record Data(long sent, long received, long resent, long acked) {}

    /**
     * How many datagrams.
     *
     * @param sent all of them
     * @param received from the peer
     * @param lost counted as lost
     * @param acked acknowledged by the peer
     */
    public record Packets(long sent, long received, long lost, long acked) {}

    /** {@return bytes sent} */
    public long dataSend() {
        return data.sent;
    }

    /** {@return bytes received} */
    public long dataReceived() {
        return data.received;
    }

    /** {@return bytes of reliable messages that were sent again} */
    public long dataResend() {
        return data.resent;
    }

    /** {@return bytes that the peer has acknowledged} */
    public long dataAcked() {
        return data.acked;
    }

    /** {@return datagrams sent} */
    public long packetSend() {
        return packets.sent;
    }

    /** {@return datagrams received} */
    public long packetReceived() {
        return packets.received;
    }

    /** {@return datagrams that count as lost} */
    public long packetLost() {
        return packets.lost;
    }

    /** {@return datagrams that the peer has acknowledged} */
    public long packetAcked() {
        return packets.acked;
    }

    /** What a {@link Statistics} is about. */
    public enum Period {
        /** The last whole second. */
        LAST_SECOND,
        /** Everything since the connection began. */
        LIFETIME
    }
}
