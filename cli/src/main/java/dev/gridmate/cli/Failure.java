package dev.gridmate.cli;

/**
 * A command cannot do what it was asked. The message is the one line that the user sees; it says
 * what to do.
 */
final class Failure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    Failure(String message) {
        super(message, null, false, false);
    }
}
