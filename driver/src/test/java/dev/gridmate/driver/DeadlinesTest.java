package dev.gridmate.driver;

import static dev.gridmate.driver.Loopback.ok;
import static dev.gridmate.driver.Packets.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.driver.sim.Faults;
import dev.gridmate.driver.sim.SimulatedPeer;
import dev.gridmate.internal.LoopTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What time does to connections, on a clock moved by hand. */
class DeadlinesTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void aConnectThatNobodyAnswersFailsAtItsTimeout() {
        try (SimulatedPair it = new SimulatedPair(config -> config.connectTimeout(Duration.ofSeconds(3)))) {
            it.network.faults(Faults.NONE.withConnectsBlackHoled(1));
            ok(it.driver.connectTo(it.driver.createDriverAddress("10.0.0.2|9")));
            it.pass(Duration.ofMillis(2900));
            assertThat(it.events.failed).isEmpty();
            it.pass(Duration.ofMillis(200));
            assertThat(it.events.failed).hasSize(1);
            assertThat(it.lastCode()).isEqualTo(DisconnectReason.Code.CONNECT_TIMEOUT);
            assertThat(it.driver.counter(DriverCounter.TIMEOUTS)).isEqualTo(1);
        }
    }

    @Test
    void aPeerThatSendsNoWholePacketEndsAtTheFirstPacketTimeout() {
        try (SimulatedPair it = new SimulatedPair(config -> config.firstPacketTimeout(Duration.ofSeconds(2)))) {
            SimulatedPeer slow = it.peer();
            SimulatedPeer good = it.peer();
            good.write(frame(packet(0, 10)));
            for (int i = 0; i < 30; i++) { // a byte now and then does not help
                slow.write((byte) 1);
                it.pass(Duration.ofMillis(100));
            }
            assertThat(it.events.disconnected).hasSize(1);
            assertThat(it.lastCode()).isEqualTo(DisconnectReason.Code.FIRST_PACKET_TIMEOUT);
            assertThat(slow.isAtEnd() || slow.isReset()).isTrue();
            assertThat(it.driver.numberOfConnections()).isEqualTo(1);
        }
    }

    @Test
    void aQuietPeerEndsAtTheIdleTimeoutAndATalkingOneDoesNot() {
        try (SimulatedPair it = new SimulatedPair(config -> config.idleTimeout(Duration.ofSeconds(2)))) {
            it.peer();
            SimulatedPeer talking = it.peer();
            for (int i = 0; i < 5; i++) {
                talking.write(frame(packet(i, 10)));
                it.pass(SECOND);
                it.driver.receive((from, packet) -> {}, 10);
            }
            assertThat(it.events.disconnected).hasSize(1);
            assertThat(it.lastCode()).isEqualTo(DisconnectReason.Code.IDLE_TIMEOUT);
            assertThat(it.driver.numberOfConnections()).isEqualTo(1);
        }
    }

    @Test
    void aPeerThatTheDriverDoesNotReadIsNotIdle() {
        try (SimulatedPair it = new SimulatedPair(
                config -> config.maxPacketSize(100).inboundBufferSize(102).idleTimeout(Duration.ofSeconds(2)))) {
            SimulatedPeer peer = it.peer();
            peer.write(frames(50, 100));
            it.pass(Duration.ofSeconds(10));
            assertThat(it.events.disconnected).isEmpty();
        }
    }

    @Test
    void aPeerThatTakesNothingEndsAtTheWriteTimeout() {
        try (SimulatedPair it = new SimulatedPair(
                config -> config.writeTimeout(Duration.ofSeconds(4)).slowConsumerPolicy(SlowConsumerPolicy.REJECT))) {
            it.network.window(1000);
            it.peer();
            it.pass(Duration.ofSeconds(60)); // an old connection is no reason to give it less time
            SocketDriverAddress address = it.events.established.get(0);
            assertThat(it.driver.send(address, buffer(0, 10_000))).isEqualTo(ResultCode.OK);
            it.pass(Duration.ofMillis(3900));
            assertThat(it.events.disconnected).isEmpty();
            it.pass(Duration.ofMillis(200));
            it.pass(Duration.ofMillis(20));
            assertThat(it.lastCode()).isEqualTo(DisconnectReason.Code.WRITE_TIMEOUT);
            assertThat(it.events.reasons.get(0).unsentBytes()).isPositive();
            assertThat(it.driver.counter(DriverCounter.SLOW_CONSUMERS)).isEqualTo(1);
        }
    }

    @Test
    void aWaitDoesNotSleepOverTheRoomThatItsOwnWriteMade() {
        try (SimulatedPair it = new SimulatedPair(config -> config.slowConsumerPolicy(SlowConsumerPolicy.REJECT))) {
            it.network.window(1000);
            SimulatedPeer peer = it.peer();
            SocketDriverAddress address = it.events.established.get(0);
            int accepted = 0;
            while (it.driver.send(address, buffer(accepted, 500)) == ResultCode.OK) {
                accepted++;
            }
            assertThat(peer.read(1000)).hasSize(1000);
            it.network.advance(Duration.ofMillis(1)); // the peer's room is known
            long before = it.driver.nanoTime();
            assertThat(it.driver.waitForData(Duration.ofSeconds(10))).isTrue();
            assertThat(it.driver.nanoTime()).isEqualTo(before);
            assertThat(it.driver.send(address, buffer(accepted, 500))).isEqualTo(ResultCode.OK);
            assertThat(it.driver.waitForData(Duration.ofMillis(10)))
                    .as("room that nobody was refused is no news")
                    .isFalse();
        }
    }

    @Test
    void aPeerThatTakesALittleNowAndThenIsGivenTheTime() {
        try (SimulatedPair it = new SimulatedPair(config -> config.writeTimeout(Duration.ofSeconds(4)))) {
            it.network.window(1000);
            SimulatedPeer peer = it.peer();
            it.driver.send(it.events.established.get(0), buffer(0, 10_000));
            int read = 0;
            while (read < 10_002) {
                it.pass(Duration.ofSeconds(3));
                int now = peer.read(1000).length;
                assertThat(now).isPositive();
                read += now;
            }
            assertThat(it.events.disconnected).isEmpty();
        }
    }

    @Test
    void aProgramThatNeverReceivesDoesNotHoldAClosedConnectionForEver() {
        try (SimulatedPair it = new SimulatedPair(config -> config.drainTimeout(Duration.ofSeconds(5)))) {
            SimulatedPeer peer = it.peer();
            peer.write(frames(7, 10));
            peer.shutdownOutput();
            it.pass(Duration.ofMillis(4900));
            assertThat(it.events.disconnected).isEmpty();
            it.pass(Duration.ofMillis(300));
            assertThat(it.events.disconnected).hasSize(1);
            assertThat(it.events.reasons.get(0).undeliveredPackets()).isEqualTo(7);
            assertThat(it.driver.counter(DriverCounter.PACKETS_UNDELIVERED)).isEqualTo(7);
        }
    }

    @Test
    void aPeerThatNeverClosesDoesNotHoldADisconnectForEver() {
        try (SimulatedPair it = new SimulatedPair(config -> config.drainTimeout(Duration.ofSeconds(5)))) {
            SimulatedPeer peer = it.peer();
            it.driver.disconnectFrom(it.events.established.get(0));
            for (int i = 0; i < 60; i++) { // it goes on talking, which is no step towards the end
                peer.write(frame(packet(i, 10)));
                it.pass(Duration.ofMillis(100));
                it.driver.receive((from, packet) -> {}, 10);
            }
            assertThat(it.events.disconnected).hasSize(1);
            assertThat(it.lastCode()).isEqualTo(DisconnectReason.Code.LOCAL_CLOSED);
        }
    }

    @Test
    void zeroSwitchesATimeoutOff() {
        try (SimulatedPair it = new SimulatedPair(config ->
                config.drainTimeout(Duration.ZERO).writeTimeout(Duration.ZERO).connectTimeout(Duration.ZERO))) {
            SimulatedPeer peer = it.peer();
            peer.write(frames(1, 10));
            peer.shutdownOutput();
            for (int i = 0; i < 1000; i++) {
                it.step(SECOND);
            }
            assertThat(it.events.disconnected).isEmpty();
        }
    }

    @Test
    void aLongGapBetweenTwoUpdatesExtendsDeadlines() {
        try (SimulatedPair it = new SimulatedPair(config -> config.idleTimeout(Duration.ofSeconds(5)))) {
            SimulatedPeer peer = it.peer();
            it.step(Duration.ofMinutes(10)); // a debugger
            assertThat(it.events.disconnected).isEmpty();
            assertThat(it.driver.counter(DriverCounter.UPDATE_GAPS)).isEqualTo(1);
            it.pass(Duration.ofSeconds(3));
            peer.write(frame(packet(0, 10)));
            it.pass(Duration.ofSeconds(3));
            assertThat(it.events.disconnected).isEmpty();
            it.driver.receive((from, packet) -> {}, 1);
            it.pass(Duration.ofSeconds(3));
            assertThat(it.lastCode()).isEqualTo(DisconnectReason.Code.IDLE_TIMEOUT);
        }
    }

    @Test
    void timeSpentWaitingCountsInFull() {
        try (SimulatedPair it = new SimulatedPair(config -> config.idleTimeout(Duration.ofSeconds(5)))) {
            it.peer();
            for (int i = 0; i < 10 && it.events.disconnected.isEmpty(); i++) {
                it.driver.waitForData(Duration.ofSeconds(3));
                it.driver.update();
            }
            assertThat(it.lastCode()).isEqualTo(DisconnectReason.Code.IDLE_TIMEOUT);
            assertThat(it.driver.counter(DriverCounter.UPDATE_GAPS)).isZero();
        }
    }

    @Test
    void aPeerAboveItsPacketRateIsReadMoreSlowlyAndLosesNothing() {
        try (SimulatedPair it = new SimulatedPair(
                config -> config.maxPacketsPerSecond(10).maxPacketSize(100).inboundBufferSize(1024))) {
            SimulatedPeer peer = it.peer();
            int[] received = {0};
            byte[] all = frames(60, 100);
            int sent = peer.write(all);
            assertThat(sent).isEqualTo(all.length);
            for (int i = 0; i < 70; i++) {
                if (i == 5) {
                    // A second's worth at once, what one more read of a full buffer brought, and
                    // half a second's.
                    assertThat(received[0]).isBetween(10, 25);
                }
                it.pass(Duration.ofMillis(100));
                it.driver.receive((from, packet) -> received[0]++, 1000);
            }
            assertThat(it.driver.counter(DriverCounter.THROTTLES)).isPositive();
            assertThat(received[0]).isEqualTo(60);
            assertThat(it.events.disconnected).isEmpty();
        }
    }

    @Test
    void aPeerAboveItsByteRateIsDisconnectedIfThatIsThePolicy() {
        try (SimulatedPair it = new SimulatedPair(
                config -> config.maxBytesPerSecond(1000).rateLimitPolicy(RateLimitPolicy.DISCONNECT))) {
            SimulatedPeer peer = it.peer();
            peer.write(frames(20, 100));
            it.pass(Duration.ofMillis(100));
            it.driver.receive((from, packet) -> {}, 1000);
            it.pass(Duration.ofMillis(100));
            assertThat(it.lastCode()).isEqualTo(DisconnectReason.Code.RATE_LIMITED);
        }
    }

    @Test
    void afterTheSystemRefusedAnAcceptTheDriverRestsAndRecovers() {
        try (SimulatedPair it = new SimulatedPair(config -> config.acceptRetryDelay(Duration.ofMillis(100)))) {
            it.network.faults(Faults.NONE.withAcceptFailures(1));
            SimulatedPeer waiting = it.peerHost.connectRaw(SimulatedPair.at("10.0.0.1", SimulatedPair.PORT));
            it.pass(SECOND);
            assertThat(it.driver.counter(DriverCounter.ACCEPT_FAILURES)).isBetween(8L, 11L);
            it.network.faults(Faults.NONE);
            it.pass(Duration.ofMillis(150));
            assertThat(it.events.established).hasSize(1);
            assertThat(waiting.isConnected()).isTrue();
        }
    }

    @Test
    void aWriteThatIsBlockedAfterALongWaitIsGivenTheWholeWriteTimeout() {
        try (SimulatedPair it = new SimulatedPair(config -> config.writeTimeout(Duration.ofSeconds(4)))) {
            it.network.window(1000);
            it.peer();
            it.driver.waitForData(Duration.ofSeconds(40));
            it.driver.send(it.events.established.get(0), buffer(0, 10_000));
            it.driver.flush();
            it.pass(Duration.ofMillis(3900));
            assertThat(it.events.disconnected).isEmpty();
            it.pass(Duration.ofMillis(300));
            assertThat(it.lastCode()).isEqualTo(DisconnectReason.Code.WRITE_TIMEOUT);
        }
    }

    @Test
    void aStandstillInsideAWaitExtendsDeadlinesToo() {
        LoopTime time = new LoopTime(SECOND.toNanos(), 100);
        long asked = Duration.ofMillis(16).toNanos();
        assertThat(time.advanceWaiting(100 + Duration.ofMinutes(10).toNanos(), asked))
                .isTrue();
        assertThat(time.now()).isEqualTo(asked + SECOND.toNanos());
        assertThat(time.advanceWaiting(100 + Duration.ofMinutes(10).toNanos() + 5, asked))
                .isFalse();
        assertThat(time.now()).isEqualTo(asked + SECOND.toNanos() + 5);
    }

    @Test
    void receivingAfterThePeersFinIsAStepTowardsTheEndAlsoAfterDisconnectFrom() {
        try (SimulatedPair it = new SimulatedPair(config -> config.drainTimeout(Duration.ofSeconds(2)))) {
            SimulatedPeer peer = it.peer();
            peer.write(frames(20, 10));
            peer.shutdownOutput();
            it.step(Duration.ofMillis(50));
            it.step(Duration.ofMillis(50));
            it.driver.disconnectFrom(it.events.established.get(0));
            int received = 0;
            for (int i = 0; i < 20; i++) { // slower than the drain timeout would allow for all together
                it.pass(Duration.ofMillis(500));
                received += it.driver.receive((from, packet) -> {}, 1);
            }
            it.pass(Duration.ofMillis(100));
            assertThat(received).isEqualTo(20);
            assertThat(it.events.reasons.get(0).undeliveredPackets()).isZero();
        }
    }

    @Test
    void packetsThatWereGivenUpWithTheirConnectionAreNotReceivedLater() {
        try (SimulatedPair it = new SimulatedPair(config -> config.drainTimeout(SECOND))) {
            SimulatedPeer first = it.peer();
            first.write(frames(1, 10));
            for (int i = 0; i < 5; i++) {
                SimulatedPeer peer = it.peer();
                peer.write(frames(1, 10));
                it.pass(Duration.ofMillis(50));
                peer.reset();
                it.pass(Duration.ofSeconds(2));
            }
            assertThat(it.events.disconnected).hasSize(5);
            assertThat(it.driver.receive((from, packet) -> {}, 100))
                    .as("only the living one's")
                    .isEqualTo(1);
        }
    }
}
