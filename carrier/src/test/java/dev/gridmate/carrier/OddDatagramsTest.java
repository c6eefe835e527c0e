package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.carrier.wire.SystemMessage;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Datagrams that are nearly right: what is taken of them, what is counted, and what is answered.
 */
@Timeout(60)
class OddDatagramsTest {

    private static final int NONE = 65_535;

    @Test
    void anEndThatIsNotReliableIsNoEnd() {
        try (OneSided one = OneSided.connected()) {
            one.raw.begin();
            one.raw.putSystem(false, 1, SystemMessage.DISCONNECT);
            one.raw.send();
            one.pass(2);
            assertThat(one.side.events).containsExactly("security error BAD_PACKET");
            assertThat(one.side.carrier.connectionState(one.id())).isEqualTo(ConnectionState.CONNECTED);
        }
    }

    @Test
    void aTimeJustBehindThisOnesOwnOnTheCircleIsNotOneWeeksAhead() {
        try (OneSided one = OneSided.connected()) {
            one.raw.begin();
            one.raw.putSystem(false, 0xff, 0xff, 0xff, 0xf0, SystemMessage.CLOCK_SYNC);
            one.raw.send();
            one.pass(2);
            assertThat(one.side.carrier.time()).isLessThan(1_000);
            one.raw.begin();
            one.raw.putSystem(false, 0, 0, 0x80, 0x90, SystemMessage.CLOCK_SYNC);
            one.raw.send();
            one.pass(2);
            assertThat(one.side.carrier.time()).isBetween(0x8090L, 0x8090L + 5);
        }
    }

    @Test
    void aMessageThatOthersWaitForComesInAlthoughOneThatNobodyWaitsForIsBesideIt() {
        try (OneSided one = OneSided.connected(settings -> settings.receiveQueueSize(20_000))) {
            byte[] large = new byte[1_000];
            for (int i = 1; i < 25; i++) {
                one.raw.begin();
                one.raw.put(true, 0, 1, i, i, large);
                one.raw.send();
                one.pass(1);
            }
            assertThat(one.side.received).isEmpty();
            long refused = one.count(CarrierCounter.DATAGRAMS_OVER_ROOM);
            assertThat(refused).isPositive();
            one.raw.begin();
            one.raw.put(true, 0, 1, 0, 0, new byte[200]);
            one.raw.put(false, 0, 1, 30, NONE, new byte[200]);
            one.raw.send();
            one.pass(1);
            assertThat(one.count(CarrierCounter.DATAGRAMS_OVER_ROOM)).isEqualTo(refused);
            assertThat(one.side.received).hasSizeGreaterThan(10);
        }
    }

    @Test
    void aCarrierThatIsClosedSaysNothingMoreToAPeerWhoseEndIsKnown() {
        try (OneSided one = OneSided.connected()) {
            one.raw.begin();
            one.raw.putDisconnect(CarrierDisconnectReason.Code.USER_REQUESTED.number());
            one.raw.send();
            one.pass(20);
            assertThat(one.side.events).containsExactly("disconnected USER_REQUESTED");
            int said = one.of(SystemMessage.DISCONNECT).size();
            one.side.close();
            assertThat(one.of(SystemMessage.DISCONNECT)).hasSize(said);
            assertThat(one.side.events).hasSize(1);
        }
    }

    @Test
    void aRefusalCountsAmongWhatLeaves() {
        try (OneSided one = new OneSided(settings -> settings.maxConnections(1))) {
            one.side.carrier.connect("10.0.0.77", 77);
            one.side.update();
            long before = one.count(CarrierCounter.DATAGRAMS_OUT);
            one.raw.send(one.raw.connectRequest());
            one.pass(1);
            one.pass(1);
            assertThat(one.of(SystemMessage.DISCONNECT)).hasSize(1);
            assertThat(one.count(CarrierCounter.DATAGRAMS_OUT)).isEqualTo(before + 1);
        }
    }

    @Test
    void requestsAndOldDatagramsOfAnEarlierConnectionAreCountedAndNotTaken() {
        try (OneSided one = OneSided.connected()) {
            long in = one.count(CarrierCounter.DATAGRAMS_IN);
            one.raw.send(one.raw.connectRequest());
            one.pass(2);
            assertThat(one.count(CarrierCounter.DATAGRAMS_IN))
                    .as("a request is heard")
                    .isEqualTo(in + 1);
            one.raw.begin();
            one.raw.putSystem(true, 0x20, SystemMessage.ACKS);
            one.raw.send();
            one.pass(2);
            assertThat(one.count(CarrierCounter.DATAGRAMS_IN)).isEqualTo(in + 1);
            assertThat(one.count(CarrierCounter.DATAGRAMS_UNKNOWN)).isOne();
        }
    }

    @Test
    void aSystemMessageThatIsWrongIsDroppedAloneAndCounted() {
        try (OneSided one = OneSided.connected()) {
            long in = one.count(CarrierCounter.DATAGRAMS_IN);
            sendWithMessageBehind(one, 0, 99); // nothing has this id
            sendWithMessageBehind(one, 1, 1, SystemMessage.DISCONNECT); // an end must be reliable
            sendWithMessageBehind(one, 2, 0, 0x40, 0, SystemMessage.ACKS); // nothing with this number has left

            assertThat(one.side.events)
                    .containsExactly("security error MESSAGE_TYPE_NOT_SUPPORTED", "security error BAD_PACKET");
            assertThat(one.count(CarrierCounter.SYSTEM_MESSAGES_BAD)).isEqualTo(2);
            assertThat(one.count(CarrierCounter.ACKS_NOT_BELIEVED)).isEqualTo(1);
            assertThat(one.count(CarrierCounter.DATAGRAMS_BAD)).isZero();
            assertThat(one.count(CarrierCounter.DATAGRAMS_IN))
                    .as("the datagrams are taken")
                    .isEqualTo(in + 3);
            assertThat(one.side.received).as("and what is beside it").hasSize(3);
        }
    }

    private static void sendWithMessageBehind(OneSided one, int seq, int... system) {
        one.raw.begin();
        one.raw.putSystem(false, system);
        one.raw.put(false, 0, 1, seq, NONE, new byte[] {7});
        one.raw.send();
        one.pass(1);
    }

    @Test
    void aSystemMessageThatIsRightIsNotCountedAsBad() {
        try (OneSided one = OneSided.connected()) {
            one.raw.keepAlive();
            one.raw.begin();
            one.raw.putDisconnect(CarrierDisconnectReason.Code.USER_REQUESTED.number());
            one.raw.send();
            one.pass(2);
            assertThat(one.side.events).containsExactly("disconnected USER_REQUESTED");
            assertThat(one.count(CarrierCounter.SYSTEM_MESSAGES_BAD)).isZero();
        }
    }

    @Test
    void eachDatagramIsMeasuredByItself() {
        PlainFlow flow = new PlainFlow();
        try (OneSided one = OneSided.connected(settings -> settings.trafficControl(flow))) {
            flow.told.clear();
            one.raw.say(false, 0, 0, NONE, "four");
            one.raw.say(false, 0, 1, NONE, "four");
            one.raw.keepAlive();
            one.pass(2);
            assertThat(flow.told.stream().filter(each -> each.startsWith("received")))
                    .containsExactly("received 13 with 4", "received 13 with 4", "received 12 with 0");
        }
    }

    @Test
    void anUnreliableMessageBehindOneThatIsMissingIsNotWhatOthersWaitFor() {
        try (OneSided one = OneSided.connected(settings -> settings.receiveQueueSize(20_000))) {
            byte[] large = new byte[1_000];
            for (int i = 1; i < 25; i++) {
                one.raw.begin();
                one.raw.put(true, 0, 1, i, i, large);
                one.raw.send();
                one.pass(1);
            }
            long refused = one.count(CarrierCounter.DATAGRAMS_OVER_ROOM);
            one.raw.begin();
            one.raw.put(false, 0, 1, 30, 0, large);
            one.raw.send();
            one.pass(1);
            assertThat(one.count(CarrierCounter.DATAGRAMS_OVER_ROOM)).isEqualTo(refused + 1);
        }
    }

    @Test
    void whatNobodyReceivedIsCountedWhenTheCarrierIsClosedBeforeTheEndIsToldAndAfterIt() {
        for (boolean isToldBefore : new boolean[] {false, true}) {
            try (OneSided one = OneSided.connected()) {
                one.side.isDeaf = true;
                one.raw.say(true, 0, 0, 0, "never received");
                one.pass(2);
                if (isToldBefore) {
                    one.raw.begin();
                    one.raw.putDisconnect(CarrierDisconnectReason.Code.USER_REQUESTED.number());
                    one.raw.send();
                    one.pass(1);
                    assertThat(one.side.events).hasSize(1);
                }
                assertThat(one.count(CarrierCounter.MESSAGES_UNDELIVERED)).isZero();
                one.side.carrier.close();
                assertThat(one.count(CarrierCounter.MESSAGES_UNDELIVERED)).isOne();
            }
        }
    }

    @Test
    void aConnectionThatIsOnlyBeingForgottenTakesNoPlaceFromAnother() {
        try (OneSided one = OneSided.connected(settings -> settings.maxConnections(1));
                RawPeer other = new RawPeer(one.rawHost, 667, "10.0.0.1")) {
            other.send(other.connectRequest());
            one.pass(2);
            assertThat(one.side.events).isEmpty();
            one.raw.begin();
            one.raw.putDisconnect(CarrierDisconnectReason.Code.USER_REQUESTED.number());
            one.raw.send();
            one.pass(2);
            one.connect(other);
            assertThat(one.side.events).containsExactly("disconnected USER_REQUESTED", "incoming", "established");
        }
    }

    @Test
    void aPeerThatEndsWhatWasAboutToEndLeavesNothingThatIsStillEnding() {
        try (OneSided one = OneSided.connected()) {
            one.send("never acknowledged");
            ConnectionId id = one.id();
            one.side.carrier.disconnect(id, Duration.ofSeconds(3));
            assertThat(one.side.carrier.connectionState(id)).isEqualTo(ConnectionState.DISCONNECTING);
            one.raw.begin();
            one.raw.putDisconnect(CarrierDisconnectReason.Code.USER_REQUESTED.number());
            one.raw.send();
            one.pass(1);
            assertThat(one.side.events).hasSize(1);
            assertThat(one.side.carrier.connectionState(id)).isEqualTo(ConnectionState.DISCONNECTED);
        }
    }
}
