package dev.gridmate.driver.transport;

import dev.gridmate.driver.DisconnectReason;
import java.io.IOException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** Says why a connection is broken, where an endpoint knows it better than that its socket is. */
public final class EndpointException extends IOException {

    @Serial
    private static final long serialVersionUID = 1L;

    /** The reason that the program is told. */
    private final DisconnectReason.Code code;

    /**
     * Makes an exception.
     *
     * @param code the reason that the program is told
     * @param message the particulars, for people
     * @param cause what was thrown below, if anything
     */
    public EndpointException(DisconnectReason.Code code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** {@return the reason that the program is told} */
    public DisconnectReason.Code code() {
        return code;
    }
}
