package dev.gridmate.carrier.link;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How much memory of messages is kept for the next ones: up to a limit, again and again. */
class MessagePoolTest {

    private final MessagePool pool = new MessagePool(2 * MessagePool.costOf(512));

    @Test
    void whatIsBeyondTheLimitIsNotKeptAndWhatIsTakenMakesRoomAgain() {
        for (int round = 0; round < 3; round++) {
            Message first = pool.take(500);
            Message second = pool.take(500);
            Message third = pool.take(500);
            pool.give(first);
            pool.give(second);
            pool.give(third);
            Message again = pool.take(500);
            assertThat(again).as("the last of those that fit").isSameAs(second);
            pool.give(again);
            assertThat(pool.take(500)).isSameAs(second);
            assertThat(pool.take(500)).isSameAs(first);
            assertThat(pool.take(500)).isNotSameAs(third);
        }
    }
}
