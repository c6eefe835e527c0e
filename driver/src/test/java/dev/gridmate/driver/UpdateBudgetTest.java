package dev.gridmate.driver;

import static dev.gridmate.driver.Packets.frames;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.driver.sim.SimulatedPeer;
import dev.gridmate.driver.transport.Endpoint;
import dev.gridmate.driver.transport.Listener;
import dev.gridmate.driver.transport.Transport;
import dev.gridmate.internal.UpdateBudget;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** On a network on which each read and each accept takes three milliseconds. */
class UpdateBudgetTest {

    private static final Duration MOMENT = Duration.ofMillis(1);
    private static final Duration STEP = Duration.ofMillis(3);

    private final List<SimulatedPeer> peers = new ArrayList<>();
    private boolean isSlow;

    private SimulatedPair pair(UnaryOperator<StreamSocketDriverConfig.Builder> settings) {
        SimulatedPair[] made = new SimulatedPair[1];
        made[0] = new SimulatedPair(config -> {
            Transport.Factory inner = settings.apply(config).build().transport();
            return config.transport(() -> slow(Transport.class, inner.open(), made));
        });
        return made[0];
    }

    private <T> T slow(Class<T> type, T inner, SimulatedPair[] made) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, values) -> {
                    String name = method.getName();
                    if (isSlow && (name.equals("read") || name.equals("accept"))) {
                        made[0].network.advance(STEP);
                    }
                    Object result;
                    try {
                        result = method.invoke(inner, values);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                    if (result instanceof Listener listener) {
                        return slow(Listener.class, listener, made);
                    }
                    return result instanceof Endpoint endpoint ? slow(Endpoint.class, endpoint, made) : result;
                }));
    }

    private void connect(SimulatedPair it, int count) {
        for (int i = 0; i < count; i++) {
            peers.add(it.peer());
        }
        it.step(MOMENT);
        isSlow = true;
    }

    private static Map<SocketDriverAddress, Integer> received(SimulatedPair it) {
        Map<SocketDriverAddress, Integer> packets = new HashMap<>();
        it.driver.receive((from, packet) -> packets.merge(from, 1, Integer::sum), 10_000);
        return packets;
    }

    @Test
    void anUpdateReadsAsManyPeersAsItsBudgetAllowsAndThoseLeftComeFirstInTheNext() {
        try (SimulatedPair it = pair(config -> config.updateBudget(Duration.ofMillis(8)))) {
            connect(it, 9);
            for (SimulatedPeer each : peers) {
                each.write(frames(1, 20));
            }
            it.network.advance(MOMENT);
            Map<SocketDriverAddress, Integer> all = new HashMap<>();
            for (int i = 1; i <= 3; i++) {
                long before = it.network.nanoTime();
                it.driver.update();
                assertThat(Duration.ofNanos(it.network.nanoTime() - before))
                        .isLessThanOrEqualTo(Duration.ofMillis(9 + 3));
                received(it).forEach((from, count) -> all.merge(from, count, Integer::sum));
                assertThat(all).as("peers read after %d updates", i).hasSize(3 * i);
                assertThat(it.waitFor(Duration.ofSeconds(1)).isZero())
                        .as("somebody was put off")
                        .isEqualTo(i < 3);
            }
            it.driver.update();
            assertThat(it.count(DriverCounter.UPDATES_CUT_SHORT)).isBetween(2L, 3L);
        }
    }

    @Test
    void aPeerWhoseBytesAreHereIsReadBeforeItsSilenceIsJudged() {
        try (SimulatedPair it = pair(config -> config.updateBudget(Duration.ofMillis(8))
                .updateGapLimit(Duration.ZERO)
                .idleTimeout(Duration.ofMillis(200)))) {
            connect(it, 12);
            peers.forEach(each -> each.write(frames(1, 20)));
            it.network.advance(Duration.ofMillis(300)); // this side stood still
            Map<SocketDriverAddress, Integer> all = new HashMap<>();
            for (int update = 0; update < 6; update++) {
                it.driver.update();
                received(it).forEach((from, count) -> all.merge(from, count, Integer::sum));
            }
            assertThat(all).hasSize(12);
            assertThat(it.events.reasons).isEmpty();
        }
    }

    @Test
    void peersThatSendWithoutEndDelayTheOthersByTheirTurnsAndNotMore() {
        try (SimulatedPair it = pair(config -> config.updateBudget(Duration.ofMillis(8)))) {
            connect(it, 12);
            Map<SocketDriverAddress, Integer> all = new HashMap<>();
            for (int update = 0; update < 40; update++) {
                for (SimulatedPeer each : peers) {
                    each.write(frames(5, 20));
                }
                it.driver.update();
                received(it).forEach((from, count) -> all.merge(from, 1, Integer::sum));
            }
            assertThat(all).hasSize(12);
            assertThat(all.values())
                    .as("turns of each in 40 updates of 3")
                    .allMatch(turns -> turns >= 9 && turns <= 12);
        }
    }

    @Test
    void newcomersAreAcceptedWithinTheBudgetAndOneInAnyCase() {
        try (SimulatedPair it = pair(config -> config.updateBudget(Duration.ofMillis(8)))) {
            connect(it, 6);
            for (int update = 0; update < 10; update++) {
                it.peerHost.connectRaw(SimulatedPair.at("10.0.0.1", SimulatedPair.PORT));
                for (SimulatedPeer each : peers) {
                    each.write(frames(1, 20));
                }
                it.driver.update();
                received(it);
            }
            it.driver.update();
            assertThat(it.count(DriverCounter.CONNECTIONS_ACCEPTED)).isEqualTo(6 + 10);
        }
    }

    @Test
    void withoutABudgetEverythingIsDoneInOneUpdate() {
        try (SimulatedPair it = pair(config -> config.updateBudget(Duration.ZERO))) {
            connect(it, 9);
            for (SimulatedPeer each : peers) {
                each.write(frames(1, 20));
            }
            it.network.advance(MOMENT);
            it.driver.update();
            assertThat(received(it)).hasSize(9);
            assertThat(it.count(DriverCounter.UPDATES_CUT_SHORT)).isZero();
        }
    }

    @Test
    void theFirstTurnComesHoweverSmallTheBudgetIs() {
        UpdateBudget budget = new UpdateBudget(1);
        budget.clock(() -> 100);
        for (int update = 0; update < 2; update++) {
            assertThat(budget.begin(0)).isEqualTo(update > 0);
            assertThat(budget.isSpent()).isFalse();
            assertThat(budget.isSpent()).isTrue();
        }
    }
}
