package dev.gridmate.cli;

import dev.gridmate.GridMate;
import dev.gridmate.driver.DisconnectReason;
import dev.gridmate.driver.DriverCounter;
import dev.gridmate.driver.HostConnect;
import dev.gridmate.driver.PacketHandler;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.SlowConsumerPolicy;
import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.driver.StreamSocketDriver;
import dev.gridmate.driver.StreamSocketDriverConfig;
import dev.gridmate.driver.StreamSocketDriverEvents;
import dev.gridmate.snapshot.Visibility;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a command with its server: what all have in common, whatever they send.
 *
 * <p>A driver knows a connection by the peer's address, so several connections with one server are
 * several drivers.
 */
abstract class Client implements PacketHandler, StreamSocketDriverEvents, AutoCloseable {

    private static final int PACKETS_PER_RECEIVE = 1024;

    private final GridMate gridMate = new GridMate();
    private final StreamSocketDriver driver;
    private final HostConnect connect;

    /** The name that was asked for, and then the address that has answered. */
    private SocketDriverAddress server;

    private final Duration timeout;

    private long lastStep = System.nanoTime();
    /** There may be a thousand of them, and their command says what there is to say. */
    private static final Visibility CLIENT =
            Visibility.named("client").unmanaged().unlogged();

    private boolean established;
    private boolean closing;
    private @Nullable DisconnectReason end;

    /**
     * Begins to connect.
     *
     * @param outbound bytes that may wait for the system
     * @param timeout the longest wait for the connection, and for what the server should send
     */
    Client(Destination to, int outbound, Duration timeout) {
        this.timeout = timeout;
        StreamSocketDriverConfig.Builder config = StreamSocketDriverConfig.builder()
                .maxConnections(1)
                .maxPacketSize(PacketSource.MAX_SIZE)
                .outboundBufferSize(Math.max(outbound, PacketSource.MAX_SIZE))
                .slowConsumerPolicy(SlowConsumerPolicy.REJECT)
                .connectTimeout(timeout)
                .visibility(CLIENT)
                .drainTimeout(Duration.ofSeconds(2));
        if (to.tls() != null) {
            config.tls(to.tls());
        }
        driver = new StreamSocketDriver(gridMate, config.build());
        gridMate.eventBus(StreamSocketDriverEvents.class).connect(this);
        try {
            connect = to.connect(driver);
        } catch (Failure e) {
            gridMate.close();
            throw e;
        }
        server = connect.name();
    }

    /** One tick: receives, then sends what is due. Returns the work done. */
    final int turn() {
        if (end != null) {
            return 0;
        }
        int work = driver.update() + driver.receive(this, PACKETS_PER_RECEIVE);
        int packetsSent = established && !closing && end == null ? send() : 0;
        if (packetsSent > 0) {
            driver.flush();
        }
        return work + packetsSent;
    }

    // ------------------------------------------------------------ what a kind of client says

    /** Sends what is due; returns the number of packets. */
    abstract int send();

    /** Begins to send without end, for a client that was made to send nothing. */
    abstract void startSending(long now);

    /** Sends nothing more, but still waits for what the server should send. */
    abstract void stopSending();

    /** Whether everything was sent that should be, and everything came that must. */
    abstract boolean isComplete();

    /** Whether the server owes something. */
    abstract boolean isWaiting();

    abstract long sent();

    /** Returns the packets of which it is known that the server had them. */
    abstract long received();

    /** Returns the bytes of those packets. */
    abstract long bytes();

    /** Returns what came and should not have. */
    abstract long mismatched();

    /** Returns the moment for which {@link #received} is right. */
    long countedAt(long now) {
        return now;
    }

    // ------------------------------------------------------------ for a kind of client

    /** Gives a packet to the driver; returns whether there was room. */
    final boolean give(ByteBuffer packet) {
        return driver.send(server, packet) == ResultCode.OK;
    }

    final int sizeOnTheWire(ByteBuffer packet) {
        return packet.remaining() + driver.packetOverheadSize();
    }

    /** The server has done what it owed, or owes something from now on: its time runs anew. */
    final void step(long now) {
        lastStep = now;
    }

    /** The connection stands. */
    void onEstablished(long now) {
        step(now);
    }

    // ------------------------------------------------------------ the connection

    @Override
    public final void onConnectionEstablished(SocketDriverAddress address) {
        server = address;
        established = true;
        onEstablished(System.nanoTime());
    }

    @Override
    public final void onConnectionDisconnected(SocketDriverAddress address, DisconnectReason reason) {
        end = reason;
    }

    @Override
    public final void onConnectionFailed(SocketDriverAddress address, DisconnectReason reason) {
        end = reason;
    }

    /** Closes in order. The end comes with further turns. */
    final void disconnect() {
        closing = true;
        connect.cancel();
        ResultCode unused = driver.disconnectFrom(server);
    }

    final boolean isClosing() {
        return closing;
    }

    final boolean isOver() {
        return end != null;
    }

    /** Returns why the connection ended, if this client did not end it. */
    final @Nullable DisconnectReason failure() {
        return closing ? null : end;
    }

    /** Returns the address that has answered. */
    final InetAddress address() {
        return server.ip();
    }

    final boolean wasEstablished() {
        return established;
    }

    /** Says whether the server owes something for longer than it may. */
    final boolean isStalled(long now) {
        return established && isWaiting() && now - lastStep > timeout.toNanos();
    }

    /** Returns what was agreed on with the server; null without TLS. */
    final @Nullable SSLSession tlsSession() {
        return driver.tlsSession(server);
    }

    final StreamSocketDriver driver() {
        return driver;
    }

    final long counter(DriverCounter counter) {
        return driver.counter(counter);
    }

    @Override
    public final void close() {
        gridMate.close();
    }
}
