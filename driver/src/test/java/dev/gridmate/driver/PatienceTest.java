package dev.gridmate.driver;

import static dev.gridmate.driver.Loopback.ok;
import static dev.gridmate.driver.Packets.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.driver.sim.Faults;
import dev.gridmate.driver.sim.SimulatedPeer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A deadline fires at its time, also when it was pushed away, paused, or is not the first one. */
class PatienceTest {

    private static final Duration MOMENT = Duration.ofMillis(1);

    private static Duration seconds(int seconds) {
        return Duration.ofSeconds(seconds);
    }

    /** Nothing ends for so long, and something does a moment later. */
    private static void endsAfter(SimulatedPair it, Duration time) {
        int before = it.events.reasons.size();
        it.pass(time.minusMillis(10));
        assertThat(it.events.reasons).as("too early").hasSize(before);
        it.pass(Duration.ofMillis(20));
        assertThat(it.events.reasons).as("too late").hasSize(before + 1);
    }

    @Test
    void aConnectTimeoutCountsFromItsConnectAndNotFromTheLastUpdate() {
        try (SimulatedPair it = new SimulatedPair(config -> config.connectTimeout(seconds(3)))) {
            it.network.faults(Faults.NONE.withConnectsBlackHoled(1));
            it.pass(seconds(60));
            for (int i = 1; i <= 2; i++) {
                it.network.advance(Duration.ofMillis(900));
                ok(it.driver.connectTo(it.driver.createDriverAddress("10.0.0.2|9")));
                endsAfter(it, seconds(3));
                assertThat(it.lastCode()).isEqualTo(DisconnectReason.Code.CONNECT_TIMEOUT);
                assertThat(it.lastReason().detail()).isEqualTo("no answer for PT3S");
                assertThat(it.events.failed).hasSize(i);
                assertThat(it.count(DriverCounter.TIMEOUTS)).isEqualTo(i);
                assertThat(it.count(DriverCounter.CONNECTS_FAILED)).isEqualTo(i);
                assertThat(it.count(DriverCounter.CONNECTS_STARTED)).isEqualTo(i);
            }
            assertThat(it.driver.numberOfConnections()).isZero();
        }
    }

    @Test
    void aConnectThatTookLongIsNotIdleWhenItIsMade() {
        try (SimulatedPair it =
                new SimulatedPair(config -> config.idleTimeout(seconds(2)).firstPacketTimeout(seconds(1)))) {
            it.peerHost.listenRaw(9);
            it.network.latency(seconds(3));
            ok(it.driver.connectTo(it.driver.createDriverAddress("10.0.0.2|9")));
            while (it.events.established.isEmpty()) {
                it.step(Duration.ofMillis(10));
            }
            endsAfter(it, seconds(2));
            assertThat(it.lastCode())
                    .as("only who came to us owes a first packet")
                    .isEqualTo(DisconnectReason.Code.IDLE_TIMEOUT);
        }
    }

    @Test
    void whoComesLateInTheDriversLifeHasTheSameTimeAsTheFirst() {
        try (SimulatedPair it =
                new SimulatedPair(config -> config.idleTimeout(seconds(7)).firstPacketTimeout(seconds(2)))) {
            it.pass(seconds(60));
            for (int i = 1; i <= 2; i++) {
                SimulatedPeer silent = it.peer();
                endsAfter(it, seconds(2));
                assertThat(silent.read(1)).isEmpty();
                assertThat(silent.isAtEnd()).isTrue();
                assertThat(silent.isReset()).isFalse();
                assertThat(it.lastCode()).isEqualTo(DisconnectReason.Code.FIRST_PACKET_TIMEOUT);
                assertThat(it.lastReason().detail()).isEqualTo("no whole packet within PT2S");
                assertThat(it.count(DriverCounter.TIMEOUTS)).isEqualTo(i);
            }
            SimulatedPeer good = it.peer();
            good.write(frame(packet(0, 10)));
            it.step(MOMENT);
            it.driver.receive((from, packet) -> {}, 1);
            endsAfter(it, seconds(7));
            assertThat(it.lastCode()).isEqualTo(DisconnectReason.Code.IDLE_TIMEOUT);
            assertThat(it.lastReason().detail()).isEqualTo("nothing arrived for PT7S");
        }
    }

    @Test
    void anIdleDeadlineIsPushedByEachArrivalAndFiresOnce() {
        try (SimulatedPair it = new SimulatedPair(config -> config.idleTimeout(seconds(2)))) {
            SimulatedPeer peer = it.peer();
            for (int i = 0; i < 4; i++) {
                it.pass(Duration.ofMillis(1900));
                peer.write((byte) 0); // half a header is a sign of life too
                it.step(MOMENT);
                peer.write((byte) 1, (byte) 7);
                it.step(MOMENT);
                it.driver.receive((from, packet) -> {}, 1);
            }
            endsAfter(it, seconds(2));
            it.pass(seconds(10));
            assertThat(it.count(DriverCounter.TIMEOUTS)).isEqualTo(1);
            assertThat(it.count(DriverCounter.DISCONNECTS)).isEqualTo(1);
        }
    }

    @Test
    void thePauseOfARateLimitIsNoIdlenessAndWhatFollowsItIs() {
        try (SimulatedPair it =
                new SimulatedPair(config -> config.maxPacketsPerSecond(10).idleTimeout(seconds(2)))) {
            SimulatedPeer peer = it.peer();
            for (int i = 1; i <= 2; i++) {
                peer.write(frames(60, 10)); // a second's worth, and five seconds'
                it.step(MOMENT);
                it.driver.receive((from, packet) -> {}, 100);
                assertThat(it.count(DriverCounter.THROTTLES)).isEqualTo(i);
                it.pass(Duration.ofMillis(6500));
                assertThat(it.events.disconnected).isEmpty();
            }
            endsAfter(it, Duration.ofMillis(500));
            assertThat(it.lastCode()).isEqualTo(DisconnectReason.Code.IDLE_TIMEOUT);
        }
    }

    @Test
    void whoIsMadeToWaitIsNotReadAlsoIfTheNetworkNamesItForNothing() {
        try (SimulatedPair it = new SimulatedPair(config -> config.maxPacketsPerSecond(10))) {
            SimulatedPeer peer = it.peer();
            it.network.faults(Faults.NONE.withChoppiness(new Faults.Choppiness(0, 0, 0, 1)));
            peer.write(frames(15, 10));
            it.step(MOMENT);
            peer.write(frames(1, 10));
            it.pass(Duration.ofMillis(490));
            assertThat(it.count(DriverCounter.PACKETS_IN)).isEqualTo(15);
            it.pass(Duration.ofMillis(20));
            assertThat(it.count(DriverCounter.PACKETS_IN)).isEqualTo(16);
        }
    }

    @Test
    void aPeerWhoseBufferWasFullIsIdleFromWhenItIsReadAgain() {
        try (SimulatedPair it = new SimulatedPair(
                config -> config.maxPacketSize(100).inboundBufferSize(102).idleTimeout(seconds(2)))) {
            SimulatedPeer peer = it.peer();
            for (int i = 0; i < 2; i++) {
                peer.write(frames(3, 100));
                it.pass(seconds(5));
                int received = 0;
                for (int turn = 0; turn < 10; turn++) {
                    received += it.driver.receive((from, packet) -> {}, 10);
                    it.step(MOMENT);
                }
                assertThat(received).isEqualTo(3);
                assertThat(it.events.disconnected).isEmpty();
            }
            endsAfter(it, seconds(2));
            assertThat(it.lastCode()).isEqualTo(DisconnectReason.Code.IDLE_TIMEOUT);
        }
    }

    @Test
    void aWriteTimeoutCountsFromWhenTheWriterWasStoppedThisTime() {
        try (SimulatedPair it = new SimulatedPair(config -> config.writeTimeout(seconds(4)))) {
            it.network.window(1000);
            SimulatedPeer peer = it.peer();
            ok(it.driver.send(it.last(), buffer(0, 5000)));
            it.pass(seconds(3));
            for (int read = 0; read < 5002; ) {
                read += peer.read(4096).length;
                it.step(MOMENT);
            }
            it.pass(seconds(60)); // all has left: nobody waits for this peer
            assertThat(it.events.disconnected).isEmpty();

            int room = 0;
            while (it.count(DriverCounter.BYTES_OUT) == 5002 + room) { // fill what the network holds, to the byte
                ok(it.driver.send(it.last(), buffer(0, 1)));
                it.driver.flush();
                room += 3;
            }
            long stopped = it.count(DriverCounter.BYTES_OUT);
            endsAfter(it, seconds(4));
            assertThat(it.lastCode()).isEqualTo(DisconnectReason.Code.WRITE_TIMEOUT);
            assertThat(it.lastReason().unsentBytes()).isEqualTo(5002 + room - stopped);
            assertThat(it.lastReason().detail())
                    .isEqualTo(it.lastReason().unsentBytes() + " bytes waited, and the peer took none for PT4S");
            assertThat(peer.isReset()).isTrue();
        }
    }

    @Test
    void aWriterThatFilledTheNetworkToTheByteHasItsWholeTimeoutWhenItGoesOn() {
        try (SimulatedPair it = new SimulatedPair(config -> config.writeTimeout(seconds(4)))) {
            it.network.window(600);
            it.peer();
            ok(it.driver.send(it.last(), buffer(0, 6000)));
            it.driver.update();
            int room = (int) it.count(DriverCounter.BYTES_OUT);
            assertThat(room).isBetween(2, 6001);

            SimulatedPeer other = it.peer();
            ok(it.driver.send(it.last(), buffer(0, room - 2)));
            it.driver.update();
            it.pass(seconds(60));
            assertThat(it.events.disconnected)
                    .as("the first one waited, the second did not")
                    .hasSize(1);
            ok(it.driver.send(it.last(), buffer(0, 1)));
            endsAfter(it, seconds(4));
            assertThat(other.isReset()).isTrue();
        }
    }

    @Test
    void whoReadsSlowlyAfterADisconnectIsGivenTimeForEachStepAndThenForTheFin() {
        try (SimulatedPair it = new SimulatedPair(config -> config.drainTimeout(seconds(5)))) {
            it.network.window(1000);
            SimulatedPeer peer = it.peer();
            ok(it.driver.send(it.last(), buffer(0, 8000)));
            ok(it.driver.disconnectFrom(it.last()));
            while (it.count(DriverCounter.BYTES_OUT) < 8002) {
                it.pass(seconds(4));
                assertThat(peer.read(1000)).isNotEmpty();
            }
            it.pass(Duration.ofMillis(900));
            assertThat(it.events.disconnected)
                    .as("the peer has time for its FIN")
                    .isEmpty();
            while (peer.read(1000).length > 0) {}
            assertThat(peer.isAtEnd()).as("ours came").isTrue();
            peer.close();
            it.step(MOMENT);
            it.step(MOMENT);
            assertThat(it.lastCode()).isEqualTo(DisconnectReason.Code.LOCAL_CLOSED);
            assertThat(it.lastReason().detail()).isEqualTo("closed by this side");
            assertThat(it.lastReason().unsentBytes()).isZero();
            assertThat(it.count(DriverCounter.TIMEOUTS)).isZero();
        }
    }

    @Test
    void aPeerHasItsTimeFromOurFinOnAlsoWhenThatLeavesLate() {
        try (SimulatedPair it = new SimulatedPair(config -> config.drainTimeout(seconds(5)))) {
            it.peer();
            ok(it.driver.disconnectFrom(it.last()));
            it.network.advance(Duration.ofMillis(900));
            it.driver.update();
            endsAfter(it, seconds(5));
        }
    }

    @Test
    void aDisconnectThatComesToNoEndIsGivenUpOnceAndSaysSo() {
        try (SimulatedPair it = new SimulatedPair(config -> config.drainTimeout(seconds(5)))) {
            it.network.window(1000);
            SimulatedPeer peer = it.peer();
            ok(it.driver.send(it.last(), buffer(0, 8000)));
            it.driver.update();
            long sent = it.count(DriverCounter.BYTES_OUT);
            it.network.advance(Duration.ofMillis(900));
            ok(it.driver.disconnectFrom(it.last())); // from here, and not from the last update
            endsAfter(it, seconds(5));
            assertThat(it.lastReason().detail())
                    .isEqualTo("closed by this side; given up, since it did not come to its end for PT5S");
            assertThat(it.lastReason().unsentBytes()).isEqualTo(8002 - sent);
            assertThat(it.count(DriverCounter.BYTES_UNSENT)).isEqualTo(8002 - sent);
            assertThat(it.count(DriverCounter.TIMEOUTS)).isEqualTo(1);
            assertThat(peer.isReset()).isTrue();
            it.pass(seconds(20));
            assertThat(it.count(DriverCounter.DISCONNECTS)).isEqualTo(1);
            assertThat(it.count(DriverCounter.TIMEOUTS)).isEqualTo(1);
        }
    }

    @Test
    void aPeerThatClosedAndReadsSlowlyIsGivenTimeForEachStep() {
        try (SimulatedPair it = new SimulatedPair(config -> config.drainTimeout(seconds(5)))) {
            it.network.window(1000);
            SimulatedPeer peer = it.peer();
            ok(it.driver.send(it.last(), buffer(0, 8000)));
            peer.shutdownOutput();
            it.step(MOMENT);
            for (int read = 0; read < 8002; ) {
                it.pass(seconds(4));
                read += peer.read(1000).length;
            }
            it.step(MOMENT);
            it.step(MOMENT);
            assertThat(it.lastReason())
                    .isEqualTo(
                            DisconnectReason.of(DisconnectReason.Code.REMOTE_CLOSED, "the peer closed the connection"));
        }
    }

    @Test
    void whatArrivedBeforeABadHeaderMayBeReceivedSlowlyAndNotForEver() {
        try (SimulatedPair it = new SimulatedPair(config -> config.drainTimeout(seconds(5)))) {
            SimulatedPeer peer = it.peer();
            peer.write(frames(6, 10));
            peer.write((byte) 0, (byte) 0, (byte) 1);
            it.step(MOMENT);
            assertThat(peer.read(1)).isEmpty();
            assertThat(peer.isAtEnd()).as("the socket is gone at once").isTrue();
            for (int i = 0; i < 4; i++) {
                it.pass(Duration.ofMillis(4900));
                assertThat(it.driver.receive((from, packet) -> {}, 1)).isEqualTo(1);
            }
            endsAfter(it, seconds(5));
            assertThat(it.lastCode()).isEqualTo(DisconnectReason.Code.PROTOCOL_ERROR);
            assertThat(it.lastReason().undeliveredPackets()).isEqualTo(2);
            assertThat(it.count(DriverCounter.PACKETS_UNDELIVERED)).isEqualTo(2);
            assertThat(it.count(DriverCounter.BYTES_DISCARDED)).isEqualTo(3);
            assertThat(it.driver.receive((from, packet) -> {}, 1)).isZero();
        }
    }

    @Test
    void eachStandstillCountsForTheLimitAtMost() {
        try (SimulatedPair it =
                new SimulatedPair(config -> config.idleTimeout(seconds(5)).updateGapLimit(Duration.ofMillis(700)))) {
            it.peer();
            for (int i = 1; i <= 4; i++) {
                it.step(Duration.ofMinutes(10));
                it.step(Duration.ofMillis(300)); // not longer than the limit: in full
                assertThat(it.count(DriverCounter.UPDATE_GAPS)).isEqualTo(i);
                assertThat(it.events.disconnected).isEmpty();
            }
            endsAfter(it, seconds(1));
            it.step(Duration.ofMillis(700));
            assertThat(it.count(DriverCounter.UPDATE_GAPS))
                    .as("exactly the limit is no gap")
                    .isEqualTo(4);
        }
    }

    @Test
    void aStandstillIsCountedByWhateverCallComesFirstBehindIt() {
        try (SimulatedPair it = new SimulatedPair(config -> config.idleTimeout(seconds(5)))) {
            it.peer();
            Runnable[] calls = {
                it.driver::flush,
                () -> it.driver.waitForData(Duration.ofMillis(1)),
                () -> ok(it.driver.connectTo(it.driver.createDriverAddress("10.0.0.2|9"))),
                () -> it.driver.disconnectFrom(it.last()),
                () -> it.driver.abort(it.last())
            };
            for (int i = 0; i < calls.length; i++) {
                it.network.advance(Duration.ofMinutes(10));
                calls[i].run();
                assertThat(it.count(DriverCounter.UPDATE_GAPS)).isEqualTo(i + 1);
                it.driver.update();
                assertThat(it.count(DriverCounter.UPDATE_GAPS)).isEqualTo(i + 1);
            }
        }
    }

    @Test
    void withoutALimitAStandstillCountsInFull() {
        try (SimulatedPair it =
                new SimulatedPair(config -> config.idleTimeout(seconds(5)).updateGapLimit(Duration.ZERO))) {
            it.peer();
            it.step(Duration.ofMinutes(10));
            assertThat(it.lastCode()).isEqualTo(DisconnectReason.Code.IDLE_TIMEOUT);
            assertThat(it.count(DriverCounter.UPDATE_GAPS)).isZero();
        }
    }

    @Test
    void theTimeBeforeTheDriverWasMadeIsNoStandstill() {
        try (SimulatedPair it = new SimulatedPair(config -> config)) {
            it.network.advance(Duration.ofMinutes(10));
            StreamSocketDriver late = new StreamSocketDriver(
                    it.gridMate, Loopback.config().transport(it.peerHost).build());
            ok(late.initialize(AddressFamily.IPV4, null, 0));
            assertThat(late.update()).isZero();
            assertThat(late.counter(DriverCounter.UPDATE_GAPS)).isZero();
        }
    }
}
