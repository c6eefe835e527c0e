package dev.gridmate.driver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.GridMate;
import dev.gridmate.Subscription;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The snippets that describe the original, in Java, in their order, run as one program. */
@Timeout(60)
class SeedSnippetsTest {

    /** The original's {@code ConnectionHandler}. */
    private static final class ConnectionHandler implements StreamSocketDriverEvents, AutoCloseable {
        private final Subscription subscription;
        private int connectionCount;

        ConnectionHandler(GridMate gridMate) {
            subscription = gridMate.eventBus(StreamSocketDriverEvents.class).connect(this);
        }

        @Override
        public void onConnectionEstablished(SocketDriverAddress address) {
            connectionCount++;
        }

        @Override
        public void onConnectionDisconnected(SocketDriverAddress address, DisconnectReason reason) {
            connectionCount--;
        }

        boolean didConnect() {
            return connectionCount > 0;
        }

        @Override
        public void close() {
            subscription.close();
        }
    }

    @Test
    void theSeedsServerAndClientExchangeAPacketAndPart() {
        // Constructing the TCP socket driver.
        final int maxConnections = 32;
        final int maxPacketSize = 1024 * 64;
        final int inboundBufferSize = 1024 * 64;
        final int outboundBufferSize = 1024 * 64;
        try (GridMate gridMate = new GridMate();
                GridMate clientGridMate = new GridMate();
                StreamSocketDriver server = new StreamSocketDriver(
                        gridMate, maxConnections, maxPacketSize, inboundBufferSize, outboundBufferSize);
                StreamSocketDriver client = new StreamSocketDriver(
                        clientGridMate, 1, maxPacketSize, inboundBufferSize, outboundBufferSize);
                ConnectionHandler handler = new ConnectionHandler(gridMate);
                ConnectionHandler clientHandler = new ConnectionHandler(clientGridMate)) {

            // Initializing the socket driver.
            final AddressFamily familyType = AddressFamily.IPV4;
            final String address = "127.0.0.1";
            final int serverPort = 0; // the seed has 2017; a test takes what is free
            final boolean isBroadcast = false;
            final int receiveBufferSize = 1024 * 256;
            final int sendBufferSize = 1024 * 64;
            assertThat(server.initialize(
                            familyType, address, serverPort, isBroadcast, receiveBufferSize, sendBufferSize))
                    .isEqualTo(ResultCode.OK);
            assertThat(client.initialize(familyType, null, 0, false, receiveBufferSize, sendBufferSize))
                    .isEqualTo(ResultCode.OK);

            // Processing a server.
            assertThat(server.startListen(maxConnections)).isEqualTo(ResultCode.OK);
            assertThat(server.isListening()).isTrue();

            // Processing a client.
            SocketDriverAddress serverAddress = client.createDriverAddress("127.0.0.1|" + server.port());
            assertThat(client.connectTo(serverAddress)).isEqualTo(ResultCode.OK);
            while (!handler.didConnect() || !clientHandler.didConnect()) {
                server.update();
                client.update();
            }
            assertThat(client.isConnectedTo(serverAddress)).isTrue();
            assertThat(server.numberOfConnections()).isEqualTo(1);

            // Sending and receiving data from the stream driver.
            assertThat(client.send(serverAddress, ByteBuffer.wrap("hello".getBytes(UTF_8))))
                    .isEqualTo(ResultCode.OK);
            ByteBuffer data = ByteBuffer.allocate(server.maxSendSize());
            PacketInfo result = new PacketInfo();
            int received = 0;
            while (received == 0) {
                client.update();
                server.update();
                received = server.receive(data, result);
                assertThat(result.code()).isEqualTo(ResultCode.OK);
            }
            assertThat(new String(data.array(), 0, received, UTF_8)).isEqualTo("hello");
            assertThat(server.receive(data, result)).isZero();
            assertThat(result.code()).isEqualTo(ResultCode.OK);

            // The client leaves, the server stops.
            assertThat(client.disconnectFrom(serverAddress)).isEqualTo(ResultCode.OK);
            while (handler.didConnect() || clientHandler.didConnect()) {
                client.update();
                server.update();
            }
            assertThat(server.stopListen()).isEqualTo(ResultCode.OK);
            assertThat(server.isListening()).isFalse();
        }
    }
}
