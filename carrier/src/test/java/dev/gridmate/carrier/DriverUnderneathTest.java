package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.carrier.badnet.DefaultSimulator;
import dev.gridmate.driver.DriverCounter;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.driver.StreamSocketDriver;
import dev.gridmate.driver.sim.DatagramFaults;
import dev.gridmate.driver.sim.SimulatedNetwork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the driver underneath does, what it is asked for, and the time that it lives by. */
@Timeout(60)
class DriverUnderneathTest {

    private static final UnaryOperator<CarrierDesc.Builder> DEFAULTS = UnaryOperator.identity();

    @Test
    void whatTheDriverCannotSendIsCountedAndToldEachTimeAndTheNextTryIsMade() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            pair.client.carrier.connect("255.255.255.255", Side.PORT); // a broadcast, which nobody allowed
            pair.run(Duration.ofMillis(100));
            assertThat(pair.client.events)
                    .as("after 0, 10, 30 and 70 ms")
                    .hasSize(4)
                    .allMatch("driver error SEND"::equals);
            assertThat(pair.client.carrier.counter(CarrierCounter.DATAGRAMS_REJECTED))
                    .isEqualTo(4);
            pair.run(Duration.ofSeconds(20));
            assertThat(pair.client.events).contains("failed HANDSHAKE_TIMEOUT");
        }
    }

    // The stream itself takes no more than its peer has room for.
    @Test
    void overAStreamNothingIsSpreadOverTime() {
        try (Pair pair = new Pair(Side.Wire.TCP, 1, DEFAULTS, settings -> settings.trafficControl(new PlainFlow()))) {
            ConnectionId id = pair.connected();
            String large = "x".repeat(pair.client.carrier.messageMtu());
            for (int i = 0; i < 200; i++) {
                pair.client.send(large, id, DataReliability.SEND_RELIABLE, 0);
            }
            long before = pair.client.driver.counter(DriverCounter.PACKETS_OUT);
            pair.client.carrier.update();
            assertThat(pair.client.driver.counter(DriverCounter.PACKETS_OUT) - before)
                    .as("as many as fit 65,536 bytes, and not the 32 of a burst")
                    .isGreaterThan(40);
        }
    }

    @Test
    void theEndOfTheDriversConnectionIsNoErrorOfOneThatIsOverAlready() {
        try (Pair pair = new Pair(Side.Wire.TCP)) {
            ConnectionId id = pair.connected();
            StreamSocketDriver tcp = (StreamSocketDriver) pair.client.driver;
            SocketDriverAddress address = pair.client.carrier.connectionToAddress(id);
            pair.client.carrier.disconnect(id);
            pair.run(Duration.ofMillis(50));
            assertThat(pair.client.events).contains("disconnected USER_REQUESTED");
            assertThat(tcp.abort(address)).isNotNull();
            pair.run(Duration.ofSeconds(1));
            assertThat(pair.client.events).noneMatch(each -> each.startsWith("driver error"));
            assertThat(pair.server.events).noneMatch(each -> each.startsWith("driver error"));
        }
    }

    @Test
    void aSimulatedNetworkWakesTheProgramInTimeAlsoAfterAGapThatCountedForLess() {
        DefaultSimulator slow = new DefaultSimulator(1);
        slow.setOutgoingLatency(Duration.ofMillis(37), Duration.ofMillis(37));
        try (Pair pair = new Pair(Side.Wire.UDP, 1, DEFAULTS, settings -> settings.simulator(slow))) {
            ConnectionId id = pair.connected();
            pair.network.advance(Duration.ofSeconds(4));
            pair.run(Duration.ofMillis(500));
            assertThat(pair.client.carrier.counter(CarrierCounter.UPDATE_GAPS)).isPositive();
            slow.enable();
            pair.run(Duration.ofMillis(400));
            pair.client.send("late", id, DataReliability.SEND_UNRELIABLE, 0);
            pair.client.carrier.update();
            long start = pair.network.nanoTime();
            for (int i = 0; i < 100 && pair.server.received.isEmpty(); i++) {
                pair.client.carrier.waitForData(Duration.ofSeconds(1));
                pair.client.carrier.update();
                pair.server.update();
            }
            assertThat((pair.network.nanoTime() - start) / CarrierTime.MILLISECOND)
                    .isBetween(37L, 38L);
        }
    }

    @Test
    void anErrorOfTheDriverThatIsNotToldYetEndsAWaitAtOnceEachTime() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            pair.client.carrier.connect("255.255.255.255", Side.PORT);
            for (int i = 0; i < 4; i++) {
                pair.client.carrier.update(); // which sends when it has told what there was
                assertThat(pair.client.events).hasSize(i);
                long before = pair.network.nanoTime();
                assertThat(pair.client.carrier.waitForData(Duration.ofSeconds(1)))
                        .isTrue();
                assertThat(pair.network.nanoTime()).isEqualTo(before);
                pair.client.carrier.update();
                assertThat(pair.client.events).hasSize(i + 1);
                pair.network.advance(Duration.ofMillis(10L << i)); // until the next request is due
            }
        }
    }

    @Test
    void aMessageToAllIsForThoseThatAreEstablished() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            for (int i = 0; i < 2; i++) {
                ConnectionId id = pair.connect();
                pair.client.send("early", ConnectionId.ALL, DataReliability.SEND_RELIABLE, 0);
                assertThat(pair.client.carrier.queryNumToSend(id, DataPriority.NORMAL))
                        .isZero();
                pair.runUntil(() -> pair.client.carrier.numConnections() == 1);
                pair.client.send("in time", ConnectionId.ALL, DataReliability.SEND_RELIABLE, 0);
                pair.run(Duration.ofMillis(100));
                pair.client.carrier.disconnect(id);
                pair.client.send("late", ConnectionId.ALL, DataReliability.SEND_RELIABLE, 0);
                pair.run(Duration.ofSeconds(2));
            }
            assertThat(pair.server.texts()).containsExactly("in time", "in time");
            assertThat(pair.client.carrier.counter(CarrierCounter.MESSAGES_OUT)).isEqualTo(2);
        }
    }

    @Test
    void aDriverThatIsFullForTheMomentIsNoError() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            ConnectionId id = pair.connected();
            for (int i = 1; i <= 2; i++) {
                pair.network.datagramFaults(DatagramFaults.NONE.withRefusedSends(1));
                pair.client.send("x", id, DataReliability.SEND_RELIABLE, 0);
                pair.client.carrier.update();
                pair.network.datagramFaults(DatagramFaults.NONE);
                pair.run(Duration.ofSeconds(3));
                assertThat(pair.server.received).hasSize(i);
                assertThat(pair.client.carrier.counter(CarrierCounter.DATAGRAMS_REJECTED))
                        .isPositive();
            }
            assertThat(pair.client.events).containsExactly("established");
        }
    }

    @Test
    void whatAConnectionLeavesThatEndsWhileAnotherEndIsToldCanBeReceivedWhenItsOwnIs() {
        SimulatedNetwork network = new SimulatedNetwork(1);
        try (Side server = new Side(network.host("10.0.0.1"), Side.Wire.TCP, DEFAULTS);
                Side one = new Side(network.host("10.0.0.2"), Side.Wire.TCP, DEFAULTS);
                Side two = new Side(network.host("10.0.0.3"), Side.Wire.TCP, DEFAULTS)) {
            Runnable tick = () -> {
                network.advance(Pair.TICK);
                one.update();
                two.update();
                server.update();
            };
            server.isDeaf = true;
            List<ConnectionId> ids = new ArrayList<>();
            for (Side each : List.of(one, two)) {
                each.carrier.connect("10.0.0.1", Side.PORT);
                for (int i = 0; i < 100 && server.carrier.numConnections() == ids.size(); i++) {
                    tick.run();
                }
                ids.add(server.last());
            }
            two.send("last words", ConnectionId.ALL, DataReliability.SEND_RELIABLE, 0);
            for (int i = 0; i < 10; i++) {
                tick.run();
            }
            StreamSocketDriver tcp = (StreamSocketDriver) server.driver;
            List<Integer> heard = new ArrayList<>();
            server.gridMate.eventBus(CarrierEvents.class).connect(new CarrierEvents() {
                @Override
                public void onDisconnect(Carrier which, ConnectionId id, CarrierDisconnectReason reason) {
                    if (id.equals(ids.get(0))) {
                        assertThat(tcp.abort(which.connectionToAddress(ids.get(1))))
                                .isEqualTo(ResultCode.OK);
                        tcp.update();
                    } else {
                        heard.add(which.receive((from, channel, reliability, message) -> {}, id, 10));
                    }
                }
            });
            one.carrier.disconnect(ConnectionId.ALL);
            for (int i = 0; i < 10; i++) {
                tick.run();
            }
            assertThat(heard).containsExactly(1);
        }
    }
}
