package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gridmate.driver.sim.SimulatedNetwork;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A program needs no map of connections: numbers, attachments, the list, and all but one. */
@Timeout(60)
class ConnectionsTest {

    private static ByteBuffer text(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    // ------------------------------------------------------------ numbers

    @Test
    void aNumberIsUsedOnceInTheProcess() {
        Set<Long> numbers = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            try (Pair pair = new Pair(Side.Wire.UDP)) {
                ConnectionId id = pair.connected();
                assertThat(id.number()).isPositive();
                assertThat(id).hasToString("connection " + id.number());
                assertThat(numbers.add(id.number())).isTrue();
                assertThat(numbers.add(pair.server.last().number())).isTrue();
            }
        }
        assertThat(ConnectionId.ALL.number()).isZero();
        assertThat(ConnectionId.ALL).hasToString("all connections");
    }

    // ------------------------------------------------------------ attachments

    @Test
    void whatIsAttachedIsThereInTheLastEventAndAfterIt() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            ConnectionId id = pair.connected();
            ConnectionId atServer = pair.server.last();
            List<Object> seen = new ArrayList<>();
            pair.server.gridMate.eventBus(CarrierEvents.class).connect(new CarrierEvents() {
                @Override
                public void onDisconnect(Carrier carrier, ConnectionId ended, CarrierDisconnectReason reason) {
                    seen.add(ended.attachment(String.class));
                }
            });
            assertThat(atServer.attachment()).isNull();
            assertThat(atServer.attachment(String.class)).isNull();
            atServer.attach("Ann");

            pair.client.carrier.disconnect(id);
            pair.run(Duration.ofSeconds(2));

            assertThat(seen).containsExactly("Ann");
            assertThat(atServer.attachment()).isEqualTo("Ann");
            atServer.attach(null);
            assertThat(atServer.attachment()).isNull();
        }
    }

    @Test
    void theNextConnectionOfTheSamePeerBeginsWithNothing() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            ConnectionId first = pair.connected();
            pair.server.last().attach("Ann");
            pair.client.carrier.disconnect(first);
            pair.run(Duration.ofSeconds(1));
            ConnectionId second = pair.connected();
            assertThat(second.number()).isGreaterThan(first.number());
            assertThat(pair.server.last().attachment()).isNull();
        }
    }

    @Test
    void anotherTypeThanTheOneAskedForIsAMistakeAndAllIsNoPlaceToAttachTo() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            ConnectionId id = pair.connected();
            id.attach("Ann");
            assertThatThrownBy(() -> id.attachment(Integer.class)).isInstanceOf(ClassCastException.class);
            assertThatIllegalStateException().isThrownBy(() -> ConnectionId.ALL.attach("Ann"));
            assertThat(ConnectionId.ALL.attachment()).isNull();
        }
    }

    // ------------------------------------------------------------ connections

    @Test
    void theListHasThoseWhoseFirstEventHasFiredAndWhoseLastOneHasNot() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            List<Integer> sizes = new ArrayList<>();
            pair.server.gridMate.eventBus(CarrierEvents.class).connect(new CarrierEvents() {
                @Override
                public void onIncomingConnection(Carrier carrier, ConnectionId id) {
                    sizes.add(carrier.connections().size());
                }

                @Override
                public void onConnectionEstablished(Carrier carrier, ConnectionId id) {
                    assertThat(carrier.connections()).containsExactly(id);
                    sizes.add(carrier.connections().size());
                }

                @Override
                public void onDisconnect(Carrier carrier, ConnectionId id, CarrierDisconnectReason reason) {
                    assertThat(carrier.connections()).doesNotContain(id);
                    sizes.add(carrier.connections().size());
                }
            });
            ConnectionId id = pair.connected();
            assertThat(pair.client.carrier.connections()).containsExactly(id);
            pair.client.carrier.disconnect(id);
            pair.run(Duration.ofMillis(100));
            assertThat(sizes).containsExactly(0, 1, 0);
            assertThat(pair.client.carrier.connections()).isEmpty();
        }
    }

    @Test
    void twoThatCameInOneUpdateAreListedOneAfterTheOtherAndWhatWasAttachedBeforeIsThere() {
        try (Pair pair = new Pair(Side.Wire.UDP);
                Side other = new Side(pair.network.host("10.0.0.3"), Side.Wire.UDP, UnaryOperator.identity())) {
            List<Integer> sizes = new ArrayList<>();
            pair.server.gridMate.eventBus(CarrierEvents.class).connect(new CarrierEvents() {
                @Override
                public void onConnectionEstablished(Carrier carrier, ConnectionId id) {
                    id.attach("here");
                    carrier.connections()
                            .forEach(each -> assertThat(each.attachment())
                                    .as("of %s", each)
                                    .isEqualTo("here"));
                    sizes.add(carrier.connections().size());
                }
            });
            pair.connect();
            other.carrier.connect("10.0.0.1", Side.PORT);
            pair.client.update();
            other.update();
            pair.network.advance(Pair.TICK);
            pair.server.update();
            for (int i = 0; i < 10; i++) { // the answers are acknowledged
                pair.network.advance(Pair.TICK);
                pair.client.update();
                other.update();
            }
            pair.server.update();
            assertThat(sizes).containsExactly(1, 2);
        }
    }

    @Test
    void aWalkSeesThoseThatWereThereWhenItBegan() {
        try (Crowd crowd = new Crowd(3)) {
            Carrier server = crowd.server.carrier;
            List<ConnectionId> all = server.connections();
            List<ConnectionId> walked = new ArrayList<>();
            assertThat(server.connections()).isSameAs(all);
            for (ConnectionId each : server.connections()) {
                walked.add(each);
                server.disconnect(each);
                server.connect("10.0.0.9", Side.PORT);
                crowd.run(100);
            }
            assertThat(walked).isEqualTo(all).hasSize(3);
            assertThat(server.connections()).isEmpty();
            assertThat(all).as("a list does not change").hasSize(3);
            assertThatThrownBy(() -> all.remove(0)).isInstanceOf(UnsupportedOperationException.class);
        }
    }

    @Test
    void aWalkMayCloseTheCarrier() {
        try (Crowd crowd = new Crowd(3)) {
            int walked = 0;
            for (ConnectionId each : crowd.server.carrier.connections()) {
                walked += each.number() > 0 ? 1 : 0;
                crowd.server.carrier.close();
            }
            assertThat(walked).isEqualTo(3);
            assertThatIllegalStateException().isThrownBy(crowd.server.carrier::connections);
        }
    }

    @Test
    void closingEmptiesTheListEventByEvent() {
        try (Crowd crowd = new Crowd(3)) {
            List<Integer> sizes = new ArrayList<>();
            crowd.server.gridMate.eventBus(CarrierEvents.class).connect(new CarrierEvents() {
                @Override
                public void onDisconnect(Carrier carrier, ConnectionId id, CarrierDisconnectReason reason) {
                    sizes.add(carrier.connections().size());
                }
            });
            crowd.server.carrier.close();
            assertThat(sizes).containsExactly(2, 1, 0);
        }
    }

    // ------------------------------------------------------------ all but one

    @Test
    void allButOneGetWhatThatOneDid() {
        try (Crowd crowd = new Crowd(3)) {
            ConnectionId first = crowd.server.carrier.connections().get(0);
            assertThat(crowd.sendToAll("moved", first)).isEqualTo(SendResult.OK);
            assertThat(crowd.sendToAll("all", null)).isEqualTo(SendResult.OK);
            crowd.run(100);
            assertThat(crowd.clients.get(0).texts()).containsExactly("all");
            assertThat(crowd.clients.get(1).texts()).containsExactly("moved", "all");
            assertThat(crowd.clients.get(2).texts()).containsExactly("moved", "all");
            assertThat(crowd.server.carrier.counter(CarrierCounter.MESSAGES_OUT))
                    .isEqualTo(5);
        }
    }

    @Test
    void oneThatIsOverIsLeftOutAsWell() {
        try (Crowd crowd = new Crowd(2)) {
            ConnectionId first = crowd.server.carrier.connections().get(0);
            crowd.server.carrier.disconnect(first);
            crowd.run(1_000);
            assertThat(crowd.sendToAll("hello", first)).isEqualTo(SendResult.OK);
            crowd.run(100);
            assertThat(crowd.clients.get(1).texts()).containsExactly("hello");
        }
    }

    @Test
    void aFullQueueIsToldAndTheOthersGetIt() {
        try (Crowd crowd = new Crowd(2, settings -> settings.sendQueueSize(65_536))) {
            ConnectionId first = crowd.server.carrier.connections().get(0);
            ConnectionId second = crowd.server.carrier.connections().get(1);
            while (crowd.server.send("x", first, DataReliability.SEND_RELIABLE, 0) == SendResult.OK) {
                // the queue is not full yet
            }
            assertThat(crowd.sendToAll("hello", null)).isEqualTo(SendResult.QUEUE_FULL);
            assertThat(crowd.sendToAll("other", second)).isEqualTo(SendResult.QUEUE_FULL);
            assertThat(crowd.sendToAll("again", first)).isEqualTo(SendResult.OK);
            crowd.run(100);
            assertThat(crowd.clients.get(1).texts()).containsExactly("hello", "again");
        }
    }

    @Test
    void allCannotBeLeftOutNorAnothersConnection() {
        try (Crowd crowd = new Crowd(1)) {
            assertThatIllegalArgumentException().isThrownBy(() -> crowd.sendToAll("hello", ConnectionId.ALL));
            ConnectionId others = crowd.clients.get(0).last();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> crowd.sendToAll("hello", others))
                    .withMessageContaining("another carrier's");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> crowd.server.carrier.sendToAll(
                            text("hello"), null, DataReliability.SEND_RELIABLE, DataPriority.NORMAL, 3));
        }
    }

    // ------------------------------------------------------------ closing

    @Test
    void aHandlerThatConnectsAgainKnowsThatTheCarrierIsClosing() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            List<Boolean> closing = new ArrayList<>();
            pair.client.gridMate.eventBus(CarrierEvents.class).connect(new CarrierEvents() {
                @Override
                public void onDisconnect(Carrier carrier, ConnectionId id, CarrierDisconnectReason reason) {
                    closing.add(carrier.isClosing());
                    if (!carrier.isClosing()) {
                        carrier.connect("10.0.0.1", Side.PORT);
                    }
                }
            });
            pair.connected();
            pair.server.carrier.disconnect(ConnectionId.ALL);
            pair.runUntil(() -> closing.size() == 1);
            pair.runUntil(() -> pair.client.carrier.numConnections() == 1);
            pair.client.carrier.close();
            assertThat(closing).containsExactly(false, true);
            assertThat(pair.client.carrier.isClosing()).isTrue();
        }
    }

    @Test
    void closingBeginsWhenAnEventAsksForIt() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            List<Boolean> closing = new ArrayList<>();
            pair.client.gridMate.eventBus(CarrierEvents.class).connect(new CarrierEvents() {
                @Override
                public void onConnectionEstablished(Carrier carrier, ConnectionId id) {
                    closing.add(carrier.isClosing());
                    carrier.close();
                    closing.add(carrier.isClosing());
                }
            });
            pair.connect();
            pair.network.advance(Pair.TICK);
            for (int i = 0; i < 4 && closing.isEmpty(); i++) {
                pair.client.carrier.update();
                pair.network.advance(Pair.TICK);
                pair.server.update();
                pair.network.advance(Pair.TICK);
            }
            assertThat(closing).containsExactly(false, true);
        }
    }

    /** A server and some clients, all connected, in the order in which they are listed. */
    private static final class Crowd implements AutoCloseable {

        private final SimulatedNetwork network = new SimulatedNetwork(1);
        private final Side server;
        private final List<Side> clients = new ArrayList<>();

        Crowd(int count) {
            this(count, UnaryOperator.identity());
        }

        Crowd(int count, UnaryOperator<CarrierDesc.Builder> settings) {
            server = new Side(network.host("10.0.0.1"), Side.Wire.UDP, settings);
            for (int i = 0; i < count; i++) {
                Side client = new Side(network.host("10.0.1." + i), Side.Wire.UDP, UnaryOperator.identity());
                clients.add(client);
                client.carrier.connect("10.0.0.1", Side.PORT);
                run(100);
            }
            assertThat(server.carrier.connections()).hasSize(count);
        }

        void run(int millis) {
            for (int i = 0; i < millis; i += 5) {
                network.advance(Pair.TICK);
                server.update();
                clients.forEach(Side::update);
            }
        }

        SendResult sendToAll(String what, ConnectionId except) {
            return server.carrier.sendToAll(text(what), except, DataReliability.SEND_RELIABLE, DataPriority.NORMAL, 0);
        }

        @Override
        public void close() {
            clients.forEach(Side::close);
            server.close();
        }
    }
}
