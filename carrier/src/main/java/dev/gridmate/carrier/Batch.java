package dev.gridmate.carrier;

/**
 * How long messages wait for others, so that datagrams are full: see {@link
 * CarrierDesc.Builder#sendBatchPacketCount}.
 */
final class Batch {

    private final long bytes;
    private final long longestWait;
    private long waitsSince = Long.MAX_VALUE;

    Batch(CarrierDesc.Timing timing, int messageMtu) {
        bytes = (long) timing.batchPacketCount() * messageMtu;
        longestWait = timing.update().toNanos();
    }

    boolean isOff() {
        return bytes == 0;
    }

    void onNothingToSend() {
        waitsSince = Long.MAX_VALUE;
    }

    /** {@return true if there are enough bytes, or they have waited long enough} */
    boolean mayLeave(long bytesToSend, long now) {
        waitsSince = Math.min(waitsSince, now);
        return bytesToSend >= bytes || now - waitsSince >= longestWait;
    }

    /**
     * {@return when what waits may leave at the latest; {@link Long#MAX_VALUE} if nothing waits}
     */
    long nextDue() {
        return waitsSince == Long.MAX_VALUE ? waitsSince : waitsSince + longestWait;
    }
}
