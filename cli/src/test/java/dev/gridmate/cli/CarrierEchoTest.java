package dev.gridmate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.GridMate;
import dev.gridmate.carrier.Carrier;
import dev.gridmate.carrier.CarrierCounter;
import dev.gridmate.carrier.CarrierDesc;
import dev.gridmate.carrier.CarrierEvents;
import dev.gridmate.carrier.ConnectionId;
import dev.gridmate.carrier.ConnectionState;
import dev.gridmate.carrier.DataPriority;
import dev.gridmate.carrier.DataReliability;
import dev.gridmate.carrier.NewcomerLimits;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client that does not take its echoes, over the real loopback. */
@Timeout(60)
class CarrierEchoTest {

    private static final int MESSAGES = 4000;
    private static final int SIZE = 1000;

    private CarrierEcho server;
    private Client slow;
    private Client other;

    /** A client that receives only when it is told to. */
    private static final class Client implements AutoCloseable {
        final GridMate gridMate = new GridMate();
        final Carrier carrier;
        final ConnectionId server;
        int sent;
        int received;

        Client(int port) {
            carrier = Carrier.create(
                    CarrierDesc.builder()
                            .address("127.0.0.1")
                            .receiveQueueSize(100_000)
                            .build(),
                    gridMate);
            server = carrier.connect("127.0.0.1", port);
        }

        boolean isConnected() {
            return carrier.connectionState(server) == ConnectionState.CONNECTED;
        }

        void send(DataReliability reliability) {
            ByteBuffer message = ByteBuffer.allocate(SIZE).putInt(0, sent++);
            assertThat(carrier.send(message, server, reliability, DataPriority.NORMAL, 1)
                            .name())
                    .isEqualTo("OK");
        }

        void receive() {
            int unused = carrier.receive(
                    (from, channel, reliability, message) -> {
                        assertThat(message.getInt()).isEqualTo(received++);
                        assertThat(channel).isEqualTo(1);
                    },
                    10_000);
        }

        @Override
        public void close() {
            gridMate.close();
        }
    }

    @BeforeEach
    void connect() {
        server = new CarrierEcho(
                new CarrierOptions(),
                InetAddress.getLoopbackAddress(),
                0,
                10,
                NewcomerLimits.DEFAULTS,
                new CarrierEvents() {});
        slow = new Client(server.port());
        other = new Client(server.port());
        runUntil(() -> slow.isConnected() && other.isConnected());
    }

    @AfterEach
    void close() {
        slow.close();
        other.close();
        server.close();
    }

    private void runUntil(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            int unused = server.turn() + slow.carrier.update() + other.carrier.update();
        }
    }

    /**
     * Sends four megabytes, of which one fits the server's queue, and waits until the server holds
     * this client back.
     */
    private void fillUp() {
        for (int i = 0; i < MESSAGES; i++) {
            slow.send(DataReliability.SEND_RELIABLE);
        }
        runUntil(() -> server.counter(CarrierCounter.SENDS_REJECTED) > 0);
    }

    @Test
    void whoIsSlowIsHeldBackAndNothingIsLost() {
        fillUp();
        assertThat(server.counter(CarrierCounter.MESSAGES_IN)).isLessThan(MESSAGES);
        runUntil(() -> {
            slow.receive();
            return slow.received == MESSAGES;
        });
        assertThat(server.dropped()).isZero();
    }

    @Test
    void whoIsHeldBackHoldsNobodyElseBack() {
        fillUp();
        long before = server.counter(CarrierCounter.MESSAGES_IN);
        for (int i = 0; i < 100; i++) {
            other.send(DataReliability.SEND_UNRELIABLE);
        }
        runUntil(() -> {
            other.receive();
            return other.received == 100;
        });
        assertThat(slow.received).isZero();
        assertThat(server.counter(CarrierCounter.MESSAGES_IN)).isGreaterThanOrEqualTo(before + 100);
    }

    @Test
    void aServerThatHoldsSomebodyBackDoesNotSpin() {
        fillUp();
        long end = System.nanoTime() + 500_000_000;
        int turns = 0;
        while (System.nanoTime() < end) {
            if (server.turn() == 0) {
                server.waitForData(Duration.ofSeconds(10));
            }
            turns++;
        }
        assertThat(turns).isLessThan(300);
    }

    @Test
    void whatWasKeptForWhomLeavesIsCounted() {
        fillUp();
        slow.carrier.disconnect(slow.server);
        runUntil(() -> server.connections() == 1);
        assertThat(server.dropped()).isEqualTo(1);
    }
}
