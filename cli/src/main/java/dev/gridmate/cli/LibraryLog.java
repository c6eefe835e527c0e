package dev.gridmate.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.logging.Formatter;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;

/**
 * Writes what the libraries log as the program writes its own lines: the time first, one line, and
 * below it the stack trace of an exception, if there is one.
 *
 * <p>Public, with public constructors, because the JDK's logging makes both by name.
 */
public final class LibraryLog extends Formatter {

    private static final String CLASS = "java.util.logging.config.class";
    private static final String FILE = "java.util.logging.config.file";

    /** Called by the JDK's logging. */
    public LibraryLog() {}

    /**
     * Sets the format, unless the user has configured the JDK's logging. It is only used when
     * something is logged first: most runs log nothing, and start sooner without.
     */
    static void use() {
        if (System.getProperty(CLASS) == null && System.getProperty(FILE) == null) {
            System.setProperty(CLASS, Configuration.class.getName());
        }
    }

    @Override
    public String format(LogRecord logged) {
        StringWriter text = new StringWriter();
        PrintWriter lines = new PrintWriter(text);
        lines.println(
                EventLog.time(logged.getInstant()) + " " + logged.getLevel().getName() + " " + formatMessage(logged));
        if (logged.getThrown() != null) {
            logged.getThrown().printStackTrace(lines);
        }
        return text.toString();
    }

    /** What the JDK's logging makes when it starts. */
    public static final class Configuration {

        /** Sends all to standard error. */
        public Configuration() throws IOException {
            String settings = "handlers=java.util.logging.ConsoleHandler\n.level=INFO\n"
                    + "java.util.logging.ConsoleHandler.formatter=" + LibraryLog.class.getName() + "\n";
            LogManager.getLogManager()
                    .readConfiguration(new ByteArrayInputStream(settings.getBytes(StandardCharsets.UTF_8)));
        }
    }
}
