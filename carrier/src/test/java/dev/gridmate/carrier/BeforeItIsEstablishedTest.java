package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.carrier.wire.SystemMessage;
import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.testkit.Logged;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a connection does, and what it takes from its peer, while it is not decided if there will be
 * one.
 */
@Timeout(60)
class BeforeItIsEstablishedTest {

    /** Does not decide for the time being. */
    private static class Hesitant extends OpenHandshake {

        @Override
        public void onInitiate(ConnectionId id, ByteBuffer out) {
            out.put((byte) 42);
        }

        @Override
        public Result onReceiveRequest(ConnectionId id, ByteBuffer in, ByteBuffer out) {
            return Result.PENDING;
        }

        @Override
        public Duration handshakeTimeout() {
            return Duration.ofSeconds(3);
        }
    }

    private static OneSided asked() {
        OneSided one = new OneSided(settings -> settings.handshake(new Hesitant()));
        one.raw.send(one.raw.connectRequest());
        one.pass(2);
        return one;
    }

    @Test
    void aRequestCarriesAnAcknowledgementOfNothingAsThoseOfTheOriginalDo() {
        try (OneSided one = new OneSided(settings -> settings.handshake(new Hesitant()))) {
            one.side.carrier.connect("10.0.0.66", OneSided.RAW_PORT);
            one.pass(100);
            assertThat(one.of(SystemMessage.CONNECT_REQUEST)).hasSizeGreaterThan(3);
            assertThat(one.of(SystemMessage.ACKS))
                    .hasSameSizeAs(one.of(SystemMessage.CONNECT_REQUEST))
                    .allMatch(each -> each.payload()[0] == 0x20);
        }
    }

    @Test
    void whatIsLeftOfAConnectionBeforeThisOneIsNotTakenForThisOnesAlsoBehindARequest() {
        try (OneSided one = asked()) {
            one.raw.say(true, 0, 7, 7, "to the one before");
            one.raw.keepAlive();
            one.pass(2);
            assertThat(one.count(CarrierCounter.DATAGRAMS_UNKNOWN)).isEqualTo(2);
            assertThat(one.count(CarrierCounter.MESSAGES_UNDELIVERED)).isZero();
            assertThat(one.side.events).containsExactly("incoming");
        }
    }

    @Test
    void aNumberThatTheOneBeforeUsedTooDoesNotEndTheAttempt() {
        try (OneSided one = asked()) {
            one.raw.sequence--;
            one.raw.keepAlive();
            one.pass(1_000);
            assertThat(one.count(CarrierCounter.DATAGRAMS_UNKNOWN)).isOne();
            assertThat(one.side.events).containsExactly("incoming");
        }
    }

    @Test
    void aStrangerCannotDecideItsOwnRequest() {
        try (OneSided one = asked()) {
            one.raw.begin();
            one.raw.putSystem(true, 1, SystemMessage.CONNECT_ACK);
            one.raw.send();
            one.pass(2);
            assertThat(one.side.events).containsExactly("incoming");
        }
    }

    @Test
    void anAnswerThatIsAcceptedByAHandshakeThatEndsTheConnectionEstablishesNothing() {
        OneSided[] made = new OneSided[1];
        Handshake treacherous = new Hesitant() {
            @Override
            public boolean onReceiveAck(ConnectionId id, ByteBuffer in) {
                made[0].side.carrier.disconnect(id);
                return true;
            }
        };
        try (OneSided one = new OneSided(settings -> settings.handshake(treacherous))) {
            made[0] = one;
            one.side.carrier.connect("10.0.0.66", OneSided.RAW_PORT);
            one.pass(2);
            one.raw.begin();
            one.raw.putSystem(true, 1, SystemMessage.CONNECT_ACK);
            one.raw.send();
            one.pass(600);
            assertThat(one.side.events).containsExactly("failed USER_REQUESTED");
            assertThat(one.of(SystemMessage.DISCONNECT)).isNotEmpty();
        }
    }

    @Test
    void aHandshakeThatDoesNotSayHowLongItTakesMayTakeAsLongAsASilentPeer() {
        Handshake speechless = new Hesitant() {
            @Override
            public Duration handshakeTimeout() {
                throw new IllegalStateException("no idea");
            }
        };
        try (Logged log = Logged.expecting("the handshake threw");
                OneSided one = new OneSided(settings -> settings.handshake(speechless))) {
            one.side.carrier.connect("10.0.0.66", OneSided.RAW_PORT);
            one.pass(4_990);
            assertThat(one.side.events).isEmpty();
            one.pass(15);
            assertThat(one.side.events).containsExactly("failed HANDSHAKE_TIMEOUT");
            assertThat(log.thrown(1)).hasSize(1);
        }
    }

    @Test
    void whoLingersForAPeerThatDoesNotAnswerIsWokenAtTheEndOfItsTime() {
        for (long linger : new long[] {100, 777, 1_234}) {
            try (OneSided one = new OneSided(settings -> settings.handshake(new Hesitant()))) {
                ConnectionId id = one.side.carrier.connect("10.0.0.66", OneSided.RAW_PORT);
                one.side.send("never leaves", id, DataReliability.SEND_RELIABLE, 0);
                long start = one.network.nanoTime();
                one.side.carrier.disconnect(id, Duration.ofMillis(linger));
                while (one.side.events.isEmpty()) {
                    one.side.carrier.waitForData(Duration.ofSeconds(1));
                    one.side.update();
                }
                assertThat((one.network.nanoTime() - start) / CarrierTime.MILLISECOND)
                        .as("the time, and half a second without an answer")
                        .isBetween(linger + 500, linger + 502);
            }
        }
    }

    @Test
    void whoIsRefusedAnswersAsOneThatDoesNotConnectAnyMore() {
        try (OneSided one = new OneSided(settings -> settings.handshake(new Hesitant()))) {
            one.side.carrier.connect("10.0.0.66", OneSided.RAW_PORT);
            one.pass(2);
            one.raw.begin();
            one.raw.putDisconnect(CarrierDisconnectReason.Code.HANDSHAKE_REJECTED.number());
            one.raw.send();
            one.pass(3);
            assertThat(one.side.events).containsExactly("failed HANDSHAKE_REJECTED");
            assertThat(one.of(SystemMessage.DISCONNECT)).isNotEmpty().noneMatch(Heard::isConnecting);
        }
    }

    @Test
    void aHandshakeThatThrowsWhenAStrangerComesRefusesIt() {
        Handshake broken = new Hesitant() {
            @Override
            public boolean onNewConnection(SocketDriverAddress address) {
                throw new IllegalStateException("no idea");
            }
        };
        try (Logged log = Logged.expecting("the handshake threw");
                OneSided one = new OneSided(settings -> settings.handshake(broken))) {
            for (int i = 1; i <= 2; i++) {
                one.raw.send(one.raw.connectRequest());
                one.pass(2);
                assertThat(one.side.events).isEmpty();
                assertThat(one.count(CarrierCounter.CONNECTIONS_REFUSED)).isEqualTo(i);
                assertThat(log.thrown(i)).hasSize(i);
            }
        }
    }

    @Test
    void aHandshakeThatThrowsWhenThePeerAnswersRefusesTheAnswer() {
        Handshake broken = new Hesitant() {
            @Override
            public boolean onReceiveAck(ConnectionId id, ByteBuffer in) {
                throw new IllegalStateException("no idea");
            }
        };
        try (Logged log = Logged.expecting("the handshake threw");
                OneSided one = new OneSided(settings -> settings.handshake(broken))) {
            one.side.carrier.connect("10.0.0.66", OneSided.RAW_PORT);
            one.pass(2);
            one.raw.begin();
            one.raw.putSystem(true, 1, SystemMessage.CONNECT_ACK);
            one.raw.send();
            one.pass(600);
            assertThat(one.side.events).containsExactly("failed HANDSHAKE_REJECTED");
            assertThat(log.thrown(1)).hasSize(1);
        }
    }

    @Test
    void aHandshakeThatIsMadeOfTheDefaultOneMayRefuseTheAnswer() {
        Handshake choosy = new DefaultHandshake(0, Duration.ofSeconds(5)) {
            @Override
            protected boolean judgeAnswer(ConnectionId id, ByteBuffer in) {
                return false;
            }
        };
        try (Pair pair = new Pair(
                Side.Wire.UDP,
                1,
                settings -> settings.handshake(new DefaultHandshake(0, Duration.ofSeconds(5))),
                settings -> settings.handshake(choosy))) {
            pair.connect();
            pair.run(Duration.ofSeconds(1));
            assertThat(pair.client.events).containsExactly("failed HANDSHAKE_REJECTED");
            assertThat(pair.server.carrier.numConnections()).isZero();
        }
    }
}
