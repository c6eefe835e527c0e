package dev.gridmate.carrier;

import dev.gridmate.driver.AddressFamily;
import dev.gridmate.driver.sim.SimulatedHost;
import dev.gridmate.driver.sim.SimulatedNetwork;
import dev.gridmate.driver.sim.SimulatedPeer;
import dev.gridmate.driver.transport.DatagramTransport;
import dev.gridmate.driver.transport.SocketOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Sends bytes from 10.0.0.2 to a carrier at 10.0.0.1, and drops what it gets. */
abstract class RecordedPeer implements AutoCloseable {

    private static final String THERE = "10.0.0.1";

    static RecordedPeer of(Side.Wire wire, SimulatedNetwork network, boolean connects) {
        SimulatedHost host = network.host("10.0.0.2");
        return wire == Side.Wire.UDP ? new Udp(host) : new Tcp(host, connects);
    }

    abstract void update();

    abstract void send(byte[] datagram);

    @Override
    public abstract void close();

    private static final class Udp extends RecordedPeer {

        private final DatagramTransport socket;
        private final ByteBuffer room = ByteBuffer.allocate(65_535);

        Udp(SimulatedHost host) {
            socket = host.openDatagrams();
            try {
                socket.bind(
                        new InetSocketAddress("10.0.0.2", Side.PORT),
                        false,
                        new SocketOptions(AddressFamily.IPV4, 0, 0));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        void update() {
            try {
                while (socket.receive(room.clear()) != null) {
                    room.flip();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        void send(byte[] datagram) {
            try {
                if (!socket.send(ByteBuffer.wrap(datagram), new InetSocketAddress(THERE, Side.PORT))) {
                    throw new AssertionError("not sent");
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    private static final class Tcp extends RecordedPeer {

        private final SimulatedPeer.@Nullable Listener listener;
        private final Deque<byte[]> waiting = new ArrayDeque<>();
        private @Nullable SimulatedPeer connection;

        Tcp(SimulatedHost host, boolean connects) {
            listener = connects ? null : host.listenRaw(Side.PORT);
            connection = connects ? host.connectRaw(new InetSocketAddress(THERE, Side.PORT)) : null;
        }

        @Override
        void update() {
            if (connection == null && listener != null) {
                connection = listener.accept().orElse(null);
            }
            SimulatedPeer open = connection;
            if (open != null && open.isConnected()) {
                byte[] ignored = open.read(65_535);
                for (byte[] each = waiting.poll(); each != null; each = waiting.poll()) {
                    open.write((byte) (each.length >> 8), (byte) each.length);
                    open.write(each);
                }
            }
        }

        @Override
        void send(byte[] datagram) {
            waiting.add(datagram);
            update();
        }

        @Override
        public void close() {
            if (connection != null) {
                connection.close();
            }
            if (listener != null) {
                listener.close();
            }
        }
    }
}
