package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.GridMate;
import dev.gridmate.driver.AddressFamily;
import dev.gridmate.driver.Driver;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.SocketDriver;
import dev.gridmate.driver.SocketDriverConfig;
import dev.gridmate.driver.sim.SimulatedHost;
import dev.gridmate.driver.sim.SimulatedNetwork;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many connections and one driver: whose turn it is, and what is left behind when it is over. */
@Timeout(60)
class FairTurnsTest {

    private static final UnaryOperator<CarrierDesc.Builder> DEFAULTS = UnaryOperator.identity();

    /** A driver that has room for one datagram in each update. */
    private static Driver narrow(Driver wide) {
        boolean[] hasRoom = {true};
        return (Driver) Proxy.newProxyInstance(
                Driver.class.getClassLoader(), new Class<?>[] {Driver.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("roomFor") && !hasRoom[0]) {
                        return 0;
                    }
                    if (method.getName().equals("update") || method.getName().equals("send")) {
                        hasRoom[0] = method.getName().equals("update");
                    }
                    try {
                        return method.invoke(wide, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static Carrier narrowCarrier(SimulatedHost host, GridMate gridMate) {
        Driver driver = narrow(new SocketDriver(
                gridMate,
                SocketDriverConfig.builder().transport(host::openDatagrams).build()));
        assertThat(driver.initialize(AddressFamily.IPV4, null, Side.PORT)).isEqualTo(ResultCode.OK);
        CarrierDesc desc = CarrierDesc.builder()
                .driver(driver)
                .trafficControl(new PlainFlow())
                .build();
        return Carrier.create(desc, gridMate);
    }

    @Test
    void thoseThatGotNothingComeFirstNextTimeAndSoAllGetTheSame() {
        SimulatedNetwork network = new SimulatedNetwork(1);
        GridMate gridMate = new GridMate();
        Carrier server = narrowCarrier(network.host("10.0.0.1"), gridMate);
        List<Side> clients = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            clients.add(new Side(network.host("10.0.0." + (10 + i)), Side.Wire.UDP, DEFAULTS));
            clients.get(i).carrier.connect("10.0.0.1", Side.PORT);
        }
        String large = "x".repeat(server.messageMtu());
        for (int tick = 0; tick < 900; tick++) {
            network.advance(Duration.ofMillis(1));
            if (tick == 500) { // all are established; from now on there is more to send than can leave
                assertThat(server.numConnections()).isEqualTo(4);
                for (int i = 0; i < 400; i++) {
                    server.send(ByteBuffer.wrap(large.getBytes(StandardCharsets.US_ASCII)), ConnectionId.ALL);
                }
            }
            server.update();
            clients.forEach(Side::update);
        }
        assertThat(clients.stream().map(each -> each.received.size()))
                .allSatisfy(count -> assertThat(count).isBetween(40, 60));
        clients.forEach(Side::close);
        gridMate.close();
    }

    // As long as a message of the largest size has to wait for acknowledgements that are due in
    // each update, it would wait for ever.
    @Test
    void aLargeMessageLeavesAlthoughAcknowledgementsLeaveItNoRoomInTheOneDatagram() {
        SimulatedNetwork network = new SimulatedNetwork(1);
        GridMate gridMate = new GridMate();
        try (Side server = new Side(network.host("10.0.0.1"), Side.Wire.UDP, DEFAULTS)) {
            Carrier client = narrowCarrier(network.host("10.0.0.2"), gridMate);
            ConnectionId id = client.connect("10.0.0.1", Side.PORT);
            String large = "x".repeat(client.messageMtu());
            for (int tick = 0; tick < 220; tick++) {
                network.advance(Pair.TICK);
                server.send("y", ConnectionId.ALL, DataReliability.SEND_RELIABLE, 0);
                server.update();
                if (tick >= 20) {
                    client.send(ByteBuffer.wrap(large.getBytes(StandardCharsets.US_ASCII)), id);
                }
                client.update();
            }
            assertThat(server.received.size()).as("every other datagram").isBetween(90, 110);
        } finally {
            gridMate.close();
        }
    }

    @Test
    void oneWhoseQueueIsFullDoesNotKeepAMessageFromTheOthers() {
        SimulatedNetwork network = new SimulatedNetwork(1);
        SimulatedHost serverHost = network.host("10.0.0.1");
        try (Side server = new Side(serverHost, Side.Wire.UDP, settings -> settings.sendQueueSize(50_000));
                Side deaf = new Side(network.host("10.0.0.2"), Side.Wire.UDP, DEFAULTS);
                Side good = new Side(network.host("10.0.0.3"), Side.Wire.UDP, DEFAULTS)) {
            deaf.carrier.connect("10.0.0.1", Side.PORT);
            good.carrier.connect("10.0.0.1", Side.PORT);
            int sent = 0;
            int full = 0;
            for (int tick = 0; tick < 200; tick++) {
                network.advance(Pair.TICK);
                if (server.carrier.numConnections() == 2) {
                    SendResult result =
                            server.send("x".repeat(1_000), ConnectionId.ALL, DataReliability.SEND_RELIABLE, 0);
                    full += result == SendResult.QUEUE_FULL ? 1 : 0;
                    sent++;
                }
                server.update();
                good.update();
                if (sent == 0) {
                    deaf.update();
                }
            }
            assertThat(full).isGreaterThan(20);
            network.advance(Pair.TICK);
            server.update();
            good.update();
            assertThat(good.received.size()).isBetween(sent - 2, sent);
        }
    }

    @Test
    void whatWasReceivedByNameLeavesAConnectionThatIsHeardLikeAnyOther() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            ConnectionId id = pair.connected();
            pair.server.isDeaf = true;
            List<String> heard = new ArrayList<>();
            MessageHandler handler = (from, channel, reliability, message) ->
                    heard.add(StandardCharsets.UTF_8.decode(message).toString());
            for (int i = 0; i < 3; i++) {
                pair.client.send("by name " + i, id, DataReliability.SEND_RELIABLE, 0);
                pair.run(Duration.ofMillis(20));
                assertThat(pair.server.carrier.receive(handler, pair.server.last(), 10))
                        .isOne();
                pair.server.carrier.waitForData(Duration.ofMillis(1)); // which asks if any message waits
                pair.client.send("by turn " + i, id, DataReliability.SEND_RELIABLE, 0);
                pair.run(Duration.ofMillis(20));
                assertThat(pair.server.carrier.receive(handler, 10)).isOne();
            }
            assertThat(heard)
                    .containsExactly("by name 0", "by turn 0", "by name 1", "by turn 1", "by name 2", "by turn 2");
        }
    }

    @Test
    void anEndThatWasToldIsForgottenByThoseThatTell() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            for (int i = 0; i < 3; i++) {
                ConnectionId id = pair.connected();
                pair.client.carrier.disconnect(id);
                pair.run(Duration.ofMillis(1_500));
                assertThat(pair.client.events).hasSize(2 * i + 2);
                assertThat(pair.client.carrier.peers.endsToTell()).isZero();
                assertThat(pair.server.carrier.peers.endsToTell()).isZero();
            }
        }
    }

    @Test
    void tellingTheTimeIsWork() {
        try (Side alone = new Side(new SimulatedNetwork(1).host("10.0.0.1"), Side.Wire.UDP, DEFAULTS)) {
            assertThat(alone.carrier.update()).isZero();
            alone.carrier.startClockSync(60, false);
            assertThat(alone.carrier.update()).isOne();
            assertThat(alone.carrier.update()).isZero();
        }
    }

    @Test
    void aHandlerThatUpdatesACarrierWhichIsBeingClosedGetsNothing() {
        try (Pair pair = new Pair(Side.Wire.UDP);
                Side third = new Side(pair.network.host("10.0.0.3"), Side.Wire.UDP, DEFAULTS)) {
            pair.connected();
            third.carrier.connect("10.0.0.1", Side.PORT);
            for (int i = 0; i < 10; i++) {
                pair.tick();
                third.update();
            }
            assertThat(pair.server.carrier.numConnections()).isEqualTo(2);
            List<Integer> work = new ArrayList<>();
            CarrierEvents updating = new CarrierEvents() {
                @Override
                public void onDisconnect(Carrier which, ConnectionId id, CarrierDisconnectReason reason) {
                    work.add(which.update());
                }
            };
            pair.server.gridMate.eventBus(CarrierEvents.class).connect(updating);
            pair.server.carrier.close();
            assertThat(work).containsExactly(0, 0);
        }
    }

    @Test
    void oneWhoseMessagesCameInManyDatagramsHasNoMoreTurnsThanTheOthers() {
        SimulatedNetwork network = new SimulatedNetwork(1);
        try (Side server = new Side(network.host("10.0.0.1"), Side.Wire.UDP, DEFAULTS);
                Side early = new Side(network.host("10.0.0.2"), Side.Wire.UDP, DEFAULTS);
                Side late = new Side(network.host("10.0.0.3"), Side.Wire.UDP, DEFAULTS)) {
            early.carrier.connect("10.0.0.1", Side.PORT);
            late.carrier.connect("10.0.0.1", Side.PORT);
            server.isDeaf = true;
            List<String> heard = new ArrayList<>();
            for (int round = 1; round <= 2; round++) {
                for (int tick = 0; tick < 100; tick++) {
                    network.advance(Pair.TICK);
                    if (tick >= 80 && tick < 90) {
                        Side talking = tick < 85 ? early : late;
                        talking.send(tick < 85 ? "early" : "late", ConnectionId.ALL, DataReliability.SEND_RELIABLE, 0);
                    }
                    early.update();
                    late.update();
                    server.update();
                }
                for (int i = 0; i < 10; i++) {
                    assertThat(server.carrier.receive(
                                    (from, channel, reliability, message) -> heard.add(StandardCharsets.UTF_8
                                            .decode(message)
                                            .toString()),
                                    1))
                            .isOne();
                }
            }
            for (int i = 1; i < 20; i++) {
                assertThat(heard.get(i)).as("message %d", i).isNotEqualTo(heard.get(i - 1));
            }
        }
    }
}
