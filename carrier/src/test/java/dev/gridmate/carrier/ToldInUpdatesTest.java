package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is told once in an update, and again in the next one. */
@Timeout(60)
class ToldInUpdatesTest {

    private static final int NONE = 65_535;

    private static List<String> listen(OneSided one) {
        List<String> told = new ArrayList<>();
        one.side.gridMate.eventBus(CarrierEvents.class).connect(new CarrierEvents() {
            @Override
            public void onReceive(Carrier carrier, ConnectionId id, int channel) {
                told.add("receive on " + channel);
            }

            @Override
            public void onRateChange(Carrier carrier, ConnectionId id, int sendLimitBytesPerSec) {
                told.add("rate " + sendLimitBytesPerSec);
            }
        });
        return told;
    }

    @Test
    void messagesAreAnnouncedOnceForEachChannelAndUpdate() {
        try (OneSided one = OneSided.connected()) {
            List<String> told = listen(one);
            for (int round = 0; round < 2; round++) {
                told.clear();
                for (int i = 0; i < 3; i++) {
                    one.raw.say(true, 0, round * 3 + i, round * 3 + i, "x");
                    one.raw.say(true, 2, round * 3 + i, round * 3 + i, "x");
                }
                one.pass(1);
                assertThat(told).containsExactlyInAnyOrder("receive on 0", "receive on 2");
            }
        }
    }

    @Test
    void anErrorIsToldOnceInAnUpdateAndAgainInTheNext() {
        try (OneSided one = OneSided.connected()) {
            for (int round = 1; round <= 2; round++) {
                one.raw.sendRaw(0xff);
                one.raw.sendRaw(0xff);
                one.pass(1);
                assertThat(one.side.events).hasSize(round).containsOnly("security error BUFFER_READ_OUT_OF_BOUND");
            }
            assertThat(one.count(CarrierCounter.DATAGRAMS_BAD)).isEqualTo(4);
        }
    }

    @Test
    void anErrorOfStrangersIsToldOnceInAnUpdateAndAgainInTheNext() {
        try (OneSided one = OneSided.connected();
                RawPeer stranger = new RawPeer(one.rawHost, 777, "10.0.0.1")) {
            for (int round = 1; round <= 2; round++) {
                stranger.sendRaw(0xff);
                stranger.sendRaw(0xff);
                one.pass(1);
                assertThat(one.side.events).hasSize(round).containsOnly("security error INVALID_SOURCE_ADDRESS");
            }
        }
    }

    @Test
    void anyNumberOfBadDatagramsIsBorneSinceAnybodyCanSendThem() {
        try (OneSided one = OneSided.connected()) {
            for (int second = 0; second < 5; second++) {
                for (int i = 0; i < 100; i++) {
                    one.raw.sendRaw(0xff);
                }
                one.raw.sequence -= 100;
                one.raw.keepAlive();
                one.pass(1_000);
            }
            assertThat(one.count(CarrierCounter.DATAGRAMS_BAD)).isEqualTo(500);
            assertThat(one.side.events).doesNotContain("disconnected BAD_PACKETS");
        }
    }

    @Test
    void aChangeOfTheWindowIsToldOnceASecondAsBytesASecond() {
        PlainFlow flow = new PlainFlow();
        try (OneSided one = OneSided.connected(settings -> settings.trafficControl(flow))) {
            List<String> told = listen(one);
            flow.window = 50_000;
            flow.rtt = 100 * CarrierTime.MILLISECOND;
            one.pass(200);
            assertThat(told).as("nothing has changed").isEmpty();
            flow.changesWindow = true;
            for (int i = 0; i < 25; i++) {
                one.send("x");
                one.pass(50);
                one.raw.acknowledge(one.lastDatagram());
                one.pass(50);
            }
            assertThat(told).hasSize(3).containsOnly("rate 500000");
            flow.changesWindow = false;
            told.clear();
            flow.rtt = 0;
            one.passWithSignsOfLife(3_000);
            assertThat(told).as("a change that was told is not told again").hasSizeLessThanOrEqualTo(1);
        }
    }

    @Test
    void aChangeByTheFirstOfTwoAcknowledgementsIsToldAndWhatCameInIsKnownToTheTrafficControl() {
        PlainFlow flow = new PlainFlow();
        try (OneSided one = OneSided.connected(settings -> settings.trafficControl(flow))) {
            List<String> told = listen(one);
            one.send("one");
            one.pass(1);
            one.send("two");
            one.pass(1);
            flow.changesOnce = true;
            flow.changesWindow = true;
            one.raw.acknowledge(one.datagramOf("one"), one.datagramOf("two"));
            one.pass(2);
            assertThat(told).hasSize(1);
            one.raw.say(false, 0, 0, NONE, "four");
            one.pass(1);
            assertThat(flow.told).last().isEqualTo("received 13 with 4");
        }
    }

    @Test
    void oneMessageThatIsTooFarAheadKeepsItsWholeDatagramOut() {
        try (OneSided one = OneSided.connected()) {
            one.raw.begin();
            one.raw.put(false, 0, 1, 20_000, NONE, RawPeer.bytes('x'));
            one.raw.put(false, 1, 1, 0, NONE, RawPeer.bytes('y'));
            one.raw.send();
            one.pass(1);
            assertThat(one.side.events).containsExactly("security error SEQUENCE_NUMBER_OUT_OF_BOUND");
            assertThat(one.side.received).isEmpty();
        }
    }

    @Test
    void aLossThatChangesTheWindowIsToldToo() {
        PlainFlow flow = new PlainFlow();
        try (OneSided one = OneSided.connected(settings -> settings.trafficControl(flow))) {
            List<String> told = listen(one);
            flow.window = 20_000;
            flow.patience = Duration.ofMillis(50);
            flow.changesWindow = true;
            one.sendUnreliable("x");
            one.pass(200);
            assertThat(told).containsExactly("rate 20000000");
        }
    }

    @Test
    void fromOneConnectionTheChannelsTakeTurns() {
        try (OneSided one = OneSided.connected()) {
            for (int channel = 0; channel < 3; channel++) {
                for (int i = 0; i < 3; i++) {
                    one.raw.say(true, channel, i, i, "c" + channel);
                }
            }
            one.network.advance(Duration.ofMillis(1));
            one.side.carrier.update();
            one.side.receive();
            assertThat(one.side.texts()).containsExactly("c0", "c1", "c2", "c0", "c1", "c2", "c0", "c1", "c2");
            assertThat(one.count(CarrierCounter.MESSAGES_IN)).isEqualTo(9);
        }
    }

    @Test
    void aLargeMessageIsFollowedByASmallOneAndByALargeOneAgain() {
        try (OneSided one = OneSided.connected()) {
            int seq = 0;
            for (int round = 0; round < 3; round++) {
                for (int chunks = 3; chunks > 0; chunks--) {
                    one.raw.begin();
                    one.raw.put(true, 1, chunks, seq, seq, RawPeer.bytes('a' + 3 - chunks));
                    one.raw.send();
                    seq++;
                }
                one.raw.say(true, 1, seq, seq, "small");
                seq++;
                one.pass(1);
            }
            assertThat(one.side.texts()).containsExactly("abc", "small", "abc", "small", "abc", "small");
        }
    }

    @Test
    void anUnreliableMessageBetweenTheChunksOfALargeOneIsGivenByItself() {
        try (OneSided one = OneSided.connected()) {
            for (int round = 0; round < 2; round++) {
                int seq = round * 3;
                int reliable = round * 2;
                one.raw.begin();
                one.raw.put(true, 0, 2, seq, reliable, RawPeer.bytes('a'));
                one.raw.put(false, 0, 1, seq + 1, reliable, RawPeer.bytes('u'));
                one.raw.put(true, 0, 1, seq + 2, reliable + 1, RawPeer.bytes('b'));
                one.raw.send();
                one.pass(1);
            }
            assertThat(one.side.texts()).containsExactly("u", "ab", "u", "ab");
            assertThat(one.side.events).isEmpty();
        }
    }

    @Test
    void anEmptyMessageIsGivenAtOnce() {
        try (OneSided one = OneSided.connected()) {
            one.raw.say(true, 0, 0, 0, "");
            one.pass(1);
            assertThat(one.side.texts()).containsExactly("");
        }
    }

    @Test
    void anUnreliableMessageThatIsLateIsDroppedAndAReliableOneIsWaitedForThenGivenWithWhatFollows() {
        try (OneSided one = OneSided.connected()) {
            one.raw.say(false, 0, 1, NONE, "u1");
            one.pass(1);
            one.raw.say(false, 0, 0, NONE, "u0");
            one.pass(1);
            assertThat(one.side.texts()).containsExactly("u1");
            assertThat(one.count(CarrierCounter.MESSAGES_OBSOLETE)).isOne();
            one.raw.say(true, 0, 4, 1, "r4");
            one.raw.say(false, 0, 5, 1, "u5");
            one.raw.say(false, 0, 2, NONE, "u2");
            one.pass(1);
            assertThat(one.side.texts()).containsExactly("u1", "u2");
            one.raw.say(true, 0, 3, 0, "r3");
            one.pass(1);
            assertThat(one.side.texts()).containsExactly("u1", "u2", "r3", "r4", "u5");
            one.raw.say(true, 0, 20, 1, "r4 with a number that is another's");
            one.pass(1);
            assertThat(one.count(CarrierCounter.MESSAGES_OBSOLETE)).isEqualTo(2);
            one.raw.say(true, 0, 6, 2, "r6");
            one.pass(1);
            assertThat(one.side.texts()).endsWith("u5", "r6");
        }
    }

    @Test
    void theRoomIsGivenBackWithEachMessageThatIsReceived() {
        int room = 20_000;
        try (OneSided one = OneSided.connected(settings -> settings.receiveQueueSize(room))) {
            byte[] large = new byte[1_000];
            for (int i = 0; i < 500; i++) {
                one.raw.begin();
                one.raw.put(i % 2 == 0, i % 3, 1, i / 3, NONE, large);
                one.raw.send();
                one.pass(1);
            }
            assertThat(one.count(CarrierCounter.DATAGRAMS_OVER_ROOM)).isZero();
        }
    }

    @Test
    void whatHasNoRoomIsASignOfLifeAllTheSameAndThatWhichOthersWaitForComesIn() {
        int room = 20_000;
        try (OneSided one = OneSided.connected(settings -> settings.receiveQueueSize(room))) {
            byte[] large = new byte[1_000];
            for (int round = 0; round < 70; round++) {
                for (int i = round == 0 ? 1 : 22; i < 25; i++) {
                    one.raw.begin();
                    one.raw.put(true, 0, 1, i, i, large);
                    one.raw.send();
                }
                one.pass(100);
            }
            assertThat(one.side.events)
                    .as("heard for seven seconds, and never a datagram that was taken")
                    .containsOnly("security error DATA_RATE_TOO_HIGH");
            assertThat(one.side.received).isEmpty();
            one.raw.begin();
            one.raw.put(true, 0, 1, 0, 0, large);
            one.raw.send();
            one.pass(1);
            assertThat(one.side.received).hasSizeBetween(17, 19);
        }
    }

    @Test
    void whoDoesNotReceiveIsGivenItsRoomFullAndNotMoreAlsoOfWhatIsNext() {
        try (OneSided one = OneSided.connected(settings -> settings.receiveQueueSize(20_000))) {
            one.side.isDeaf = true;
            byte[] large = new byte[1_000];
            for (int i = 0; i < 100; i++) {
                one.raw.begin();
                one.raw.put(true, 0, 1, i, i, large);
                one.raw.send();
                one.pass(1);
            }
            assertThat(one.side.carrier.queryFlowInformation(one.id()).numToReceiveMessages())
                    .as("each costs 1,152")
                    .isEqualTo(20_000 / 1_152);
            assertThat(one.count(CarrierCounter.DATAGRAMS_OVER_ROOM)).isEqualTo(100 - 20_000 / 1_152);
            one.raw.begin();
            one.raw.put(true, 0, 1, 5, 5, large);
            one.raw.send();
            one.pass(1);
            assertThat(one.count(CarrierCounter.MESSAGES_OBSOLETE))
                    .as("a second copy takes no room")
                    .isOne();
            assertThat(one.count(CarrierCounter.DATAGRAMS_OVER_ROOM)).isEqualTo(100 - 20_000 / 1_152);
            one.side.isDeaf = false;
            one.pass(1);
            assertThat(one.side.received).hasSize(20_000 / 1_152);
        }
    }

    @Test
    void messagesOnAllChannelsThatWaitAreCountedTogetherAndDroppedWithTheirConnection() {
        try (OneSided one = OneSided.connected()) {
            one.side.isDeaf = true;
            for (int channel = 0; channel < 3; channel++) {
                for (int i = 0; i <= channel; i++) {
                    one.raw.say(true, channel, i, i, "x");
                }
                one.raw.say(true, channel, 9, 9, "waits for those before it");
            }
            one.pass(1);
            ConnectionId id = one.id();
            Carrier carrier = one.side.carrier;
            assertThat(carrier.queryFlowInformation(id).numToReceiveMessages()).isEqualTo(6);
            one.raw.begin();
            one.raw.putDisconnect(0);
            one.raw.send();
            one.pass(1);
            assertThat(one.count(CarrierCounter.MESSAGES_UNDELIVERED)).isZero();
            one.pass(1);
            assertThat(one.count(CarrierCounter.MESSAGES_UNDELIVERED)).isEqualTo(6);
            assertThat(carrier.waitForData(Duration.ofMillis(3)))
                    .as("nothing is left that could be received")
                    .isFalse();
            assertThat(carrier.receive((from, channel, how, message) -> {}, 10)).isZero();
            one.raw.say(true, 0, 1, 1, "too late");
            one.pass(1);
            assertThat(one.count(CarrierCounter.MESSAGES_UNDELIVERED)).isEqualTo(7);
        }
    }

    @Test
    void numbersAsFarAheadAsTheBoundAreTakenAndTheNextIsNot() {
        try (OneSided one = OneSided.connected()) {
            one.raw.say(true, 0, 16_383, 5, "far");
            one.pass(1);
            assertThat(one.side.events).isEmpty();
            one.raw.say(true, 0, 16_384, 6, "too far");
            one.pass(1);
            assertThat(one.side.events).containsExactly("security error SEQUENCE_NUMBER_OUT_OF_BOUND");
            one.side.events.clear();
            int before = one.raw.sequence;
            one.raw.sequence += 256 - 1;
            one.raw.sequence -= 1; // the one out of bound was not taken
            one.raw.keepAlive();
            one.pass(1);
            assertThat(one.side.events).isEmpty();
            one.raw.sequence += 256;
            one.raw.keepAlive();
            one.pass(1);
            assertThat(one.side.events).containsExactly("security error SEQUENCE_NUMBER_OUT_OF_BOUND");
            assertThat(before).isPositive();
        }
    }

    @Test
    void aPeerThatSpeaksTwiceWithOneNumberIsStillHeard() {
        try (OneSided one = OneSided.connected()) {
            one.raw.keepAlive();
            one.raw.send();
            one.pass(600);
            assertThat(one.side.events).containsExactly("security error SEQUENCE_NUMBER_DUPLICATED");
        }
    }

    @Test
    void aBufferThatIsTooSmallIsToldHowLargeItMustBeAndTheMessageStays() {
        try (OneSided one = OneSided.connected()) {
            one.raw.say(true, 0, 0, 0, "first");
            one.raw.say(true, 0, 1, 1, "the second");
            one.network.advance(Duration.ofMillis(1));
            Carrier carrier = one.side.carrier;
            carrier.update();
            ByteBuffer five = ByteBuffer.allocate(5);
            assertThat(carrier.receive(five, one.id(), 0).numBytes()).isEqualTo(5);
            assertThat(carrier.queryNextReceiveMessageMaxSize(one.id(), 0)).isEqualTo(10);
            ReceiveResult result = carrier.receive(five.clear(), one.id(), 0);
            assertThat(result.state()).isEqualTo(ReceiveResult.State.UNSUFFICIENT_BUFFER_SIZE);
            assertThat(result.numBytes()).isEqualTo(10);
            assertThat(one.count(CarrierCounter.MESSAGES_IN)).isOne();
            assertThat(carrier.receive(ByteBuffer.allocate(10), one.id(), 0).state())
                    .isEqualTo(ReceiveResult.State.RECEIVED);
            assertThat(carrier.receive(five, one.id(), 0).state()).isEqualTo(ReceiveResult.State.NO_MESSAGE_TO_RECEIVE);
        }
    }
}
