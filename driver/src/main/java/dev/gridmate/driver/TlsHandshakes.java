package dev.gridmate.driver;

import dev.gridmate.internal.Arguments;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What handshakes may take.
 *
 * @param timeout {@link TlsConfig.Builder#handshakeTimeout}
 * @param maximum {@link TlsConfig.Builder#maxHandshakes}
 * @param budget {@link TlsConfig.Builder#handshakeBudget}
 * @param executor {@link TlsConfig.Builder#handshakeExecutor}; null for the thread that calls
 *     {@code update}
 */
public record TlsHandshakes(
        Duration timeout,
        int maximum,
        Duration budget,
        @Nullable Executor executor) {

    static final TlsHandshakes DEFAULT = new TlsHandshakes(Duration.ofSeconds(10), 256, Duration.ofMillis(4), null);

    TlsHandshakes withTimeout(Duration next) {
        return new TlsHandshakes(Arguments.aboveZero("handshakeTimeout", next), maximum, budget, executor);
    }

    TlsHandshakes withMaximum(int next) {
        return new TlsHandshakes(timeout, Arguments.atLeast("maxHandshakes", next, 1), budget, executor);
    }

    TlsHandshakes withBudget(Duration next) {
        return new TlsHandshakes(timeout, maximum, Arguments.aboveZero("handshakeBudget", next), executor);
    }

    TlsHandshakes withExecutor(@Nullable Executor next) {
        return new TlsHandshakes(timeout, maximum, budget, next);
    }
}
