package dev.gridmate.snapshot;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The TLS of a driver.
 *
 * @param subject the subject of the certificate that is shown to peers; null if there is none
 * @param notAfter when that certificate ends; null if there is none
 * @param handshakesPending handshakes of accepted peers that go on
 */
public record TlsSnapshot(
        @Nullable String subject, @Nullable Instant notAfter, int handshakesPending) {}
