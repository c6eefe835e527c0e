package dev.gridmate.driver.tls;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * A key, a certificate or a context cannot be used. The message names it and says what would mend
 * it.
 */
public final class TlsMaterialException extends Exception {

    @Serial
    private static final long serialVersionUID = 1L;

    TlsMaterialException(String message) {
        super(message);
    }

    TlsMaterialException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
