package dev.gridmate.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LoggedTest {

    private static final System.Logger LOGGER = System.getLogger("dev.gridmate.testkit.Something");

    @Test
    void aMessageThatIsExpectedIsKeptWithItsCause() {
        RuntimeException cause = new IllegalStateException("on purpose");
        try (Logged log = Logged.expecting("it threw")) {
            LOGGER.log(System.Logger.Level.WARNING, "a task: it threw", cause);
            assertThat(log.thrown()).containsExactly(cause);
        }
    }

    @Test
    void aMessageThatDoesNotComeFailsTheTest() {
        Logged log = Logged.expecting("it threw");
        assertThatThrownBy(log::close).isInstanceOf(AssertionError.class).hasMessageContaining("\"it threw\"");
    }
}
