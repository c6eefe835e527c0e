package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.carrier.traffic.Statistics;
import dev.gridmate.carrier.wire.SystemMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How an end is said, said again, answered, and forgotten. */
@Timeout(60)
class SayingTheEndTest {

    private static final UnaryOperator<CarrierDesc.Builder> DEFAULTS = UnaryOperator.identity();

    @Test
    void theEndIsSaidAgainEachTwoRoundTripsWithinBoundsUntilHalfASecondIsOver() {
        for (int rtt : new int[] {0, 40, 60, 400}) {
            PlainFlow flow = new PlainFlow();
            try (OneSided one = OneSided.connected(settings -> settings.trafficControl(flow))) {
                flow.rtt = rtt * CarrierTime.MILLISECOND;
                long start = one.now;
                one.side.carrier.disconnect(one.id());
                one.pass(495);
                assertThat(one.side.events).isEmpty();
                long interval = Math.max(50, Math.min(150, 2L * rtt));
                List<Long> expected = new ArrayList<>();
                for (long at = 0; at < 495; at += interval) {
                    expected.add(start + Math.max(1, at)); // it leaves in the next update
                }
                assertThat(one.of(SystemMessage.DISCONNECT))
                        .extracting(Heard::at)
                        .isEqualTo(expected);
                assertThat(one.of(SystemMessage.DISCONNECT))
                        .as("one message")
                        .extracting(Heard::seq)
                        .containsOnly(one.of(SystemMessage.DISCONNECT).get(0).seq());
                one.pass(10);
                assertThat(one.side.events).containsExactly("disconnected USER_REQUESTED");
                int said = one.of(SystemMessage.DISCONNECT).size();
                one.pass(1_000);
                assertThat(one.of(SystemMessage.DISCONNECT)).hasSize(said);
            }
        }
    }

    @Test
    void anAnswerEndsItAtOnceAndNothingIsSaidAnyMore() {
        try (OneSided one = OneSided.connected()) {
            one.side.carrier.disconnect(one.id());
            one.pass(10);
            one.raw.begin();
            one.raw.putDisconnect(3);
            one.raw.send();
            one.pass(2);
            assertThat(one.side.events).containsExactly("disconnected USER_REQUESTED");
            one.raw.begin();
            one.raw.putDisconnect(3); // the two ends crossed: nobody waits for an answer to this one
            one.raw.send();
            one.pass(400);
            assertThat(one.of(SystemMessage.DISCONNECT)).hasSize(1);
        }
    }

    @Test
    void anEndThatThePeerBeganIsAnsweredAndAnsweredAgainWhenItIsSaidAgain() {
        try (OneSided one = OneSided.connected()) {
            for (int i = 1; i <= 3; i++) {
                one.raw.begin();
                one.raw.putDisconnect(CarrierDisconnectReason.Code.VERSION_MISMATCH.number());
                one.raw.send();
                one.pass(20);
                assertThat(one.of(SystemMessage.DISCONNECT)).hasSize(i);
                assertThat(one.of(SystemMessage.DISCONNECT).get(i - 1).payload()[0])
                        .isEqualTo((byte) CarrierDisconnectReason.Code.VERSION_MISMATCH.number());
            }
            assertThat(one.side.events).containsExactly("disconnected VERSION_MISMATCH");
            assertThat(one.count(CarrierCounter.DISCONNECTS)).isOne();
        }
    }

    @Test
    void everyReasonIsHeardAsItWasSaidAndAnUnknownOneIsARequest() {
        for (CarrierDisconnectReason.Code each : CarrierDisconnectReason.Code.values()) {
            boolean isOnTheWire = each != CarrierDisconnectReason.Code.UNKNOWN_HOST;
            assertThat(heardAs(each.number()))
                    .containsExactly(
                            "disconnected " + (isOnTheWire ? each : CarrierDisconnectReason.Code.USER_REQUESTED));
        }
        assertThat(heardAs(10)).containsExactly("disconnected USER_REQUESTED");
        assertThat(heardAs(255)).containsExactly("disconnected USER_REQUESTED");
    }

    private static List<String> heardAs(int code) {
        try (OneSided one = OneSided.connected()) {
            one.raw.begin();
            one.raw.putDisconnect(code);
            one.raw.send();
            one.pass(2);
            return List.copyOf(one.side.events);
        }
    }

    @Test
    void whatIsOverAnswersForHalfASecondAndIsThenAStranger() {
        try (OneSided one = OneSided.connected()) {
            one.raw.begin();
            one.raw.putDisconnect(0);
            one.raw.send();
            one.pass(490);
            long before = one.count(CarrierCounter.DATAGRAMS_UNKNOWN);
            one.raw.keepAlive();
            one.pass(2);
            assertThat(one.count(CarrierCounter.DATAGRAMS_UNKNOWN)).isEqualTo(before);
            one.pass(20);
            one.raw.keepAlive();
            one.pass(2);
            assertThat(one.count(CarrierCounter.DATAGRAMS_UNKNOWN)).isEqualTo(before + 1);
            assertThat(one.side.events).as("its last words are no error").hasSize(1);
            int out = one.heard.size();
            one.pass(1_000);
            assertThat(one.hear()).hasSize(out);
        }
    }

    @Test
    void whatAsksInTheMomentOfBeingForgottenIsAnsweredStill() {
        try (OneSided one = OneSided.connected()) {
            one.raw.begin();
            one.raw.putDisconnect(0);
            one.raw.send();
            one.pass(500);
            assertThat(one.of(SystemMessage.DISCONNECT)).hasSize(1);
            one.raw.begin();
            one.raw.putDisconnect(0);
            one.raw.send();
            one.pass(1);
            assertThat(one.of(SystemMessage.DISCONNECT)).hasSize(2);
            one.raw.keepAlive();
            one.pass(1);
            assertThat(one.count(CarrierCounter.DATAGRAMS_UNKNOWN))
                    .as("it is forgotten")
                    .isOne();
        }
    }

    @Test
    void aPeerThatIsNotHeardIsToldOnceAndNotWaitedFor() {
        try (OneSided one = OneSided.connected(settings -> settings.connectionTimeoutMS(1_000))) {
            one.raw.keepAlive();
            one.pass(999);
            assertThat(one.side.events).isEmpty();
            one.pass(105); // the next sign of life is when it is looked at
            assertThat(one.side.events).containsExactly("disconnected BAD_CONNECTION");
            one.pass(1_000);
            assertThat(one.of(SystemMessage.DISCONNECT)).hasSize(1);
        }
    }

    @Test
    void whoSpeaksWithinTheTimeoutIsKeptEachTime() {
        try (OneSided one = OneSided.connected(settings -> settings.connectionTimeoutMS(1_000))) {
            for (int i = 0; i < 10; i++) {
                one.raw.keepAlive();
                one.pass(990);
            }
            assertThat(one.side.events).isEmpty();
        }
    }

    @Test
    void aConnectionThatTheTrafficControlCallsBadIsEnded() {
        PlainFlow flow = new PlainFlow();
        try (OneSided one = OneSided.connected(settings -> settings.trafficControl(flow))) {
            flow.isBad = true;
            one.side.carrier.enableDisconnectDetection(false);
            one.passWithSignsOfLife(500);
            assertThat(one.side.events).isEmpty();
            one.side.carrier.enableDisconnectDetection(true);
            one.passWithSignsOfLife(200);
            assertThat(one.side.events).containsExactly("disconnected BAD_CONNECTION");
        }
    }

    @Test
    void whoClosesTellsEachPeerOnceWithTheReasonAndTellsItAgainWhoWasToldBefore() {
        try (OneSided one = OneSided.connected()) {
            one.side.carrier.close();
            assertThat(one.of(SystemMessage.DISCONNECT)).hasSize(1);
            assertThat(one.of(SystemMessage.DISCONNECT).get(0).payload()[0])
                    .isEqualTo((byte) CarrierDisconnectReason.Code.SHUTTING_DOWN.number());
            assertThat(one.side.events).containsExactly("disconnected SHUTTING_DOWN");
        }
        try (OneSided one = OneSided.connected()) {
            one.side.carrier.disconnect(one.id());
            one.pass(10);
            one.side.carrier.close();
            assertThat(one.of(SystemMessage.DISCONNECT)).hasSize(2);
            assertThat(one.of(SystemMessage.DISCONNECT).get(1).payload()[0])
                    .isEqualTo((byte) CarrierDisconnectReason.Code.USER_REQUESTED.number());
            assertThat(one.side.events).containsExactly("disconnected USER_REQUESTED");
        }
    }

    @Test
    void theOthersAreJudgedByThresholdOfTheirOwnSilence() {
        for (float threshold : new float[] {0, 0.3f, 0.5f}) {
            UnaryOperator<CarrierDesc.Builder> server = settings -> settings.connectionEvaluationThreshold(threshold);
            try (Pair pair = new Pair(Side.Wire.UDP, 1, server, DEFAULTS);
                    Side other = new Side(pair.network.host("10.0.0.3"), Side.Wire.UDP, DEFAULTS)) {
                pair.connected();
                other.carrier.connect("10.0.0.1", Side.PORT);
                run(pair, other, 500);
                pair.network.partition(pair.serverHost, pair.clientHost);
                run(pair, other, 3_000);
                pair.network.partition(pair.serverHost, pair.network.host("10.0.0.3"));
                run(pair, other, 2_050); // the other is silent for two seconds of five
                int expected = threshold > 0 && threshold < 0.4f ? 0 : 1;
                assertThat(pair.server.events).contains("disconnected BAD_CONNECTION");
                assertThat(pair.server.carrier.numConnections())
                        .as("at %s", threshold)
                        .isEqualTo(expected);
            }
        }
    }

    private static void run(Pair pair, Side other, long millis) {
        for (long i = 0; i < millis; i += 5) {
            pair.tick();
            other.update();
        }
    }

    @Test
    void whatTheProgramHasNotReceivedIsDroppedInTheUpdateAfterTheEndAndCounted() {
        try (OneSided one = OneSided.connected()) {
            Carrier carrier = one.side.carrier;
            ConnectionId id = one.id();
            for (int i = 0; i < 3; i++) {
                one.raw.say(true, i, 0, 0, "late");
            }
            one.network.advance(Duration.ofMillis(1));
            carrier.update();
            assertThat(carrier.queryFlowInformation(id).numToReceiveMessages()).isEqualTo(3);
            one.side.gridMate.eventBus(CarrierEvents.class).connect(new CarrierEvents() {});
            carrier.disconnect(id);
            one.network.advance(Duration.ofMillis(600));
            carrier.update();
            assertThat(carrier.queryFlowInformation(id)).isNotNull();
            assertThat(one.count(CarrierCounter.MESSAGES_UNDELIVERED)).isZero();
            int received = one.side.received.size(); // the handler receives when it hears of the end
            assertThat(received).isEqualTo(3);
            carrier.update();
            assertThat(carrier.queryFlowInformation(id)).isNull();
            assertThat(carrier.queryStatistics(id, Statistics.Period.LIFETIME, false))
                    .isNull();
            assertThat(carrier.queryNumToSend(id, DataPriority.NORMAL)).isZero();
            assertThat(carrier.queryNextReceiveMessageMaxSize(id, 0)).isZero();
            assertThat(carrier.connectionState(id)).isEqualTo(ConnectionState.DISCONNECTED);
            assertThat(one.count(CarrierCounter.MESSAGES_UNDELIVERED)).isZero();
        }
    }

    @Test
    void aPeerThatBeganAnewIsBornWithForTwoRequestsAndNotForThree() {
        try (OneSided one = OneSided.connected()) {
            one.raw.keepAlive();
            one.pass(250);
            for (int i = 0; i < 2; i++) {
                one.raw.send(one.raw.connectRequest());
                one.pass(520); // it is probed, and has a second
            }
            assertThat(one.side.events).isEmpty();
            one.raw.send(one.raw.connectRequest());
            one.pass(2);
            assertThat(one.side.events).containsExactly("disconnected WAS_ALREADY_CONNECTED");
            Heard refusal = one.of(SystemMessage.DISCONNECT).get(0);
            assertThat(refusal.reliableSeq()).as("as one stranger to another").isZero();
            assertThat(refusal.datagram()).isEqualTo(2);
            assertThat(refusal.payload()[0])
                    .isEqualTo((byte) CarrierDisconnectReason.Code.WAS_ALREADY_CONNECTED.number());

            one.raw.send(one.raw.connectRequest());
            one.pass(2);
            assertThat(one.of(SystemMessage.DISCONNECT).stream().filter(each -> each.datagram() == 2))
                    .as("it may not have heard it")
                    .hasSize(2);
            one.side.events.clear();
            one.pass(310);
            one.raw.sequence = 2;
            for (int i = 0; i < 4; i++) {
                one.raw.send(one.raw.connectRequest());
                one.pass(5);
            }
            one.acknowledge();
            assertThat(one.side.events).containsExactly("incoming", "established");
        }
    }

    @Test
    void strayRequestsOfALivingPeerDoNotAddUp() {
        try (OneSided one = OneSided.connected()) {
            for (int i = 0; i < 6; i++) {
                one.raw.send(one.raw.connectRequest());
                one.pass(5);
                one.raw.keepAlive();
                one.pass(230);
            }
            assertThat(one.side.events).isEmpty();
            one.raw.keepAlive();
            one.pass(2);
            for (int i = 0; i < 10; i++) { // many at once, old ones that the network held back
                one.raw.send(one.raw.connectRequest());
            }
            one.pass(2);
            assertThat(one.side.events).isEmpty();
        }
    }
}
