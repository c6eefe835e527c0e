package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.driver.StreamSocketDriver;
import dev.gridmate.driver.sim.DatagramFaults;
import dev.gridmate.testkit.Logged;
import java.nio.BufferOverflowException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Why connections end, and what each side hears of it. */
@Timeout(60)
class EndOfAConnectionTest {

    private static final UnaryOperator<CarrierDesc.Builder> DEFAULTS = UnaryOperator.identity();

    @ParameterizedTest
    @EnumSource
    void aPeerThatIsNotHeardForTheTimeoutIsGivenUpOnBothSides(Side.Wire wire) {
        try (Pair pair = new Pair(wire)) {
            pair.connected();
            pair.network.partition(pair.serverHost, pair.clientHost);
            pair.run(Duration.ofMillis(4_800));
            assertThat(pair.client.carrier.numConnections()).isOne();
            pair.run(Duration.ofMillis(400));

            assertThat(pair.client.events).last().isEqualTo("disconnected BAD_CONNECTION");
            assertThat(pair.server.events).last().isEqualTo("disconnected BAD_CONNECTION");
        }
    }

    @Test
    void detectionSwitchedOffBearsAnySilence() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            pair.connected();
            pair.client.carrier.enableDisconnectDetection(false);
            pair.server.carrier.enableDisconnectDetection(false);
            pair.network.partition(pair.serverHost, pair.clientHost);
            pair.run(Duration.ofSeconds(60));
            pair.network.heal();
            pair.client.send("still there", ConnectionId.ALL, DataReliability.SEND_RELIABLE, 0);
            pair.runUntil(() -> pair.server.texts().contains("still there"));
        }
    }

    @Test
    void whenOnePeerIsLostTheOthersAreJudgedAtAPartOfTheTimeoutIfTheProgramWantsIt() {
        try (Pair pair =
                        new Pair(Side.Wire.UDP, 1, settings -> settings.connectionEvaluationThreshold(0.5f), DEFAULTS);
                Side other = new Side(pair.network.host("10.0.0.3"), Side.Wire.UDP, DEFAULTS)) {
            pair.connected();
            other.carrier.connect("10.0.0.1", Side.PORT);
            run(pair, other, Duration.ofSeconds(1));
            assertThat(pair.server.carrier.numConnections()).isEqualTo(2);

            pair.network.partition(pair.serverHost, pair.clientHost);
            run(pair, other, Duration.ofMillis(2_300)); // the other one is lost later, and still drops at the same time
            pair.network.partition(pair.serverHost, pair.network.host("10.0.0.3"));
            run(pair, other, Duration.ofMillis(2_900));

            assertThat(pair.server.carrier.numConnections()).isZero();
        }
    }

    private static void run(Pair pair, Side other, Duration time) {
        long end = pair.network.nanoTime() + time.toNanos();
        while (pair.network.nanoTime() < end) {
            pair.tick();
            other.update();
        }
    }

    @Test
    void whereNobodyIsTheHandshakeTimesOut() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            pair.client.carrier.connect("10.0.0.77", Side.PORT);
            pair.run(Duration.ofMillis(4_900));
            assertThat(pair.client.events).isEmpty();
            pair.run(Duration.ofMillis(200));

            assertThat(pair.client.events).containsExactly("failed HANDSHAKE_TIMEOUT");
            assertThat(pair.client.carrier.counter(CarrierCounter.DATAGRAMS_OUT))
                    .as("10, 20, 40 ... 640, then every 1,000 ms, and a last word")
                    .isBetween(11L, 13L);
        }
    }

    @Test
    void whereNoTcpServerIsTheDriversErrorIsTold() {
        try (Pair pair = new Pair(Side.Wire.TCP)) {
            pair.client.carrier.connect("10.0.0.1", 4711);
            pair.run(Duration.ofMillis(100));

            assertThat(pair.client.events).containsExactly("driver error SOCKET_CONNECT", "failed DRIVER_ERROR");
        }
    }

    @Test
    void aTcpConnectionThatBreaksEndsTheConnectionOnIt() {
        try (Pair pair = new Pair(Side.Wire.TCP)) {
            ConnectionId id = pair.connected();
            StreamSocketDriver tcp = (StreamSocketDriver) pair.client.driver;
            assertThat(tcp.abort(pair.client.carrier.connectionToAddress(id))).isNotNull();
            pair.run(Duration.ofMillis(100));

            assertThat(pair.client.events).endsWith("driver error SEND_ADDRESS_NOT_BOUND", "disconnected DRIVER_ERROR");
            assertThat(pair.server.events).endsWith("driver error SEND_ADDRESS_NOT_BOUND", "disconnected DRIVER_ERROR");
            assertThat(pair.client.carrier.connectionState(id)).isEqualTo(ConnectionState.DISCONNECTED);
        }
    }

    @Test
    void aPeerThatWasStartedAgainOnTheSamePortEndsItsOldConnectionAndCanConnect() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            pair.connected();
            pair.run(Duration.ofMillis(200));
            pair.network.partition(pair.serverHost, pair.clientHost); // nobody hears its last word
            pair.client.close();
            pair.network.heal();
            try (Side again = new Side(pair.clientHost, Side.Wire.UDP, DEFAULTS)) {
                again.carrier.connect("10.0.0.1", Side.PORT);
                for (int i = 0; i < 400; i++) { // it is probed, and has a second
                    pair.network.advance(Pair.TICK);
                    pair.server.update();
                    again.update();
                }
                assertThat(pair.server.events)
                        .containsExactly("incoming", "established", "disconnected WAS_ALREADY_CONNECTED");
                assertThat(again.events).containsExactly("failed WAS_ALREADY_CONNECTED");

                again.carrier.connect("10.0.0.1", Side.PORT);
                for (int i = 0; i < 200; i++) {
                    pair.network.advance(Pair.TICK);
                    pair.server.update();
                    again.update();
                }
                assertThat(again.events).last().isEqualTo("established");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 5, 20, 60})
    void howeverSoonItWasStartedAgainItIsInWithinSeconds(int ticksBefore) {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            ConnectionId id = pair.connected();
            pair.client.send("one word", id, DataReliability.SEND_RELIABLE, 0);
            for (int i = 0; i < ticksBefore; i++) {
                pair.tick();
            }
            pair.network.partition(pair.serverHost, pair.clientHost);
            pair.client.close();
            pair.network.heal();
            try (Side again = new Side(pair.clientHost, Side.Wire.UDP, DEFAULTS)) {
                ConnectionId now = again.carrier.connect("10.0.0.1", Side.PORT);
                for (int i = 0; i < 500 && again.carrier.numConnections() == 0; i++) { // 2.5 s
                    if (again.carrier.connectionState(now) == ConnectionState.DISCONNECTED) {
                        now = again.carrier.connect("10.0.0.1", Side.PORT);
                    }
                    pair.network.advance(Pair.TICK);
                    pair.server.update();
                    again.update();
                }
                assertThat(again.events).last().isEqualTo("established");
                again.send("and on", now, DataReliability.SEND_RELIABLE, 0);
                for (int i = 0; i < 500; i++) {
                    pair.network.advance(Pair.TICK);
                    pair.server.update();
                    again.update();
                }
                assertThat(pair.server.texts()).endsWith("and on");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLingeringDisconnectWaitsUntilEverythingIsAcknowledged(Side.Wire wire) {
        try (Pair pair = new Pair(wire)) {
            ConnectionId id = pair.connected();
            pair.network.latency(Duration.ofMillis(30));
            for (int i = 0; i < 100; i++) {
                pair.client.send("message " + i + " ".repeat(1000), id, DataReliability.SEND_RELIABLE, 0);
            }
            pair.client.carrier.disconnect(id, Duration.ofSeconds(30));
            assertThat(pair.client.send("late", id, DataReliability.SEND_RELIABLE, 0))
                    .isEqualTo(SendResult.NOT_CONNECTED);
            assertThat(pair.client.carrier.connectionState(id)).isEqualTo(ConnectionState.DISCONNECTING);
            pair.runUntil(() -> pair.client.events.contains("disconnected USER_REQUESTED"));
            pair.run(Duration.ofMillis(100));

            assertThat(pair.server.received).hasSize(100);
            assertThat(pair.server.events).last().isEqualTo("disconnected USER_REQUESTED");
        }
    }

    @Test
    void whatArrivedBeforeTheEndCanBeReceivedUntilTheNextUpdate() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            ConnectionId id = pair.connected();
            pair.client.send("last words", id, DataReliability.SEND_RELIABLE, 1);
            pair.client.carrier.update();
            pair.client.carrier.disconnect(id);
            pair.client.carrier.update();
            pair.network.advance(Pair.TICK);
            pair.server.carrier.update(); // both came together

            assertThat(pair.server.events).last().isEqualTo("disconnected USER_REQUESTED");
            assertThat(pair.server.texts()).containsExactly("last words");
            pair.server.update();
            assertThat(pair.server.carrier.connectionToAddress(pair.server.last()))
                    .isNull();
        }
    }

    @Test
    void aRoundTripAboveTheThresholdForThreeSecondsEndsTheConnection() {
        try (Pair pair = new Pair(Side.Wire.UDP, 1, DEFAULTS, DEFAULTS)) {
            pair.connected();
            pair.network.latency(Duration.ofMillis(400));
            keepTalking(pair, Duration.ofSeconds(20));
            assertThat(pair.client.events).containsExactly("established", "disconnected BAD_CONNECTION");
        }
        UnaryOperator<CarrierDesc.Builder> off = settings -> settings.disconnectDetectionRttThreshold(0);
        try (Pair pair = new Pair(Side.Wire.UDP, 1, off, off)) {
            pair.connected();
            pair.network.latency(Duration.ofMillis(400));
            keepTalking(pair, Duration.ofSeconds(20));
            assertThat(pair.client.carrier.numConnections()).isOne();
            assertThat(pair.client.carrier.counter(CarrierCounter.MESSAGES_RESENT))
                    .as("a long way is no loss")
                    .isLessThan(20);
        }
    }

    @Test
    void moreLossThanTheThresholdEndsTheConnectionAndLessDoesNot() {
        for (double loss : List.of(0.15, 0.5)) {
            try (Pair pair = new Pair(Side.Wire.UDP, 7, DEFAULTS, DEFAULTS)) {
                pair.connected();
                pair.network.datagramFaults(DatagramFaults.NONE.withLoss(loss));
                keepTalking(pair, Duration.ofSeconds(30));
                assertThat(pair.client.carrier.numConnections()).isEqualTo(loss < 0.3 ? 1 : 0);
            }
        }
    }

    private static void keepTalking(Pair pair, Duration time) {
        long end = pair.network.nanoTime() + time.toNanos();
        while (pair.network.nanoTime() < end) {
            pair.client.send("tick", ConnectionId.ALL, DataReliability.SEND_UNRELIABLE, 0);
            pair.run(Duration.ofMillis(20));
        }
    }

    @ParameterizedTest
    @EnumSource
    void whoComesBeyondTheMaximumIsRefused(Side.Wire wire) {
        try (Pair pair = new Pair(wire, 1, settings -> settings.maxConnections(1), DEFAULTS);
                Side other = new Side(pair.network.host("10.0.0.3"), wire, DEFAULTS)) {
            pair.connected();
            other.carrier.connect("10.0.0.1", Side.PORT);
            run(pair, other, Duration.ofMillis(500));

            assertThat(other.events).containsExactly("failed HANDSHAKE_REJECTED");
            assertThat(pair.server.events).containsExactly("incoming", "established");
            assertThat(pair.server.carrier.counter(CarrierCounter.CONNECTIONS_REFUSED))
                    .isPositive();
        }
    }

    @Test
    void bothSidesMayAskEachOtherAtTheSameTime() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            pair.network.latency(Duration.ofMillis(20));
            pair.client.carrier.connect("10.0.0.1", Side.PORT);
            pair.server.carrier.connect("10.0.0.2", Side.PORT);
            pair.run(Duration.ofSeconds(1));

            assertThat(pair.client.events).containsExactly("established");
            assertThat(pair.server.events).containsExactly("established");
            pair.client.send("across", ConnectionId.ALL, DataReliability.SEND_RELIABLE, 0);
            pair.runUntil(() -> pair.server.texts().contains("across"));
        }
    }

    @Test
    void aHandshakeThatThrowsRefuses() {
        UnaryOperator<CarrierDesc.Builder> wantsMore = settings -> settings.handshake(new StumblingHandshake(false));
        try (Logged log = Logged.expecting("the handshake threw");
                Pair pair = new Pair(Side.Wire.UDP, 1, wantsMore, DEFAULTS)) {
            pair.connect();
            pair.run(Duration.ofMillis(200));
            assertThat(pair.client.events).containsExactly("failed HANDSHAKE_REJECTED");
            assertThat(pair.server.events).containsExactly("incoming", "failed HANDSHAKE_REJECTED");
            assertThat(log.thrown(1)).hasOnlyElementsOfType(BufferUnderflowException.class);
        }
        UnaryOperator<CarrierDesc.Builder> writesTooMuch = settings -> settings.handshake(new StumblingHandshake(true));
        try (Logged log = Logged.expecting("the handshake threw");
                Pair pair = new Pair(Side.Wire.UDP, 1, DEFAULTS, writesTooMuch)) {
            pair.connect();
            pair.run(Duration.ofMillis(200));
            assertThat(pair.client.events).containsExactly("failed HANDSHAKE_REJECTED");
            assertThat(pair.server.events).isEmpty();
            assertThat(log.thrown(1)).hasOnlyElementsOfType(BufferOverflowException.class);
        }
    }

    @Test
    void aHandshakeThatHearsOfTheEndMayConnectAgain() {
        AtomicReference<Carrier> server = new AtomicReference<>();
        Handshake again = new TokenHandshake() {
            @Override
            public void onDisconnect(ConnectionId id) {
                Carrier carrier = server.get();
                if (carrier != null) {
                    carrier.connect("10.0.0.99", Side.PORT);
                }
            }
        };
        UnaryOperator<CarrierDesc.Builder> settings = builder -> builder.handshake(again);
        try (Pair pair = new Pair(Side.Wire.UDP, 1, settings, builder -> builder.handshake(new TokenHandshake()))) {
            pair.connected();
            server.set(pair.server.carrier);
            pair.network.partition(pair.serverHost, pair.clientHost);
            pair.run(Duration.ofSeconds(6));
            assertThat(pair.server.events).contains("disconnected BAD_CONNECTION");
            server.set(null);
        }
    }

    /** Writes more than there is room for, or reads more than there is. */
    private static final class StumblingHandshake extends TokenHandshake {

        private final boolean writesTooMuch;

        StumblingHandshake(boolean writesTooMuch) {
            this.writesTooMuch = writesTooMuch;
        }

        @Override
        public void onInitiate(ConnectionId id, ByteBuffer out) {
            out.put(new byte[writesTooMuch ? 10_000 : 0]);
        }

        @Override
        public Result onReceiveRequest(ConnectionId id, ByteBuffer in, ByteBuffer out) {
            in.getLong();
            return Result.OK;
        }
    }

    @Test
    void aSlowPeerIsNoWorseOffWhenAnotherIsLost() {
        try (Pair pair =
                        new Pair(Side.Wire.UDP, 1, settings -> settings.connectionEvaluationThreshold(0.5f), DEFAULTS);
                Side other = new Side(pair.network.host("10.0.0.3"), Side.Wire.UDP, DEFAULTS)) {
            pair.connected();
            other.carrier.connect("10.0.0.1", Side.PORT);
            run(pair, other, Duration.ofSeconds(1));
            pair.network.latency(Duration.ofMillis(150)); // above half of the threshold, and below it
            for (int i = 0; i < 100; i++) {
                other.send("talk", ConnectionId.ALL, DataReliability.SEND_RELIABLE, 0);
                run(pair, other, Duration.ofMillis(30));
            }
            pair.network.partition(pair.serverHost, pair.clientHost);
            run(pair, other, Duration.ofSeconds(8));

            assertThat(pair.server.events).contains("disconnected BAD_CONNECTION");
            assertThat(other.carrier.numConnections()).isOne();
        }
    }

    @Test
    void moreDatagramsThanTheLimitAreDroppedAndEndNothing() {
        try (Pair pair = new Pair(
                Side.Wire.UDP,
                1,
                settings -> settings.recvPacketsLimit(50),
                settings -> settings.disconnectDetectionPacketLossThreshold(0))) {
            ConnectionId id = pair.connected();
            for (int i = 0; i < 500; i++) {
                pair.client.send("x".repeat(1_000), id, DataReliability.SEND_RELIABLE, 0);
            }
            pair.run(Duration.ofSeconds(20));

            assertThat(pair.server.events).contains("security error PACKET_RATE_TOO_HIGH");
            assertThat(pair.server.carrier.counter(CarrierCounter.DATAGRAMS_OVER_RATE))
                    .isPositive();
            assertThat(pair.server.carrier.numConnections()).isOne();
            assertThat(pair.server.received).hasSizeBetween(100, 500);
        }
    }

    @Test
    void whoOnlyAsksIsNotSentMoreThanThreeDatagrams() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            pair.connect();
            pair.client.carrier.update();
            pair.network.advance(Pair.TICK);
            for (int i = 0; i < 2_000; i++) { // the one who asked is silent from here
                pair.server.update();
                pair.network.advance(Pair.TICK);
            }
            assertThat(pair.server.events).containsExactly("incoming", "failed HANDSHAKE_TIMEOUT");
            assertThat(pair.server.carrier.counter(CarrierCounter.DATAGRAMS_OUT))
                    .as("two answers, and that it is over")
                    .isLessThanOrEqualTo(3);
        }
    }
}
