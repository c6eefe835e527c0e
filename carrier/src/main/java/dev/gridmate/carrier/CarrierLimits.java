package dev.gridmate.carrier;

/**
 * How much peers may ask for.
 *
 * @param maxConnections {@link CarrierDesc.Builder#maxConnections}
 * @param recvPackets {@link CarrierDesc.Builder#recvPacketsLimit}, a second
 * @param sendQueueSize {@link CarrierDesc.Builder#sendQueueSize}, in bytes
 * @param receiveQueueSize {@link CarrierDesc.Builder#receiveQueueSize}, in bytes
 * @param receiveMemorySize {@link CarrierDesc.Builder#receiveMemorySize}, in bytes
 */
public record CarrierLimits(
        int maxConnections, int recvPackets, int sendQueueSize, int receiveQueueSize, long receiveMemorySize) {}
