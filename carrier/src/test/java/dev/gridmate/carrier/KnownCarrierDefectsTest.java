package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.carrier.wire.SystemMessage;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the simulated programs have found, each in its shortest form. */
@Timeout(60)
class KnownCarrierDefectsTest {

    private static final int NONE = 65_535;
    private static final byte[] MESSAGE = {1, 2, 3};

    @Test
    void aMessageThatTheEndOvertakesIsNotAnnouncedBehindIt() {
        try (Pair pair = new Pair(Side.Wire.UDP);
                RawPeer raw = new RawPeer(pair.network.host("10.0.0.66"), Side.PORT, "10.0.0.1")) {
            AtomicInteger announced = new AtomicInteger();
            CarrierEvents counting = new CarrierEvents() {
                @Override
                public void onReceive(Carrier carrier, ConnectionId id, int channel) {
                    announced.incrementAndGet();
                }
            };
            pair.server.gridMate.eventBus(CarrierEvents.class).connect(counting);
            raw.send(raw.connectRequest());
            pair.tick();
            pair.tick();
            raw.begin();
            int answer = raw.hear(0).get(0).datagram();
            raw.putSystem(false, 0, answer >>> 8, answer, SystemMessage.ACKS);
            raw.putDisconnect(0);
            raw.send();
            pair.tick();
            raw.begin();
            raw.put(false, 0, 1, 0, NONE, MESSAGE);
            raw.send();
            pair.tick();

            assertThat(pair.server.events).containsExactly("incoming", "established", "disconnected USER_REQUESTED");
            assertThat(announced).hasValue(0);
        }
    }

    @Test
    void messagesOfAConnectionThatThePeerStillHasAreNotTheNextOnes() {
        try (Pair pair = new Pair(Side.Wire.UDP);
                RawPeer raw = new RawPeer(pair.network.host("10.0.0.66"), Side.PORT, "10.0.0.2")) {
            ConnectionId id = pair.client.carrier.connect("10.0.0.66", Side.PORT);
            pair.tick();
            raw.begin();
            raw.put(false, 0, 1, 0, NONE, MESSAGE);
            raw.send();
            pair.tick();

            assertThat(pair.client.carrier.connectionState(id)).isEqualTo(ConnectionState.CONNECTING);
            assertThat(pair.client.received).isEmpty();
        }
    }

    @Test
    void whoClosesWhileItEndsAConnectionSendsNoEmptyDatagram() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            pair.client.carrier.disconnect(pair.connected());
            pair.client.update();
            pair.client.carrier.close();
            pair.network.advance(Pair.TICK);
            pair.server.update();

            assertThat(pair.server.events).containsExactly("incoming", "established", "disconnected USER_REQUESTED");
            assertThat(pair.server.carrier.counter(CarrierCounter.DATAGRAMS_BAD))
                    .isZero();
        }
    }

    @Test
    void theAnswerToARequestIsNotRepeatedToAPeerThatHasConnected() {
        try (Pair pair = new Pair(Side.Wire.UDP);
                RawPeer raw = new RawPeer(pair.network.host("10.0.0.66"), Side.PORT, "10.0.0.1")) {
            raw.send(raw.connectRequest());
            pair.tick();
            pair.tick();
            raw.acknowledge(raw.hear(0).get(0).datagram());

            for (int i = 0; i < 300; i++) {
                raw.keepAlive();
                pair.run(Duration.ofMillis(10));
            }

            assertThat(raw.received(SystemMessage.CONNECT_ACK)).isZero();
        }
    }

    @Test
    void anAnswerToAClientThatIsGoneDoesNotConnectTheNextOneAtItsAddress() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            pair.network.latency(Duration.ofMillis(20));
            connectAndCloseUnheard(pair);
            // The server reads a request of the first client's now, and repeats its answer. The
            // next client's numbers are others.
            try (Side next = new Side(pair.clientHost, Side.Wire.UDP, settings -> Side.numbered(settings, () -> 50))) {
                connectInTheEnd(pair, next);
                next.send("second", next.last(), DataReliability.SEND_RELIABLE, 0);
                run(pair, next, 20);
                assertThat(pair.server.texts()).containsExactly("first", "second");
            }
        }
    }

    /** The server answers, and does not come to read what follows. */
    private static void connectAndCloseUnheard(Pair pair) {
        ConnectionId first = pair.connect();
        for (int i = 0; i < 20; i++) {
            pair.network.advance(Pair.TICK);
            pair.client.update();
            if (pair.server.events.isEmpty()) {
                pair.server.update();
            }
        }
        pair.client.send("first", first, DataReliability.SEND_RELIABLE, 0);
        pair.client.update();
        pair.network.advance(Duration.ofMillis(20));
        pair.network.partition(pair.serverHost, pair.clientHost);
        pair.client.carrier.close();
        pair.client.driver.close();
        pair.network.heal();
    }

    /** Asks again when the server says that it still has a connection. */
    private static void connectInTheEnd(Pair pair, Side client) {
        client.carrier.connect("10.0.0.1", Side.PORT);
        for (int i = 0; i < 1_000 && client.carrier.numConnections() == 0; i++) {
            run(pair, client, 1);
            if (client.events.remove("failed WAS_ALREADY_CONNECTED")) {
                client.carrier.connect("10.0.0.1", Side.PORT);
            }
        }
    }

    private static void run(Pair pair, Side client, int ticks) {
        for (int i = 0; i < ticks; i++) {
            pair.network.advance(Pair.TICK);
            pair.server.update();
            client.update();
        }
    }

    @Test
    void twoSidesDoNotAnswerEachOthersEndForEver() {
        UnaryOperator<CarrierDesc.Builder> impatient = settings -> settings.connectionTimeoutMS(1_000);
        try (Pair pair = new Pair(Side.Wire.UDP, 1, UnaryOperator.identity(), impatient)) {
            pair.connected();
            while (pair.client.carrier.numConnections() > 0) { // the server does not come to answer
                pair.network.advance(Pair.TICK);
                pair.client.update();
            }
            long before = pair.client.carrier.counter(CarrierCounter.DATAGRAMS_OUT);
            pair.run(Duration.ofMillis(400));

            assertThat(pair.client.carrier.counter(CarrierCounter.DATAGRAMS_OUT) - before)
                    .isLessThan(30);
        }
    }

    @Test
    void ofTwoThatWaitForTheSamePredecessorOneTakesItsPlace() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            pair.client.carrier.disconnect(pair.connected());
            pair.client.carrier.disconnect(pair.connect());
            ConnectionId third = pair.connect();
            pair.run(Duration.ofSeconds(3));

            assertThat(pair.client.carrier.connectionState(third)).isEqualTo(ConnectionState.CONNECTED);
            assertThat(pair.server.events)
                    .containsExactly(
                            "incoming", "established", "disconnected USER_REQUESTED", "incoming", "established");
        }
    }

    @Test
    void aWaitDoesNotPutOffTheEndOfAConnectionThatHasNothingToSend() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            ConnectionId id = pair.connected();
            pair.run(Duration.ofMillis(500));
            pair.client.carrier.disconnect(id, Duration.ofSeconds(10));
            boolean ignored = pair.client.carrier.waitForData(Duration.ZERO);
            pair.tick();
            pair.tick();
            pair.tick();

            assertThat(pair.client.events).containsExactly("established", "disconnected USER_REQUESTED");
        }
    }

    @Test
    void largeMessagesOnAllChannelsComeThroughARoomThatIsSmallerThanTheyAreTogether() {
        UnaryOperator<CarrierDesc.Builder> small = settings -> settings.receiveQueueSize(110_000);
        try (Pair pair = new Pair(Side.Wire.UDP, 1, small, UnaryOperator.identity())) {
            ConnectionId id = pair.connected();
            for (int channel = 0; channel < Posting.CHANNELS; channel++) {
                SendResult result = pair.client.carrier.send(
                        ByteBuffer.allocate(100_000), id, DataReliability.SEND_RELIABLE, DataPriority.NORMAL, channel);
                assertThat(result).isEqualTo(SendResult.OK);
            }
            pair.runUntil(() -> pair.server.received.size() == Posting.CHANNELS);
        }
    }

    @Test
    void aTooLargeDatagramOfAStrangerIsJudgedByItselfAndNotByWhatWasReadBefore() {
        try (Pair pair = new Pair(Side.Wire.UDP);
                RawPeer raw = new RawPeer(pair.network.host("10.0.0.66"), Side.PORT, "10.0.0.1")) {
            raw.send(new byte[5_000]);
            pair.tick();
            assertThat(pair.server.events).containsExactly("security error INVALID_SOURCE_ADDRESS");

            pair.connected(); // leaves a sound datagram behind
            pair.server.events.clear();
            raw.send(new byte[5_000]);
            pair.tick();
            assertThat(pair.server.events).containsExactly("security error INVALID_SOURCE_ADDRESS");
            assertThat(pair.server.carrier.counter(CarrierCounter.DATAGRAMS_UNKNOWN))
                    .isEqualTo(2);
        }
    }
}
