package dev.gridmate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

/** What the libraries log looks like what the program logs. */
class LibraryLogTest {

    private final LogRecord logged = new LogRecord(Level.WARNING, "{0} waits");

    @Test
    void aMessageIsOneLineThatBeginsWithTheTime() {
        logged.setInstant(Instant.parse("2026-11-30T15:46:34Z"));
        logged.setParameters(new Object[] {"somebody"});
        assertThat(new LibraryLog().format(logged))
                .isEqualTo("2026-11-30T15:46:34.000Z WARNING somebody waits" + System.lineSeparator());
    }

    @Test
    void anExceptionIsBelowIt() {
        logged.setThrown(new IllegalStateException("broken"));
        assertThat(new LibraryLog().format(logged).lines().skip(1))
                .startsWith("java.lang.IllegalStateException: broken")
                .allMatch(line -> line.startsWith("java.lang.") || line.startsWith("\tat "));
    }
}
