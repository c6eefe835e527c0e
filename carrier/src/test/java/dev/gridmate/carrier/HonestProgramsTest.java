package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.gridmate.GridMate;
import dev.gridmate.carrier.wire.SystemMessage;
import dev.gridmate.driver.sim.SimulatedNetwork;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a program can rely on with any peers. */
@Timeout(60)
class HonestProgramsTest {

    @Test
    void aMessageCanBeReceivedOnlyWhenItsConnectionWasAnnounced() {
        try (Pair pair = new Pair(Side.Wire.UDP);
                Side other = new Side(pair.network.host("10.0.0.3"), Side.Wire.UDP, settings -> settings)) {
            List<ConnectionId> announced = new ArrayList<>();
            List<ConnectionId> heard = new ArrayList<>();
            pair.server.isDeaf = true;
            pair.server.gridMate.eventBus(CarrierEvents.class).connect(new CarrierEvents() {
                @Override
                public void onIncomingConnection(Carrier carrier, ConnectionId id) {
                    receive(carrier);
                }

                @Override
                public void onConnectionEstablished(Carrier carrier, ConnectionId id) {
                    announced.add(id);
                    receive(carrier);
                }

                private void receive(Carrier carrier) {
                    carrier.receive(
                            (from, channel, reliability, message) -> {
                                assertThat(announced).contains(from);
                                heard.add(from);
                            },
                            100);
                }
            });
            pair.client.send("at once", pair.connect(), DataReliability.SEND_RELIABLE, 0);
            ConnectionId second = other.carrier.connect("10.0.0.1", Side.PORT);
            other.send("at once", second, DataReliability.SEND_RELIABLE, 0);
            for (int i = 0; i < 3; i++) {
                pair.network.advance(Pair.TICK);
                pair.client.update();
                other.update();
                pair.server.update();
            }
            for (int i = 0; i < 10; i++) { // so that both proofs, and both messages, arrive in one update
                pair.network.advance(Pair.TICK);
                pair.client.update();
                other.update();
            }
            pair.server.update();
            assertThat(announced).hasSize(2);
            assertThat(heard).hasSize(2);
        }
    }

    @Test
    void aLargeUnreliableMessageIsSentReliableAndTheResultSaysSo() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            ConnectionId id = pair.connected();
            int mtu = pair.client.carrier.messageMtu();
            assertThat(sendUnreliable(pair, id, mtu)).isEqualTo(SendResult.OK);
            assertThat(sendUnreliable(pair, id, mtu + 1)).isEqualTo(SendResult.OK_BUT_RELIABLE);
            assertThat(sendUnreliable(pair, ConnectionId.ALL, mtu + 1)).isEqualTo(SendResult.OK_BUT_RELIABLE);
            assertThat(pair.client.carrier.counter(CarrierCounter.MESSAGES_MADE_RELIABLE))
                    .isEqualTo(2);
        }
    }

    @Test
    void aStrictProgramHasItsLargeUnreliableMessagesRejected() {
        try (Pair pair = new Pair(Side.Wire.UDP, 1, settings -> settings, s -> s.rejectLargeUnreliable(true))) {
            ConnectionId id = pair.connected();
            int mtu = pair.client.carrier.messageMtu();
            assertThat(sendUnreliable(pair, id, mtu)).isEqualTo(SendResult.OK);
            assertThat(sendUnreliable(pair, id, mtu + 1)).isEqualTo(SendResult.TOO_LARGE);
            assertThat(sendUnreliable(pair, ConnectionId.ALL, mtu + 1)).isEqualTo(SendResult.TOO_LARGE);
            assertThat(pair.client.carrier.counter(CarrierCounter.SENDS_REJECTED))
                    .isEqualTo(2);
        }
    }

    private static SendResult sendUnreliable(Pair pair, ConnectionId id, int size) {
        return pair.client.carrier.send(
                ByteBuffer.allocate(size), id, DataReliability.SEND_UNRELIABLE, DataPriority.NORMAL, 0);
    }

    @Test
    void aDriverHasOneCarrierAtATime() {
        try (Pair pair = new Pair(Side.Wire.UDP);
                GridMate gridMate = new GridMate()) {
            CarrierDesc same = CarrierDesc.builder().driver(pair.server.driver).build();
            assertThatIllegalStateException()
                    .isThrownBy(() -> Carrier.create(same, gridMate))
                    .withMessageContaining("has a carrier already");
            pair.connected();
            pair.server.carrier.close();
            try (Carrier next = Carrier.create(same, gridMate)) {
                assertThat(next.numConnections()).isZero();
            }
        }
    }

    @Test
    void framesAreSmallEnoughForAPeerOfTheOriginalAndLargeOnesAreTaken() {
        SimulatedNetwork network = new SimulatedNetwork(1);
        try (Side side = new Side(network.host("10.0.0.1"), Side.Wire.TCP, 65_535, settings -> settings)) {
            assertThat(side.carrier.messageMtu()).isEqualTo(16_384 - 12);
            assertThat(side.carrier.rooms.limits.maxDatagramSize()).isEqualTo(65_535);
        }
    }

    @Test
    void aPeerWithEndlessMessagesEndsWhenAnotherNeedsTheMemory() {
        try (Pair pair = new Pair(Side.Wire.UDP, 1, s -> s.receiveMemorySize(200_000), s -> s);
                RawPeer raw = new RawPeer(pair.network.host("10.0.0.66"), 666, "10.0.0.1")) {
            pair.network.window(64 << 20);
            raw.send(raw.connectRequest());
            pair.tick();
            pair.tick();
            raw.acknowledge(raw.hear(0).get(0).datagram());
            ConnectionId honest = pair.connect();
            pair.runUntil(() -> pair.server.carrier.numConnections() == 2);
            byte[] chunk = new byte[1_000];
            for (int i = 0; i < 240; i++) {
                raw.begin();
                raw.put(true, i % 3, 30_000 - i / 3, i / 3, i / 3, chunk);
                raw.send();
                pair.tick();
            }
            assertThat(pair.server.carrier.rooms.budget.held()).isBetween(150_000L, 200_000L);
            pair.client.send("m".repeat(50_000), honest, DataReliability.SEND_RELIABLE, 0);
            pair.runUntil(() -> !pair.server.received.isEmpty());
            assertThat(pair.server.events).contains("disconnected BAD_PACKETS");
            assertThat(pair.server.carrier.counter(CarrierCounter.ENDED_FOR_MEMORY))
                    .isOne();
            assertThat(pair.server.carrier.numConnections()).isOne();
            assertThat(pair.server.carrier.rooms.budget.held()).isZero();
        }
    }

    @Test
    void oneRemoteIpHasAsManyConnectionsAsItMayAndBeginsThemAsFastAsItMay() {
        NewcomerLimits limits =
                NewcomerLimits.DEFAULTS.withMaxConnectionsPerRemoteIp(4).withConnectsPerSecondPerRemoteIp(2);
        try (OneSided one = new OneSided(settings -> settings.newcomers(limits))) {
            List<RawPeer> peers = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                peers.add(new RawPeer(one.rawHost, 700 + i, "10.0.0.1"));
            }
            one.connect(peers.get(0));
            one.connect(peers.get(1));
            peers.get(2).send(peers.get(2).connectRequest());
            one.pass(2);
            assertThat(one.count(CarrierCounter.CONNECTS_OVER_RATE)).isOne();
            assertThat(peers.get(2).received(SystemMessage.CONNECT_ACK)).isZero();
            one.pass(1_000);
            one.connect(peers.get(2));
            one.connect(peers.get(3));
            one.pass(1_000);
            peers.get(4).send(peers.get(4).connectRequest());
            one.pass(2);
            one.network.advance(Duration.ofMillis(1));
            assertThat(peers.get(4).received(SystemMessage.DISCONNECT)).isOne();
            assertThat(one.count(CarrierCounter.CONNECTIONS_OVER_REMOTE_IP)).isOne();
            try (RawPeer elsewhere = new RawPeer(one.network.host("10.0.0.67"), 700, "10.0.0.1")) {
                one.connect(elsewhere);
            }
            assertThat(one.side.carrier.numConnections()).isEqualTo(5);
            peers.forEach(RawPeer::close);
        }
    }
}
