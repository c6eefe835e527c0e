package dev.gridmate.carrier;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gridmate.GridMate;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.testkit.Logged;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Updating, waiting, calling from inside events, and threads. */
@Timeout(60)
class LoopTest {

    @ParameterizedTest
    @EnumSource
    void aWaitEndsWhenSomethingComesInOrIsDue(Side.Wire wire) {
        try (Pair pair = new Pair(wire)) {
            ConnectionId id = pair.connected();
            pair.run(Duration.ofMillis(300));
            long start = pair.network.nanoTime();
            assertThat(pair.server.carrier.waitForData(Duration.ofSeconds(10))).isTrue();
            assertThat(pair.network.nanoTime() - start)
                    .as("a sign of life is due within 100 ms")
                    .isLessThanOrEqualTo(101_000_000L);

            pair.run(Duration.ofMillis(300));
            pair.client.send("wake up", id, DataReliability.SEND_RELIABLE, 0);
            pair.client.carrier.update();
            assertThat(pair.server.carrier.waitForData(Duration.ofMillis(50))).isTrue();
            pair.server.carrier.update();
            assertThat(pair.server.carrier.waitForData(Duration.ofMillis(50)))
                    .as("a message waits")
                    .isTrue();
            assertThat(pair.server.receive()).isOne();
        }
    }

    @Test
    void withoutConnectionsAWaitLastsAsLongAsItWasAskedFor() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            long start = pair.network.nanoTime();
            assertThat(pair.server.carrier.waitForData(Duration.ofSeconds(7))).isFalse();
            assertThat(pair.network.nanoTime() - start).isEqualTo(7_000_000_000L);
        }
    }

    @Test
    void whatWasSentLeavesBeforeAWait() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            ConnectionId id = pair.connected();
            pair.client.send("now", id, DataReliability.SEND_RELIABLE, 0);
            pair.client.carrier.waitForData(Duration.ofMillis(1));
            pair.server.update();
            assertThat(pair.server.texts()).containsExactly("now");
        }
    }

    @Test
    void aProgramThatStoodStillHasLostNobody() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            pair.connected();
            pair.network.advance(Duration.ofSeconds(20)); // a debugger, say
            pair.run(Duration.ofSeconds(1));
            assertThat(pair.client.carrier.numConnections()).isOne();
            assertThat(pair.server.carrier.numConnections()).isOne();
            assertThat(pair.server.carrier.counter(CarrierCounter.UPDATE_GAPS)).isOne();
        }
    }

    @Test
    void aHandlerMayDoAnything() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            List<String> told = new ArrayList<>();
            Carrier client = pair.client.carrier;
            pair.client.gridMate.eventBus(CarrierEvents.class).connect(new CarrierEvents() {
                @Override
                public void onConnectionEstablished(Carrier carrier, ConnectionId id) {
                    assertThat(carrier.update()).isZero();
                    assertThatIllegalStateException().isThrownBy(() -> carrier.waitForData(Duration.ZERO));
                    assertThat(carrier.send(ByteBuffer.allocate(1), id)).isEqualTo(SendResult.OK);
                    carrier.disconnect(id);
                    told.add("established");
                }

                @Override
                public void onDisconnect(Carrier carrier, ConnectionId id, CarrierDisconnectReason reason) {
                    told.add("disconnected");
                    carrier.close();
                }
            });
            pair.connect();
            for (int i = 0; i < 20; i++) {
                pair.network.advance(Pair.TICK);
                pair.server.update();
                if (!client.toString().contains("closed")) {
                    client.update();
                }
            }
            assertThat(told).containsExactly("established", "disconnected");
            assertThatIllegalStateException().isThrownBy(client::update).withMessageContaining("closed");
        }
    }

    @Test
    void aHandlerOfMessagesMayReceiveSendAndClose() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            ConnectionId id = pair.connected();
            for (int i = 0; i < 5; i++) {
                pair.client.send("message " + i, id, DataReliability.SEND_RELIABLE, 0);
            }
            pair.client.carrier.update();
            pair.network.advance(Pair.TICK);
            Carrier server = pair.server.carrier;
            server.update();
            List<String> received = new ArrayList<>();
            server.receive(
                    (from, channel, reliability, message) -> {
                        server.receive(
                                (again, other, same, inner) -> received.add(Text.of(inner)),
                                1); // while the first one is lent
                        received.add(Text.of(message));
                        assertThat(message.isReadOnly()).isTrue();
                        if (received.size() == 4) {
                            server.close();
                        }
                    },
                    10);
            assertThat(received).containsExactly("message 1", "message 0", "message 3", "message 2");
        }
    }

    /** Reads a lent buffer. */
    private static final class Text {
        static String of(ByteBuffer message) {
            byte[] bytes = new byte[message.remaining()];
            message.get(bytes);
            return new String(bytes, UTF_8);
        }
    }

    @Test
    void anotherThreadsCallThrowsWithBothNames() throws InterruptedException {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread intruder = new Thread(() -> pair.server.carrier.numConnections(), "intruder");
            intruder.setUncaughtExceptionHandler((thread, error) -> thrown.set(error));
            intruder.start();
            intruder.join();
            assertThat(thrown.get())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("intruder")
                    .hasMessageContaining(Thread.currentThread().getName());
        }
    }

    @Test
    void aPortInUseIsSaidWhenTheCarrierIsMade() {
        try (GridMate one = new GridMate();
                GridMate two = new GridMate()) {
            Carrier first =
                    Carrier.create(CarrierDesc.builder().address("127.0.0.1").build(), one);
            CarrierDesc same = CarrierDesc.builder()
                    .address("127.0.0.1")
                    .port(first.port())
                    .build();
            assertThatThrownBy(() -> Carrier.create(same, two))
                    .isInstanceOfSatisfying(
                            CarrierException.class, e -> assertThat(e.code()).isEqualTo(ResultCode.SOCKET_BIND))
                    .hasMessageContaining("in use");
        }
    }

    @Test
    @SuppressWarnings("try") // closed early, to see what it says then
    void aRunnerGivesACarrierAThreadOfItsOwn() throws Exception {
        try (GridMate serverSide = new GridMate();
                GridMate clientSide = new GridMate()) {
            Carrier server =
                    Carrier.create(CarrierDesc.builder().address("127.0.0.1").build(), serverSide);
            Carrier client =
                    Carrier.create(CarrierDesc.builder().address("127.0.0.1").build(), clientSide);
            CompletableFuture<String> threadOfEvent = new CompletableFuture<>();
            CountDownLatch acked = new CountDownLatch(1);
            clientSide.eventBus(CarrierEvents.class).connect(new CarrierEvents() {
                @Override
                public void onConnectionEstablished(Carrier carrier, ConnectionId id) {
                    threadOfEvent.complete(Thread.currentThread().getName());
                    carrier.sendWithCallback(
                            ByteBuffer.allocate(10_000),
                            acked::countDown,
                            id,
                            DataReliability.SEND_RELIABLE,
                            DataPriority.NORMAL,
                            0);
                }
            });
            int port = server.port();
            try (CarrierRunner serving = new CarrierRunner(server, 30);
                    CarrierRunner running = new CarrierRunner(client, 30)) {
                running.execute(carrier -> carrier.connect("127.0.0.1", port));
                assertThat(threadOfEvent.get(20, TimeUnit.SECONDS)).startsWith("gridmate-carrier-");
                assertThat(acked.await(20, TimeUnit.SECONDS)).isTrue();
                CompletableFuture<Integer> connections = new CompletableFuture<>();
                try (Logged log = Logged.expecting("a task of the runner")) {
                    running.execute(carrier -> {
                        throw new IllegalArgumentException("this is logged, and the runner goes on");
                    });
                    running.execute(carrier -> connections.complete(carrier.numConnections()));
                    assertThat(connections.get(20, TimeUnit.SECONDS)).isOne();
                    assertThat(log.thrown(1)).hasOnlyElementsOfType(IllegalArgumentException.class);
                }
                serving.close();
                assertThatIllegalStateException().isThrownBy(() -> serving.execute(carrier -> {}));
            }
            assertThat(server.numConnections())
                    .as("the carrier is this thread's again")
                    .isOne();
        }
    }

    @Test
    void aProgramThatReceivesByChannelWaitsAllTheSame() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            ConnectionId id = pair.connected();
            pair.client.send("one", id, DataReliability.SEND_RELIABLE, 0);
            pair.client.carrier.update();
            Carrier server = pair.server.carrier;
            pair.network.advance(Pair.TICK);
            server.update();
            assertThat(server.receive(ByteBuffer.allocate(10), pair.server.last(), 0)
                            .numBytes())
                    .isEqualTo(3);
            server.update();
            long start = pair.network.nanoTime();
            server.waitForData(Duration.ofMillis(10));
            assertThat(pair.network.nanoTime()).isGreaterThan(start);
        }
    }

    @Test
    void aPeerThatDoesNotReadKeepsNoWaitFromWaiting() {
        try (Pair pair = new Pair(Side.Wire.TCP)) {
            ConnectionId id = pair.connected();
            for (int i = 0; i < 2_000; i++) {
                pair.client.send("x".repeat(1_000), id, DataReliability.SEND_RELIABLE, 0);
            }
            int loops = 0;
            long end = pair.network.nanoTime() + 1_000_000_000L;
            while (pair.network.nanoTime() < end && loops < 1_000_000) {
                pair.client.carrier.update();
                pair.client.carrier.waitForData(Duration.ofSeconds(1));
                loops++;
            }
            assertThat(loops).isLessThan(500);
        }
    }

    @Test
    void aHandlerThatConnectsAgainCannotKeepACarrierFromClosing() {
        List<Throwable> errors = new ArrayList<>();
        try (GridMate gridMate = new GridMate((handler, error) -> errors.add(error))) {
            Carrier carrier =
                    Carrier.create(CarrierDesc.builder().address("127.0.0.1").build(), gridMate);
            gridMate.eventBus(CarrierEvents.class).connect(new CarrierEvents() {
                @Override
                public void onFailedToConnect(Carrier which, ConnectionId id, CarrierDisconnectReason reason) {
                    which.connect("127.0.0.1", 4711);
                }
            });
            carrier.connect("127.0.0.1", 4711);
            carrier.close();
            assertThat(errors).singleElement().isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void aRunnerWhoseCarrierWasClosedByATaskTakesNoMoreTasks() throws InterruptedException {
        try (GridMate gridMate = new GridMate()) {
            Carrier carrier =
                    Carrier.create(CarrierDesc.builder().address("127.0.0.1").build(), gridMate);
            String name = "gridmate-carrier-" + carrier.port();
            try (CarrierRunner runner = new CarrierRunner(carrier, 30)) {
                Thread thread = Thread.getAllStackTraces().keySet().stream()
                        .filter(each -> each.getName().equals(name))
                        .findAny()
                        .orElseThrow();
                runner.execute(Carrier::close);
                thread.join();
                assertThatIllegalStateException().isThrownBy(() -> runner.execute(each -> {}));
            }
        }
    }
}
