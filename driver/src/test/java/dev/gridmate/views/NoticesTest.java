package dev.gridmate.views;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.testkit.Allocation;
import dev.gridmate.testkit.Logged;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an operator is told, and how often. */
@Timeout(60)
class NoticesTest {

    private static final long SECOND = 1_000_000_000L;

    private long now;

    private Notices notices(boolean isLogged) {
        Notices notices = new Notices(() -> "lobby", isLogged);
        notices.begin(() -> now);
        return notices;
    }

    @Test
    void aLineNamesTheDriverThePeerAndTheRemedy() {
        try (Logged log = Logged.expectingOf("dev.gridmate.Notices", "lobby: ")) {
            Notices notices = notices(true);
            notices.slowConsumer(1, "10.0.0.2|4711", 65_536);
            assertThat(log.texts(1))
                    .containsExactly("lobby: 10.0.0.2|4711 was ended, as it does not read: 65536 bytes waited for it."
                            + " Send it less, or set outboundBufferSize, writeTimeout or slowConsumerPolicy");
        }
    }

    @Test
    void aKindHasALineInTenSecondsWhichCountsTheOthers() {
        try (Logged log = Logged.expectingOf("dev.gridmate.Notices", "lobby: ")) {
            Notices notices = notices(true);
            for (int i = 0; i < 100; i++) {
                notices.gap(3 * SECOND);
                now += SECOND / 10;
            }
            notices.cannotAccept("Too many open files");
            notices.gap(4 * SECOND);
            List<String> lines = log.texts(3);

            assertThat(lines).hasSize(3);
            assertThat(lines.get(0)).startsWith("lobby: the program did not update for 3.0 s.");
            assertThat(lines.get(1))
                    .startsWith("lobby: newcomers cannot be accepted: Too many open files. Raise")
                    .contains("ulimit -n");
            assertThat(lines.get(2)).contains("for 4.0 s.").endsWith("(99 more like this since the line before)");
        }
    }

    @Test
    void aSettingSwitchesTheLinesOff() {
        try (Logged log = Logged.expectingOf("dev.gridmate.Notices", "lobby: ")) {
            notices(false).gap(SECOND);
            notices(true).handshakeFailed(1, "10.0.0.2|4711", SECOND, "no common version");
            assertThat(log.texts(1))
                    .singleElement()
                    .asString()
                    .startsWith("lobby: the TLS handshake with 10.0.0.2|4711 failed: no common version. Compare");
        }
    }

    @Test
    void whatNobodyRecordsAllocatesNothing() {
        Notices notices = notices(false);
        EndLog.Entry end = new EndLog.Entry(1, "10.0.0.2|4711", "closed", 1, 1);
        long allocated = Allocation.of(
                () -> {
                    notices.opened(1, "10.0.0.2|4711", true);
                    notices.ended(end, "REMOTE_CLOSED", true, 1, 1);
                    notices.handshakeMade(1, "10.0.0.2|4711", 1);
                    notices.handshakeFailed(1, "10.0.0.2|4711", 1, "why");
                    notices.slowConsumer(1, "10.0.0.2|4711", 1);
                    notices.rateLimited("10.0.0.2|4711", true);
                    notices.updated(SECOND, 1);
                    notices.gap(SECOND);
                },
                0);
        assertThat(allocated).isLessThan(Allocation.NOISE);
    }
}
