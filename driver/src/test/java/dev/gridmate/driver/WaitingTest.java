package dev.gridmate.driver;

import static dev.gridmate.driver.Loopback.ok;
import static dev.gridmate.driver.Packets.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.driver.sim.Faults;
import dev.gridmate.driver.sim.SimulatedPeer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A wait ends for what there is to do, and lasts its time when there is nothing, every time. */
class WaitingTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration TENTH = Duration.ofMillis(100);

    @Test
    void aPeerThatIsMadeToWaitEndsNoWaitUntilItsPauseIsOverAndNeitherTheSecondTime() {
        try (SimulatedPair it = new SimulatedPair(config -> config.maxPacketsPerSecond(10))) {
            SimulatedPeer peer = it.peer();
            peer.write(frames(11, 10));
            it.step(Duration.ofMillis(1));
            assertThat(it.driver.receive((from, packet) -> {}, 100)).isEqualTo(11);
            for (int i = 1; i <= 3; i++) {
                assertThat(it.count(DriverCounter.THROTTLES)).isEqualTo(i);
                peer.write(frame(packet(i, 10)));
                assertThat(it.waitFor(Duration.ofSeconds(10))).as("pause %d", i).isEqualTo(TENTH);
                it.driver.update();
                it.driver.update();
                assertThat(it.driver.receive((from, packet) -> {}, 100)).isEqualTo(1);
            }
        }
    }

    @Test
    void aPeerThatHasClosedAndReadsNothingEndsNoWait() {
        try (SimulatedPair it = new SimulatedPair(config -> config)) {
            it.network.window(1000);
            SimulatedPeer peer = it.peer();
            ok(it.driver.send(it.last(), buffer(0, 10_000)));
            it.driver.update();
            peer.shutdownOutput();
            it.step(Duration.ofMillis(1));
            for (int i = 0; i < 3; i++) {
                assertThat(it.waitFor(SECOND)).isEqualTo(SECOND);
                assertThat(it.driver.update()).isZero();
            }
        }
    }

    @Test
    void afterAWriterWasWaitedForRoomToWriteEndsNoWait() {
        try (SimulatedPair it = new SimulatedPair(config -> config)) {
            it.network.window(1000);
            SimulatedPeer peer = it.peer();
            for (int round = 0; round < 2; round++) {
                ok(it.driver.send(it.last(), buffer(0, 10_000)));
                assertThat(it.waitFor(SECOND)).as("the peer takes nothing").isEqualTo(SECOND);
                for (int read = 0; read < 10_002; ) {
                    int now = peer.read(4096).length;
                    read += now;
                    assertThat(now).isPositive();
                    it.driver.update();
                }
                assertThat(it.waitFor(SECOND)).as("everything has left").isEqualTo(SECOND);
                assertThat(it.driver.update()).isZero();
            }
        }
    }

    @Test
    void aWaitSendsFirstWhatIsWaitingAndTheFinBehindIt() {
        try (SimulatedPair it = new SimulatedPair(config -> config)) {
            SimulatedPeer peer = it.peer();
            ok(it.driver.send(it.last(), buffer(0, 10)));
            it.waitFor(Duration.ofMillis(1));
            assertThat(peer.read(100)).isEqualTo(frame(packet(0, 10)));
            ok(it.driver.disconnectFrom(it.last()));
            it.waitFor(Duration.ofMillis(1));
            assertThat(peer.read(100)).isEmpty();
            assertThat(peer.isAtEnd()).isTrue();
        }
    }

    @Test
    void whatIsToBeToldEndsAWaitAtOnce() {
        try (SimulatedPair it = new SimulatedPair(config -> config)) {
            it.peer();
            ok(it.driver.abort(it.last()));
            assertThat(it.driver.waitForData(SECOND)).isTrue();
            assertThat(it.driver.waitForData(SECOND))
                    .as("nobody has been told yet")
                    .isTrue();
            it.driver.update();
            assertThat(it.lastCode()).isEqualTo(DisconnectReason.Code.LOCAL_ABORTED);
            assertThat(it.waitFor(SECOND)).isEqualTo(SECOND);
        }
    }

    @Test
    void aFinThatCannotBeSentAnyMoreIsAnEndThatEndsTheWait() {
        try (SimulatedPair it = new SimulatedPair(config -> config)) {
            SimulatedPeer peer = it.peer();
            ok(it.driver.disconnectFrom(it.last()));
            peer.reset();
            it.network.advance(Duration.ofMillis(1));
            assertThat(it.waitFor(SECOND)).isZero();
            it.driver.update();
            assertThat(it.lastReason())
                    .isEqualTo(DisconnectReason.of(DisconnectReason.Code.LOCAL_CLOSED, "closed by this side"));
        }
    }

    @Test
    void aConnectThatBeganIsLookedAtOnceAndThenWaitedFor() {
        try (SimulatedPair it = new SimulatedPair(config -> config)) {
            it.network.faults(Faults.NONE.withConnectsBlackHoled(1));
            ok(it.driver.connectTo(it.driver.createDriverAddress("10.0.0.2|9")));
            assertThat(it.waitFor(SECOND)).as("it may be over already").isZero();
            it.driver.update();
            assertThat(it.waitFor(SECOND)).isEqualTo(SECOND);
        }
    }

    @Test
    void aWaitEndsAtTheNextDeadlineAndEndsAtOnceWhenThatHasPassed() {
        try (SimulatedPair it = new SimulatedPair(config -> config.idleTimeout(Duration.ofSeconds(2)))) {
            it.peer();
            assertThat(it.driver.waitForData(Duration.ofSeconds(10))).isTrue();
            assertThat(it.waitFor(Duration.ofSeconds(10)))
                    .as("nobody has acted on it yet")
                    .isZero();
            it.driver.update();
            assertThat(it.lastCode()).isEqualTo(DisconnectReason.Code.IDLE_TIMEOUT);
            assertThat(it.waitFor(Duration.ofSeconds(10))).isEqualTo(Duration.ofSeconds(10));

            it.peer();
            assertThat(it.waitFor(Duration.ofSeconds(10))).isEqualTo(Duration.ofSeconds(2));
        }
    }

    @Test
    void aDeadlineThatPassedWhileTheProgramDidSomethingElseEndsAWaitAtOnce() {
        try (SimulatedPair it = new SimulatedPair(config -> config.idleTimeout(Duration.ofMillis(500)))) {
            it.peer();
            it.network.advance(Duration.ofMillis(600));
            assertThat(it.waitFor(SECOND)).isZero();
            it.driver.update();
            assertThat(it.lastCode()).isEqualTo(DisconnectReason.Code.IDLE_TIMEOUT);
        }
    }

    @Test
    void anAcceptThatTheSystemRefusedIsTriedAgainAfterItsRestAndEndsNoWaitBefore() {
        try (SimulatedPair it = new SimulatedPair(config -> config.acceptRetryDelay(TENTH))) {
            it.network.faults(Faults.NONE.withAcceptFailures(1));
            it.peerHost.connectRaw(SimulatedPair.at("10.0.0.1", SimulatedPair.PORT));
            it.driver.update();
            for (int i = 1; i <= 3; i++) {
                assertThat(it.count(DriverCounter.ACCEPT_FAILURES)).isEqualTo(i);
                assertThat(it.waitFor(SECOND)).isEqualTo(TENTH);
                it.driver.update();
            }
            assertThat(it.driver.lastError()).isEqualTo("cannot accept: Too many open files");
            ok(it.driver.stopListen());
            assertThat(it.waitFor(SECOND)).as("nobody listens any more").isEqualTo(SECOND);
        }
    }

    @Test
    void whoIsLeftInTheBacklogEndsNoWaitUntilThereIsAPlace() {
        try (SimulatedPair it =
                new SimulatedPair(config -> config.maxConnections(1).surplusPolicy(SurplusPolicy.LEAVE_IN_BACKLOG))) {
            it.peer();
            it.peerHost.connectRaw(SimulatedPair.at("10.0.0.1", SimulatedPair.PORT));
            it.peerHost.connectRaw(SimulatedPair.at("10.0.0.1", SimulatedPair.PORT));
            it.driver.update();
            for (int i = 1; i <= 2; i++) {
                assertThat(it.waitFor(SECOND)).isEqualTo(SECOND);
                assertThat(it.driver.update()).isZero();
                ok(it.driver.abort(it.last()));
                it.driver.update();
                assertThat(it.waitFor(SECOND)).as("a place is free").isZero();
                it.driver.update();
                assertThat(it.events.established).hasSize(i + 1);
            }
        }
    }

    @Test
    void aWaitOfNoTimeLooksAndReturns() {
        try (SimulatedPair it = new SimulatedPair(config -> config)) {
            SimulatedPeer peer = it.peer();
            assertThat(it.driver.waitForData(Duration.ZERO)).isFalse();
            peer.write(frame(packet(0, 10)));
            it.step(Duration.ofMillis(1));
            assertThat(it.driver.waitForData(Duration.ZERO))
                    .as("a packet is there")
                    .isTrue();
        }
    }
}
