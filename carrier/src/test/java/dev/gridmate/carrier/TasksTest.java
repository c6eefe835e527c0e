package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Any thread may give a carrier a task. */
@Timeout(60)
class TasksTest {

    @ParameterizedTest
    @EnumSource
    void aTaskOfAnotherThreadRunsInTheNextUpdateOnTheOwnersThread(Side.Wire wire) throws Exception {
        try (Pair pair = new Pair(wire)) {
            ConnectionId id = pair.connected();
            List<Thread> ran = new ArrayList<>();
            Thread other = new Thread(() -> pair.client.carrier.execute(() -> {
                ran.add(Thread.currentThread());
                assertThat(pair.client.send("from afar", id, DataReliability.SEND_RELIABLE, 0))
                        .isEqualTo(SendResult.OK);
            }));
            other.start();
            other.join();
            assertThat(ran).isEmpty();
            pair.run(Duration.ofMillis(50));
            assertThat(ran).containsExactly(Thread.currentThread());
            assertThat(pair.server.texts()).containsExactly("from afar");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTaskMayCloseTheCarrierWhichThenTellsItsPeer(Side.Wire wire) {
        try (Pair pair = new Pair(wire)) {
            pair.connected();
            pair.client.carrier.execute(pair.client.carrier::close);
            pair.client.carrier.update();
            assertThat(pair.client.carrier.isClosed()).isTrue();
            assertThat(pair.client.events).last().isEqualTo("disconnected SHUTTING_DOWN");
            for (int i = 0; i < 10; i++) {
                pair.network.advance(Pair.TICK);
                pair.server.update();
            }
            assertThat(pair.server.events).last().isEqualTo("disconnected SHUTTING_DOWN");
        }
    }

    @ParameterizedTest
    @EnumSource
    void tooManyTasksAreRejected(Side.Wire wire) {
        try (Pair pair = new Pair(wire)) {
            int[] ran = new int[1];
            for (int i = 0; i < 1_024; i++) {
                pair.client.carrier.execute(() -> ran[0]++);
            }
            assertThatThrownBy(() -> pair.client.carrier.execute(() -> ran[0]++))
                    .isInstanceOf(RejectedExecutionException.class)
                    .hasMessageContaining("1024");
            pair.client.carrier.update();
            assertThat(ran[0]).isEqualTo(1_024);
        }
    }
}
