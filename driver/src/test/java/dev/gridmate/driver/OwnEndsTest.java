package dev.gridmate.driver;

import static dev.gridmate.driver.Ends.*;
import static dev.gridmate.driver.Loopback.ok;
import static dev.gridmate.driver.Packets.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.driver.DisconnectReason.Code;
import dev.gridmate.driver.sim.Faults;
import dev.gridmate.driver.sim.SimulatedPeer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How this side ends connections, each once: what is told, what the peer sees, what is counted. */
class OwnEndsTest {

    // ------------------------------------------------------------ this side goes

    @Test
    void anAbortResetsDropsWhatWaitsAndLeavesWhatArrived() {
        try (SimulatedPair it = pair()) {
            SimulatedPeer peer = it.peer();
            peer.write(frames(2, 10));
            it.step(MOMENT);
            ok(it.driver.send(it.last(), buffer(0, 100)));
            ok(it.driver.abort(it.last()));
            assertThat(it.driver.abort(it.last())).as("a second time").isEqualTo(ResultCode.SEND_ADDRESS_NOT_BOUND);
            it.network.advance(MOMENT);
            assertThat(peer.isReset()).isTrue();
            assertThat(receiveAll(it)).hasSize(2);
            assertOver(it, Code.LOCAL_ABORTED, "aborted by this side");
            assertThat(it.lastReason().unsentBytes()).isEqualTo(102);
            assertThat(it.count(DriverCounter.BYTES_UNSENT)).isEqualTo(102);
        }
    }

    @Test
    void anAbortEndsADisconnectThatIsUnderWayAndOneBehindThePeersFin() {
        for (boolean peerFirst : new boolean[] {false, true}) {
            try (SimulatedPair it = pair()) {
                SimulatedPeer peer = it.peer();
                if (peerFirst) {
                    peer.write(frame(packet(0, 10)));
                    peer.shutdownOutput();
                    it.step(MOMENT);
                    it.step(MOMENT);
                } else {
                    ok(it.driver.disconnectFrom(it.last()));
                    it.step(MOMENT);
                }
                ok(it.driver.abort(it.last()));
                it.step(MOMENT);
                assertThat(peer.isReset()).isTrue();
                receiveAll(it);
                Code code = peerFirst ? Code.REMOTE_CLOSED : Code.LOCAL_CLOSED;
                assertOver(it, code, peerFirst ? "the peer closed the connection" : "closed by this side");
            }
        }
    }

    @Test
    void aConnectThatIsGivenUpNeverStoodAndWhatWasSentIsCounted() {
        try (SimulatedPair it = pair()) {
            it.network.faults(Faults.NONE.withConnectsBlackHoled(1));
            SocketDriverAddress to = it.driver.createDriverAddress("10.0.0.2|9");
            for (int i = 1; i <= 2; i++) {
                ok(it.driver.connectTo(to));
                ok(it.driver.send(to, buffer(0, 100)));
                ok(i == 1 ? it.driver.disconnectFrom(to) : it.driver.abort(to));
                it.driver.update();
                assertThat(it.events.failed).hasSize(i);
                assertThat(it.lastReason().unsentBytes()).isEqualTo(102);
                assertThat(it.lastReason().detail())
                        .isEqualTo(
                                i == 1
                                        ? "closed by this side before the connection was established"
                                        : "aborted by this side");
                assertThat(it.count(DriverCounter.BYTES_UNSENT)).isEqualTo(102L * i);
                assertThat(it.count(DriverCounter.CONNECTS_FAILED)).isEqualTo(i);
            }
            assertThat(it.events.established).isEmpty();
            assertThat(it.serverHost.openEndpoints()).isZero();
        }
    }

    @Test
    void aConnectThatIsRefusedSaysTheSystemsWords() {
        try (SimulatedPair it = pair()) {
            SocketDriverAddress to = it.driver.createDriverAddress("10.0.0.2|9");
            for (int i = 1; i <= 2; i++) {
                ok(it.driver.connectTo(to));
                it.step(MOMENT);
                it.step(MOMENT);
                assertThat(it.events.failed).hasSize(i);
                assertThat(it.lastReason()).isEqualTo(DisconnectReason.of(Code.CONNECT_FAILED, "Connection refused"));
            }
            assertThat(it.count(DriverCounter.CONNECTS_STARTED)).isEqualTo(2);
            assertThat(it.count(DriverCounter.CONNECTS_FAILED)).isEqualTo(2);
            assertThat(it.count(DriverCounter.TLS_HANDSHAKES_FAILED)).isZero();
        }
    }

    @Test
    void aPeerThatDoesNotReadIsResetWithTheNumbersWhenNoMoreFits() {
        try (SimulatedPair it =
                new SimulatedPair(config -> config.maxPacketSize(1000).outboundBufferSize(4000))) {
            it.network.window(100);
            SimulatedPeer peer = it.peer();
            int accepted = 0;
            while (it.driver.send(it.last(), buffer(0, 900)) == ResultCode.OK) {
                accepted++;
            }
            long waiting = accepted * 902L - it.count(DriverCounter.BYTES_OUT);
            assertThat(4096 - waiting).isBetween(0L, 901L);
            it.step(MOMENT);
            assertThat(peer.isReset()).isTrue();
            assertOver(
                    it,
                    Code.SLOW_CONSUMER,
                    "the peer does not read: " + waiting + " of 4096 bytes of the outbound buffer are waiting,"
                            + " and there is no room or no memory for a packet of 900");
            assertThat(it.count(DriverCounter.SLOW_CONSUMERS)).isEqualTo(1);
            assertThat(it.lastReason().unsentBytes()).isEqualTo(waiting);
            assertThat(it.count(DriverCounter.PACKETS_OUT)).isEqualTo(accepted);
        }
    }

    @Test
    void whoIsRefusedRoomIsToldEachTimeThatThereIsSomeAgain() {
        try (SimulatedPair it = new SimulatedPair(config ->
                config.maxPacketSize(1000).outboundBufferSize(4000).slowConsumerPolicy(SlowConsumerPolicy.REJECT))) {
            it.network.window(100);
            SimulatedPeer peer = it.peer();
            for (int round = 1; round <= 3; round++) {
                while (it.driver.send(it.last(), buffer(0, 900)) == ResultCode.OK) {}
                assertThat(it.count(DriverCounter.SENDS_REJECTED)).isEqualTo(round);
                assertThat(it.driver.writableBytes(it.last())).isBetween(0, 899);
                assertThat(it.waitFor(MOMENT)).as("no room yet").isEqualTo(MOMENT);
                for (int i = 0; i < 20; i++) {
                    peer.read(100);
                    it.driver.flush();
                }
                assertThat(it.driver.waitForData(Duration.ofSeconds(1))).isTrue();
                assertThat(it.waitFor(MOMENT)).as("it was told").isEqualTo(MOMENT);
                peer.read(100);
                assertThat(it.waitFor(MOMENT)).as("more room is no news").isEqualTo(MOMENT);
            }
            assertThat(it.count(DriverCounter.SLOW_CONSUMERS)).isZero();
            assertThat(it.events.disconnected).isEmpty();
        }
    }

    @Test
    void closingTheDriverSendsWhatWaitsEndsEveryConnectionOnceAndLeavesNothing() {
        SimulatedPair it = pair();
        it.peerHost.listenRaw(9);
        SimulatedPeer quiet = it.peer();
        SocketDriverAddress quietAddress = it.last();
        SimulatedPeer talking = it.peer();
        SocketDriverAddress talkingAddress = it.last();
        SimulatedPeer bad = it.peer();
        SocketDriverAddress badAddress = it.last();
        it.network.faults(Faults.NONE.withConnectsBlackHoled(1));
        ok(it.driver.connectTo(it.driver.createDriverAddress("10.0.0.2|9")));
        talking.write(frames(2, 10));
        bad.write(join(frame(packet(0, 10)), bytes(0, 0)));
        it.step(MOMENT);
        ok(it.driver.send(quietAddress, buffer(7, 100)));
        it.gridMate.close();

        assertThat(it.events.disconnected).containsExactlyInAnyOrder(quietAddress, talkingAddress, badAddress);
        assertThat(it.events.failed).hasSize(1);
        assertThat(it.events.reasons)
                .containsExactlyInAnyOrder(
                        DisconnectReason.of(Code.DRIVER_CLOSED, "the driver was closed"),
                        new DisconnectReason(Code.DRIVER_CLOSED, "the driver was closed", 0, 2),
                        new DisconnectReason(Code.PROTOCOL_ERROR, "the peer sent a frame of length 0", 0, 1),
                        DisconnectReason.of(Code.DRIVER_CLOSED, "the driver was closed"));
        it.network.advance(MOMENT);
        assertThat(readAll(quiet)).isEqualTo(frame(packet(7, 100)));
        assertThat(quiet.isAtEnd()).isTrue();
        assertThat(quiet.isReset()).isFalse();
        assertThat(it.serverHost.openEndpoints()).isZero();
        assertThat(it.serverHost.openListeners()).isZero();
        assertThat(it.count(DriverCounter.PACKETS_UNDELIVERED)).isEqualTo(3);
        assertThat(it.count(DriverCounter.DISCONNECTS)).isEqualTo(3);
        assertThat(it.count(DriverCounter.CONNECTS_FAILED)).isEqualTo(1);
        it.driver.close();
        assertThat(it.events.disconnected).as("closing twice").hasSize(3);
    }

    @Test
    void whatTheSystemDoesNotTakeOfAClosedDriverIsCounted() {
        SimulatedPair it = pair();
        it.network.window(100);
        it.peer();
        ok(it.driver.send(it.last(), buffer(7, 1000)));
        it.gridMate.close();
        long sent = it.count(DriverCounter.BYTES_OUT);
        assertThat(sent).isBetween(1L, 999L);
        assertThat(it.lastReason().unsentBytes()).isEqualTo(1002 - sent);
        assertThat(it.count(DriverCounter.BYTES_UNSENT)).isEqualTo(1002 - sent);
    }

    @Test
    void aNewConnectionFromAKnownAddressResetsTheOldOneAndIsToldBehindItsEnd() {
        try (SimulatedPair it = pair()) {
            it.network.host("10.0.0.1", "10.0.0.9");
            SimulatedPeer old = it.peer();
            int port = old.localAddress().getPort();
            old.write(frame(packet(0, 10)));
            it.step(MOMENT);
            List<SimulatedPeer> came = new ArrayList<>();
            came.add(it.peerHost.connectRaw(port, SimulatedPair.at("10.0.0.9", SimulatedPair.PORT)));
            it.step(MOMENT);
            it.step(MOMENT);
            assertThat(old.isReset()).isTrue();
            assertThat(it.events.established).as("the first one's packet waits").hasSize(1);
            assertThat(receiveAll(it)).hasSize(1);
            it.step(MOMENT);
            it.step(MOMENT);
            assertThat(it.events.established).hasSize(2);
            assertThat(it.lastReason())
                    .isEqualTo(DisconnectReason.of(Code.SUPERSEDED, "a new connection came from the same address"));
            assertThat(it.count(DriverCounter.SUPERSEDED)).isEqualTo(1);
            assertThat(it.driver.numberOfConnections()).isEqualTo(1);
            came.get(0).write(frame(packet(1, 20)));
            it.step(MOMENT);
            assertThat(receiveAll(it)).containsExactly(packet(1, 20));
        }
    }

    // ------------------------------------------------------------ all together

    @Test
    void aKnownStoryIsCountedToTheByte() {
        try (SimulatedPair it = pair()) {
            it.peerHost.listenRaw(9);
            SimulatedPeer peer = it.peer();
            SocketDriverAddress address = it.last();
            SocketDriverAddress to = it.driver.createDriverAddress("10.0.0.2|9");
            ok(it.driver.connectTo(to));
            it.step(MOMENT);
            it.step(MOMENT);
            assertThat(it.driver.numberOfConnections()).isEqualTo(2);
            peer.write(frames(5, 100));
            it.step(MOMENT);
            assertThat(receiveAll(it)).hasSize(5);
            ok(it.driver.send(address, buffer(0, 200)));
            ok(it.driver.send(address, buffer(1, 200)));
            ok(it.driver.send(to, buffer(1, 50)));
            assertThat(it.driver.flush()).isEqualTo(2 * 202 + 52);
            assertThat(it.driver.flush()).as("nothing is left").isZero();
            peer.shutdownOutput();
            it.step(MOMENT);
            it.step(MOMENT);

            assertThat(it.count(DriverCounter.CONNECTIONS_ACCEPTED)).isEqualTo(1);
            assertThat(it.count(DriverCounter.CONNECTS_STARTED)).isEqualTo(1);
            assertThat(it.count(DriverCounter.CONNECTIONS_ESTABLISHED)).isEqualTo(2);
            assertThat(it.count(DriverCounter.DISCONNECTS)).isEqualTo(1);
            assertThat(it.count(DriverCounter.PACKETS_IN)).isEqualTo(5);
            assertThat(it.count(DriverCounter.BYTES_IN)).isEqualTo(5 * 102);
            assertThat(it.count(DriverCounter.READS))
                    .as("the packets, and the end")
                    .isEqualTo(2);
            assertThat(it.count(DriverCounter.PACKETS_OUT)).isEqualTo(3);
            assertThat(it.count(DriverCounter.BYTES_OUT)).isEqualTo(2 * 202 + 52);
            assertThat(it.count(DriverCounter.WRITES)).isEqualTo(2);
            for (DriverCounter zero : List.of(
                    DriverCounter.CONNECTIONS_REJECTED,
                    DriverCounter.ACCEPT_FAILURES,
                    DriverCounter.CONNECTS_FAILED,
                    DriverCounter.PROTOCOL_ERRORS,
                    DriverCounter.SLOW_CONSUMERS,
                    DriverCounter.SENDS_REJECTED,
                    DriverCounter.PACKETS_UNDELIVERED,
                    DriverCounter.BYTES_UNSENT,
                    DriverCounter.BYTES_DISCARDED,
                    DriverCounter.THROTTLES,
                    DriverCounter.RATE_LIMITED,
                    DriverCounter.SUPERSEDED,
                    DriverCounter.OUT_OF_MEMORY,
                    DriverCounter.TLS_HANDSHAKES,
                    DriverCounter.TLS_HANDSHAKES_FAILED,
                    DriverCounter.TIMEOUTS,
                    DriverCounter.UPDATE_GAPS,
                    DriverCounter.DATAGRAMS_IGNORED,
                    DriverCounter.RECEIVE_ERRORS)) {
                assertThat(it.count(zero)).as("%s", zero).isZero();
            }
        }
    }

    @Test
    void aLargePacketWhoseHeaderIsHereIsReadInOneRead() {
        try (SimulatedPair it = new SimulatedPair(config -> config)) {
            SimulatedPeer peer = it.peer();
            for (int i = 1; i <= 2; i++) {
                byte[] frame = frame(packet(i, 60_000));
                peer.write(frame[0], frame[1]);
                it.step(MOMENT);
                peer.write(Arrays.copyOfRange(frame, 2, frame.length));
                it.step(MOMENT);
                assertThat(receiveAll(it)).containsExactly(packet(i, 60_000));
                assertThat(it.count(DriverCounter.READS)).isEqualTo(2L * i);
            }
        }
    }

    @Test
    void aFullBufferIsNoReadThatIsCounted() {
        try (SimulatedPair it =
                new SimulatedPair(config -> config.maxPacketSize(100).inboundBufferSize(102))) {
            SimulatedPeer peer = it.peer();
            peer.write(frames(2, 100)); // 204 bytes, and the buffer has 128
            it.step(MOMENT);
            it.step(MOMENT);
            it.step(MOMENT);
            assertThat(it.count(DriverCounter.READS)).isEqualTo(1);
            assertThat(receiveAll(it)).hasSize(1);
            it.step(MOMENT);
            it.step(MOMENT);
            assertThat(receiveAll(it)).hasSize(1);
            assertThat(it.count(DriverCounter.BYTES_IN)).isEqualTo(204);
            assertThat(it.count(DriverCounter.READS)).isBetween(2L, 3L);
        }
    }
}
