package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.carrier.wire.SystemMessage;
import dev.gridmate.driver.SocketDriverAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests, answers, second requests, and second answers, each at its time. */
@Timeout(60)
class HandshakeStoriesTest {

    private static final UnaryOperator<CarrierDesc.Builder> DEFAULTS = UnaryOperator.identity();
    private static final int REJECTED = CarrierDisconnectReason.Code.HANDSHAKE_REJECTED.number();
    private static final int ALREADY = CarrierDisconnectReason.Code.WAS_ALREADY_CONNECTED.number();

    /** Answers as it is told to, and notes what it was asked. */
    private static final class Scripted implements Handshake {
        Result answer = Result.OK;
        boolean confirmsRequests = true;
        boolean acceptsAnswers = true;
        boolean confirmsAnswers = true;
        boolean refusesStrangers;
        boolean fillsTheAnswer;
        final List<String> asked = new ArrayList<>();

        @Override
        public void onInitiate(ConnectionId id, ByteBuffer out) {
            asked.add("initiate");
            out.put((byte) 42);
        }

        @Override
        public Result onReceiveRequest(ConnectionId id, ByteBuffer in, ByteBuffer out) {
            asked.add("request " + in.remaining());
            out.put((byte) 43);
            if (fillsTheAnswer) {
                out.put(new byte[out.remaining()]);
            }
            return answer;
        }

        @Override
        public boolean onConfirmRequest(ConnectionId id, ByteBuffer in) {
            asked.add("request again " + in.remaining());
            return confirmsRequests;
        }

        @Override
        public boolean onReceiveAck(ConnectionId id, ByteBuffer in) {
            asked.add("answer " + in.remaining());
            return acceptsAnswers;
        }

        @Override
        public boolean onConfirmAck(ConnectionId id, ByteBuffer in) {
            asked.add("answer again " + in.remaining());
            return confirmsAnswers;
        }

        @Override
        public boolean onNewConnection(SocketDriverAddress address) {
            return refusesStrangers;
        }

        @Override
        public void onDisconnect(ConnectionId id) {
            asked.add("over");
        }

        @Override
        public Duration handshakeTimeout() {
            return Duration.ofSeconds(3);
        }
    }

    private final Scripted handshake = new Scripted();
    private final OneSided one = new OneSided(settings -> settings.handshake(handshake));

    private ConnectionId ask() {
        return one.side.carrier.connect("10.0.0.66", OneSided.RAW_PORT);
    }

    private void request() {
        one.raw.send(one.raw.connectRequest());
        one.pass(2);
    }

    /** Acknowledges the last answer. */
    private void acknowledge() {
        List<Heard> answers = one.of(SystemMessage.CONNECT_ACK);
        one.raw.acknowledge(answers.get(answers.size() - 1).datagram());
        one.pass(2);
    }

    private void answer(int... payload) {
        one.raw.begin();
        one.raw.putSystem(false, payload);
        one.raw.send();
        one.pass(2);
    }

    private void sayNo(int reason, int reliableSeq) {
        byte[] no = RawPeer.bytes(reason, SystemMessage.DISCONNECT);
        one.raw.begin();
        one.raw.put(true, 3, 1, one.raw.systemSeq++, reliableSeq, no);
        one.raw.send();
        one.pass(2);
    }

    // ------------------------------------------------------------ who asks

    @Test
    void requestsLeaveAfterTenMillisecondsThenTwiceAsLongUpToASecond() {
        try (OneSided asking = new OneSided(settings -> settings.handshake(new TokenHandshake()))) {
            asking.side.carrier.connect("10.0.0.66", OneSided.RAW_PORT);
            asking.pass(4_990);
            List<Long> times = asking.of(SystemMessage.CONNECT_REQUEST).stream()
                    .map(Heard::at)
                    .toList();
            assertThat(times).containsExactly(1L, 11L, 31L, 71L, 151L, 311L, 631L, 1_271L, 2_271L, 3_271L, 4_271L);
            assertThat(asking.of(SystemMessage.CONNECT_REQUEST)).allMatch(Heard::isConnecting);
            assertThat(asking.side.events).isEmpty();
            asking.pass(15);
            assertThat(asking.side.events).containsExactly("failed HANDSHAKE_TIMEOUT");
            assertThat(asking.of(SystemMessage.DISCONNECT)).hasSize(1);
        }
    }

    @Test
    void anotherPaceIsKeptToo() {
        try (OneSided asking = new OneSided(
                settings -> settings.connectionRetryIntervalBase(100).connectionRetryIntervalMax(150))) {
            asking.side.carrier.connect("10.0.0.66", OneSided.RAW_PORT);
            asking.pass(600);
            assertThat(asking.of(SystemMessage.CONNECT_REQUEST))
                    .extracting(Heard::at)
                    .containsExactly(1L, 101L, 251L, 401L, 551L);
        }
    }

    @Test
    void anAnswerEndsTheRequestsAndASecondOneIsLookedAtByTheHandshake() {
        ask();
        one.pass(20);
        answer(7, 7, SystemMessage.CONNECT_ACK);
        assertThat(one.side.events).containsExactly("established");
        one.heard.clear();
        one.pass(1_000);
        assertThat(one.of(SystemMessage.CONNECT_REQUEST)).isEmpty();

        answer(7, 7, 7, SystemMessage.CONNECT_ACK);
        assertThat(one.side.events).containsExactly("established");
        handshake.confirmsAnswers = false;
        answer(7, SystemMessage.CONNECT_ACK);
        assertThat(handshake.asked).containsExactly("initiate", "answer 2", "answer again 3", "answer again 1");
        assertThat(one.of(SystemMessage.DISCONNECT).get(0).payload()[0]).isEqualTo((byte) ALREADY);
        one.pass(600);
        assertThat(one.side.events).containsExactly("established", "disconnected WAS_ALREADY_CONNECTED");
        assertThat(handshake.asked).endsWith("over").containsOnlyOnce("over");
        one.close();
    }

    @Test
    void anAnswerThatIsNotAcceptedEndsItAndThePeerIsTold() {
        handshake.acceptsAnswers = false;
        ask();
        one.pass(2);
        answer(7, SystemMessage.CONNECT_ACK);
        assertThat(one.of(SystemMessage.DISCONNECT).get(0).payload()[0]).isEqualTo((byte) REJECTED);
        assertThat(one.side.events).isEmpty();
        one.pass(500);
        assertThat(one.side.events).containsExactly("failed HANDSHAKE_REJECTED");
        assertThat(one.count(CarrierCounter.CONNECTS_FAILED)).isOne();
        one.close();
    }

    @Test
    void aRefusalIsTakenAsTheFirstReliableWordOrWhenThePeerHasAConnectionAlready() {
        ask();
        one.pass(2);
        sayNo(REJECTED, 5);
        assertThat(one.side.events).as("the end of the connection before").isEmpty();
        assertThat(one.count(CarrierCounter.DATAGRAMS_UNKNOWN)).isOne();
        sayNo(ALREADY, 5);
        assertThat(one.side.events).containsExactly("failed WAS_ALREADY_CONNECTED");

        one.pass(600);
        one.raw.sequence = 2;
        ask();
        one.pass(2);
        sayNo(REJECTED, 0);
        assertThat(one.side.events).endsWith("failed HANDSHAKE_REJECTED");
        one.close();
    }

    @Test
    void whoIsNotAnsweredInTimeFailsAndIsForgottenSoThatTheNextCanBegin() {
        for (int round = 1; round <= 2; round++) {
            long start = one.now;
            ask();
            one.pass(2_995);
            assertThat(one.side.events).hasSize(round - 1);
            one.pass(10);
            assertThat(one.side.events).hasSize(round).containsOnly("failed HANDSHAKE_TIMEOUT");
            assertThat(one.of(SystemMessage.CONNECT_REQUEST).stream().filter(each -> each.at() > start))
                    .hasSize(9);
            one.pass(510);
        }
        assertThat(one.count(CarrierCounter.CONNECTS_STARTED)).isEqualTo(2);
        assertThat(one.count(CarrierCounter.CONNECTS_FAILED)).isEqualTo(2);
        assertThat(handshake.asked).containsExactly("initiate", "over", "initiate", "over");
        one.close();
    }

    @Test
    void whoWaitsForItsPredecessorBeginsItsOwnTimeWhenThatIsForgotten() {
        ask();
        one.pass(2);
        answer(7, SystemMessage.CONNECT_ACK);
        one.raw.acknowledge(one.lastDatagram());
        one.pass(100);
        one.side.carrier.disconnect(one.id());
        one.pass(100);
        one.heard.clear();
        ConnectionId second = ask();
        assertThat(second).isNotEqualTo(one.id());
        one.pass(850);
        assertThat(one.of(SystemMessage.CONNECT_REQUEST)).as("not yet").isEmpty();
        one.pass(60);
        long first = one.of(SystemMessage.CONNECT_REQUEST).get(0).at();
        one.pass(first + 2_990 - one.now);
        assertThat(one.side.carrier.connectionState(second)).isEqualTo(ConnectionState.CONNECTING);
        one.pass(15);
        assertThat(one.side.events).endsWith("failed HANDSHAKE_TIMEOUT");
        assertThat(one.of(SystemMessage.CONNECT_REQUEST)).hasSize(9);
        one.close();
    }

    // ------------------------------------------------------------ who is asked

    @Test
    void whoAsksAgainIsAnsweredAgainButNotForEachRequest() {
        one.raw.send(one.raw.connectRequest());
        one.pass(2);
        Heard first = one.of(SystemMessage.CONNECT_ACK).get(0);
        assertThat(first.datagram()).as("the first of a side").isEqualTo(2);
        for (int i = 0; i < 48; i++) {
            one.raw.send(one.raw.connectRequest());
            one.pass(1);
        }
        assertThat(one.of(SystemMessage.CONNECT_ACK)).hasSize(1);
        one.raw.send(one.raw.connectRequest());
        one.pass(2);
        one.raw.send(one.raw.connectRequest());
        one.pass(2);
        assertThat(one.of(SystemMessage.CONNECT_ACK)).hasSize(2);
        one.pass(48);
        one.raw.send(one.raw.connectRequest());
        one.pass(2);
        assertThat(one.of(SystemMessage.CONNECT_ACK))
                .hasSize(3)
                .allMatch(each -> each.seq() == first.seq() && each.reliableSeq() == first.reliableSeq())
                .allMatch(Heard::reliable)
                .allMatch(each -> each.payload()[0] == 43);
        assertThat(handshake.asked)
                .startsWith("request 4", "request again 4")
                .doesNotContain("over")
                .hasSize(52);
        assertThat(one.side.events).containsExactly("incoming");
        acknowledge();
        assertThat(one.side.events).containsExactly("incoming", "established");
        one.close();
    }

    @Test
    void anAnswerThatFillsItsDatagramLeavesWithoutTheAcknowledgementWhichFollows() {
        handshake.fillsTheAnswer = true;
        int[] request = new int[500];
        request[499] = SystemMessage.CONNECT_REQUEST; // pays for the answer
        one.raw.begin();
        one.raw.putSystem(true, request);
        one.raw.send();
        one.pass(2);
        assertThat(one.of(SystemMessage.CONNECT_ACK)).hasSize(1);
        assertThat(one.of(SystemMessage.ACKS)).isEmpty();
        acknowledge();
        one.pass(100);
        assertThat(one.of(SystemMessage.ACKS)).isNotEmpty();
        assertThat(one.side.events).containsExactly("incoming", "established");
        one.close();
    }

    @Test
    void anAnswerThatTheRequestsDoNotPayForWaitsForMoreOfThem() {
        handshake.fillsTheAnswer = true;
        int requests = 0;
        while (one.of(SystemMessage.CONNECT_ACK).isEmpty()) {
            request();
            requests++;
        }
        assertThat(requests * 15 * 3).isBetween(1_372, 1_372 + 45);
        one.close();
    }

    @Test
    void anotherRequestBeforeTheAnswerIsAcknowledgedIsJudgedAnew() {
        request();
        int first = one.of(SystemMessage.CONNECT_ACK).get(0).datagram();
        handshake.confirmsRequests = false;
        request();
        assertThat(one.of(SystemMessage.CONNECT_ACK)).hasSize(2);
        one.raw.acknowledge(first);
        one.pass(2);
        assertThat(one.side.events).as("an answer to something else").containsExactly("incoming");
        acknowledge();
        assertThat(one.side.events).containsExactly("incoming", "established");
        assertThat(handshake.asked).containsExactly("request 4", "request again 4", "request 4");
        one.close();
    }

    @Test
    void aRequestThatIsPendingIsAskedAboutAgainUntilItIsAnswered() {
        handshake.answer = Handshake.Result.PENDING;
        for (int i = 0; i < 3; i++) {
            request();
        }
        assertThat(one.hear().stream().filter(each -> each.systemId() != SystemMessage.ACKS))
                .isEmpty();
        assertThat(one.side.events).containsExactly("incoming");
        handshake.answer = Handshake.Result.OK;
        request();
        assertThat(one.of(SystemMessage.CONNECT_ACK)).hasSize(1);
        acknowledge();
        assertThat(one.side.events).containsExactly("incoming", "established");
        assertThat(handshake.asked).containsExactly("request 4", "request 4", "request 4", "request 4");
        one.close();
    }

    @Test
    void aRequestThatIsPendingForEverTimesOut() {
        handshake.answer = Handshake.Result.PENDING;
        request();
        one.pass(2_990);
        assertThat(one.side.events).containsExactly("incoming");
        one.pass(10);
        assertThat(one.side.events).containsExactly("incoming", "failed HANDSHAKE_TIMEOUT");
        assertThat(one.count(CarrierCounter.CONNECTS_FAILED)).isOne();
        one.close();
    }

    @Test
    void whoIsRefusedIsToldAgainWhenItAsksAgainAndLaterAskedAnew() {
        handshake.answer = Handshake.Result.REJECTED;
        request();
        assertThat(one.of(SystemMessage.DISCONNECT)).hasSize(1);
        one.pass(100);
        assertThat(one.of(SystemMessage.DISCONNECT)).as("not unasked").hasSize(1);
        request();
        assertThat(one.of(SystemMessage.DISCONNECT)).hasSize(2);
        assertThat(handshake.asked).containsExactly("request 4", "over");
        one.pass(510);
        request();
        assertThat(handshake.asked).containsExactly("request 4", "over", "request 4", "over");
        assertThat(one.side.events)
                .containsExactly("incoming", "failed HANDSHAKE_REJECTED", "incoming", "failed HANDSHAKE_REJECTED");
        one.close();
    }

    @Test
    void aStrangerThatTheHandshakeDoesNotWantIsCountedAndNotAnswered() {
        handshake.refusesStrangers = true;
        request();
        request();
        one.pass(100);
        assertThat(one.hear()).isEmpty();
        assertThat(one.side.events).isEmpty();
        assertThat(one.count(CarrierCounter.CONNECTIONS_REFUSED)).isEqualTo(2);
        assertThat(one.count(CarrierCounter.CONNECTIONS_INCOMING)).isZero();
        handshake.refusesStrangers = false;
        request();
        acknowledge();
        assertThat(one.side.events).containsExactly("incoming", "established");
        one.close();
    }

    @Test
    void theDefaultHandshakeConfirmsItsOwnVersionAndNoOther() {
        DefaultHandshake own = new DefaultHandshake(7, Duration.ofSeconds(1));
        ConnectionId id = ConnectionId.ALL;
        for (int version : new int[] {7, 8}) {
            boolean isSame = version == 7;
            ByteBuffer said = ByteBuffer.allocate(5).putInt(0, version);
            assertThat(own.onConfirmRequest(id, said.duplicate())).isEqualTo(isSame);
            assertThat(own.onReceiveAck(id, said.duplicate())).isEqualTo(isSame);
            assertThat(own.onConfirmAck(id, said.duplicate())).isEqualTo(isSame);
            assertThat(own.onReceiveRequest(id, said.duplicate(), ByteBuffer.allocate(9)))
                    .isEqualTo(isSame ? Handshake.Result.OK : Handshake.Result.VERSION_MISMATCH);
            assertThat(own.onConfirmAck(id, ByteBuffer.allocate(3))).isFalse();
        }
    }

    @Test
    void aPlaceThatIsGivenBackIsTakenByTheNext() {
        try (Pair pair = new Pair(Side.Wire.UDP, 1, settings -> settings.maxConnections(1), DEFAULTS);
                Side other = new Side(pair.network.host("10.0.0.3"), Side.Wire.UDP, DEFAULTS)) {
            for (int round = 0; round < 3; round++) {
                ConnectionId id = pair.connected();
                other.carrier.connect("10.0.0.1", Side.PORT);
                run(pair, other, 100);
                assertThat(other.events).last().isEqualTo("failed HANDSHAKE_REJECTED");
                pair.client.carrier.disconnect(id);
                run(pair, other, 1_200);
                assertThat(pair.server.carrier.numConnections()).isZero();
                ConnectionId theirs = other.carrier.connect("10.0.0.1", Side.PORT);
                run(pair, other, 100);
                assertThat(other.events).last().isEqualTo("established");
                other.carrier.disconnect(theirs);
                run(pair, other, 1_200);
            }
            assertThat(pair.server.carrier.counter(CarrierCounter.CONNECTIONS_REFUSED))
                    .isEqualTo(3);
        }
    }

    private static void run(Pair pair, Side other, long millis) {
        for (long i = 0; i < millis; i += 5) {
            pair.tick();
            other.update();
        }
    }
}
