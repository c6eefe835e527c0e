package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.gridmate.driver.sim.SimulatedNetwork;
import java.nio.ByteBuffer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A driver that takes one small datagram in each update. */
@Timeout(60)
class NarrowDriverTest {

    private static final int PACKET = 128;

    @Test
    void messagesLeaveAlthoughAcknowledgementsThatLeaveNoRoomBesideThemAreDueInEachUpdate() {
        SimulatedNetwork network = new SimulatedNetwork(1);
        network.window(PACKET + 2); // the system takes no more either
        PlainFlow flow = new PlainFlow();
        try (Side server = new Side(network.host("10.0.0.1"), Side.Wire.TCP, PACKET, UnaryOperator.identity());
                Side client = new Side(
                        network.host("10.0.0.2"),
                        Side.Wire.TCP,
                        PACKET,
                        PACKET + 2,
                        settings -> settings.trafficControl(flow))) {
            ConnectionId id = client.carrier.connect("10.0.0.1", Side.PORT);
            for (int i = 0; i < 100 && client.carrier.numConnections() == 0; i++) {
                network.advance(Pair.TICK);
                server.update();
                client.update();
            }
            String large = "x".repeat(client.carrier.messageMtu());
            int ticks = 200;
            for (int i = 0; i < ticks; i++) {
                client.send(large, id, DataReliability.SEND_RELIABLE, 0);
                server.send("y", ConnectionId.ALL, DataReliability.SEND_RELIABLE, 0);
                network.advance(Pair.TICK);
                server.update();
                client.update();
            }
            assertThat(server.received.size()).as("every other datagram").isBetween(ticks / 2 - 10, ticks);
            assertThat(client.received.size()).isGreaterThan(ticks - 20);
        }
    }

    @Test
    void aMessageMayHaveSoManyChunksAndNotAByteMore() {
        SimulatedNetwork network = new SimulatedNetwork(1);
        try (Side side = new Side(network.host("10.0.0.1"), Side.Wire.TCP, PACKET, UnaryOperator.identity())) {
            ConnectionId id = side.carrier.connect("10.0.0.2", Side.PORT);
            int most = 32_766 * side.carrier.messageMtu();
            assertThat(side.carrier.send(ByteBuffer.allocate(most), id)).isEqualTo(SendResult.OK);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> side.carrier.send(ByteBuffer.allocate(most + 1), id))
                    .withMessage("the message has " + (most + 1) + " bytes, it must have at most " + most);
        }
    }
}
