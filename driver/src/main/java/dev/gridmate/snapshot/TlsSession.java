package dev.gridmate.snapshot;

/**
 * What a connection speaks.
 *
 * @param protocol the version, for example {@code TLSv1.3}
 * @param cipherSuite the suite, for example {@code TLS_AES_128_GCM_SHA256}
 */
public record TlsSession(String protocol, String cipherSuite) {}
