package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.carrier.wire.SystemMessage;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is counted, called and said when a connection is over, and what is not any more. */
@Timeout(60)
class AfterTheEndTest {

    private static void endByPeer(OneSided one) {
        one.raw.begin();
        one.raw.putDisconnect(0);
        one.raw.send();
        one.pass(2);
    }

    @Test
    void whatIsUnderWayWhenAConnectionIsForgottenIsNotCountedAsLostAndItsCallbacksHearOfIt() {
        try (OneSided one = OneSided.connected()) {
            List<String> told = new ArrayList<>();
            for (DataReliability how : DataReliability.values()) {
                SendResult result = one.side.carrier.sendWithCallback(
                        ByteBuffer.allocate(5), new Noting(told), one.id(), how, DataPriority.NORMAL, 0);
                assertThat(result).isEqualTo(SendResult.OK);
            }
            one.pass(2);
            endByPeer(one);
            assertThat(told).isEmpty();
            one.pass(600);
            assertThat(told).containsExactly("lost", "lost");
            assertThat(one.count(CarrierCounter.DATAGRAMS_LOST)).isZero();
            assertThat(one.count(CarrierCounter.MESSAGES_LOST)).isZero();
            one.pass(1_500);
            assertThat(told).hasSize(2);
        }
    }

    private record Noting(List<String> told) implements AckCallback {
        @Override
        public void onAck() {
            told.add("acknowledged");
        }

        @Override
        public void onLost() {
            told.add("lost");
        }
    }

    @Test
    void aCallbackHearsOnceWhenAllChunksAreAcknowledged() {
        PlainFlow flow = new PlainFlow();
        try (OneSided one = OneSided.connected(settings -> settings.trafficControl(flow))) {
            List<String> told = new ArrayList<>();
            for (int round = 1; round <= 2; round++) {
                one.heard.clear();
                SendResult result = one.side.carrier.sendWithCallback(
                        ByteBuffer.allocate(3_500),
                        new Noting(told),
                        one.id(),
                        DataReliability.SEND_UNRELIABLE,
                        DataPriority.NORMAL,
                        1);
                assertThat(result).isEqualTo(SendResult.OK_BUT_RELIABLE);
                one.pass(1);
                assertThat(one.users()).hasSize(3).allMatch(Heard::reliable);
                int first = one.users().get(0).datagram();
                one.raw.acknowledge(first + 1, first + 2);
                one.pass(1);
                assertThat(told).hasSize(round - 1);
                one.raw.acknowledge(first);
                one.pass(1);
                assertThat(told).hasSize(round).containsOnly("acknowledged");
            }
        }
    }

    @Test
    void oneRequestBehindAnEndMayBeAnOldOneAndTwoAreSomebodyNew() {
        try (OneSided one = OneSided.connected()) {
            endByPeer(one);
            one.side.events.clear();
            one.raw.send(one.raw.connectRequest());
            one.pass(2);
            one.raw.keepAlive();
            one.pass(100);
            assertThat(one.count(CarrierCounter.DATAGRAMS_UNKNOWN))
                    .as("it is still being forgotten")
                    .isZero();
            one.raw.send(one.raw.connectRequest());
            one.pass(2);
            one.raw.send(one.raw.connectRequest());
            one.pass(2);
            one.connect();
            assertThat(one.side.events).containsExactly("incoming", "established");
        }
    }

    @Test
    void behindARefusalOfANewStartTooOneRequestMayBeAnOldOne() {
        try (OneSided one = OneSided.connected()) {
            one.raw.keepAlive();
            one.pass(250);
            for (int i = 0; i < 2; i++) {
                one.raw.send(one.raw.connectRequest());
                one.pass(510); // it is probed, and has a second
            }
            one.raw.send(one.raw.connectRequest());
            one.pass(2);
            assertThat(one.side.events).containsExactly("disconnected WAS_ALREADY_CONNECTED");
            one.side.events.clear();
            one.pass(310);
            for (int i = 0; i < 2; i++) {
                one.raw.send(one.raw.connectRequest());
                one.pass(2);
                assertThat(one.side.events).isEmpty();
            }
            one.connect();
            assertThat(one.side.events).containsExactly("incoming", "established");
        }
    }

    @Test
    void whoClosesSaysNothingToThoseThatAreOver() {
        try (OneSided one = OneSided.connected()) {
            endByPeer(one);
            int said = one.of(SystemMessage.DISCONNECT).size();
            one.side.carrier.close();
            assertThat(one.of(SystemMessage.DISCONNECT)).hasSize(said);
            assertThat(one.side.events).containsExactly("disconnected USER_REQUESTED");
        }
    }

    @Test
    void whoIsCalledWhileTheCarrierClosesFindsItBusyAndNotYetClosed() {
        try (OneSided one = OneSided.connected()) {
            List<Integer> work = new ArrayList<>();
            one.side.gridMate.eventBus(CarrierEvents.class).connect(new CarrierEvents() {
                @Override
                public void onDisconnect(Carrier carrier, ConnectionId id, CarrierDisconnectReason reason) {
                    work.add(carrier.update());
                    work.add(carrier.numConnections());
                    carrier.close();
                }
            });
            one.side.carrier.close();
            assertThat(work).containsExactly(0, 0);
            assertThat(one.side.carrier.isClosed()).isTrue();
            assertThat(one.count(CarrierCounter.DISCONNECTS)).isOne();
        }
    }

    @Test
    void afterARefusalNothingSaysThatThisSideIsConnecting() {
        try (OneSided one = new OneSided(settings -> settings.version(2))) {
            one.raw.send(one.raw.connectRequest());
            one.pass(2);
            assertThat(one.of(SystemMessage.DISCONNECT)).hasSize(1).noneMatch(Heard::isConnecting);
            assertThat(one.side.events).containsExactly("incoming", "failed VERSION_MISMATCH");
        }
        try (OneSided one = new OneSided(settings -> settings)) {
            one.side.carrier.connect("10.0.0.66", OneSided.RAW_PORT);
            one.pass(5);
            one.side.carrier.disconnect(ConnectionId.ALL);
            one.pass(600);
            assertThat(one.of(SystemMessage.DISCONNECT)).isNotEmpty().noneMatch(Heard::isConnecting);
            assertThat(one.of(SystemMessage.CONNECT_REQUEST)).hasSize(1);
            assertThat(one.side.events).containsExactly("failed USER_REQUESTED");
        }
    }

    @Test
    void acknowledgementsComeInHoweverFullTheRoomIs() {
        try (OneSided one = OneSided.connected(settings -> settings.receiveQueueSize(20_000))) {
            one.side.isDeaf = true;
            byte[] large = new byte[1_000];
            for (int i = 17; i >= 0; i--) { // the last of them brings more than there is room for
                one.raw.begin();
                one.raw.put(true, 0, 1, i, i, large);
                one.raw.send();
                one.pass(1);
            }
            assertThat(one.side.carrier.queryFlowInformation(one.id()).numToReceiveMessages())
                    .isEqualTo(18);
            one.send("acknowledged all the same");
            one.pass(1);
            one.raw.acknowledge(one.datagramOf("acknowledged all the same"));
            one.passWithSignsOfLife(1_500);
            assertThat(one.count(CarrierCounter.DATAGRAMS_OVER_ROOM)).isZero();
            assertThat(one.count(CarrierCounter.MESSAGES_RESENT)).isZero();
        }
    }

    @Test
    void whatWasNotAcknowledgedWhenTheCarrierIsClosedIsLostAndItsCallbackHearsOfIt() {
        try (OneSided one = OneSided.connected()) {
            List<String> told = new ArrayList<>();
            SendResult result = one.side.carrier.sendWithCallback(
                    ByteBuffer.allocate(5),
                    new Noting(told),
                    one.id(),
                    DataReliability.SEND_RELIABLE,
                    DataPriority.NORMAL,
                    0);
            assertThat(result).isEqualTo(SendResult.OK);
            one.pass(2);
            one.side.carrier.close();
            assertThat(told).containsExactly("lost");
        }
    }

    @Test
    void oneThatStillWaitsForTheOneBeforeItSaysNothingWhenTheCarrierIsClosed() {
        try (OneSided one = OneSided.connected()) {
            one.side.carrier.disconnect(one.id());
            one.pass(2);
            one.side.carrier.connect("10.0.0.66", OneSided.RAW_PORT);
            int said = one.of(SystemMessage.DISCONNECT).size();
            one.side.carrier.close();
            assertThat(one.of(SystemMessage.DISCONNECT)).hasSize(said + 1);
        }
    }

    @Test
    void whatLeftInOneDatagramAndAgainInTwoIsAcknowledgedByEachForItself() {
        int tried = 0;
        for (int second = 630; second <= 660; second++) { // one of them fits beside the other only the first time
            PlainFlow flow = new PlainFlow();
            try (OneSided one = OneSided.connected(settings -> settings.trafficControl(flow))) {
                List<String> told = new ArrayList<>();
                for (int size : new int[] {700, second}) {
                    SendResult result = one.side.carrier.sendWithCallback(
                            ByteBuffer.allocate(size),
                            new Noting(told),
                            one.id(),
                            DataReliability.SEND_RELIABLE,
                            DataPriority.NORMAL,
                            0);
                    assertThat(result).isEqualTo(SendResult.OK);
                }
                one.pass(2);
                List<Heard> together = one.users();
                one.pass(150);
                int later = one.lastDatagram();
                for (int denial = 0; denial < 3; denial++) {
                    one.raw.acknowledge(later);
                    one.pass(2);
                }
                one.pass(5);
                List<Heard> again = one.users().subList(2, 4);
                if (together.get(0).datagram() != together.get(1).datagram()
                        || again.get(0).datagram() == again.get(1).datagram()) {
                    continue;
                }
                tried++;
                one.raw.acknowledge(again.get(0).datagram());
                one.pass(2);
                assertThat(told).containsExactly("acknowledged");
                one.raw.acknowledge(again.get(1).datagram());
                one.pass(2);
                assertThat(told).containsExactly("acknowledged", "acknowledged");
            }
        }
        assertThat(tried).isPositive();
    }

    @Test
    void nothingIsKeptOfConnectionsThatAreOver() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            List<WeakReference<Object>> over = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                ConnectionId id = pair.connected();
                over.add(new WeakReference<>(id.peer));
                over.add(new WeakReference<>(pair.server.last().peer));
                pair.client.send("x", id, DataReliability.SEND_RELIABLE, 0);
                pair.client.carrier.disconnect(id);
                pair.run(Duration.ofSeconds(2));
                assertThat(pair.server.carrier.numConnections()).isZero();
            }
            for (int i = 0; i < 50 && over.stream().anyMatch(each -> each.get() != null); i++) {
                System.gc(); // only a hint, so it is given again
            }
            assertThat(over).allSatisfy(each -> assertThat(each.get()).isNull());
        }
    }

    @Test
    void whatWaitedWhenTheEndWasSaidDoesNotLeaveAnyMore() {
        PlainFlow flow = new PlainFlow();
        try (OneSided one = OneSided.connected(settings -> settings.trafficControl(flow))) {
            flow.window = 0;
            one.send("too late");
            one.pass(10);
            one.side.carrier.disconnect(one.id());
            one.pass(10);
            flow.window = 1_000_000;
            one.pass(400);
            assertThat(one.of(SystemMessage.DISCONNECT)).hasSizeGreaterThan(1);
            assertThat(one.users()).isEmpty();
        }
    }

    @Test
    void theReasonOfAPeerThatFallsSilentAloneSaysNothingOfOthers() {
        try (OneSided one = OneSided.connected()) {
            List<String> details = new ArrayList<>();
            one.side.gridMate.eventBus(CarrierEvents.class).connect(new CarrierEvents() {
                @Override
                public void onDisconnect(Carrier which, ConnectionId id, CarrierDisconnectReason reason) {
                    details.add(reason.detail());
                }
            });
            one.pass(6_000);
            assertThat(details).hasSize(1);
            assertThat(details.get(0)).startsWith("nothing heard for ").doesNotContain("another");
        }
    }
}
