package dev.gridmate.meters;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.snapshot.ConnectionsSnapshot;
import dev.gridmate.snapshot.DriverSnapshot;
import dev.gridmate.snapshot.EndsSnapshot;
import dev.gridmate.snapshot.Histogram;
import dev.gridmate.snapshot.LoopSnapshot;
import dev.gridmate.snapshot.LoopTimes;
import dev.gridmate.snapshot.SnapshotRequest;
import dev.gridmate.snapshot.SnapshotSource;
import dev.gridmate.snapshot.Source;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Views that ask often, and a loop that is asked seldom. */
class LatestTest {

    private static final Duration NEVER = Duration.ofDays(1);
    private static final Duration SOON = Duration.ofMillis(1);

    /** A source that counts how often it is asked. */
    private static final class Counted implements SnapshotSource<DriverSnapshot> {
        private int asked;
        private boolean hasStopped;
        private final CompletableFuture<DriverSnapshot> waiting = new CompletableFuture<>();

        @Override
        public String name() {
            return "game";
        }

        @Override
        public CompletableFuture<DriverSnapshot> snapshot(SnapshotRequest request) {
            asked++;
            return hasStopped ? waiting : CompletableFuture.completedFuture(picture());
        }

        @Override
        public Duration sinceUpdate() {
            return Duration.ofSeconds(12);
        }
    }

    private static DriverSnapshot picture() {
        Histogram none = new Histogram(Collections.nCopies(Histogram.BUCKETS, 0L), 0, 0);
        return new DriverSnapshot(
                new Source("game", "StreamSocketDriver", "127.0.0.1|1", true, Instant.EPOCH, 1),
                new LoopSnapshot(0, 0, none, new LoopTimes(0, 0, 0, 0), 0, 0),
                Map.of(),
                new ConnectionsSnapshot(Map.of(), ConnectionsSnapshot.NONE.waiting(), List.of()),
                EndsSnapshot.NONE,
                null);
    }

    @Test
    void tenViewsCostTheLoopOnePicture() {
        Counted source = new Counted();
        Latest<DriverSnapshot> latest = new Latest<>(source, SnapshotRequest.DEFAULT, NEVER, NEVER);
        for (int i = 0; i < 10; i++) {
            assertThat(latest.get()).isNotNull();
        }
        assertThat(source.asked).isEqualTo(1);
        assertThat(latest.problem()).isEmpty();
    }

    @Test
    void aPictureThatIsOldIsRenewed() {
        Counted source = new Counted();
        Latest<DriverSnapshot> latest = new Latest<>(source, SnapshotRequest.DEFAULT, Duration.ZERO, NEVER);
        assertThat(latest.get()).isNotSameAs(latest.get());
        assertThat(source.asked).isEqualTo(2);
    }

    @Test
    void aLoopThatHasStoppedKeepsNobodyWaitingTwice() {
        Counted source = new Counted();
        source.hasStopped = true;
        Latest<DriverSnapshot> latest = new Latest<>(source, SnapshotRequest.DEFAULT, NEVER, SOON);
        assertThat(latest.get()).isNull();
        int asked = source.asked;
        assertThat(latest.get()).isNull();
        assertThat(source.asked).isEqualTo(asked);
        assertThat(latest.problem()).isEqualTo("game: the loop has not updated for 12 s");
    }

    @Test
    void aSlowLoopGivesItsPictureToTheNextThatAsks() {
        Counted source = new Counted();
        source.hasStopped = true;
        Latest<DriverSnapshot> latest = new Latest<>(source, SnapshotRequest.DEFAULT, Duration.ZERO, SOON);
        assertThat(latest.get()).isNull();
        DriverSnapshot late = picture();
        source.waiting.complete(late);
        assertThat(latest.get()).isNotNull().isSameAs(late);
        assertThat(latest.problem()).isEmpty();
    }

    @Test
    void theLastPictureStaysWhenTheLoopStops() {
        Counted source = new Counted();
        Latest<DriverSnapshot> latest = new Latest<>(source, SnapshotRequest.DEFAULT, Duration.ZERO, SOON);
        DriverSnapshot last = latest.get();
        source.hasStopped = true;
        assertThat(latest.get()).isNotNull().isSameAs(last);
        assertThat(latest.problem()).isNotEmpty();
    }
}
