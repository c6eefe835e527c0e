package dev.gridmate.carrier;

import dev.gridmate.carrier.link.Outbound;

/**
 * How long messages wait for others, so that datagrams are full: see {@link
 * CarrierDesc.Builder#sendBatchPacketCount}.
 */
final class Batch {

    private final long bytes;
    private final long longestWait;
    private long waitsSince = Long.MAX_VALUE;

    Batch(CarrierTiming timing, int messageMtu) {
        bytes = (long) timing.batchPacketCount() * messageMtu;
        longestWait = timing.update().toNanos();
    }

    /** {@return true if there are enough bytes, or they have waited long enough} */
    boolean mayLeave(Outbound out, long now) {
        if (bytes == 0) {
            return true;
        }
        if (!out.hasDataToSend(now)) {
            waitsSince = Long.MAX_VALUE;
            return true;
        }
        waitsSince = Math.min(waitsSince, now);
        return out.bytesToSend() >= bytes || now - waitsSince >= longestWait;
    }

    /**
     * {@return when what waits may leave at the latest; {@link Long#MAX_VALUE} if nothing waits}
     */
    long nextDue() {
        return waitsSince == Long.MAX_VALUE ? waitsSince : waitsSince + longestWait;
    }
}
