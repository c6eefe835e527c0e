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

    /** After so long a peer that asks again may be told again that it had connected. */
    static final long QUIET = 200 * CarrierTime.MILLISECOND;

    /**
     * A peer that says nothing for so long and two round trips, although it was probed and should
     * say something every 100 ms, and asks to connect, was started again.
     */
    private static final long PROBE = 1_000 * CarrierTime.MILLISECOND;

    private static final long SECOND = 1_000 * CarrierTime.MILLISECOND;
    private static final int REQUESTS_OF_A_NEW_START = 3;

    private int badDatagrams;
    private long badSince;
    private int strayRequests;
    private long firstStrayRequest;

    /** For how long this side had listened by then. */
    private long listenedBefore;

    private boolean hasNewStrayRequest;

    /** {@return true if that was one too many} */
    boolean onError(SecurityError error, long now) {
        return switch (error) {
            // The network's doing, this program's, or what is left of a connection before this one.
            case SEQUENCE_NUMBER_DUPLICATED, SEQUENCE_NUMBER_OUT_OF_BOUND, DATA_RATE_TOO_HIGH -> false;
            // Dropped, which is enough: the network may have held datagrams back, and they come in
            // a burst.
            case PACKET_RATE_TOO_HIGH -> false;
            default -> onBadDatagram(now);
        };
    }

    private boolean onBadDatagram(long now) {
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
     *
     * @param listened for how long this side has listened so far
     * @return true if it is the first, so that the peer is to be probed
     */
    boolean onStrayRequest(long now, long listened, long lastReceived) {
        if (strayRequests == 0 || lastReceived > firstStrayRequest) {
            strayRequests = 0;
            firstStrayRequest = now;
            listenedBefore = listened;
        }
        strayRequests++;
        hasNewStrayRequest = true;
        return strayRequests == 1;
    }

    /** {@return true if the peer repeats its request} */
    boolean asksRepeatedly() {
        return strayRequests >= 2;
    }

    /**
     * {@return true if the peer was started again: it repeats its request and says nothing else,
     * though it was probed} To be asked when all that waited was read: what the peer says may be
     * behind the requests. For the same reason only the time counts in which this side listened.
     *
     * @param listened for how long this side has listened so far
     */
    boolean isNewStart(long listened, long lastReceived, long rtt) {
        boolean asks = hasNewStrayRequest;
        hasNewStrayRequest = false;
        return asks
                && strayRequests >= REQUESTS_OF_A_NEW_START
                && lastReceived <= firstStrayRequest
                && listened - listenedBefore >= PROBE + 2 * rtt;
    }

    void forgetRequests() {
        strayRequests = 0;
    }
}
