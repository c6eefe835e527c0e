package dev.gridmate.driver;

import static dev.gridmate.driver.Loopback.ok;
import static dev.gridmate.driver.Packets.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.driver.sim.Faults;
import dev.gridmate.driver.sim.SimulatedHost;
import dev.gridmate.driver.sim.SimulatedPeer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which peers are let in: limits hold, and each place that was taken is given back. */
class AcceptingTest {

    private static final Duration MOMENT = Duration.ofMillis(1);

    private static SimulatedPeer knock(SimulatedPair it) {
        return knock(it.peerHost);
    }

    private static SimulatedPeer knock(SimulatedHost from) {
        return from.connectRaw(SimulatedPair.at("10.0.0.1", SimulatedPair.PORT));
    }

    private static boolean wasTurnedAway(SimulatedPeer peer) {
        return peer.read(1).length == 0 && peer.isAtEnd();
    }

    private static void settle(SimulatedPair it) {
        for (int i = 0; i < 4; i++) {
            it.step(MOMENT);
        }
    }

    @Test
    void aRemoteAddressThatHasItsShareGetsAPlaceAgainForEachThatItGivesBack() {
        try (SimulatedPair it = new SimulatedPair(config -> config.maxConnectionsPerRemoteIp(2))) {
            List<SimulatedPeer> inside = new ArrayList<>(List.of(knock(it), knock(it)));
            settle(it);
            assertThat(it.driver.numberOfConnections()).isEqualTo(2);
            for (int i = 1; i <= 4; i++) {
                SimulatedPeer surplus = knock(it);
                settle(it);
                assertThat(wasTurnedAway(surplus)).isTrue();
                assertThat(it.count(DriverCounter.CONNECTIONS_REJECTED)).isEqualTo(i);
                inside.remove(0).close();
                settle(it);
                inside.add(knock(it));
                settle(it);
                assertThat(it.driver.numberOfConnections()).isEqualTo(2);
            }
            SimulatedPeer elsewhere = knock(it.network.host("10.0.0.3"));
            settle(it);
            assertThat(wasTurnedAway(elsewhere))
                    .as("another address has its own share")
                    .isFalse();
            assertThat(it.driver.numberOfConnections()).isEqualTo(3);
            assertThat(it.count(DriverCounter.CONNECTIONS_ACCEPTED)).isEqualTo(7);
        }
    }

    @Test
    void whatThisSideConnectsToTakesNoShareAndGivesNoneBack() {
        try (SimulatedPair it = new SimulatedPair(config -> config.maxConnectionsPerRemoteIp(1))) {
            it.peerHost.listenRaw(9);
            SocketDriverAddress to = it.driver.createDriverAddress("10.0.0.2|9");
            ok(it.driver.connectTo(to));
            settle(it);
            SimulatedPeer first = knock(it);
            settle(it);
            assertThat(it.driver.numberOfConnections()).isEqualTo(2);
            ok(it.driver.abort(to));
            settle(it);
            SimulatedPeer second = knock(it);
            settle(it);
            assertThat(wasTurnedAway(second)).isTrue();
            assertThat(wasTurnedAway(first)).isFalse();
        }
    }

    @Test
    void whoComesBackFromItsAddressTakesTheShareOfTheConnectionBeforeAndNoMore() {
        try (SimulatedPair it =
                new SimulatedPair(config -> config.maxConnectionsPerRemoteIp(1).maxConnections(1))) {
            it.network.host("10.0.0.1", "10.0.0.8", "10.0.0.9");
            SimulatedPeer peer = knock(it);
            settle(it);
            int port = peer.localAddress().getPort();
            for (int i = 1; i <= 4; i++) {
                SimulatedPeer old = peer;
                peer = it.peerHost.connectRaw(
                        port, SimulatedPair.at(i % 2 == 0 ? "10.0.0.8" : "10.0.0.9", SimulatedPair.PORT));
                settle(it);
                assertThat(old.isReset()).isTrue();
                old.close();
                assertThat(it.driver.numberOfConnections()).isEqualTo(1);
                assertThat(it.count(DriverCounter.SUPERSEDED)).isEqualTo(i);
                assertThat(it.events.disconnected).hasSize(i);
            }
            peer.close();
            settle(it);
            assertThat(it.driver.numberOfConnections()).isZero();
            knock(it);
            settle(it);
            assertThat(it.driver.numberOfConnections()).as("the share is free").isEqualTo(1);
            SimulatedPeer surplus = knock(it);
            settle(it);
            assertThat(wasTurnedAway(surplus)).as("and it is one").isTrue();
        }
    }

    @Test
    void manyWhoComeBackBeforeTheFirstOnesEndIsToldLeaveOneShareTaken() {
        try (SimulatedPair it = new SimulatedPair(config -> config.maxConnectionsPerRemoteIp(1))) {
            it.network.host("10.0.0.1", "10.0.0.8", "10.0.0.9");
            SimulatedPeer first = knock(it);
            settle(it);
            first.write(frame(packet(0, 10))); // the program does not receive it, and so its end is not told
            settle(it);
            int port = first.localAddress().getPort();
            SimulatedPeer last = first;
            for (int i = 0; i < 6; i++) {
                SimulatedPeer old = last;
                last = it.peerHost.connectRaw(
                        port, SimulatedPair.at(i % 2 == 0 ? "10.0.0.8" : "10.0.0.9", SimulatedPair.PORT));
                settle(it);
                assertThat(old.isReset()).isTrue();
                old.close();
            }
            assertThat(it.events.established).hasSize(1);
            assertThat(it.count(DriverCounter.CONNECTIONS_ACCEPTED)).isEqualTo(7);
            it.driver.receive((from, packet) -> {}, 10);
            settle(it);
            assertThat(it.events.established)
                    .as("those between were never heard of")
                    .hasSize(2);
            last.close();
            settle(it);
            assertThat(it.driver.numberOfConnections()).isZero();
            assertThat(it.serverHost.openEndpoints()).isZero();
            knock(it);
            settle(it);
            assertThat(it.driver.numberOfConnections()).isEqualTo(1);
            SimulatedPeer surplus = knock(it);
            settle(it);
            assertThat(wasTurnedAway(surplus)).isTrue();
        }
    }

    @Test
    void eachUpdateAcceptsItsShareUntilAllAreIn() {
        try (SimulatedPair it = new SimulatedPair(config -> config.acceptsPerUpdate(2))) {
            for (int i = 0; i < 5; i++) {
                knock(it);
            }
            for (int inside : new int[] {2, 4, 5, 5}) {
                it.driver.update();
                assertThat(it.driver.numberOfConnections()).isEqualTo(inside);
            }
            assertThat(it.driver.update()).isZero();
        }
    }

    @Test
    void aPlaceIsFreeAgainAfterEveryKindOfConnect() {
        try (SimulatedPair it =
                new SimulatedPair(config -> config.maxConnections(1).connectTimeout(Duration.ofSeconds(1)))) {
            SocketDriverAddress to = it.driver.createDriverAddress("10.0.0.2|9");
            for (int i = 0; i < 2; i++) {
                ok(it.driver.connectTo(to)); // nobody listens
                assertThat(it.driver.connectTo(it.driver.createDriverAddress("10.0.0.2|10")))
                        .isEqualTo(ResultCode.TOO_MANY_CONNECTIONS);
                assertThat(it.driver.lastError()).isEqualTo("the maximum of 1 is reached");
                SimulatedPeer surplus = knock(it);
                it.driver.update();
                settle(it);
                assertThat(it.events.failed).hasSize(i + 1);
                assertThat(wasTurnedAway(surplus)).isTrue();
                assertThat(it.count(DriverCounter.CONNECTIONS_REJECTED)).isEqualTo(i + 1);
            }
            SimulatedPeer inside = knock(it);
            settle(it);
            assertThat(it.driver.numberOfConnections()).isEqualTo(1);
            assertThat(it.driver.connectTo(to)).isEqualTo(ResultCode.TOO_MANY_CONNECTIONS);
            inside.close();
            settle(it);
            ok(it.driver.connectTo(to));
        }
    }

    @Test
    void whoIsLeftInTheBacklogComesInOneForEachPlaceAsOftenAsThereIsOne() {
        try (SimulatedPair it =
                new SimulatedPair(config -> config.maxConnections(2).surplusPolicy(SurplusPolicy.LEAVE_IN_BACKLOG))) {
            for (int i = 0; i < 6; i++) {
                knock(it);
            }
            settle(it);
            for (int i = 2; i <= 6; i++) {
                assertThat(it.events.established).hasSize(i);
                assertThat(it.driver.numberOfConnections()).isEqualTo(2);
                ok(it.driver.abort(it.events.established.get(i - 2)));
                settle(it);
            }
            assertThat(it.driver.numberOfConnections()).isEqualTo(1);
            knock(it);
            settle(it);
            assertThat(it.driver.numberOfConnections())
                    .as("there is a place, and nobody waits")
                    .isEqualTo(2);
            assertThat(it.count(DriverCounter.CONNECTIONS_REJECTED)).isZero();
            assertThat(it.count(DriverCounter.CONNECTIONS_ACCEPTED)).isEqualTo(7);
        }
    }

    @Test
    void afterARefusedAcceptTheDriverRestsForItsDelayToTheMomentEachTime() {
        try (SimulatedPair it = new SimulatedPair(config -> config.acceptRetryDelay(Duration.ofMillis(100)))) {
            it.network.faults(Faults.NONE.withAcceptFailures(1));
            knock(it);
            it.driver.update();
            for (int i = 1; i <= 3; i++) {
                it.step(Duration.ofMillis(99));
                it.driver.update();
                assertThat(it.count(DriverCounter.ACCEPT_FAILURES))
                        .as("resting")
                        .isEqualTo(i);
                it.step(MOMENT);
                assertThat(it.count(DriverCounter.ACCEPT_FAILURES)).isEqualTo(i + 1);
            }
            it.network.heal();
            it.pass(Duration.ofMillis(100));
            assertThat(it.driver.numberOfConnections()).isEqualTo(1);
            knock(it);
            it.step(MOMENT);
            assertThat(it.driver.numberOfConnections()).as("no rest any more").isEqualTo(2);
        }
    }

    @Test
    void aConnectionThatEndsGivesBackWhatWasMissingAndTheRestIsOver() {
        try (SimulatedPair it = new SimulatedPair(config -> config.acceptRetryDelay(Duration.ofSeconds(100)))) {
            it.peer();
            for (int i = 1; i <= 2; i++) {
                it.network.faults(Faults.NONE.withAcceptFailures(1));
                knock(it);
                it.step(MOMENT);
                assertThat(it.count(DriverCounter.ACCEPT_FAILURES)).isEqualTo(i);
                it.network.heal();
                settle(it);
                assertThat(it.events.established).as("still resting").hasSize(i);
                ok(it.driver.abort(it.last()));
                settle(it);
                assertThat(it.events.established).hasSize(i + 1);
            }
        }
    }

    @Test
    void listeningAgainForgetsTheRest() {
        try (SimulatedPair it = new SimulatedPair(config -> config.acceptRetryDelay(Duration.ofSeconds(100)))) {
            it.network.faults(Faults.NONE.withAcceptFailures(1));
            SimulatedPeer refused = knock(it);
            it.step(MOMENT);
            it.network.heal();
            for (int i = 1; i <= 2; i++) {
                ok(it.driver.stopListen());
                it.network.advance(MOMENT);
                assertThat(i > 1 || refused.isReset())
                        .as("who waited is turned away")
                        .isTrue();
                assertThat(it.driver.isListening()).isFalse();
                assertThat(it.serverHost.openListeners()).isZero();
                ok(it.driver.startListen(4));
                knock(it);
                it.step(MOMENT);
                assertThat(it.driver.numberOfConnections()).isEqualTo(i);
            }
        }
    }

    @Test
    void aPortThatTheSystemChoseIsKept() {
        try (SimulatedPair it = new SimulatedPair(config -> config);
                StreamSocketDriver other = new StreamSocketDriver(
                        it.gridMate, Loopback.config().transport(it.peerHost).build())) {
            ok(other.initialize(AddressFamily.IPV4, null, 0));
            ok(other.startListen(1));
            int port = other.port();
            assertThat(port).isPositive();
            ok(other.stopListen());
            ok(other.startListen(1));
            assertThat(other.port()).isEqualTo(port);
            assertThat(other.toString()).isEqualTo("StreamSocketDriver[port " + port + "]");
        }
    }

    @Test
    void aPeerThatIsInAndOneThatIsTurnedAwayLeaveNothingBehind() {
        try (SimulatedPair it = new SimulatedPair(config -> config.maxConnections(1))) {
            for (int i = 1; i <= 3; i++) {
                SimulatedPeer inside = knock(it);
                SimulatedPeer surplus = knock(it);
                settle(it);
                assertThat(it.driver.numberOfConnections()).isEqualTo(1);
                assertThat(wasTurnedAway(surplus)).isTrue();
                inside.close();
                surplus.close();
                settle(it);
                assertThat(it.serverHost.openEndpoints()).isZero();
                assertThat(it.count(DriverCounter.CONNECTIONS_REJECTED)).isEqualTo(i);
                assertThat(it.count(DriverCounter.CONNECTIONS_ACCEPTED)).isEqualTo(i);
            }
        }
    }
}
