package dev.gridmate.driver;

/**
 * What this side shows to its peers.
 *
 * @param certificate {@link TlsConfig.Builder#certificate}
 * @param privateKey {@link TlsConfig.Builder#privateKey}
 */
public record TlsIdentity(PemSource certificate, PemSource privateKey) {}
