package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A message belongs to its handler until the handler returns, whatever it does; after that its
 * memory is free.
 */
@Timeout(60)
class LentMessagesTest {

    private static final int ROOM = 64 << 10;

    private Pair pair;
    private ConnectionId server;
    private ConnectionId client;

    @BeforeEach
    void connect() {
        pair = new Pair(Side.Wire.UDP, 1, desc -> desc.receiveQueueSize(ROOM), desc -> desc);
        server = pair.connected();
        client = pair.server.last();
    }

    @AfterEach
    void close() {
        pair.close();
    }

    /** Sends messages of one letter, repeated. */
    private void send(int size, char... letters) {
        for (char letter : letters) {
            pair.client.send(String.valueOf(letter).repeat(size), server, DataReliability.SEND_RELIABLE, 0);
        }
    }

    /** Lets time pass without anybody receiving. */
    private void pass(Duration time) {
        for (long end = pair.network.nanoTime() + time.toNanos(); pair.network.nanoTime() < end; ) {
            pair.network.advance(Pair.TICK);
            pair.client.carrier.update();
            pair.server.carrier.update();
        }
    }

    private static String text(ByteBuffer message) {
        byte[] bytes = new byte[message.remaining()];
        message.get(message.position(), bytes);
        return new String(bytes, java.nio.charset.StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 5_000})
    void aHandlerThatThrowsCostsItsOwnMessageOnlyAndNoMemory(int size) {
        int count = 3 * ROOM / size;
        List<String> seen = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            send(size, (char) ('a' + i % 26));
            pass(Duration.ofMillis(50));
            assertThatThrownBy(() -> pair.server.carrier.receive(
                            (from, channel, reliability, message) -> {
                                seen.add(text(message));
                                throw new IllegalStateException("the handler's own");
                            },
                            10))
                    .hasMessage("the handler's own");
            assertThat(seen)
                    .hasSize(i + 1)
                    .last()
                    .isEqualTo(String.valueOf((char) ('a' + i % 26)).repeat(size));
            if (i >= 100) {
                break;
            }
        }
        assertThat(pair.server.carrier.counter(CarrierCounter.DATAGRAMS_OVER_ROOM))
                .isZero();
        assertThat(pair.server.carrier.connectionState(client)).isEqualTo(ConnectionState.CONNECTED);
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 1_000, 5_000})
    void aHandlerThatReceivesInsideGetsTheNextMessageAndKeepsItsOwn(int size) {
        send(size, 'a', 'b', 'c');
        pass(Duration.ofMillis(200));
        List<String> seen = new ArrayList<>();
        MessageHandler innermost = (from, channel, reliability, message) -> seen.add(text(message));
        MessageHandler inner = (from, channel, reliability, message) -> {
            assertThat(pair.server.carrier.receive(innermost, 1)).isEqualTo(1);
            seen.add(text(message));
        };
        MessageHandler outer = (from, channel, reliability, message) -> {
            assertThat(pair.server.carrier.receive(inner, from, 1)).isEqualTo(1);
            send(size, 'x', 'y');
            pass(Duration.ofMillis(200)); // new messages take free memory, if any is free too early
            seen.add(text(message));
        };
        assertThat(pair.server.carrier.receive(outer, 1)).isEqualTo(1);
        assertThat(seen).containsExactly("c".repeat(size), "b".repeat(size), "a".repeat(size));
        seen.clear();
        assertThat(pair.server.carrier.receive(innermost, 10)).isEqualTo(2);
        assertThat(seen).containsExactly("x".repeat(size), "y".repeat(size));
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 5_000})
    void aHandlerThatEndsTheConnectionKeepsItsMessageUntilItReturns(int size) {
        send(size, 'a', 'b');
        pass(Duration.ofMillis(200));
        List<String> seen = new ArrayList<>();
        int received = pair.server.carrier.receive(
                (from, channel, reliability, message) -> {
                    pair.server.carrier.disconnect(from);
                    pass(Duration.ofSeconds(2)); // by then it is forgotten
                    server = pair.connected();
                    send(size, 'x');
                    pass(Duration.ofMillis(200));
                    seen.add(text(message));
                },
                1);
        assertThat(received).isEqualTo(1);
        assertThat(seen).containsExactly("a".repeat(size));
        assertThat(pair.server.carrier.connectionState(client)).isEqualTo(ConnectionState.DISCONNECTED);
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 5_000})
    void aHandlerThatClosesTheCarrierKeepsItsMessageUntilItReturns(int size) {
        send(size, 'a', 'b');
        pass(Duration.ofMillis(200));
        List<String> seen = new ArrayList<>();
        int received = pair.server.carrier.receive(
                (from, channel, reliability, message) -> {
                    pair.server.carrier.close();
                    seen.add(text(message));
                },
                10);
        assertThat(received).isEqualTo(1);
        assertThat(seen).containsExactly("a".repeat(size));
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 5_000})
    void whatAHandlerDoesToItsViewChangesNothingForTheNext(int size) {
        List<ByteOrder> orders = new ArrayList<>();
        List<String> seen = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            send(size, 'a');
            pass(Duration.ofMillis(50));
            assertThat(pair.server.carrier.receive(
                            (from, channel, reliability, message) -> {
                                orders.add(message.order());
                                seen.add(text(message));
                                message.order(ByteOrder.LITTLE_ENDIAN)
                                        .position(3)
                                        .limit(5);
                            },
                            10))
                    .isEqualTo(1);
        }
        assertThat(orders).containsOnly(ByteOrder.BIG_ENDIAN);
        assertThat(seen).hasSize(20).containsOnly("a".repeat(size));
    }

    @Test
    void aHandlerThatMovesTheLimitSeesNothingOfEarlierMessages() {
        List<String> seen = new ArrayList<>();
        for (int size : new int[] {60, 2, 60, 3}) {
            send(size, 's');
            pass(Duration.ofMillis(50));
            assertThat(pair.server.carrier.receive(
                            (from, channel, reliability, message) ->
                                    seen.add(text(message.clear()).replace("\0", "")),
                            10))
                    .isEqualTo(1);
        }
        assertThat(seen).containsExactly("s".repeat(60), "ss", "s".repeat(60), "sss");
    }

    @Test
    void aHandlerCannotWriteIntoItsMessage() {
        send(5, 'a');
        pass(Duration.ofMillis(50));
        assertThatThrownBy(() ->
                        pair.server.carrier.receive((from, channel, reliability, message) -> message.put((byte) 1), 10))
                .isInstanceOf(ReadOnlyBufferException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5, 5_000})
    void aBufferThatCannotBeWrittenLeavesTheMessageWhereItIs(int size) {
        send(size, 'a');
        pass(Duration.ofMillis(200));
        ByteBuffer into = ByteBuffer.allocate(6_000);
        assertThatThrownBy(() -> {
                    ReceiveResult ignored = pair.server.carrier.receive(into.asReadOnlyBuffer(), client, 0);
                })
                .isInstanceOf(ReadOnlyBufferException.class);
        assertThat(pair.server.carrier.waitForData(Duration.ZERO))
                .as("it still waits")
                .isTrue();
        assertThat(pair.server.carrier.receive(into, client, 0))
                .isEqualTo(new ReceiveResult(ReceiveResult.State.RECEIVED, size));
        assertThat(text(into.flip())).isEqualTo("a".repeat(size));
        assertThat(pair.server.carrier.receive(into.clear(), client, 0).state())
                .isEqualTo(ReceiveResult.State.NO_MESSAGE_TO_RECEIVE);
    }
}
