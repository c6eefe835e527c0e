package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Messages of one connection alone. */
class ReceiveByNameTest {

    private static final Duration LONG = Duration.ofMillis(40);

    @Test
    void whoReceivedAllByNameWaitsForData() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            ConnectionId server = pair.connected();
            ConnectionId client = pair.server.last();
            pair.client.send("a", server, DataReliability.SEND_RELIABLE, 0);
            for (int i = 0; i < 10; i++) {
                pair.network.advance(Pair.TICK);
                pair.client.carrier.update();
                pair.server.carrier.update();
            }
            ByteBuffer into = ByteBuffer.allocate(10);
            assertThat(pair.server.carrier.receive(into, client, 0).state()).isEqualTo(ReceiveResult.State.RECEIVED);

            long before = pair.network.nanoTime();
            pair.server.carrier.waitForData(LONG);
            assertThat(pair.network.nanoTime()).isGreaterThan(before);
        }
    }

    @Test
    void othersMessagesStay() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            ConnectionId server = pair.connected();
            ConnectionId client = pair.server.last();
            for (String each : List.of("a", "b", "c")) {
                pair.client.send(each, server, DataReliability.SEND_UNRELIABLE, 2);
            }
            for (int i = 0; i < 10; i++) {
                pair.network.advance(Pair.TICK);
                pair.client.carrier.update();
                pair.server.carrier.update();
            }
            List<String> seen = new ArrayList<>();
            MessageHandler handler = (from, channel, reliability, message) ->
                    seen.add(channel + " " + reliability + " " + (char) message.get());
            assertThat(pair.client.carrier.receive(handler, server, 10)).isZero();
            assertThat(pair.server.carrier.receive(handler, client, 2)).isEqualTo(2);
            assertThat(pair.server.carrier.receive(handler, client, 10)).isEqualTo(1);
            assertThat(pair.server.carrier.receive(handler, client, 10)).isZero();
            assertThat(seen).containsExactly("2 SEND_UNRELIABLE a", "2 SEND_UNRELIABLE b", "2 SEND_UNRELIABLE c");
            assertThat(pair.server.carrier.counter(CarrierCounter.MESSAGES_IN)).isEqualTo(3);
        }
    }
}
