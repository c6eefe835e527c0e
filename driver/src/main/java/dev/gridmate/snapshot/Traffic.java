package dev.gridmate.snapshot;

/**
 * What a connection sent and received. The rates are means: between the last two pictures that are
 * a second or more apart, and before there are two, since the connection began.
 *
 * @param packetsIn packets, or datagrams of a carrier, that arrived
 * @param packetsOut those that were sent
 * @param bytesIn bytes that arrived, headers included
 * @param bytesOut bytes that left, as above
 * @param bytesInPerSecond how many bytes arrive per second
 * @param bytesOutPerSecond how many bytes leave per second
 */
public record Traffic(
        long packetsIn,
        long packetsOut,
        long bytesIn,
        long bytesOut,
        double bytesInPerSecond,
        double bytesOutPerSecond) {

    /** {@return the bytes per second in both directions} */
    public double bytesPerSecond() {
        return bytesInPerSecond + bytesOutPerSecond;
    }
}
