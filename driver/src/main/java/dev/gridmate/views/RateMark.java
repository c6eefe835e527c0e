package dev.gridmate.views;

import dev.gridmate.snapshot.Traffic;

/** What one connection had sent and received at an earlier picture, for its rates. */
public final class RateMark {

    private static final double SECOND = 1e9;

    private long at;
    private long in;
    private long out;
    private double inPerSecond;
    private double outPerSecond;
    private boolean isMeasured;

    /** @param began when the connection began */
    public RateMark(long began) {
        at = began;
    }

    /** Takes what it has sent and received until now into account. */
    public void measure(long bytesIn, long bytesOut, long now) {
        long nanos = now - at;
        if (nanos >= SECOND || !isMeasured) {
            inPerSecond = nanos <= 0 ? 0 : (bytesIn - in) * SECOND / nanos;
            outPerSecond = nanos <= 0 ? 0 : (bytesOut - out) * SECOND / nanos;
        }
        if (nanos >= SECOND) {
            isMeasured = true;
            at = now;
            in = bytesIn;
            out = bytesOut;
        }
    }

    /** {@return the bytes per second in both directions} */
    public double bytesPerSecond() {
        return inPerSecond + outPerSecond;
    }

    /** {@return the traffic of the connection, with its rates} */
    public Traffic traffic(long packetsIn, long packetsOut, long bytesIn, long bytesOut) {
        return new Traffic(packetsIn, packetsOut, bytesIn, bytesOut, inPerSecond, outPerSecond);
    }
}
