package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.gridmate.carrier.wire.DisconnectPayload;
import dev.gridmate.carrier.wire.SystemMessage;
import dev.gridmate.driver.sim.DatagramFaults;
import dev.gridmate.driver.sim.SimulatedNetwork;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Kicks and refusals with words: what one side says reaches the other side's event. */
@Timeout(60)
class NoticeStoriesTest {

    private static final UnaryOperator<CarrierDesc.Builder> DEFAULTS = UnaryOperator.identity();
    private static final HexFormat HEX = HexFormat.ofDelimiter(" ");

    /** The last reason that a side was told. */
    private static final class Ends implements CarrierEvents {

        private final List<CarrierDisconnectReason> reasons = new ArrayList<>();

        static Ends of(Side side) {
            Ends ends = new Ends();
            side.gridMate.eventBus(CarrierEvents.class).connect(ends);
            return ends;
        }

        CarrierDisconnectReason only() {
            assertThat(reasons).hasSize(1);
            return reasons.get(0);
        }

        @Override
        public void onDisconnect(Carrier carrier, ConnectionId id, CarrierDisconnectReason reason) {
            reasons.add(reason);
        }

        @Override
        public void onFailedToConnect(Carrier carrier, ConnectionId id, CarrierDisconnectReason reason) {
            reasons.add(reason);
        }
    }

    /** The server is closed; the client hears of it. */
    private static void runClient(Pair pair) {
        for (int i = 0; i < 20; i++) {
            pair.network.advance(Pair.TICK);
            pair.client.update();
        }
    }

    // ------------------------------------------------------------ kicks

    private static void assertKicked(Ends client, Ends server) {
        assertThat(client.only()).hasToString("USER_REQUESTED: the peer ended it: KICKED \"be nice\"");
        assertThat(server.only()).hasToString("USER_REQUESTED: this program asked for it: KICKED \"be nice\"");
    }

    @ParameterizedTest
    @EnumSource
    void aKickKeepsItsReasonWhenTheCarrierClosesThen(Side.Wire wire) {
        try (Pair pair = new Pair(wire)) {
            pair.connected();
            Ends client = Ends.of(pair.client);
            Ends server = Ends.of(pair.server);

            pair.server.carrier.disconnect(pair.server.last(), DisconnectNotice.KICKED.withText("be nice"));
            pair.server.carrier.close();
            runClient(pair);

            assertKicked(client, server);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aKickThatWaitsForTheLastMessagesIsSaidWhenTheCarrierCloses(Side.Wire wire) {
        try (Pair pair = new Pair(wire)) {
            pair.connected();
            Ends client = Ends.of(pair.client);
            Ends server = Ends.of(pair.server);

            pair.server.send("farewell", pair.server.last(), DataReliability.SEND_RELIABLE, 0);
            pair.server.carrier.disconnect(
                    pair.server.last(), DisconnectNotice.KICKED.withText("be nice"), Duration.ofSeconds(1));
            pair.server.carrier.close();
            runClient(pair);

            assertKicked(client, server);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aKickIsHeardWithItsCodeAndItsWords(Side.Wire wire) {
        try (Pair pair = new Pair(wire)) {
            pair.connected();
            Ends client = Ends.of(pair.client);
            Ends server = Ends.of(pair.server);

            pair.server.carrier.disconnect(pair.server.last(), DisconnectNotice.KICKED.withText("be nice"));
            pair.run(Duration.ofMillis(200));

            CarrierDisconnectReason heard = client.only();
            assertThat(heard.code()).isEqualTo(CarrierDisconnectReason.Code.USER_REQUESTED);
            assertThat(heard.peerCode()).isEqualTo(DisconnectNotice.KICKED.code());
            assertThat(heard.peerText()).isEqualTo("be nice");
            CarrierDisconnectReason own = server.only();
            assertThat(own.peerCode()).as("the answer has the reason alone").isZero();
            assertThat(own.peerText()).isEmpty();
            assertKicked(client, server);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anEndWithoutANoticeHasNone(Side.Wire wire) {
        try (Pair pair = new Pair(wire)) {
            pair.connected();
            Ends client = Ends.of(pair.client);
            pair.server.carrier.disconnect(pair.server.last());
            pair.run(Duration.ofMillis(200));
            assertThat(client.only().peerCode()).isZero();
            assertThat(client.only().peerText()).isEmpty();
            assertThat(client.only()).hasToString("USER_REQUESTED: the peer ended it");
        }
    }

    @ParameterizedTest
    @EnumSource
    void theLongestWordsArriveWhole(Side.Wire wire) {
        String words = "ä".repeat(127) + "!";
        try (Pair pair = new Pair(wire)) {
            pair.connected();
            Ends client = Ends.of(pair.client);
            pair.server.carrier.disconnect(pair.server.last(), DisconnectNotice.of(64, words));
            pair.run(Duration.ofMillis(200));
            assertThat(client.only().peerCode()).isEqualTo(64);
            assertThat(client.only().peerText()).isEqualTo(words);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatWasSentBeforeAKickThatLingersArrivesFirst(Side.Wire wire) {
        try (Pair pair = new Pair(wire)) {
            pair.connected();
            Ends client = Ends.of(pair.client);
            pair.server.send("last words", pair.server.last(), DataReliability.SEND_RELIABLE, 0);
            ConnectionId id = pair.server.last();
            pair.server.carrier.disconnect(id, DisconnectNotice.KICKED.withText("first"), Duration.ofSeconds(9));
            pair.server.carrier.disconnect(id, DisconnectNotice.KICKED.withText("second"), Duration.ofSeconds(9));
            pair.server.carrier.disconnect(id, Duration.ofSeconds(9));
            pair.runUntil(() -> !client.reasons.isEmpty());
            assertThat(pair.client.texts()).containsExactly("last words");
            assertThat(client.only().peerText()).isEqualTo("second");
        }
    }

    @Test
    void allAreToldTheSame() {
        try (Pair pair = new Pair(Side.Wire.UDP);
                Side other = new Side(pair.network.host("10.0.0.3"), Side.Wire.UDP, DEFAULTS)) {
            pair.connected();
            other.carrier.connect("10.0.0.1", Side.PORT);
            pair.runUntil(() -> {
                other.update();
                return other.carrier.numConnections() == 1;
            });
            Ends first = Ends.of(pair.client);
            Ends second = Ends.of(other);
            pair.server.carrier.disconnect(ConnectionId.ALL, DisconnectNotice.SHUTTING_DOWN.withText("back at nine"));
            for (int i = 0; i < 20; i++) {
                pair.tick();
                other.update();
            }
            assertThat(first.only()).isEqualTo(second.only());
            assertThat(first.only().peerText()).isEqualTo("back at nine");
        }
    }

    @Test
    void theWordsAreSaidAgainUntilThePeerAnswers() {
        try (OneSided one = OneSided.connected()) {
            one.side.carrier.disconnect(one.id(), DisconnectNotice.KICKED.withText("be nice"));
            one.pass(400);
            List<Heard> said = one.of(SystemMessage.DISCONNECT);
            assertThat(said).hasSizeGreaterThan(2);
            for (Heard each : said) {
                assertThat(each.payload()).isEqualTo(HEX.parseHex("00 a5 03 07 62 65 20 6e 69 63 65 03"));
                assertThat(each.seq()).isEqualTo(said.get(0).seq());
                assertThat(each.reliableSeq()).isEqualTo(said.get(0).reliableSeq());
            }
        }
    }

    @Test
    void wordsGetThroughALossyNetwork() {
        for (int seed = 1; seed <= 20; seed++) {
            try (Pair pair = new Pair(Side.Wire.UDP, seed, DEFAULTS, DEFAULTS)) {
                pair.connected();
                Ends client = Ends.of(pair.client);
                pair.network.datagramFaults(DatagramFaults.NONE.withLoss(0.3));
                pair.server.carrier.disconnect(pair.server.last(), DisconnectNotice.BANNED.withText("for ever"));
                pair.run(Duration.ofMillis(500));
                if (!client.reasons.isEmpty()) { // all repetitions may be lost, too
                    assertThat(client.only().peerText()).isEqualTo("for ever");
                }
            }
        }
    }

    @Test
    void twoEndsThatCrossAreBothHeard() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            ConnectionId id = pair.connected();
            Ends client = Ends.of(pair.client);
            Ends server = Ends.of(pair.server);
            pair.server.carrier.disconnect(pair.server.last(), DisconnectNotice.KICKED.withText("out"));
            pair.client.carrier.disconnect(id, DisconnectNotice.of(100, "I quit"));
            pair.run(Duration.ofSeconds(1));
            assertThat(client.only().peerText()).isEqualTo("out");
            assertThat(server.only().peerText()).isEqualTo("I quit");
            assertThat(server.only())
                    .hasToString("USER_REQUESTED: this program asked for it: KICKED \"out\""
                            + "; the peer ended it, too: code 100 \"I quit\"");
        }
    }

    // ------------------------------------------------------------ refusals

    @ParameterizedTest
    @EnumSource
    void aHandshakeRefusesWithWords(Side.Wire wire) {
        Handshake bans = new DefaultHandshake(1, Duration.ofSeconds(5)) {
            @Override
            protected Result judgeRequest(ConnectionId id, ByteBuffer in, ByteBuffer out) {
                return Result.rejected(DisconnectNotice.BANNED.withText("until Friday"));
            }
        };
        try (Pair pair = new Pair(wire, 1, settings -> settings.handshake(bans), DEFAULTS)) {
            Ends client = Ends.of(pair.client);
            Ends server = Ends.of(pair.server);
            pair.connect();
            pair.run(Duration.ofMillis(300));
            assertThat(pair.client.events).containsExactly("failed HANDSHAKE_REJECTED");
            assertThat(client.only().peerCode()).isEqualTo(DisconnectNotice.BANNED.code());
            assertThat(client.only().peerText()).isEqualTo("until Friday");
            assertThat(server.only())
                    .hasToString("HANDSHAKE_REJECTED: this side's handshake refused: BANNED \"until Friday\"");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aHandshakeMayRefuseWithoutAWord(Side.Wire wire) {
        Handshake refuses = new DefaultHandshake(1, Duration.ofSeconds(5)) {
            @Override
            protected Result judgeRequest(ConnectionId id, ByteBuffer in, ByteBuffer out) {
                return Result.REJECTED;
            }
        };
        try (Pair pair = new Pair(wire, 1, settings -> settings.handshake(refuses), DEFAULTS)) {
            Ends client = Ends.of(pair.client);
            pair.connect();
            pair.run(Duration.ofMillis(300));
            assertThat(client.only()).hasToString("HANDSHAKE_REJECTED: the peer ended it");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFullServerSaysSo(Side.Wire wire) {
        try (Pair pair = new Pair(wire, 1, settings -> settings.maxConnections(1), DEFAULTS);
                Side other = new Side(pair.network.host("10.0.0.3"), wire, DEFAULTS)) {
            pair.connected();
            Ends late = Ends.of(other);
            other.carrier.connect("10.0.0.1", Side.PORT);
            pair.runUntil(() -> {
                other.update();
                return !late.reasons.isEmpty();
            });
            assertThat(late.only()).hasToString("HANDSHAKE_REJECTED: the peer ended it: FULL");
            assertThat(late.only().peerCode()).isEqualTo(DisconnectNotice.FULL.code());
        }
    }

    @ParameterizedTest
    @EnumSource
    void anotherVersionIsTold(Side.Wire wire) {
        try (Pair pair = new Pair(wire, 1, DEFAULTS, settings -> settings.version(2))) {
            Ends client = Ends.of(pair.client);
            pair.connect();
            pair.run(Duration.ofMillis(300));
            assertThat(client.only()).hasToString("VERSION_MISMATCH: the peer ended it: WRONG_VERSION");
            assertThat(client.only().peerCode()).isEqualTo(DisconnectNotice.WRONG_VERSION.code());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCarrierThatIsClosedSaysSo(Side.Wire wire) {
        try (Pair pair = new Pair(wire)) {
            pair.connected();
            Ends client = Ends.of(pair.client);
            pair.server.carrier.close();
            runClient(pair);
            assertThat(client.only()).hasToString("SHUTTING_DOWN: the peer ended it: SHUTTING_DOWN");
            assertThat(client.only().peerCode()).isEqualTo(DisconnectNotice.SHUTTING_DOWN.code());
        }
    }

    @Test
    void aRefusalKeepsItsWordsWhenThePeerAsksAgain() {
        Handshake bans = new DefaultHandshake(1, Duration.ofSeconds(5)) {
            @Override
            protected Result judgeRequest(ConnectionId id, ByteBuffer in, ByteBuffer out) {
                return Result.rejected(DisconnectNotice.BANNED);
            }
        };
        try (OneSided one = new OneSided(settings -> settings.handshake(bans))) {
            for (int i = 1; i <= 3; i++) {
                one.raw.send(one.raw.connectRequest());
                one.pass(20);
                assertThat(one.of(SystemMessage.DISCONNECT)).hasSize(i);
                assertThat(one.of(SystemMessage.DISCONNECT).get(i - 1).payload())
                        .isEqualTo(HEX.parseHex("04 a5 02 00 03"));
            }
        }
    }

    // ------------------------------------------------------------ peers of other kinds

    @Test
    void aPeerOfTheOriginalIsAnsweredInThePlainForm() {
        try (OneSided one = OneSided.connected()) {
            Ends ends = Ends.of(one.side);
            one.raw.begin();
            one.raw.putDisconnect(7);
            one.raw.send();
            one.pass(20);
            assertThat(one.of(SystemMessage.DISCONNECT)).hasSize(1);
            assertThat(one.of(SystemMessage.DISCONNECT).get(0).payload()).isEqualTo(HEX.parseHex("07 03"));
            assertThat(ends.only()).hasToString("SHUTTING_DOWN: the peer ended it");
        }
    }

    @Test
    void anEchoHasTheReasonAloneAlsoForWords() {
        try (OneSided one = OneSided.connected()) {
            for (int i = 1; i <= 3; i++) {
                one.raw.begin();
                one.raw.putDisconnect(DisconnectPayload.of(0, 3, "be nice", 1_000));
                one.raw.send();
                one.pass(20);
                assertThat(one.of(SystemMessage.DISCONNECT)).hasSize(i);
                assertThat(one.of(SystemMessage.DISCONNECT).get(i - 1).payload())
                        .isEqualTo(HEX.parseHex("00 03"));
            }
        }
    }

    @Test
    void anythingMayBeBehindTheReasonAndTheConnectionEndsWithThatReason() {
        SplittableRandom random = new SplittableRandom(1);
        for (int length : new int[] {1, 2, 3, 4, 40, 258, 259, 1_300}) {
            try (OneSided one = OneSided.connected()) {
                Ends ends = Ends.of(one.side);
                byte[] payload = new byte[length + 2];
                random.nextBytes(payload);
                payload[0] = 1;
                payload[1] = 0;
                payload[length + 1] = SystemMessage.DISCONNECT;
                one.raw.begin();
                one.raw.putDisconnect(payload);
                one.raw.send();
                one.pass(20);
                assertThat(ends.only()).hasToString("BAD_CONNECTION: the peer ended it");
                assertThat(one.count(CarrierCounter.DATAGRAMS_BAD)).isZero();
            }
        }
    }

    @Test
    void whatAPeerSaysIsEscapedWhereItIsPrinted() {
        try (OneSided one = OneSided.connected()) {
            Ends ends = Ends.of(one.side);
            one.raw.begin();
            one.raw.putDisconnect(DisconnectPayload.of(0, 77, "\u001b[2J\r\n\u202e\"", 1_000));
            one.raw.send();
            one.pass(20);
            assertThat(ends.only().peerText()).isEqualTo("\u001b[2J\r\n\u202e\"");
            assertThat(ends.only())
                    .hasToString("USER_REQUESTED: the peer ended it: code 77 \"\\u001b[2J\\u000d\\u000a\\u202e\\\"\"");
            assertThat(ends.only().detail()).doesNotContain("\u001b");
        }
    }

    // ------------------------------------------------------------ limits

    @Test
    void aNoticeHasAKnownCodeOrOneOfTheProgramsOwn() {
        for (int code : new int[] {-1, 0, 6, 63, 256}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> DisconnectNotice.of(code, ""))
                    .withMessageContaining("code is " + code);
        }
        for (int code : new int[] {1, 5, 64, 255}) {
            assertThat(DisconnectNotice.of(code, "x").code()).isEqualTo(code);
        }
    }

    @Test
    void wordsHaveAtMost255BytesOfUtf8() {
        assertThat(DisconnectNotice.KICKED.withText("x".repeat(255)).text()).hasSize(255);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DisconnectNotice.KICKED.withText("€".repeat(86)))
                .withMessageContaining("258")
                .withMessageContaining("255");
    }

    @Test
    void inASmallDatagramTheWordsAreCutAndTheEndIsHeard() {
        Side.Wire wire = Side.Wire.TCP;
        SimulatedNetwork network = new SimulatedNetwork(1);
        try (Side server = new Side(network.host("10.0.0.1"), wire, 128, DEFAULTS);
                Side client = new Side(network.host("10.0.0.2"), wire, 128, DEFAULTS)) {
            client.carrier.connect("10.0.0.1", Side.PORT);
            run(network, server, client);
            Ends ends = Ends.of(client);
            server.carrier.disconnect(server.last(), DisconnectNotice.KICKED.withText("ä".repeat(127)));
            run(network, server, client);
            assertThat(ends.only().peerCode()).isEqualTo(DisconnectNotice.KICKED.code());
            assertThat(ends.only().peerText()).isEqualTo("ä".repeat(55));
        }
    }

    private static void run(SimulatedNetwork network, Side server, Side client) {
        for (int i = 0; i < 40; i++) {
            network.advance(Pair.TICK);
            server.update();
            client.update();
        }
    }
}
