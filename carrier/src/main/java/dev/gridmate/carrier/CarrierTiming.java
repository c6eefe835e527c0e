package dev.gridmate.carrier;

import java.time.Duration;

/**
 * How the carrier keeps its pace.
 *
 * @param retryBase {@link CarrierDesc.Builder#connectionRetryIntervalBase}
 * @param retryMax {@link CarrierDesc.Builder#connectionRetryIntervalMax}
 * @param update {@link CarrierDesc.Builder#threadUpdateTimeMS}
 * @param batchPacketCount {@link CarrierDesc.Builder#sendBatchPacketCount}
 * @param rejectLargeUnreliable {@link CarrierDesc.Builder#rejectLargeUnreliable}
 */
public record CarrierTiming(
        Duration retryBase, Duration retryMax, Duration update, int batchPacketCount, boolean rejectLargeUnreliable) {}
