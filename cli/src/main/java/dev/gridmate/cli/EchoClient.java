package dev.gridmate.cli;

import dev.gridmate.GridMate;
import dev.gridmate.driver.DisconnectReason;
import dev.gridmate.driver.DriverCounter;
import dev.gridmate.driver.PacketHandler;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.SlowConsumerPolicy;
import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.driver.StreamSocketDriver;
import dev.gridmate.driver.StreamSocketDriverConfig;
import dev.gridmate.driver.StreamSocketDriverEvents;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * One connection that sends packets and checks their echoes, byte by byte and in order.
 *
 * <p>A driver knows a connection by the peer's address, so several connections with one server are several drivers.
 */
final class EchoClient implements PacketHandler, StreamSocketDriverEvents, AutoCloseable {

    /**
     * What a connection sends, and how fast.
     *
     * @param packets how many packets, over the whole life of the connection
     * @param nanosPerPacket the time between two packets; 0 to send as fast as echoes come back
     * @param window how many bytes may be on their way there and back: no more than the server is sure to take, or it
     *     would be right to call this client a slow consumer. One packet may always be
     * @param timeout the longest wait for the connection, and for an echo
     */
    record Plan(long packets, double nanosPerPacket, int window, Duration timeout) {}

    static final int WINDOW = 65_536;

    // Also a bound for the window: so many packets of one byte are no more than 3 KiB.
    private static final int PACKETS_ON_THE_WAY = 1024;
    private static final int PACKETS_PER_TURN = 64;

    private final GridMate gridMate = new GridMate();
    private final StreamSocketDriver driver;
    private final SocketDriverAddress server;
    private final int number;
    private final Plan plan;
    private final PacketSource source;
    private final Histogram roundTrips;
    private final long[] sentAt = new long[PACKETS_ON_THE_WAY];

    private long packets;
    private long sent;
    private long received;
    private long mismatched;
    private long bytesOnTheWay;
    private long bytes;
    private long start;
    private long lastStep = System.nanoTime();
    private boolean established;
    private boolean closing;
    private @Nullable DisconnectReason end;

    /** Begins to connect. */
    EchoClient(InetSocketAddress to, int number, Plan plan, PacketSource source, Histogram roundTrips) {
        this.number = number;
        this.plan = plan;
        this.packets = plan.packets();
        this.source = source;
        this.roundTrips = roundTrips;
        driver = new StreamSocketDriver(
                gridMate,
                StreamSocketDriverConfig.builder()
                        .maxConnections(1)
                        .maxPacketSize(PacketSource.MAX_SIZE)
                        .outboundBufferSize(Math.max(plan.window(), PacketSource.MAX_SIZE))
                        .slowConsumerPolicy(SlowConsumerPolicy.REJECT)
                        .connectTimeout(plan.timeout())
                        .drainTimeout(Duration.ofSeconds(2))
                        .build());
        gridMate.eventBus(StreamSocketDriverEvents.class).connect(this);
        ResultCode code = driver.initialize(HostPort.family(to.getAddress()));
        server = driver.createDriverAddress(to);
        if (code == ResultCode.OK) {
            code = driver.connectTo(server);
        }
        if (code != ResultCode.OK) {
            String error = driver.lastError();
            gridMate.close();
            throw new Failure("cannot make connection " + (number + 1) + ": " + error
                    + (error.contains("Too many open files") ? ". Raise the limit with ulimit -n" : ""));
        }
    }

    /** One tick: receives and checks, then sends what is due. Returns the work done. */
    int turn() {
        if (end != null) {
            return 0;
        }
        int work = driver.update() + driver.receive(this, PACKETS_ON_THE_WAY);
        int packetsSent = established && !closing && end == null ? send() : 0;
        if (packetsSent > 0) {
            driver.flush();
        }
        return work + packetsSent;
    }

    private int send() {
        int count = 0;
        while (count < PACKETS_PER_TURN && sent < packets && sent - received < PACKETS_ON_THE_WAY) {
            long now = System.nanoTime();
            long due = plan.nanosPerPacket() == 0 ? now : start + (long) (sent * plan.nanosPerPacket());
            ByteBuffer packet = source.packet(number, sent);
            int size = packet.remaining() + driver.packetOverheadSize();
            boolean fits = bytesOnTheWay == 0 || bytesOnTheWay + size <= plan.window();
            if (due - now > 0 || !fits || driver.send(server, packet) != ResultCode.OK) {
                break;
            }
            if (sent == received) {
                lastStep = now;
            }
            // The clock runs from when the packet should have left: a stall counts for all that it kept from leaving.
            sentAt[(int) sent & (PACKETS_ON_THE_WAY - 1)] = due;
            bytesOnTheWay += size;
            sent++;
            count++;
        }
        return count;
    }

    @Override
    public void onPacket(SocketDriverAddress from, ByteBuffer packet) {
        if (received == sent) {
            mismatched++; // nothing was asked
            return;
        }
        ByteBuffer expected = source.packet(number, received);
        if (!expected.equals(packet)) {
            mismatched++;
        }
        lastStep = System.nanoTime();
        long nanos = lastStep - sentAt[(int) received & (PACKETS_ON_THE_WAY - 1)];
        roundTrips.recordValue(Math.min(nanos, roundTrips.getHighestTrackableValue()));
        bytesOnTheWay -= expected.remaining() + driver.packetOverheadSize();
        bytes += expected.remaining();
        received++;
    }

    @Override
    public void onConnectionEstablished(SocketDriverAddress address) {
        established = true;
        start = System.nanoTime();
        lastStep = start;
    }

    @Override
    public void onConnectionDisconnected(SocketDriverAddress address, DisconnectReason reason) {
        end = reason;
    }

    @Override
    public void onConnectionFailed(SocketDriverAddress address, DisconnectReason reason) {
        end = reason;
    }

    /** Sends nothing more, but still waits for the echoes. */
    void stopSending() {
        packets = sent;
    }

    /** Closes in order. The end comes with further turns. */
    void disconnect() {
        closing = true;
        ResultCode unused = driver.disconnectFrom(server);
    }

    boolean isComplete() {
        return received == packets;
    }

    boolean isClosing() {
        return closing;
    }

    boolean isOver() {
        return end != null;
    }

    /** Returns why the connection ended, if this client did not end it. */
    @Nullable
    DisconnectReason failure() {
        return closing ? null : end;
    }

    boolean wasEstablished() {
        return established;
    }

    /** Says whether echoes are missing for longer than they may. */
    boolean isStalled(long now) {
        return established && sent > received && now - lastStep > plan.timeout().toNanos();
    }

    long sent() {
        return sent;
    }

    long received() {
        return received;
    }

    long mismatched() {
        return mismatched;
    }

    /** Returns the bytes of the packets that came back. */
    long bytes() {
        return bytes;
    }

    long counter(DriverCounter counter) {
        return driver.counter(counter);
    }

    @Override
    public void close() {
        gridMate.close();
    }
}
