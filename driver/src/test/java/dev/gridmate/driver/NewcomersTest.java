package dev.gridmate.driver;

import static dev.gridmate.driver.Loopback.ok;
import static dev.gridmate.driver.Packets.frame;
import static dev.gridmate.driver.Packets.packet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.driver.DisconnectReason.Code;
import dev.gridmate.driver.sim.Faults;
import dev.gridmate.driver.sim.SimulatedHost;
import dev.gridmate.driver.sim.SimulatedPeer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Those that have proved nothing yet: how many there may be, and which of them give way. */
class NewcomersTest {

    private static final Duration MOMENT = Duration.ofMillis(1);

    /** How long a silent connection keeps its place in any case. */
    private static final Duration SILENCE = Duration.ofSeconds(5);

    private static SimulatedPeer knock(SimulatedHost from) {
        return from.connectRaw(SimulatedPair.at("10.0.0.1", SimulatedPair.PORT));
    }

    private static boolean wasTurnedAway(SimulatedPeer peer) {
        return peer.isReset() || (peer.read(1).length == 0 && peer.isAtEnd());
    }

    private static void settle(SimulatedPair it) {
        for (int i = 0; i < 4; i++) {
            it.step(MOMENT);
        }
    }

    private static SimulatedPeer speaking(SimulatedPair it, SimulatedHost from) {
        SimulatedPeer peer = knock(from);
        settle(it);
        peer.write(frame(packet(0, 10)));
        settle(it);
        it.driver.receive((sender, bytes) -> {}, 10);
        return peer;
    }

    @Test
    void anAddressConnectsSoOftenInASecondAndWhatIsBeyondIsClosedAndCounted() {
        try (SimulatedPair it = new SimulatedPair(
                config -> config.connectsPerSecondPerRemoteIp(5).acceptsPerUpdate(100))) {
            for (int second = 1; second <= 3; second++) {
                List<SimulatedPeer> came = new ArrayList<>();
                for (int i = 0; i < 12; i++) {
                    came.add(knock(it.peerHost));
                }
                settle(it);
                assertThat(came.stream().filter(each -> !wasTurnedAway(each))).hasSize(5);
                assertThat(it.count(DriverCounter.CONNECTS_THROTTLED)).isEqualTo(second * 7L);
                assertThat(it.count(DriverCounter.CONNECTIONS_ACCEPTED)).isEqualTo(second * 6L - 1);
                assertThat(wasTurnedAway(knockAndSettle(it, "10.0.3." + second)))
                        .as("another address")
                        .isFalse();
                it.pass(Duration.ofSeconds(1));
                it.driver.connections().forEach(it.driver::abort);
                settle(it);
            }
        }
    }

    private static SimulatedPeer knockAndSettle(SimulatedPair it, String ip) {
        SimulatedPeer peer = knock(it.network.host(ip));
        settle(it);
        return peer;
    }

    @Test
    void silentConnectionsDoNotFillAServerForEver() {
        try (SimulatedPair it = new SimulatedPair(config -> config.maxConnections(10))) {
            SimulatedPeer honest = speaking(it, it.network.host("10.0.0.7"));
            List<SimulatedPeer> silent = new ArrayList<>();
            for (int i = 0; i < 9; i++) {
                silent.add(knock(it.peerHost));
            }
            settle(it);
            assertThat(wasTurnedAway(knockAndSettle(it, "10.0.0.3")))
                    .as("those inside have had no time yet")
                    .isTrue();
            it.pass(Duration.ofSeconds(5));
            for (int i = 1; i <= 4; i++) {
                SimulatedPeer next = speaking(it, it.network.host("10.0.1." + i));
                assertThat(wasTurnedAway(next)).isFalse();
                assertThat(wasTurnedAway(silent.get(i - 1))).as("the oldest").isTrue();
                assertThat(it.lastReason())
                        .isEqualTo(DisconnectReason.of(
                                Code.FIRST_PACKET_TIMEOUT, "it sent no packet, and gave way to a newcomer"));
                assertThat(it.count(DriverCounter.GAVE_WAY)).isEqualTo(i);
                assertThat(it.driver.numberOfConnections()).isEqualTo(10);
            }
            assertThat(wasTurnedAway(honest)).isFalse();
        }
    }

    @Test
    void ofSilentConnectionsTheAddressWithMostGivesWay() {
        try (SimulatedPair it = new SimulatedPair(config -> config.maxConnections(5))) {
            SimulatedPeer oldest = knockAndSettle(it, "10.0.0.7");
            List<SimulatedPeer> many = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                many.add(knock(it.peerHost));
            }
            it.pass(Duration.ofSeconds(6));
            for (int i = 0; i < 3; i++) {
                speaking(it, it.network.host("10.0.1." + (i + 1)));
                assertThat(wasTurnedAway(many.get(i))).isTrue();
            }
            assertThat(wasTurnedAway(oldest)).as("an address with one").isFalse();
            speaking(it, it.network.host("10.0.1.9"));
            assertThat(wasTurnedAway(oldest))
                    .as("all have one, and it is the oldest")
                    .isTrue();
        }
    }

    @Test
    void placesThatWereGivenAwayAreCountedOnce() {
        try (SimulatedPair it = new SimulatedPair(config -> config.maxConnections(3))) {
            for (int round = 0; round < 4; round++) {
                for (int i = 0; i < 3; i++) {
                    knock(it.peerHost);
                }
                settle(it);
                assertThat(it.driver.numberOfConnections()).isEqualTo(3);
                it.pass(Duration.ofSeconds(6));
            }
            it.driver.connections().forEach(it.driver::abort);
            settle(it);
            for (int i = 0; i < 5; i++) {
                speaking(it, it.network.host("10.0.1." + (i + 1)));
            }
            assertThat(it.driver.numberOfConnections()).isEqualTo(3);
        }
    }

    @Test
    void withoutDescriptorsASilentConnectionGivesOneBackAtOnce() {
        try (SimulatedPair it = new SimulatedPair(config -> config.acceptRetryDelay(Duration.ofSeconds(100)))) {
            knock(it.peerHost);
            settle(it);
            it.pass(Duration.ofSeconds(6));
            it.network.faults(Faults.NONE.withAcceptFailures(1));
            SimulatedPeer next = knock(it.network.host("10.0.0.7"));
            it.step(MOMENT);
            it.network.heal();
            settle(it);
            assertThat(it.count(DriverCounter.GAVE_WAY)).isEqualTo(1);
            assertThat(wasTurnedAway(next)).isFalse();
            assertThat(it.driver.numberOfConnections()).isEqualTo(1);
        }
    }

    @Test
    void aFloodOfSilentHandshakesOfOneAddressPushesOutItsOwnOnly() throws Exception {
        try (SimulatedPair it = new SimulatedPair(config -> config.acceptsPerUpdate(100)
                .tls(TlsFixture.serverTls().maxHandshakes(8).build()))) {
            SimulatedHost stranger = it.network.host("10.0.0.7");
            List<TlsPeer> honest = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                TlsPeer peer = new TlsPeer(it, TlsPeer.TLS13);
                for (int step = 0; step < 12; step++) {
                    for (int flood = 0; flood < 3; flood++) {
                        knock(stranger);
                    }
                    peer.move();
                }
                assertThat(peer.handshake()).isTrue();
                honest.add(peer);
            }
            assertThat(it.driver.numberOfConnections()).isEqualTo(5);
            for (TlsPeer each : honest) {
                each.send(frame(packet(1, 10)));
            }
            settle(it);
            assertThat(it.driver.receive((from, packet) -> {}, 10)).isEqualTo(5);
            assertThat(it.events.reasons).isEmpty();
        }
    }

    @Test
    void aNewcomerAtAnotherLocalAddressEndsNoConnectionBeforeItsHandshakeIsMade() throws Exception {
        try (SimulatedPair it =
                new SimulatedPair(config -> config.tls(TlsFixture.serverTls().build()))) {
            it.network.host("10.0.0.1", "10.0.0.8", "10.0.0.9");
            TlsPeer inside = new TlsPeer(it, TlsPeer.TLS13);
            assertThat(inside.handshake()).isTrue();
            SocketDriverAddress address = it.last();
            for (String local : new String[] {"10.0.0.8", "10.0.0.9"}) {
                SimulatedPeer silent =
                        it.peerHost.connectRaw(address.port(), SimulatedPair.at(local, SimulatedPair.PORT));
                settle(it);
                silent.write((byte) 1);
                settle(it);
                inside.send(frame(packet(1, 10)));
                settle(it);
                assertThat(it.driver.receive((from, packet) -> {}, 10)).isEqualTo(1);
                silent.close();
                settle(it);
            }
            assertThat(it.events.reasons).isEmpty();
            SimulatedPeer raw =
                    it.peerHost.connectRaw(address.port(), SimulatedPair.at("10.0.0.8", SimulatedPair.PORT));
            TlsPeer proved = new TlsPeer(it, TlsPeer.TLS13, "none", raw);
            assertThat(proved.handshake()).isTrue();
            settle(it);
            assertThat(it.lastCode()).isEqualTo(Code.SUPERSEDED);
            proved.send(frame(packet(2, 10)));
            settle(it);
            assertThat(it.driver.receive((from, packet) -> {}, 10)).isEqualTo(1);
            ok(it.driver.abort(address));
        }
    }

    @Test
    void whoWaitsInTheBacklogOfAFullServerIsLetInWhenASilentOneHadItsTimeThoughTheLoopSleeps() {
        try (SimulatedPair it =
                new SimulatedPair(config -> config.maxConnections(2).surplusPolicy(SurplusPolicy.LEAVE_IN_BACKLOG))) {
            speaking(it, it.network.host("10.0.0.7"));
            for (int i = 1; i <= 2; i++) {
                knock(it.peerHost);
                settle(it);
                long since = it.network.nanoTime();
                SimulatedPeer waiting = knock(it.network.host("10.0.1." + i));
                settle(it);
                while (it.count(DriverCounter.GAVE_WAY) < i) {
                    assertThat(it.waitFor(Duration.ofMinutes(1))).isPositive();
                    it.driver.update();
                }
                assertThat(it.network.nanoTime() - since)
                        .isBetween(SILENCE.minusMillis(10).toNanos(), SILENCE.toNanos());
                settle(it);
                waiting.write(frame(packet(0, 10)));
                settle(it);
                assertThat(it.driver.receive((sender, bytes) -> {}, 10)).isEqualTo(1);
                waiting.close();
                it.pass(Duration.ofMillis(100));
            }
        }
    }

    @Test
    void handshakesAtOtherLocalAddressesMakeNoPlacesForOthers() throws Exception {
        try (SimulatedPair it = new SimulatedPair(
                config -> config.maxConnections(2).tls(TlsFixture.serverTls().build()))) {
            it.network.host("10.0.0.1", "10.0.0.8", "10.0.0.9");
            assertThat(new TlsPeer(it, TlsPeer.TLS13).handshake()).isTrue();
            int port = it.last().port();
            TlsPeer second = new TlsPeer(it, TlsPeer.TLS13);
            assertThat(second.handshake()).isTrue();
            second.send(frame(packet(1, 10)));
            for (String local : new String[] {"10.0.0.8", "10.0.0.9"}) {
                it.peerHost.connectRaw(port, SimulatedPair.at(local, SimulatedPair.PORT));
            }
            settle(it);
            assertThat(it.count(DriverCounter.CONNECTIONS_ACCEPTED)).isEqualTo(4);
            assertThat(it.driver.connectTo(it.driver.createDriverAddress("10.0.0.2|9")))
                    .isEqualTo(ResultCode.TOO_MANY_CONNECTIONS);
            TlsPeer surplus = new TlsPeer(it, TlsPeer.TLS13);
            settle(it);
            assertThat(wasTurnedAway(surplus.peer)).isTrue();
            assertThat(it.driver.numberOfConnections()).isEqualTo(2);
        }
    }

    @Test
    void aHandshakeThatStoodBehindAConnectionTakesNoPlaceEither() throws Exception {
        try (SimulatedPair it = new SimulatedPair(
                config -> config.maxConnections(1).tls(TlsFixture.serverTls().build()))) {
            it.network.host("10.0.0.1", "10.0.0.8");
            TlsPeer inside = new TlsPeer(it, TlsPeer.TLS13);
            assertThat(inside.handshake()).isTrue();
            it.peerHost.connectRaw(it.last().port(), SimulatedPair.at("10.0.0.8", SimulatedPair.PORT));
            settle(it);
            inside.peer.close();
            settle(it);
            assertThat(it.driver.numberOfConnections()).isZero();
            assertThat(new TlsPeer(it, TlsPeer.TLS13).handshake()).isTrue();
            assertThat(it.driver.numberOfConnections()).isEqualTo(1);
        }
    }
}
