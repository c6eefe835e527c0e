package dev.gridmate.testkit;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Expects a message in the log while it is open: the message is kept here instead of being printed,
 * and {@link #close} fails if it does not come. All other messages are printed as ever.
 */
public final class Logged implements AutoCloseable {

    /** Holds the logger, which would be forgotten otherwise, and with it its handler. */
    private static final Logger ALL = Logger.getLogger("dev.gridmate");

    private static final long PATIENCE = 10_000_000_000L;

    private final String part;
    private final boolean isExpected;
    private final List<LogRecord> kept = new CopyOnWriteArrayList<>();
    private final Handler catcher = new Catcher();
    private final Logger logger;
    private final @Nullable Level levelBefore;
    private final boolean before = ALL.getUseParentHandlers();

    private Logged(String part, boolean isExpected, Logger logger) {
        this.logger = logger;
        levelBefore = logger.getLevel();
        logger.setLevel(Level.INFO);
        this.part = part;
        this.isExpected = isExpected;
        ALL.setUseParentHandlers(false);
        ALL.addHandler(catcher);
    }

    /**
     * Expects at least one message that contains these words, of any class of ours, on any thread.
     */
    public static Logged expecting(String part) {
        return new Logged(part, true, ALL);
    }

    /**
     * Expects at least one message that contains these words, of a logger that tests switch off.
     *
     * @param logger its name
     */
    public static Logged expectingOf(String logger, String part) {
        return new Logged(part, true, Logger.getLogger(logger));
    }

    /** Expects that no class of ours logs anything, on any thread. */
    public static Logged expectingNothing() {
        return new Logged("", false, ALL);
    }

    /**
     * {@return the messages that came so far} This waits until there are so many.
     *
     * @param atLeast how many to wait for
     */
    public List<String> texts(int atLeast) {
        await(() -> kept.size() >= atLeast);
        return kept.stream().map(LogRecord::getMessage).toList();
    }

    /**
     * {@return what was thrown to cause the messages that came so far, one for each that has a
     * cause} The log is written on a thread of its own, so this waits until there are so many.
     *
     * @param atLeast how many to wait for
     */
    public List<Throwable> thrown(int atLeast) {
        await(() -> thrown().size() >= atLeast);
        return thrown();
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
        await(() -> !isExpected || !kept.isEmpty());
        logger.setLevel(levelBefore);
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

    /** Waits until something is so, or for ten seconds. */
    private void await(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE;
        synchronized (kept) {
            while (!condition.getAsBoolean() && System.nanoTime() < end) {
                try {
                    kept.wait(100);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }
    }

    private final class Catcher extends Handler {

        @Override
        public void publish(LogRecord message) {
            if (String.valueOf(message.getMessage()).contains(part)) {
                synchronized (kept) {
                    kept.add(message);
                    kept.notifyAll();
                }
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
