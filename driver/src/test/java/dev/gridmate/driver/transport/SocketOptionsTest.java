package dev.gridmate.driver.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.driver.AddressFamily;
import java.io.IOException;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * How the system's sockets are set: for small packets that leave at once, and with buffers as
 * they were asked for.
 */
@Timeout(60)
class SocketOptionsTest {

    private static final int SMALL = 10_000;
    private static final int LARGE = 100_000;
    private static final InetSocketAddress ANYWHERE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private NioTransport server;
    private NioTransport client;

    @BeforeEach
    void open() throws IOException {
        server = new NioTransport();
        client = new NioTransport();
    }

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    private static SocketOptions options(int receive, int send) {
        return new SocketOptions(AddressFamily.IPV4, receive, send);
    }

    /** A listener with one peer that it has accepted. */
    private void connect(SocketOptions options) throws IOException {
        Listener listener = server.listen(ANYWHERE, 8, options);
        Endpoint connected = client.connect(null, listener.localAddress(), options, null);
        while (!connected.finishConnect()) {
            client.await(1_000_000);
        }
        while (listener.accept() == null) {
            server.await(1_000_000);
        }
        server.await(0); // from here on the selectors know them all
        client.await(0);
    }

    private static <C extends NetworkChannel> C only(NioTransport transport, Class<C> kind) {
        List<C> found = transport.selector().keys().stream()
                .map(SelectionKey::channel)
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    @Test
    void aSmallPacketLeavesAtOnceOnBothSides() throws IOException {
        connect(options(0, 0));
        assertThat(only(server, SocketChannel.class).getOption(StandardSocketOptions.TCP_NODELAY))
                .isTrue();
        assertThat(only(client, SocketChannel.class).getOption(StandardSocketOptions.TCP_NODELAY))
                .isTrue();
    }

    @Test
    void buffersAreAsTheyWereAskedForOnBothSides() throws IOException {
        for (int size : new int[] {SMALL, LARGE}) {
            connect(options(size, 2 * size));
            for (NioTransport each : List.of(server, client)) {
                SocketChannel channel = only(each, SocketChannel.class);
                // Some systems double what they are asked for.
                assertThat(channel.getOption(StandardSocketOptions.SO_RCVBUF)).isBetween(size, 2 * size);
                assertThat(channel.getOption(StandardSocketOptions.SO_SNDBUF)).isBetween(2 * size, 4 * size);
            }
            assertThat(only(server, ServerSocketChannel.class).getOption(StandardSocketOptions.SO_RCVBUF))
                    .as("the window that is offered to those who connect")
                    .isBetween(size, 2 * size);
            close();
            open();
        }
    }

    @Test
    void aServerMayListenAgainWhileItsLastConnectionsAreForgotten() throws IOException {
        connect(options(0, 0));
        ServerSocketChannel listening = only(server, ServerSocketChannel.class);
        assertThat(listening.getOption(StandardSocketOptions.SO_REUSEADDR)).isTrue();
        InetSocketAddress local = (InetSocketAddress) listening.getLocalAddress();
        server.close(); // the side that closes first keeps the port for a while
        client.close();
        server = new NioTransport();
        assertThat(server.listen(local, 8, options(0, 0)).localAddress()).isEqualTo(local);
    }

    private static DatagramTransport bound(SocketOptions options) throws IOException {
        DatagramTransport opened = SystemSockets.udp();
        opened.bind(ANYWHERE, false, options);
        return opened;
    }

    private static int arrivedOf(int count, SocketOptions receiver) throws IOException {
        DatagramTransport from = bound(options(0, 0));
        DatagramTransport to = bound(receiver);
        ByteBuffer datagram = ByteBuffer.allocateDirect(1000);
        for (int i = 0; i < count; i++) {
            from.send(datagram.clear(), to.localAddress());
        }
        to.await(Duration.ofSeconds(20).toNanos(), false);
        int arrived = 0;
        while (to.receive(datagram.clear()) != null) {
            arrived++;
        }
        from.close();
        to.close();
        return arrived;
    }

    @Test
    void datagramsWaitInABufferOfTheSizeThatWasAskedFor() throws IOException {
        int small = arrivedOf(300, options(SMALL, 0));
        assertThat(small).isBetween(1, 40);
        assertThat(arrivedOf(300, options(LARGE, 0))).isGreaterThan(small + 20);
    }

    // Whether a datagram above the send buffer is refused depends on the system, so the socket
    // itself is asked.
    @Test
    void aDatagramSocketHasTheSendBufferThatWasAskedFor() throws Exception {
        Field channel = NioDatagramTransport.class.getDeclaredField("channel");
        channel.setAccessible(true);
        for (int size : new int[] {SMALL, LARGE}) {
            DatagramTransport opened = bound(options(0, size));
            DatagramChannel socket = (DatagramChannel) channel.get(opened);
            assertThat(socket.getOption(StandardSocketOptions.SO_SNDBUF)).isBetween(size, 2 * size);
            opened.close();
        }
    }
}
