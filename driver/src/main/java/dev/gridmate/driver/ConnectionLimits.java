package dev.gridmate.driver;

/**
 * How much peers may ask for. Set with {@link StreamSocketDriverConfig.Builder}, which checks it.
 *
 * @param maxConnections {@link StreamSocketDriverConfig.Builder#maxConnections}
 * @param maxConnectionsPerRemoteIp {@link
 *     StreamSocketDriverConfig.Builder#maxConnectionsPerRemoteIp}
 * @param connectsPerSecondPerRemoteIp {@link
 *     StreamSocketDriverConfig.Builder#connectsPerSecondPerRemoteIp}
 * @param maxPacketsPerSecond {@link StreamSocketDriverConfig.Builder#maxPacketsPerSecond}
 * @param maxBytesPerSecond {@link StreamSocketDriverConfig.Builder#maxBytesPerSecond}
 */
public record ConnectionLimits(
        int maxConnections,
        int maxConnectionsPerRemoteIp,
        int connectsPerSecondPerRemoteIp,
        int maxPacketsPerSecond,
        int maxBytesPerSecond) {}
