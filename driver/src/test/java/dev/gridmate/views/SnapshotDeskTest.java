package dev.gridmate.views;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What those hear that ask for a picture, and that the loop that takes it goes on. */
class SnapshotDeskTest {

    private final SnapshotDesk<String, String> desk = new SnapshotDesk<>("not open");

    @Test
    void anErrorOfAPictureIsToldAndTheLoopGoesOn() {
        desk.open();
        CompletableFuture<String> broken = desk.ask("broken");
        CompletableFuture<String> other = desk.ask("other");
        desk.serve(request -> {
            if (request.equals("broken")) {
                throw new LinkageError("of a plugged class");
            }
            return request;
        });
        assertThatThrownBy(broken::join).hasRootCauseInstanceOf(LinkageError.class);
        assertThat(other.join()).isEqualTo("other");
    }

    @Test
    void whatIsAskedForBeforeTheEndGetsTheLastPictureAndAfterItTheReason() {
        desk.open();
        CompletableFuture<String> asked = desk.ask("last");
        desk.close("closed", request -> request);
        assertThat(asked.join()).isEqualTo("last");
        assertThatThrownBy(desk.ask("late")::join)
                .hasRootCauseInstanceOf(IllegalStateException.class)
                .hasRootCauseMessage("closed");
    }
}
