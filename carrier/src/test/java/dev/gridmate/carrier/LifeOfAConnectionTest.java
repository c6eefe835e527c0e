package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** From the first request to the last word, over both drivers. */
@Timeout(60)
class LifeOfAConnectionTest {

    @ParameterizedTest
    @EnumSource
    void bothSidesHearThatTheConnectionStands(Side.Wire wire) {
        try (Pair pair = new Pair(wire)) {
            ConnectionId id = pair.connect();
            assertThat(pair.client.carrier.connectionState(id)).isEqualTo(ConnectionState.CONNECTING);

            pair.run(Duration.ofMillis(100));

            assertThat(pair.server.events).containsExactly("incoming", "established");
            assertThat(pair.client.events).containsExactly("established");
            assertThat(pair.client.carrier.connectionState(id)).isEqualTo(ConnectionState.CONNECTED);
        }
    }

    @ParameterizedTest
    @EnumSource
    void messagesOfAnySizeArriveOnTheirChannelsWithTheirReliability(Side.Wire wire) {
        try (Pair pair = new Pair(wire)) {
            ConnectionId id = pair.connected();
            byte[] large = new byte[300_000];
            new SplittableRandom(1).nextBytes(large);

            pair.client.send("hello", id, DataReliability.SEND_RELIABLE, 0);
            pair.client.send("unrel", id, DataReliability.SEND_UNRELIABLE, 2);
            pair.client.carrier.send(
                    ByteBuffer.wrap(large), id, DataReliability.SEND_UNRELIABLE, DataPriority.NORMAL, 1);
            pair.runUntil(() -> pair.server.received.size() == 3);

            assertThat(pair.server.received.get(0).text()).isEqualTo("hello");
            assertThat(pair.server.received.get(0).channel()).isZero();
            assertThat(pair.server.received.get(0).reliability()).isEqualTo(DataReliability.SEND_RELIABLE);
            assertThat(pair.server.received.get(1).text()).isEqualTo("unrel");
            assertThat(pair.server.received.get(1).channel()).isEqualTo(2);
            assertThat(pair.server.received.get(1).reliability()).isEqualTo(DataReliability.SEND_UNRELIABLE);
            assertThat(pair.server.received.get(2).bytes()).isEqualTo(large);
            assertThat(pair.server.received.get(2).reliability()).isEqualTo(DataReliability.SEND_RELIABLE);
            assertThat(pair.client.carrier.counter(CarrierCounter.MESSAGES_RESENT))
                    .isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aDisconnectIsHeardOnBothSidesWithItsReason(Side.Wire wire) {
        try (Pair pair = new Pair(wire)) {
            ConnectionId id = pair.connected();

            pair.client.carrier.disconnect(id);
            pair.run(Duration.ofMillis(100));

            assertThat(pair.client.events).containsExactly("established", "disconnected USER_REQUESTED");
            assertThat(pair.server.events).containsExactly("incoming", "established", "disconnected USER_REQUESTED");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aDifferentVersionIsRefusedOnBothSides(Side.Wire wire) {
        try (Pair pair = new Pair(wire, 1, UnaryOperator.identity(), settings -> settings.version(2))) {
            pair.connect();
            pair.run(Duration.ofMillis(300));

            assertThat(pair.client.events).containsExactly("failed VERSION_MISMATCH");
            assertThat(pair.server.events).containsExactly("incoming", "failed VERSION_MISMATCH");
        }
    }

    @ParameterizedTest
    @EnumSource
    void afterADisconnectTheSamePeerConnectsAgain(Side.Wire wire) {
        try (Pair pair = new Pair(wire)) {
            pair.client.carrier.disconnect(pair.connected());
            ConnectionId second = pair.connect();
            pair.run(Duration.ofSeconds(2));

            assertThat(pair.client.carrier.connectionState(second)).isEqualTo(ConnectionState.CONNECTED);
            assertThat(pair.server.events)
                    .containsExactly(
                            "incoming", "established", "disconnected USER_REQUESTED", "incoming", "established");
        }
    }

    @ParameterizedTest
    @EnumSource
    void closingACarrierTellsItsPeers(Side.Wire wire) {
        try (Pair pair = new Pair(wire)) {
            pair.connected();
            pair.client.carrier.close();
            pair.network.advance(Pair.TICK);
            pair.server.update();

            assertThat(pair.client.events).containsExactly("established", "disconnected SHUTTING_DOWN");
            assertThat(pair.server.events).containsExactly("incoming", "established", "disconnected SHUTTING_DOWN");
        }
    }

    @ParameterizedTest
    @EnumSource
    void anIdleConnectionLivesAndSaysSoTenTimesASecond(Side.Wire wire) {
        try (Pair pair = new Pair(wire)) {
            pair.connected();
            long before = pair.client.carrier.counter(CarrierCounter.DATAGRAMS_OUT);
            pair.run(Duration.ofSeconds(60));

            assertThat(pair.client.carrier.numConnections()).isOne();
            assertThat(pair.client.carrier.counter(CarrierCounter.DATAGRAMS_OUT) - before)
                    .isBetween(500L, 620L);
            assertThat(pair.client.carrier.counter(CarrierCounter.DATAGRAMS_LOST))
                    .isZero();
        }
    }
}
