package dev.gridmate.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.GridMate;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A driver on the loopback interface that listens, and what a test wants to do with it: let it run
 * until something is so, connect plain sockets and other drivers, remember what it receives.
 */
final class Loopback implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(20);

    final List<Throwable> handlerErrors = new ArrayList<>();
    final GridMate gridMate = new GridMate((handler, error) -> handlerErrors.add(error));
    final Recorder events = Recorder.on(gridMate);
    final StreamSocketDriver driver;
    final List<Received> received = new ArrayList<>();
    private final List<Loopback> others = new ArrayList<>();
    private final List<Socket> sockets = new ArrayList<>();

    static final class Received {
        private final SocketDriverAddress from;
        final byte[] packet;

        Received(SocketDriverAddress from, byte[] packet) {
            this.from = from;
            this.packet = packet;
        }

        byte[] packet() {
            return packet;
        }
    }

    private Loopback(StreamSocketDriverConfig config) {
        this.driver = new StreamSocketDriver(gridMate, config);
    }

    /** For calls whose result is not what the test is about. */
    static void ok(ResultCode code) {
        assertThat(code).isEqualTo(ResultCode.OK);
    }

    /** All peers of a test have one address, so what limits one address is off. */
    static StreamSocketDriverConfig.Builder config() {
        return StreamSocketDriverConfig.builder()
                .maxConnections(32)
                .maxConnectionsPerRemoteIp(0)
                .connectsPerSecondPerRemoteIp(0);
    }

    static Loopback server() {
        return server(config().build());
    }

    static Loopback server(StreamSocketDriverConfig config) {
        return server(config, 0);
    }

    static Loopback server(StreamSocketDriverConfig config, int port) {
        return server(config, "127.0.0.1", port);
    }

    static Loopback serverOnAllInterfaces() {
        return server(config().build(), null, 0);
    }

    private static Loopback server(StreamSocketDriverConfig config, @Nullable String address, int port) {
        Loopback it = new Loopback(config);
        assertThat(it.driver.initialize(AddressFamily.IPV4, address, port)).isEqualTo(ResultCode.OK);
        assertThat(it.driver.startListen(64)).isEqualTo(ResultCode.OK);
        return it;
    }

    /** Another driver that runs together with this one, and connects to it. */
    Loopback client(StreamSocketDriverConfig config) {
        Loopback client = unconnectedClient(config);
        assertThat(client.driver.connectTo(client.addressOf(this))).isEqualTo(ResultCode.OK);
        return client;
    }

    /** Another driver that runs together with this one. */
    Loopback unconnectedClient(StreamSocketDriverConfig config) {
        Loopback client = new Loopback(config);
        others.add(client);
        ok(client.driver.initialize(AddressFamily.IPV4));
        return client;
    }

    Loopback client() {
        return client(config().build());
    }

    /** A client that is connected, on both sides. */
    Loopback connectedClient() {
        int before = driver.numberOfConnections();
        Loopback client = client();
        until(() -> client.driver.numberOfConnections() == 1 && driver.numberOfConnections() == before + 1);
        return client;
    }

    SocketDriverAddress addressOf(Loopback server) {
        return driver.createDriverAddress("127.0.0.1|" + server.driver.port());
    }

    /** A plain socket, connected and established. */
    Socket socket() {
        int before = driver.numberOfConnections();
        Socket socket = unannouncedSocket();
        until(() -> driver.numberOfConnections() == before + 1);
        return socket;
    }

    Socket unannouncedSocket() {
        try {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), driver.port());
            socket.setTcpNoDelay(true);
            socket.setSoTimeout((int) PATIENCE.toMillis());
            sockets.add(socket);
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    SocketDriverAddress addressOf(Socket socket) {
        return driver.createDriverAddress(new InetSocketAddress(socket.getLocalAddress(), socket.getLocalPort()));
    }

    /** Runs all drivers, receiving what comes, until something is so. */
    void until(BooleanSupplier condition) {
        until(condition, true);
    }

    /** Runs all drivers, without receiving anything, until something is so. */
    void untilWithoutReceiving(BooleanSupplier condition) {
        until(condition, false);
    }

    private void until(BooleanSupplier condition, boolean receiving) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime())
                    .as("still waiting, %s, events %s", this, events.reasons)
                    .isLessThan(end);
            int work = tick(receiving);
            if (work == 0) {
                driver.waitForData(Duration.ofMillis(1));
            }
        }
    }

    /** One turn of the loop of every driver. */
    int tick(boolean receiving) {
        int work = driver.update();
        if (receiving) {
            work += driver.receive(this::remember, Integer.MAX_VALUE);
        }
        for (Loopback other : others) {
            if (other.isOpen()) {
                work += other.tick(receiving);
            }
        }
        return work;
    }

    private boolean isOpen() {
        return !driver.toString().contains("closed");
    }

    private void remember(SocketDriverAddress from, ByteBuffer packet) {
        byte[] bytes = new byte[packet.remaining()];
        packet.get(bytes);
        received.add(new Received(from, bytes));
    }

    List<byte[]> receivedFrom(SocketDriverAddress from) {
        return received.stream()
                .filter(r -> r.from.equals(from))
                .map(Received::packet)
                .toList();
    }

    long count(DriverCounter counter) {
        return driver.counter(counter);
    }

    static void write(Socket socket, byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads one packet from a plain socket, which has arrived or is on its way without the driver's
     * help.
     */
    static byte[] readPacket(Socket socket) {
        try {
            InputStream in = socket.getInputStream();
            int length = (in.read() << 8) | in.read();
            return in.readNBytes(length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        others.forEach(Loopback::close);
        driver.close();
        gridMate.close();
        for (Socket socket : sockets) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public String toString() {
        return driver + " with " + events.established.size() + " established, " + events.disconnected.size()
                + " disconnected, " + events.failed.size() + " failed, " + received.size() + " received, others "
                + others;
    }
}
