package dev.gridmate.carrier;

import java.time.Duration;

/**
 * When a connection counts as lost.
 *
 * @param isEnabled {@link CarrierDesc.Builder#enableDisconnectDetection}
 * @param timeout {@link CarrierDesc.Builder#connectionTimeoutMS}
 * @param rttThreshold {@link CarrierDesc.Builder#disconnectDetectionRttThreshold}, in milliseconds
 * @param packetLossThreshold {@link CarrierDesc.Builder#disconnectDetectionPacketLossThreshold}
 * @param evaluationThreshold {@link CarrierDesc.Builder#connectionEvaluationThreshold}
 */
public record DisconnectDetection(
        boolean isEnabled,
        Duration timeout,
        float rttThreshold,
        float packetLossThreshold,
        float evaluationThreshold) {}
