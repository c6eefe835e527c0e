package dev.gridmate.driver.transport;

import dev.gridmate.driver.ResultCode;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A socket could not be made, bound or set up. Says at which step, with the system's message. */
public final class TransportException extends IOException {

    private static final long serialVersionUID = 1L;

    /** The step that failed. */
    private final ResultCode code;

    /**
     * Makes an exception.
     *
     * @param code the step that failed
     * @param message what failed, with the system's words
     * @param cause what was thrown below, if anything
     */
    public TransportException(ResultCode code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /**
     * Returns the step that failed.
     *
     * @return one of the {@code SOCKET_} codes
     */
    public ResultCode code() {
        return code;
    }
}
