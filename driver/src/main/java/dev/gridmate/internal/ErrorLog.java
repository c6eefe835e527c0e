package dev.gridmate.internal;

/**
 * Logs what the program's code threw, where nobody else could be told. A peer may be able to make
 * it throw again and again, so there are a few lines for each ten seconds, and a number for the
 * rest. The {@link Journal} writes them.
 */
public final class ErrorLog {

    private static final int MOST_LINES = 10;
    private static final long WINDOW = 10_000; // milliseconds

    private final System.Logger logger;
    private long end = System.currentTimeMillis();
    private int lines;
    private long unsaid;

    /** @param logger where the lines go */
    public ErrorLog(System.Logger logger) {
        this.logger = logger;
    }

    /**
     * Throws an error of the Java VM on: there may be no memory left to go on with, nor to log. A
     * stack that overflowed is empty again, so that one is as any other exception.
     */
    public static void throwIfFatal(Throwable error) {
        if (error instanceof VirtualMachineError fatal && !(error instanceof StackOverflowError)) {
            throw fatal;
        }
    }

    /** Logs an error, if there was no flood of them. For any thread. */
    public synchronized void log(String message, Throwable error) {
        long now = System.currentTimeMillis();
        if (now - end >= 0) {
            if (unsaid > 0) {
                Journal.write(logger, System.Logger.Level.ERROR, unsaid + " more errors were not logged", null);
            }
            end = now + WINDOW;
            lines = 0;
            unsaid = 0;
        }
        if (lines++ < MOST_LINES) {
            Journal.write(logger, System.Logger.Level.ERROR, message, error);
        } else {
            unsaid++;
        }
    }
}
