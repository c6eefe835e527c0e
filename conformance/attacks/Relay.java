import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;

/**
 * Stands between a player and a server, and hands on the datagrams of both. To the server it is the player: so an
 * attacker here can speak from the player's address, as one elsewhere could that forges the sender.
 */
final class Relay implements AutoCloseable {

    private final InetSocketAddress server;
    private final DatagramChannel inner;
    private final DatagramChannel outer;
    private final Selector selector;
    private final Thread thread;
    private volatile boolean isClosed;
    private volatile InetSocketAddress player;

    Relay(InetSocketAddress server) throws IOException {
        this.server = server;
        inner = open();
        outer = open();
        selector = Selector.open();
        inner.register(selector, SelectionKey.OP_READ);
        outer.register(selector, SelectionKey.OP_READ);
        thread = new Thread(this::run, "relay");
        thread.setDaemon(true);
        thread.start();
    }

    private static DatagramChannel open() throws IOException {
        DatagramChannel channel = DatagramChannel.open();
        channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        channel.configureBlocking(false);
        return channel;
    }

    /** {@return where the player connects to} */
    InetSocketAddress address() throws IOException {
        return (InetSocketAddress) inner.getLocalAddress();
    }

    /** Says something to the server as the player. */
    void inject(byte[] datagram) throws IOException {
        outer.send(ByteBuffer.wrap(datagram), server);
    }

    private void run() {
        ByteBuffer datagram = ByteBuffer.allocateDirect(65_536);
        try {
            while (!isClosed) {
                selector.select(100);
                selector.selectedKeys().clear();
                for (InetSocketAddress from = receive(inner, datagram); from != null; from = receive(inner, datagram)) {
                    player = from;
                    outer.send(datagram.flip(), server);
                }
                for (InetSocketAddress from = receive(outer, datagram); from != null; from = receive(outer, datagram)) {
                    inner.send(datagram.flip(), player);
                }
            }
        } catch (IOException e) {
            System.err.println("relay: " + e);
        }
    }

    private static InetSocketAddress receive(DatagramChannel channel, ByteBuffer into) throws IOException {
        return (InetSocketAddress) channel.receive(into.clear());
    }

    @Override
    public void close() throws IOException {
        isClosed = true;
        selector.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        inner.close();
        outer.close();
        selector.close();
    }
}
