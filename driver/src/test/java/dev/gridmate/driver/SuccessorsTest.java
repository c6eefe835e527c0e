package dev.gridmate.driver;

import static dev.gridmate.driver.Loopback.ok;
import static dev.gridmate.driver.Packets.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.driver.DisconnectReason.Code;
import dev.gridmate.driver.sim.Faults;
import dev.gridmate.driver.sim.SimulatedPeer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Several connections with one address: the program hears of each in its turn, and once. */
class SuccessorsTest {

    private static final Duration MOMENT = Duration.ofMillis(1);

    /**
     * A connection that is broken, and whose end is not told, since a packet of it waits for the
     * program.
     */
    private static SocketDriverAddress lingering(SimulatedPair it) {
        it.network.host("10.0.0.1", "10.0.0.8", "10.0.0.9");
        SimulatedPeer peer = it.peer();
        peer.write(frame(packet(0, 10)));
        it.step(MOMENT);
        peer.reset();
        it.step(MOMENT);
        it.step(MOMENT);
        assertThat(it.events.disconnected).isEmpty();
        return it.last();
    }

    private static SimulatedPeer comeBack(SimulatedPair it, String to) {
        SimulatedPeer peer = it.peerHost.connectRaw(
                it.last().toInetSocketAddress().getPort(), SimulatedPair.at(to, SimulatedPair.PORT));
        it.step(MOMENT);
        it.step(MOMENT);
        return peer;
    }

    private static void connectIntoTheDark(SimulatedPair it, SocketDriverAddress to) {
        it.network.faults(Faults.NONE.withConnectsBlackHoled(1));
        ok(it.driver.connectTo(to));
        it.network.faults(Faults.NONE);
    }

    @Test
    void aConnectBehindAnEndThatIsNotToldFailsWhenThePeerComesItself() {
        try (SimulatedPair it = new SimulatedPair(config -> config)) {
            SocketDriverAddress address = lingering(it);
            connectIntoTheDark(it, address);
            assertThat(it.driver.connectTo(address)).isEqualTo(ResultCode.ALREADY_CONNECTED);
            comeBack(it, "10.0.0.9");
            it.driver.receive((from, packet) -> {}, 10);
            for (int i = 0; i < 5; i++) {
                it.step(MOMENT);
            }
            assertThat(it.events.disconnected).containsExactly(address);
            assertThat(it.events.failed).containsExactly(address);
            assertThat(it.events.established).containsExactly(address, address);
            assertThat(it.lastCode()).isEqualTo(Code.SUPERSEDED);
            assertThat(it.count(DriverCounter.CONNECTS_FAILED)).isEqualTo(1);
            assertThat(it.driver.isConnectedTo(address)).isTrue();
        }
    }

    @Test
    void whoCameBackAndIsNotToldYetIsConnectedAlready() {
        try (SimulatedPair it = new SimulatedPair(config -> config)) {
            SocketDriverAddress address = lingering(it);
            comeBack(it, "10.0.0.9");
            assertThat(it.driver.isConnectedTo(address)).isFalse();
            assertThat(it.driver.connectTo(address)).isEqualTo(ResultCode.ALREADY_CONNECTED);
            assertThat(it.driver.lastError()).isEqualTo(address + " is connecting or connected already");
        }
    }

    @Test
    void closingTheDriverTellsOfThoseBehindOthersToo() {
        SimulatedPair it = new SimulatedPair(config -> config);
        SocketDriverAddress address = lingering(it);
        connectIntoTheDark(it, address);
        it.gridMate.close();
        assertThat(it.events.disconnected).containsExactly(address);
        assertThat(it.events.failed).containsExactly(address);
        assertThat(it.events.reasons)
                .extracting(DisconnectReason::code)
                .containsExactly(Code.REMOTE_RESET, Code.DRIVER_CLOSED);
        assertThat(it.serverHost.openEndpoints()).isZero();
    }

    @Test
    void whoCameBackIsListedAndTheDriverEndsItToo() {
        try (SimulatedPair it = new SimulatedPair(config -> config)) {
            it.network.host("10.0.0.1", "10.0.0.9");
            it.peer();
            SocketDriverAddress address = it.last();
            SimulatedPeer second = comeBack(it, "10.0.0.9");
            it.step(MOMENT);
            assertThat(it.events.established).containsExactly(address, address);
            assertThat(it.driver.connections()).containsExactly(address);
            it.gridMate.close();
            it.network.advance(MOMENT);
            assertThat(it.events.disconnected).containsExactly(address, address);
            assertThat(second.read(1)).isEmpty();
            assertThat(second.isAtEnd()).isTrue();
            assertThat(it.serverHost.openEndpoints()).isZero();
        }
    }

    @Test
    void anEqualAddressOfAnotherDriverMeansTheSameConnection() {
        try (SimulatedPair it = new SimulatedPair(config -> config)) {
            SimulatedPeer peer = it.peer();
            SocketDriverAddress foreign = SocketDriverAddress.of(it.last().toInetSocketAddress());
            assertThat(it.driver.isConnectedTo(foreign)).isTrue();
            assertThat(it.driver.connectTo(foreign)).isEqualTo(ResultCode.ALREADY_CONNECTED);
            ok(it.driver.send(foreign, buffer(0, 10)));
            it.step(MOMENT);
            assertThat(peer.read(100)).isEqualTo(frame(packet(0, 10)));
            ok(it.driver.abort(foreign));
            it.step(MOMENT);
            assertThat(peer.isReset()).isTrue();
            SocketDriverAddress unknown = SocketDriverAddress.of(SimulatedPair.at("10.0.0.7", 7));
            assertThat(it.driver.isConnectedTo(unknown)).isFalse();
        }
    }

    @Test
    void onlyWhatStandsIsListedAlsoWhenThatChangesMeanwhile() {
        try (SimulatedPair it = new SimulatedPair(config -> config)) {
            it.peer();
            it.peer();
            connectIntoTheDark(it, it.driver.createDriverAddress("10.0.0.2|9"));
            assertThat(it.driver.connections()).containsExactlyElementsOf(it.events.established);
            it.driver.connections().forEach(each -> {
                it.events.established.forEach(it.driver::abort);
                it.driver.update();
            });
            assertThat(it.driver.connections()).isEmpty();
        }
    }

    @Test
    void whatIsAcceptedOrFindsItsDeadlineIsWorkAlsoIfNothingIsTold() {
        try (SimulatedPair it =
                new SimulatedPair(config -> config.maxConnections(1).idleTimeout(Duration.ofMillis(500)))) {
            SimulatedPeer peer = it.peer();
            it.peerHost.connectRaw(SimulatedPair.at("10.0.0.1", SimulatedPair.PORT));
            assertThat(it.driver.update()).as("somebody was turned away").isPositive();
            peer.write(frame(packet(0, 10)));
            it.step(MOMENT);
            assertThat(it.driver.update()).isZero();
            it.network.advance(Duration.ofMillis(500));
            assertThat(it.driver.update()).as("the deadline came").isPositive();
            assertThat(it.driver.update()).isZero();
            assertThat(it.events.disconnected).as("the packet waits").isEmpty();
        }
    }

    @Test
    void theLastPlaceIsStillThatOfAnAddressWhoseEndIsNotTold() {
        try (SimulatedPair it = new SimulatedPair(config -> config.maxConnections(1))) {
            SocketDriverAddress address = lingering(it);
            for (int i = 0; i < 2; i++) {
                assertThat(it.driver.connectTo(it.driver.createDriverAddress("10.0.0.2|9")))
                        .isEqualTo(ResultCode.TOO_MANY_CONNECTIONS);
                connectIntoTheDark(it, address);
                ok(it.driver.abort(address));
            }
        }
    }
}
