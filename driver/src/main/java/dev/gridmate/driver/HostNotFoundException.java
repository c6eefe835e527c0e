package dev.gridmate.driver;

import org.jspecify.annotations.Nullable;

/**
 * A host name that was looked up in the caller's thread has no address that the driver can use. Not
 * a mistake of the caller's: the name service may know the host in a minute.
 *
 * <p>{@link StreamSocketDriver#connectToHost} looks names up elsewhere, and throws nothing.
 */
public final class HostNotFoundException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** The name that was looked up. */
    private final String host;

    HostNotFoundException(String host, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.host = host;
    }

    /** {@return the name that was looked up} */
    public String host() {
        return host;
    }
}
