package dev.gridmate.carrier;

/**
 * What a peer does that it should not: bad datagrams, and requests to connect although it is
 * connected.
 */
final class Offences {

    /**
     * With more bad datagrams within a second, the peer is not a carrier, or it is up to something.
     */
    static final int MAX_BAD_PER_SECOND = 10;

    /**
     * A peer that has been quiet for so long and asks to connect has lost its connection; it does
     * not just repeat itself.
     */
    static final long QUIET = 200 * CarrierTime.MILLISECOND;

    private static final long SECOND = 1_000 * CarrierTime.MILLISECOND;
    private static final int REQUESTS_OF_A_NEW_START = 3;

    private int badDatagrams;
    private long badSince;
    private int strayRequests;
    private long firstStrayRequest;

    /** {@return true if that was one too many} */
    boolean onBadDatagram(long now) {
        if (now - badSince >= SECOND) {
            badSince = now;
            badDatagrams = 0;
        }
        badDatagrams++;
        return badDatagrams > MAX_BAD_PER_SECOND;
    }

    CarrierDisconnectReason badDatagramsReason() {
        return CarrierDisconnectReason.of(
                CarrierDisconnectReason.Code.BAD_PACKETS, "%d bad datagrams came within a second", badDatagrams);
    }

    /**
     * Counts requests to connect; whatever else the peer said since makes the count begin again.
     */
    void onStrayRequest(long now, long lastReceived) {
        if (strayRequests == 0 || lastReceived > firstStrayRequest) {
            strayRequests = 0;
            firstStrayRequest = now;
        }
        strayRequests++;
    }

    /** {@return true if the peer repeats its request} */
    boolean asksRepeatedly() {
        return strayRequests >= 2;
    }

    /**
     * {@return true if the peer was started again: it repeats its request and says nothing else}
     */
    boolean isNewStart(long now, long lastReceived) {
        return strayRequests >= REQUESTS_OF_A_NEW_START && now - lastReceived >= QUIET;
    }

    void forgetRequests() {
        strayRequests = 0;
    }
}
