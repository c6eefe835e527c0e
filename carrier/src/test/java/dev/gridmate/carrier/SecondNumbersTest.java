package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.driver.sim.DatagramFaults;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Numbers of 16 bits go round: what follows is as what came before. And what has been used is used
 * again.
 */
@Timeout(60)
class SecondNumbersTest {

    private static CarrierDesc.Builder bearsLoss(CarrierDesc.Builder settings) {
        return settings.disconnectDetectionPacketLossThreshold(0);
    }

    @Test
    void seventyThousandMessagesOnEachChannelGoRoundTheirNumbersInOrder() {
        int count = 70_000;
        try (Pair pair = new Pair(Side.Wire.UDP, 1, SecondNumbersTest::bearsLoss, SecondNumbersTest::bearsLoss)) {
            pair.network.window(64 << 20);
            ConnectionId id = pair.connected();
            int[] next = new int[3];
            ByteBuffer message = ByteBuffer.allocate(4);
            MessageHandler inOrder = (from, channel, reliability, received) -> {
                int number = received.getInt();
                if (channel == 1) { // unreliable ones may be missing, but never come back
                    assertThat(number).isGreaterThanOrEqualTo(next[1]);
                    next[1] = number + 1;
                } else {
                    assertThat(number).isEqualTo(next[channel]++);
                    assertThat(reliability == DataReliability.SEND_RELIABLE).isEqualTo(channel == 0 || number % 2 == 0);
                }
            };
            pair.network.datagramFaults(DatagramFaults.NONE.withDuplication(0.05));
            for (int i = 0; i < count || next[0] < count || next[2] < count; i++) {
                if (i < count) {
                    DataReliability mixed =
                            i % 2 == 0 ? DataReliability.SEND_RELIABLE : DataReliability.SEND_UNRELIABLE;
                    send(pair, id, message, i, DataReliability.SEND_RELIABLE, 0);
                    send(pair, id, message, i, DataReliability.SEND_UNRELIABLE, 1);
                    send(pair, id, message, i, mixed, 2);
                }
                if (i % 20 == 0 || i >= count) {
                    pair.network.advance(Duration.ofMillis(1));
                    pair.client.carrier.update();
                    pair.server.carrier.update();
                    pair.server.carrier.receive(inOrder, 100_000);
                }
                assertThat(i).isLessThan(count * 3);
            }
            assertThat(next[1]).isEqualTo(count);
            assertThat(pair.client.carrier.counter(CarrierCounter.MESSAGES_RESENT))
                    .isZero();
            assertThat(pair.client.events)
                    .startsWith("established")
                    .containsOnly("established", "security error SEQUENCE_NUMBER_DUPLICATED");
        }
    }

    private static void send(
            Pair pair, ConnectionId id, ByteBuffer message, int number, DataReliability reliability, int channel) {
        SendResult result =
                pair.client.carrier.send(message.putInt(0, number), id, reliability, DataPriority.NORMAL, channel);
        assertThat(result).isEqualTo(SendResult.OK);
    }

    @Test
    void seventyThousandDatagramsGoRoundTheirNumbersAndNothingIsLostOnTheWay() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            ConnectionId id = pair.connected();
            for (int i = 0; i < 70_000; i++) {
                pair.client.send("x", id, DataReliability.SEND_RELIABLE, 0);
                pair.network.advance(Duration.ofMillis(1));
                pair.client.carrier.update();
                pair.server.update();
            }
            pair.run(Duration.ofSeconds(1));
            assertThat(pair.server.received).hasSize(70_000);
            for (Side side : List.of(pair.client, pair.server)) {
                assertThat(side.carrier.counter(CarrierCounter.MESSAGES_RESENT)).isZero();
                assertThat(side.carrier.counter(CarrierCounter.DATAGRAMS_LOST)).isZero();
                assertThat(side.carrier.counter(CarrierCounter.DATAGRAMS_DUPLICATED))
                        .isZero();
                assertThat(side.carrier.counter(CarrierCounter.DATAGRAMS_BAD)).isZero();
            }
            assertThat(pair.client.carrier.counter(CarrierCounter.DATAGRAMS_OUT))
                    .isGreaterThan(70_000);
        }
    }

    @Test
    void theSendQueueGivesItsRoomBackForWhateverBecomesOfAMessage() {
        int room = 20_000;
        try (Pair pair = new Pair(
                Side.Wire.UDP, 3, SecondNumbersTest::bearsLoss, settings -> bearsLoss(settings.sendQueueSize(room)))) {
            ConnectionId id = pair.connected();
            pair.network.datagramFaults(DatagramFaults.NONE.withLoss(0.2));
            String text = "x".repeat(900);
            for (int round = 0; round < 40; round++) {
                int taken = 0;
                boolean isReliable = round % 2 == 0;
                DataReliability how = isReliable ? DataReliability.SEND_RELIABLE : DataReliability.SEND_UNRELIABLE;
                while (pair.client.send(text, id, how, round % 3).isTaken()) {
                    taken++;
                }
                assertThat(taken).as("round %d: each costs 1,152", round).isEqualTo(room / 1_152);
                pair.run(Duration.ofSeconds(6));
            }
            assertThat(pair.client.carrier.counter(CarrierCounter.MESSAGES_LOST))
                    .isPositive();
            assertThat(pair.client.carrier.counter(CarrierCounter.MESSAGES_RESENT))
                    .isPositive();
            assertThat(pair.client.carrier.counter(CarrierCounter.SENDS_REJECTED))
                    .isEqualTo(40);
        }
    }

    @Test
    void whatWaitsToLeaveIsCountedByPriorityAndDownToNothing() {
        try (OneSided one = OneSided.connected()) {
            Carrier carrier = one.side.carrier;
            ConnectionId id = one.id();
            for (int round = 0; round < 2; round++) {
                for (int i = 0; i < 5; i++) {
                    SendResult result = carrier.send(
                            ByteBuffer.allocate(10), id, DataReliability.SEND_UNRELIABLE, DataPriority.HIGH, i % 3);
                    assertThat(result).isEqualTo(SendResult.OK);
                }
                assertThat(carrier.queryNumToSend(id, DataPriority.HIGH)).isEqualTo(5);
                assertThat(carrier.queryNumToSend(id, DataPriority.LOW)).isZero();
                assertThat(carrier.queryFlowInformation(id).numToSendMessages()).isEqualTo(5);
                one.pass(1);
                assertThat(carrier.queryNumToSend(id, DataPriority.HIGH)).isZero();
                assertThat(carrier.queryFlowInformation(id).numToSendMessages()).isZero();
                one.raw.acknowledge(one.lastDatagram());
                one.pass(1);
            }
        }
    }

    @Test
    void smallMessagesBehindALargeOneLeaveByPriorityAgain() {
        PlainFlow flow = new PlainFlow();
        try (OneSided one = OneSided.connected(settings -> settings.trafficControl(flow))) {
            for (int round = 0; round < 2; round++) {
                one.heard.clear();
                flow.inTransfer = flow.window;
                one.side.carrier.send(
                        ByteBuffer.allocate(3_000), one.id(), DataReliability.SEND_RELIABLE, DataPriority.LOW, 0);
                flow.inTransfer = flow.window - 1;
                one.pass(1); // the first chunks leave
                flow.inTransfer = flow.window;
                priority(one, "normal", DataPriority.NORMAL);
                priority(one, "high", DataPriority.HIGH);
                flow.inTransfer = 0;
                one.pass(1);
                assertThat(one.users()).extracting(Heard::chunks).startsWith(3, 2, 1, 1, 1);
                assertThat(one.texts()).endsWith("high", "normal");
                one.heard.clear();
                flow.inTransfer = flow.window;
                priority(one, "normal", DataPriority.NORMAL);
                priority(one, "low", DataPriority.LOW);
                priority(one, "high", DataPriority.HIGH);
                flow.inTransfer = 0;
                one.pass(1);
                assertThat(one.texts()).containsExactly("high", "normal", "low");
            }
        }
    }

    private static void priority(OneSided one, String text, DataPriority priority) {
        SendResult result = one.side.carrier.send(
                ByteBuffer.wrap(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                one.id(),
                DataReliability.SEND_RELIABLE,
                priority,
                0);
        assertThat(result).isEqualTo(SendResult.OK);
    }

    @Test
    void channelsOfOnePriorityLeaveInTheOrderInWhichTheyWereSent() {
        try (OneSided one = OneSided.connected()) {
            for (int i = 0; i < 9; i++) {
                one.send("m" + i, DataReliability.SEND_UNRELIABLE, (9 - i) % 3);
            }
            one.pass(1);
            assertThat(one.texts()).containsExactly("m0", "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8");
        }
    }

    @Test
    void whatIsUsedAgainRemembersNothingOfItsFirstUse() {
        try (Pair pair = new Pair(Side.Wire.UDP, 11, SecondNumbersTest::bearsLoss, SecondNumbersTest::bearsLoss)) {
            ConnectionId id = pair.connected();
            int[] acked = {0};
            for (int i = 0; i < 300; i++) {
                // Lost and sent again, with a callback; then the same memory serves a message that
                // has none of it.
                pair.network.datagramFaults(i % 10 < 3 ? DatagramFaults.NONE.withLoss(1) : DatagramFaults.NONE);
                pair.client.carrier.sendWithCallback(
                        ByteBuffer.allocate(20),
                        () -> acked[0]++,
                        id,
                        i % 4 == 0 ? DataReliability.SEND_RELIABLE : DataReliability.SEND_UNRELIABLE,
                        DataPriority.NORMAL,
                        i % 3);
                pair.tick();
                pair.client.send("plain " + i, id, DataReliability.SEND_RELIABLE, i % 3);
                pair.run(Duration.ofMillis(300));
            }
            pair.network.datagramFaults(DatagramFaults.NONE);
            pair.run(Duration.ofSeconds(5));
            List<String> plain = pair.server.texts().stream()
                    .filter(text -> text.startsWith("plain"))
                    .toList();
            assertThat(plain).hasSize(300).doesNotHaveDuplicates();
            assertThat(acked[0]).isBetween(150, 300);
            assertThat(pair.client.carrier.counter(CarrierCounter.MESSAGES_RESENT))
                    .isPositive();
        }
    }

    @Test
    void aQueueTakesWhatFillsItToTheByteAndAnEmptyOneAnyMessage() {
        try (Pair pair =
                new Pair(Side.Wire.UDP, 3, settings -> settings, settings -> settings.sendQueueSize(4 * 1_152))) {
            ConnectionId id = pair.connected();
            for (int round = 0; round < 2; round++) {
                for (int i = 0; i < 4; i++) {
                    assertThat(pair.client.send("x".repeat(900), id, DataReliability.SEND_RELIABLE, 0))
                            .isEqualTo(SendResult.OK);
                }
                assertThat(pair.client.send("x", id, DataReliability.SEND_RELIABLE, 0))
                        .isEqualTo(SendResult.QUEUE_FULL);
                pair.run(Duration.ofSeconds(2));
                assertThat(pair.client.send("x".repeat(9_000), id, DataReliability.SEND_RELIABLE, 0))
                        .isEqualTo(SendResult.OK);
                assertThat(pair.client.send("x", id, DataReliability.SEND_RELIABLE, 0))
                        .isEqualTo(SendResult.QUEUE_FULL);
                pair.run(Duration.ofSeconds(2));
            }
        }
    }

    @Test
    void theLowestPriorityLeavesAQuarterOfTheQueueToTheOthers() {
        try (Pair pair =
                new Pair(Side.Wire.UDP, 3, settings -> settings, settings -> settings.sendQueueSize(4 * 1_152))) {
            ConnectionId id = pair.connected();
            ByteBuffer data = ByteBuffer.allocate(900);
            for (int round = 0; round < 2; round++) {
                for (int i = 0; i < 4; i++) {
                    assertThat(pair.client.carrier.send(data, id, DataReliability.SEND_RELIABLE, DataPriority.LOW, 0))
                            .isEqualTo(i < 3 ? SendResult.OK : SendResult.QUEUE_FULL);
                }
                assertThat(pair.client.carrier.send(data, id)).isEqualTo(SendResult.OK);
                assertThat(pair.client.carrier.send(data, id)).isEqualTo(SendResult.QUEUE_FULL);
                pair.run(Duration.ofSeconds(2));
            }
        }
    }
}
