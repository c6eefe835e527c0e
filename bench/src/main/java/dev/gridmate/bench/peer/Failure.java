package dev.gridmate.bench.peer;

/** Ends the process with status 1; the message is all that its user sees. */
final class Failure extends RuntimeException {

    private static final long serialVersionUID = 1;

    Failure(String message) {
        super(message);
    }
}
