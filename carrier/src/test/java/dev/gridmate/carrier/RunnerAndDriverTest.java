package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gridmate.GridMate;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.SocketDriver;
import dev.gridmate.driver.StreamSocketDriver;
import dev.gridmate.driver.StreamSocketDriverEvents;
import dev.gridmate.testkit.Logged;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A runner's tasks and its end; the connection underneath and its end. */
@Timeout(60)
class RunnerAndDriverTest {

    private static Carrier local(GridMate gridMate) {
        return Carrier.create(CarrierDesc.builder().address("127.0.0.1").build(), gridMate);
    }

    @Test
    @SuppressWarnings("try") // the server's runner only has to be there
    void tasksRunInOrderAndThoseBeforeTheEndRunAndWhatTheySentLeaves() throws Exception {
        try (GridMate one = new GridMate();
                GridMate two = new GridMate()) {
            Carrier server = local(one);
            Carrier client = local(two);
            int port = server.port();
            CompletableFuture<ConnectionId> established = new CompletableFuture<>();
            two.eventBus(CarrierEvents.class).connect(new CarrierEvents() {
                @Override
                public void onConnectionEstablished(Carrier carrier, ConnectionId id) {
                    established.complete(id);
                }
            });
            List<Integer> order = new CopyOnWriteArrayList<>();
            try (CarrierRunner serving = new CarrierRunner(server, 5)) {
                CarrierRunner running = new CarrierRunner(client, 1_000);
                running.execute(carrier -> carrier.connect("127.0.0.1", port));
                ConnectionId id = established.get(20, TimeUnit.SECONDS);
                for (int i = 0; i < 100; i++) {
                    int number = i;
                    running.execute(carrier -> order.add(number));
                }
                running.execute(carrier -> carrier.send(ByteBuffer.allocate(5), id));
                running.close();
                running.close(); // does nothing
                assertThat(order).hasSize(100).isSorted();
                assertThat(client.queryNumToSend(id, DataPriority.NORMAL)).isZero();
                assertThat(client.counter(CarrierCounter.MESSAGES_OUT)).isOne();
                assertThatIllegalStateException()
                        .isThrownBy(() -> running.execute(carrier -> {}))
                        .withMessageContaining("closed");
                assertThat(client.isClosed()).isFalse();
            }
        }
    }

    @Test
    void aTaskThatClosesTheCarrierEndsTheRunner() throws Exception {
        try (GridMate gridMate = new GridMate()) {
            Carrier carrier = local(gridMate);
            CarrierRunner runner = new CarrierRunner(carrier, 10_000);
            runner.execute(Carrier::close);
            runner.close();
            assertThat(carrier.isClosed()).isTrue();
            assertThatIllegalStateException().isThrownBy(() -> runner.execute(each -> {}));
        }
    }

    @Test
    void aHandlerThatClosesTheCarrierEndsTheRunnerWhichLogsNoError() throws Exception {
        try (Logged log = Logged.expectingNothing();
                GridMate gridMate = new GridMate()) {
            Carrier carrier = local(gridMate);
            CompletableFuture<Boolean> wasClosed = new CompletableFuture<>();
            try (CarrierRunner runner = new CarrierRunner(carrier, 10_000)) {
                runner.execute(each -> gridMate.eventBus(CarrierEvents.class).connect(new CarrierEvents() {
                    @Override
                    public void onFailedToConnect(Carrier which, ConnectionId id, CarrierDisconnectReason reason) {
                        runner.execute(later -> wasClosed.complete(later.isClosed()));
                        which.close();
                    }
                }));
                runner.execute(each -> each.disconnect(each.connect("127.0.0.1", 4711)));
                assertThat(wasClosed.get(20, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(log.thrown()).isEmpty();
        }
    }

    @Test
    void tasksBehindOneThatBreaksTheRunnerAreRunStill() throws Exception {
        try (Logged log = Logged.expecting("stopped");
                GridMate gridMate = new GridMate()) {
            CompletableFuture<String> done = new CompletableFuture<>();
            try (CarrierRunner runner = new CarrierRunner(local(gridMate), 10_000)) {
                runner.execute(each -> {
                    runner.execute(breaking -> {
                        throw new AssertionError("the program's own");
                    });
                    runner.execute(behind -> done.complete("done"));
                });
                assertThat(done.get(20, TimeUnit.SECONDS)).isEqualTo("done");
            }
            assertThat(log.thrown(1)).hasSize(1);
        }
    }

    @Test
    void aRunnerNeedsATime() {
        try (GridMate gridMate = new GridMate()) {
            Carrier carrier = local(gridMate);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new CarrierRunner(carrier, 0))
                    .withMessageContaining("updateTimeMS is 0");
        }
    }

    @Test
    void aRunnerWithNothingToDoWakesForATaskAtOnceEachTime() throws Exception {
        try (GridMate gridMate = new GridMate()) {
            Carrier carrier = local(gridMate);
            try (CarrierRunner runner = new CarrierRunner(carrier, 3_600_000)) {
                for (int i = 0; i < 3; i++) {
                    CompletableFuture<Long> done = new CompletableFuture<>();
                    runner.execute(each -> done.complete(each.time()));
                    assertThat(done.get(20, TimeUnit.SECONDS)).isNotNegative();
                }
            }
        }
    }

    @Test
    void aTcpConnectionThatBreaksEndsTheConnectionOnItAndTheNextOneStandsAndBreaksAgain() {
        try (Pair pair = new Pair(Side.Wire.TCP)) {
            StreamSocketDriver tcp = (StreamSocketDriver) pair.client.driver;
            for (int round = 1; round <= 3; round++) {
                pair.client.events.clear();
                pair.server.events.clear();
                ConnectionId id = pair.connected();
                pair.client.send("round " + round, id, DataReliability.SEND_RELIABLE, 0);
                pair.run(Duration.ofMillis(50));
                assertThat(pair.server.texts()).hasSize(round);
                assertThat(tcp.abort(pair.client.carrier.connectionToAddress(id)))
                        .isEqualTo(ResultCode.OK);
                pair.run(Duration.ofMillis(50));
                assertThat(pair.client.events)
                        .containsExactly(
                                "established", "driver error SEND_ADDRESS_NOT_BOUND", "disconnected DRIVER_ERROR");
                assertThat(pair.server.events)
                        .containsExactly(
                                "incoming",
                                "established",
                                "driver error SEND_ADDRESS_NOT_BOUND",
                                "disconnected DRIVER_ERROR");
                assertThat(pair.client.carrier.numConnections()).isZero();
                assertThat(pair.server.carrier.numConnections()).isZero();
            }
        }
    }

    @Test
    void aCarrierThatIsClosedListensToItsDriverNoMore() {
        try (Pair pair = new Pair(Side.Wire.TCP)) {
            pair.connected();
            int before = pair.client
                    .gridMate
                    .eventBus(StreamSocketDriverEvents.class)
                    .handlerCount();
            pair.client.carrier.close();
            assertThat(pair.client
                            .gridMate
                            .eventBus(StreamSocketDriverEvents.class)
                            .handlerCount())
                    .isEqualTo(before - 1);
        }
    }

    @Test
    void overTcpRequestsBeginWhenTheConnectionUnderneathStands() {
        try (Pair pair = new Pair(Side.Wire.TCP)) {
            pair.network.latency(Duration.ofMillis(300));
            pair.connect();
            pair.run(Duration.ofMillis(500));
            assertThat(pair.client.carrier.counter(CarrierCounter.DATAGRAMS_OUT))
                    .isZero();
            pair.run(Duration.ofMillis(200));
            assertThat(pair.client.carrier.counter(CarrierCounter.DATAGRAMS_OUT))
                    .isPositive();
            pair.runUntil(() -> pair.client.carrier.numConnections() == 1, Duration.ofSeconds(2));
        }
    }

    @Test
    void aFullTcpConnectionKeepsItsMessagesAndSendsThemWhenThereIsRoomAgain() {
        try (Pair pair = new Pair(Side.Wire.TCP)) {
            ConnectionId id = pair.connected();
            pair.client.carrier.enableDisconnectDetection(false);
            for (int i = 0; i < 1_000; i++) {
                pair.client.send("x".repeat(1_000), id, DataReliability.SEND_RELIABLE, 0);
            }
            for (int i = 0; i < 100; i++) { // the peer does not read
                pair.network.advance(Pair.TICK);
                pair.client.update();
            }
            assertThat(pair.client.carrier.queryFlowInformation(id).numToSendMessages())
                    .isPositive();
            assertThat(pair.client.carrier.counter(CarrierCounter.DATAGRAMS_REJECTED))
                    .isZero();
            pair.runUntil(() -> pair.server.received.size() == 1_000);
            assertThat(pair.client.carrier.counter(CarrierCounter.MESSAGES_RESENT))
                    .isZero();
        }
    }

    @Test
    void aDriverThatWasGivenStaysOpenAndServesTheNextCarrier() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            pair.connected();
            pair.server.carrier.close();
            pair.server.carrier.close();
            assertThat(pair.server.driver.isInitialized()).isTrue();
            assertThat(pair.server.carrier.toString()).contains("closed");
            assertThatIllegalStateException().isThrownBy(pair.server.carrier::update);
            pair.network.advance(Pair.TICK);
            pair.client.update();
            assertThat(pair.client.events).endsWith("disconnected SHUTTING_DOWN");
            CarrierDesc same = CarrierDesc.builder().driver(pair.server.driver).build();
            try (GridMate other = new GridMate();
                    Carrier second = Carrier.create(same, other)) {
                pair.client.events.clear();
                pair.connect();
                for (int i = 0; i < 200; i++) {
                    pair.network.advance(Pair.TICK);
                    second.update();
                    pair.client.update();
                }
                assertThat(pair.client.events).containsExactly("established");
                assertThat(second.numConnections()).isOne();
            }
        }
    }

    @Test
    void aCarrierClosesTheDriverThatIsItsOwnAlsoWhenItCannotBeMade() {
        try (GridMate gridMate = new GridMate()) {
            Carrier own = local(gridMate);
            SocketDriver driver = (SocketDriver) own.driver();
            int port = own.port();
            own.close();
            assertThat(driver.isInitialized()).isFalse();
            Carrier again = Carrier.create(
                    CarrierDesc.builder().address("127.0.0.1").port(port).build(), gridMate);
            assertThat(again.port()).isEqualTo(port);
            CarrierDesc taken =
                    CarrierDesc.builder().address("127.0.0.1").port(port).build();
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> Carrier.create(taken, gridMate)).isInstanceOf(CarrierException.class);
            }
            again.close();
            assertThat(Carrier.create(taken, gridMate).port()).isEqualTo(port);
        }
    }

    @Test
    void aMessageIsLentForReadingAndTheNextOneIsWholeWhateverTheHandlerDidToIt() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            ConnectionId id = pair.connected();
            int[] sizes = {10, 3_000, 5, 2_000_000, 7, 2_048, 2_049, 0, 1};
            for (int round = 0; round < 2; round++) {
                int[] at = {0};
                MessageHandler handler = (from, channel, reliability, message) -> {
                    int size = sizes[at[0]++];
                    assertThat(message.isReadOnly()).isTrue();
                    assertThat(message.position()).isZero();
                    assertThat(message.remaining()).isEqualTo(size);
                    for (int i = 0; i < size; i++) {
                        if (message.get(i) != (byte) size) {
                            throw new AssertionError("byte " + i + " of " + size);
                        }
                    }
                    message.position(size / 2).limit(size / 2);
                    if (size == 5) {
                        throw new IllegalArgumentException("the handler's own");
                    }
                };
                for (int size : sizes) {
                    byte[] bytes = new byte[size];
                    java.util.Arrays.fill(bytes, (byte) size);
                    assertThat(pair.client.carrier.send(ByteBuffer.wrap(bytes), id))
                            .isEqualTo(SendResult.OK);
                }
                for (int i = 0; i < 4_000 && at[0] < sizes.length; i++) {
                    pair.network.advance(Pair.TICK);
                    pair.client.update();
                    pair.server.carrier.update();
                    try {
                        int ignored = pair.server.carrier.receive(handler, 100);
                    } catch (IllegalArgumentException expected) {
                        assertThat(expected).hasMessage("the handler's own");
                    }
                }
                assertThat(at[0]).isEqualTo(sizes.length);
            }
        }
    }
}
