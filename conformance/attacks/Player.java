import dev.gridmate.GridMate;
import dev.gridmate.carrier.Carrier;
import dev.gridmate.carrier.CarrierDesc;
import dev.gridmate.carrier.ConnectionId;
import dev.gridmate.carrier.ConnectionState;
import dev.gridmate.driver.AddressFamily;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.driver.StreamSocketDriver;
import dev.gridmate.driver.StreamSocketDriverConfig;
import dev.gridmate.driver.TlsConfig;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;

/** An honest player: asks for an echo sixty times a second, and notes how long each takes. */
final class Player implements AutoCloseable {

    /** How a player speaks to the server. */
    enum Kind {
        PLAIN,
        TLS,
        CARRIER_UDP,
        CARRIER_TCP
    }

    private static final long TICK = 16_666_667;
    private static final Duration SHORT = Duration.ofMillis(1);

    private final GridMate gridMate = new GridMate();
    private final ByteBuffer ping;
    private long[] tripTimes = new long[64];
    private int trips;
    private final Line line;

    /** What the two kinds of transport have in common here. */
    private interface Line {
        void turn();

        boolean isUp();

        boolean isOver();

        void send(ByteBuffer packet);
    }

    /**
     * @param size bytes of a message, 8 or more
     * @param authority whose certificates to trust, with TLS
     */
    Player(Kind kind, InetSocketAddress server, int size, Path authority) {
        ping = ByteBuffer.allocate(size);
        line = switch (kind) {
            case PLAIN -> stream(server, null);
            case TLS -> stream(server, TlsConfig.builder().certificateAuthority(authority).build());
            case CARRIER_UDP -> carrier(server, null);
            case CARRIER_TCP -> carrier(server, streamDriver(null));
        };
    }

    private StreamSocketDriver streamDriver(TlsConfig tls) {
        StreamSocketDriverConfig.Builder config = StreamSocketDriverConfig.builder().maxConnections(1);
        StreamSocketDriver driver = new StreamSocketDriver(gridMate, (tls == null ? config : config.tls(tls)).build());
        if (driver.initialize(AddressFamily.IPV4) != ResultCode.OK) {
            throw new IllegalStateException(driver.lastError());
        }
        return driver;
    }

    private Line stream(InetSocketAddress server, TlsConfig tls) {
        StreamSocketDriver driver = streamDriver(tls);
        SocketDriverAddress to = driver.createDriverAddress(server);
        if (driver.connectTo(to) != ResultCode.OK) {
            throw new IllegalStateException(driver.lastError());
        }
        return new Line() {
            private boolean wasUp;

            @Override
            public void turn() {
                driver.update();
                driver.receive((from, packet) -> back(packet), 1_000);
                driver.waitForData(SHORT);
                wasUp |= isUp();
            }

            @Override
            public boolean isUp() {
                return driver.isConnectedTo(to);
            }

            @Override
            public boolean isOver() {
                return wasUp && !isUp();
            }

            @Override
            public void send(ByteBuffer packet) {
                driver.send(to, packet);
            }
        };
    }

    private Line carrier(InetSocketAddress server, StreamSocketDriver below) {
        Carrier carrier = Carrier.create(CarrierDesc.builder().driver(below).build(), gridMate);
        ConnectionId to = carrier.connect(server.getAddress().getHostAddress(), server.getPort());
        return new Line() {
            private boolean wasUp;

            @Override
            public void turn() {
                carrier.update();
                carrier.receive((from, channel, reliability, message) -> back(message), 1_000);
                carrier.waitForData(SHORT);
                wasUp |= isUp();
            }

            @Override
            public boolean isUp() {
                return carrier.connectionState(to) == ConnectionState.CONNECTED;
            }

            @Override
            public boolean isOver() {
                return wasUp && !isUp();
            }

            @Override
            public void send(ByteBuffer packet) {
                carrier.send(packet, to);
            }
        };
    }

    private void back(ByteBuffer packet) {
        if (trips == tripTimes.length) {
            tripTimes = Arrays.copyOf(tripTimes, 2 * trips);
        }
        tripTimes[trips++] = System.nanoTime() - packet.getLong(packet.position());
    }

    /** {@return nanoseconds until it is connected; -1 if it is not within the patience} */
    long connect(Duration patience) {
        long start = System.nanoTime();
        while (System.nanoTime() - start < patience.toNanos()) {
            line.turn();
            if (line.isUp()) {
                return System.nanoTime() - start;
            }
        }
        return -1;
    }

    /**
     * Plays for a time. What has not come back half a second later counts as half a second.
     *
     * @param bytesPerSecond how much to send; 0 for one message in each tick
     * @return the round trip, in nanoseconds, that 99 of 100 keep; -1 if the connection ended
     */
    long play(Duration time, long bytesPerSecond) {
        trips = 0;
        long interval = bytesPerSecond == 0 ? TICK : 1_000_000_000L * ping.capacity() / bytesPerSecond;
        long start = System.nanoTime();
        long next = start;
        int sent = 0;
        while (System.nanoTime() - start < time.toNanos() + 500_000_000L && !line.isOver()) {
            long now = System.nanoTime();
            for (; now >= next && next - start < time.toNanos(); next += interval) {
                line.send(ping.putLong(0, now).clear());
                sent++;
            }
            line.turn();
            if (trips == sent && next - start >= time.toNanos()) {
                break;
            }
        }
        if (line.isOver()) {
            return -1;
        }
        long[] sorted = Arrays.copyOf(tripTimes, Math.max(sent, trips));
        Arrays.fill(sorted, trips, sorted.length, 500_000_000L);
        Arrays.sort(sorted);
        return sorted.length == 0 ? -1 : sorted[(int) Math.min(sorted.length - 1L, sorted.length * 99L / 100)];
    }

    @Override
    public void close() {
        gridMate.close();
    }
}
