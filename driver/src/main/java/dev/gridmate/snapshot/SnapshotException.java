package dev.gridmate.snapshot;

/** There is no picture; the message says why, for people. */
public final class SnapshotException extends RuntimeException {

    private static final long serialVersionUID = 1;

    SnapshotException(String message, Throwable cause) {
        super(message, cause);
    }
}
