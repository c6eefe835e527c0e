package dev.gridmate.driver;

import org.jspecify.annotations.Nullable;

/**
 * Which peers this side accepts as genuine.
 *
 * @param authority {@link TlsConfig.Builder#certificateAuthority}; null for those of the Java VM
 * @param authenticatesClients {@link TlsConfig.Builder#authenticateClient}
 * @param trustsAnyServer {@link TlsConfig.Builder#trustAnyServer}
 * @param skipsHostNameCheck {@link TlsConfig.Builder#skipHostNameCheck}
 * @param serverName {@link TlsConfig.Builder#serverName}, in ASCII and without a dot at its end;
 *     null for the address that is connected to
 */
public record TlsTrust(
        @Nullable PemSource authority,
        boolean authenticatesClients,
        boolean trustsAnyServer,
        boolean skipsHostNameCheck,
        @Nullable String serverName) {}
