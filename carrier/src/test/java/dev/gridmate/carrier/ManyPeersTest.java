package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.carrier.badnet.DefaultSimulator;
import dev.gridmate.carrier.badnet.Simulator;
import dev.gridmate.driver.Driver;
import dev.gridmate.driver.SocketDriverAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Several connections of one carrier: places in its lists that are given back, and the order among
 * them.
 */
@Timeout(60)
class ManyPeersTest {

    private static final UnaryOperator<CarrierDesc.Builder> DEFAULTS = UnaryOperator.identity();

    private final Pair pair = new Pair(Side.Wire.UDP);
    private final List<Side> others = new ArrayList<>();

    private void addClients(int count) {
        for (int i = 0; i < count; i++) {
            Side other = new Side(pair.network.host("10.0.1." + (1 + others.size())), Side.Wire.UDP, DEFAULTS);
            others.add(other);
            other.carrier.connect("10.0.0.1", Side.PORT);
        }
        run(100);
    }

    private void run(long millis) {
        for (long i = 0; i < millis; i += 5) {
            pair.tick();
            others.forEach(each -> {
                if (!each.carrier.isClosed()) {
                    each.update();
                }
            });
        }
    }

    private void close() {
        others.forEach(Side::close);
        pair.close();
    }

    @Test
    void whoeverLeavesTheOthersGoOnAndAllHaveGoneInTheEnd() {
        addClients(6);
        assertThat(pair.server.carrier.numConnections()).isEqualTo(6);
        int expected = 6;
        for (int leaving : new int[] {2, 5, 0, 3, 1, 4}) {
            Side side = others.get(leaving);
            side.carrier.disconnect(ConnectionId.ALL);
            run(1_200);
            expected--;
            assertThat(pair.server.carrier.numConnections()).isEqualTo(expected);
            pair.server.received.clear();
            Set<ConnectionId> heard = new HashSet<>();
            others.forEach(each -> each.send("here", ConnectionId.ALL, DataReliability.SEND_RELIABLE, 0));
            run(50);
            pair.server.received.forEach(each -> heard.add(each.from()));
            assertThat(heard).hasSize(expected);
            pair.server.carrier.send(ByteBuffer.allocate(1), ConnectionId.ALL);
            run(50);
        }
        close();
    }

    @Test
    void allThatEndInOneUpdateAreToldAndForgottenTogether() {
        addClients(6);
        pair.server.events.clear();
        others.forEach(each -> each.carrier.close());
        pair.tick();
        assertThat(pair.server.events).hasSize(6).containsOnly("disconnected SHUTTING_DOWN");
        assertThat(pair.server.carrier.numConnections()).isZero();
        pair.run(Duration.ofMillis(600));
        for (Side each : List.copyOf(others)) {
            each.close();
        }
        others.clear();
        pair.server.events.clear();
        addAgain(6);
        assertThat(pair.server.events).hasSize(12).containsOnly("incoming", "established");
        close();
    }

    private void addAgain(int count) {
        for (int i = 0; i < count; i++) {
            Side other = new Side(pair.network.host("10.0.1." + (1 + i)), Side.Wire.UDP, DEFAULTS);
            others.add(other);
            other.carrier.connect("10.0.0.1", Side.PORT);
        }
        run(100);
    }

    @Test
    void messagesOfAllConnectionsTakeTurns() {
        addClients(3);
        for (int i = 0; i < 3; i++) {
            others.forEach(each -> each.send("x", ConnectionId.ALL, DataReliability.SEND_RELIABLE, 0));
        }
        others.forEach(each -> each.carrier.update());
        pair.network.advance(Pair.TICK);
        pair.server.carrier.update();
        List<ConnectionId> order = new ArrayList<>();
        MessageHandler noting = (from, channel, reliability, message) -> order.add(from);
        assertThat(pair.server.carrier.receive(noting, 3)).isEqualTo(3);
        assertThat(new HashSet<>(order)).hasSize(3);
        assertThat(pair.server.carrier.receive(noting, 100)).isEqualTo(6);
        assertThat(order.subList(0, 3)).isEqualTo(order.subList(3, 6)).isEqualTo(order.subList(6, 9));
        assertThat(pair.server.carrier.receive(noting, 100)).isZero();
        close();
    }

    @Test
    void whoIsServedFirstChangesFromUpdateToUpdate() {
        addClients(4);
        run(500);
        Set<SocketDriverAddress> first = new HashSet<>();
        List<SocketDriverAddress> sent = new ArrayList<>();
        Simulator noting = new Noting(sent);
        try (Side serving =
                new Side(pair.network.host("10.0.2.1"), Side.Wire.UDP, settings -> settings.simulator(noting))) {
            for (Side each : others) {
                each.carrier.connect("10.0.2.1", Side.PORT);
            }
            for (int i = 0; i < 40; i++) {
                serving.update();
                run(5);
            }
            assertThat(serving.carrier.numConnections()).isEqualTo(4);
            for (int i = 0; i < 16; i++) {
                sent.clear();
                serving.send("all", ConnectionId.ALL, DataReliability.SEND_UNRELIABLE, 0);
                serving.update();
                assertThat(new HashSet<>(sent)).hasSize(4);
                first.add(sent.get(0));
                run(5);
            }
        }
        assertThat(first).hasSize(4);
        close();
    }

    /** A simulator that only notes what is sent, and to whom. */
    private static class Noting extends GoodNetwork {
        private final List<SocketDriverAddress> sent;

        Noting(List<SocketDriverAddress> sent) {
            this.sent = sent;
        }

        @Override
        public boolean onSend(SocketDriverAddress to, ByteBuffer packet) {
            sent.add(to);
            return false;
        }
    }

    @Test
    void aSimulatorIsToldOfEachConnectionOfItsEndAndOfTheCarriersEnd() {
        List<String> told = new ArrayList<>();
        Simulator listening = new Noting(new ArrayList<>()) {
            @Override
            public void bindDriver(Driver driver) {
                told.add("bind");
            }

            @Override
            public void unbindDriver() {
                told.add("unbind");
            }

            @Override
            public void onConnect(SocketDriverAddress address) {
                told.add("connect");
            }

            @Override
            public void onDisconnect(SocketDriverAddress address) {
                told.add("disconnect");
            }
        };
        try (Pair other = new Pair(Side.Wire.UDP, 1, DEFAULTS, settings -> settings.simulator(listening))) {
            for (int i = 0; i < 2; i++) {
                ConnectionId id = other.connected();
                other.client.carrier.disconnect(id);
                other.run(Duration.ofMillis(1_200));
            }
            assertThat(told).containsExactly("bind", "connect", "disconnect", "connect", "disconnect");
        }
        assertThat(told).endsWith("disconnect", "unbind");
        close();
    }

    @Test
    void onAnEndTheNextConnectionToTheSamePeerComesHalfASecondLaterEachTime() {
        ConnectionId id = pair.connected();
        for (int i = 0; i < 4; i++) {
            pair.client.carrier.disconnect(id);
            ConnectionId next = pair.connect();
            assertThat(next).isNotEqualTo(id);
            assertThat(pair.connect()).as("the same while it waits").isEqualTo(next);
            assertThat(pair.client.carrier.connectionState(next)).isEqualTo(ConnectionState.CONNECTING);
            pair.run(Duration.ofMillis(450));
            assertThat(pair.client.carrier.connectionState(next)).isEqualTo(ConnectionState.CONNECTING);
            pair.run(Duration.ofMillis(700));
            assertThat(pair.client.carrier.connectionState(next)).isEqualTo(ConnectionState.CONNECTED);
            id = next;
        }
        assertThat(pair.client.carrier.counter(CarrierCounter.CONNECTS_STARTED)).isEqualTo(5);
        assertThat(pair.client.carrier.counter(CarrierCounter.CONNECTIONS_ESTABLISHED))
                .isEqualTo(5);
        close();
    }

    @Test
    void whoWaitsForItsPredecessorAndIsGivenUpLeavesNothingAndFailsAtOnce() {
        ConnectionId first = pair.connected();
        pair.client.carrier.disconnect(first);
        ConnectionId second = pair.connect();
        pair.client.carrier.disconnect(second);
        pair.client.update();
        assertThat(pair.client.events).contains("failed USER_REQUESTED");
        pair.run(Duration.ofSeconds(2));
        assertThat(pair.client.events)
                .containsExactlyInAnyOrder("established", "failed USER_REQUESTED", "disconnected USER_REQUESTED");
        assertThat(pair.server.carrier.numConnections()).isZero();
        pair.connected();
        close();
    }

    @Test
    void whoeverIsGivenUpInTheMomentOfItsTurnIsNotPromotedAndTheNextOneIs() {
        for (int ticks = 95; ticks < 110; ticks++) {
            try (Pair two = new Pair(Side.Wire.UDP)) {
                two.client.carrier.disconnect(two.connected());
                ConnectionId second = two.connect();
                for (int i = 0; i < ticks; i++) {
                    two.tick();
                }
                two.client.carrier.disconnect(second);
                ConnectionId third = two.connect();
                two.run(Duration.ofSeconds(3));
                assertThat(two.client.carrier.connectionState(third))
                        .as("after %d ticks", ticks)
                        .isEqualTo(ConnectionState.CONNECTED);
            }
        }
        close();
    }

    @Test
    void whileOneWaitsTheEndOfAStrangersConnectionPromotesNobody() {
        addClients(1);
        pair.client.carrier.disconnect(pair.connected());
        ConnectionId waiting = pair.connect();
        others.get(0).carrier.connect("10.0.0.2", Side.PORT);
        run(30);
        others.get(0).carrier.disconnect(ConnectionId.ALL);
        run(300);
        assertThat(pair.client.carrier.connectionState(waiting)).isEqualTo(ConnectionState.CONNECTING);
        run(1_500);
        assertThat(pair.client.carrier.connectionState(waiting)).isEqualTo(ConnectionState.CONNECTED);
        close();
    }

    @Test
    void anAddressThatIsConnectedIsNotConnectedASecondTimeAndACountIsKeptOfEach() {
        ConnectionId id = pair.connected();
        assertThat(pair.connect()).isEqualTo(id);
        assertThat(pair.client.carrier.connect("10.0.0.1|" + Side.PORT)).isEqualTo(id);
        assertThat(pair.client.carrier.counter(CarrierCounter.CONNECTS_STARTED)).isOne();
        assertThat(pair.client
                        .carrier
                        .connectionToAddress(id)
                        .toInetSocketAddress()
                        .getPort())
                .isEqualTo(Side.PORT);
        close();
    }

    @Test
    void whatASimulatorTakesIsCountedForBothWays() {
        DefaultSimulator slow = new DefaultSimulator(1);
        slow.setOutgoingLatency(Duration.ofMillis(10), Duration.ofMillis(10));
        slow.setIncomingLatency(Duration.ofMillis(10), Duration.ofMillis(10));
        slow.enable();
        try (Pair other = new Pair(Side.Wire.UDP, 1, DEFAULTS, settings -> settings.simulator(slow))) {
            other.connected();
            other.run(Duration.ofSeconds(2));
            Carrier client = other.client.carrier;
            assertThat(client.counter(CarrierCounter.DATAGRAMS_SIMULATED))
                    .isEqualTo(slow.outgoingCounters().packets()
                            + slow.incomingCounters().packets());
            assertThat(slow.outgoingCounters().packets()).isEqualTo(client.counter(CarrierCounter.DATAGRAMS_OUT));
            slow.disable();
            other.run(Duration.ofMillis(100));
            long before = client.counter(CarrierCounter.DATAGRAMS_SIMULATED);
            other.run(Duration.ofSeconds(2));
            assertThat(client.counter(CarrierCounter.DATAGRAMS_SIMULATED)).isEqualTo(before);
            assertThat(client.counter(CarrierCounter.DATAGRAMS_REJECTED)).isZero();
        }
        close();
    }
}
