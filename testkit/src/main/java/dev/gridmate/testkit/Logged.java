package dev.gridmate.testkit;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Expects a message in the log while it is open: the message is kept here instead of being printed,
 * and {@link #close} fails if it did not come. All other messages are printed as ever.
 */
public final class Logged implements AutoCloseable {

    /** Holds the logger, which would be forgotten otherwise, and with it its handler. */
    private static final Logger ALL = Logger.getLogger("dev.gridmate");

    private final String part;
    private final boolean isExpected;
    private final List<LogRecord> kept = new CopyOnWriteArrayList<>();
    private final Handler catcher = new Catcher();
    private final boolean before = ALL.getUseParentHandlers();

    private Logged(String part, boolean isExpected) {
        this.part = part;
        this.isExpected = isExpected;
        ALL.setUseParentHandlers(false);
        ALL.addHandler(catcher);
    }

    /**
     * Expects at least one message that contains these words, of any class of ours, on any thread.
     */
    public static Logged expecting(String part) {
        return new Logged(part, true);
    }

    /** Expects that no class of ours logs anything, on any thread. */
    public static Logged expectingNothing() {
        return new Logged("", false);
    }

    /**
     * {@return what was thrown to cause the messages that came so far, one for each that has a
     * cause}
     */
    public List<Throwable> thrown() {
        return kept.stream()
                .map(LogRecord::getThrown)
                .filter(cause -> cause != null)
                .toList();
    }

    /** @throws AssertionError if the message did not come, or one came where none was expected */
    @Override
    public void close() {
        ALL.removeHandler(catcher);
        ALL.setUseParentHandlers(before);
        if (!isExpected && !kept.isEmpty()) {
            throw new AssertionError(
                    "logged, but nothing was expected: " + kept.get(0).getMessage());
        }
        if (isExpected && kept.isEmpty()) {
            throw new AssertionError("nothing was logged that contains \"" + part + "\"");
        }
    }

    private final class Catcher extends Handler {

        @Override
        public void publish(LogRecord message) {
            if (String.valueOf(message.getMessage()).contains(part)) {
                kept.add(message);
                return;
            }
            for (Handler handler : Logger.getLogger("").getHandlers()) {
                handler.publish(message);
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
