package dev.gridmate.cli;

import dev.gridmate.GridMate;
import dev.gridmate.carrier.Carrier;
import dev.gridmate.carrier.CarrierCounter;
import dev.gridmate.carrier.CarrierDisconnectReason;
import dev.gridmate.carrier.CarrierEvents;
import dev.gridmate.carrier.ConnectionId;
import dev.gridmate.carrier.DataPriority;
import dev.gridmate.carrier.DataReliability;
import dev.gridmate.carrier.MessageHandler;
import dev.gridmate.carrier.NewcomerLimits;
import dev.gridmate.carrier.SendResult;
import dev.gridmate.driver.Driver;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.StreamSocketDriver;
import dev.gridmate.snapshot.Visibility;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sends every message back on the channel it came by, as reliable as it came.
 *
 * <p>A peer that takes its echoes more slowly than it sends is held back, and nobody else is: the
 * reliable message for which there was no room is kept, and nothing more is received from that peer
 * until there is. Then its own carrier fills, and its own program hears of it.
 */
final class CarrierEcho implements CarrierEvents, MessageHandler, AutoCloseable {

    // The system cuts this down to its own maximum.
    private static final int BACKLOG = 4096;

    private static final int MESSAGES_PER_TURN = 256;

    /** Bytes of echoes that a connection may have waiting. */
    private static final int QUEUE = 1 << 20;

    /**
     * TCP connections beyond the maximum of the carrier's, so that who is refused hears why; and
     * who has parted is counted until it closes.
     */
    private static final int SPARE_CONNECTIONS = 100;

    /**
     * The carrier does not wait while messages can be received, so somebody who is held back has it
     * wait here.
     */
    private static final Duration TIME_TO_TRY_AGAIN = Duration.ofMillis(5);

    private final GridMate gridMate = new GridMate();
    private final Driver driver;
    private final Carrier carrier;
    private final Map<ConnectionId, Peer> peers = new HashMap<>();
    private final Deque<Peer> readable = new ArrayDeque<>();
    private int heldBack;
    private long dropped;

    /** One connection, and the message that there was no room for. */
    private static final class Peer {
        final ConnectionId id;
        boolean isQueued;

        @Nullable
        ByteBuffer kept;

        int keptChannel;

        Peer(ConnectionId id) {
            this.id = id;
        }
    }

    /** Begins to serve; fails with the user's way out. */
    CarrierEcho(
            CarrierOptions options,
            InetAddress ip,
            int port,
            int maxConnections,
            NewcomerLimits newcomers,
            CarrierEvents events) {
        driver = options.driver(
                gridMate,
                (int) Math.min(Integer.MAX_VALUE, (long) maxConnections + SPARE_CONNECTIONS),
                Duration.ZERO,
                newcomers);
        ResultCode code = driver.initialize(HostPort.family(ip), ip.getHostAddress(), port);
        if (code == ResultCode.OK && driver instanceof StreamSocketDriver stream) {
            code = stream.startListen(BACKLOG);
        }
        if (code == ResultCode.TLS_CONFIGURATION) {
            gridMate.close();
            throw new Failure(options.inTheUsersWords(driver.lastError()));
        }
        if (code != ResultCode.OK) {
            gridMate.close();
            throw EchoServer.cannotListen(ip, port, driver.lastError());
        }
        carrier = Carrier.create(
                options.desc(driver)
                        .maxConnections(maxConnections)
                        .newcomers(newcomers)
                        .sendQueueSize(QUEUE)
                        .visibility(Visibility.named("echo"))
                        .build(),
                gridMate);
        gridMate.eventBus(CarrierEvents.class).connect(events);
        gridMate.eventBus(CarrierEvents.class).connect(this);
    }

    void startClockSync(int milliseconds) {
        carrier.startClockSync(milliseconds, false);
    }

    /** {@return what serves, to be looked at} */
    Carrier carrier() {
        return carrier;
    }

    Driver driver() {
        return driver;
    }

    int port() {
        return carrier.port();
    }

    /** One tick; returns the work done. */
    int turn() {
        int work = carrier.update();
        for (int left = readable.size(); left > 0; left--) {
            Peer peer = readable.remove();
            int echoed = echo(peer);
            work += echoed;
            peer.isQueued = peer.kept != null || echoed == MESSAGES_PER_TURN;
            if (peer.isQueued) {
                readable.add(peer);
            }
        }
        return work;
    }

    private int echo(Peer peer) {
        int echoed = 0;
        boolean more = sendKept(peer);
        while (more && echoed < MESSAGES_PER_TURN) {
            int received = carrier.receive(this, peer.id, 1);
            echoed += received;
            more = received > 0 && peer.kept == null;
        }
        return echoed;
    }

    /** Returns whether nothing is kept any longer. */
    private boolean sendKept(Peer peer) {
        ByteBuffer message = peer.kept;
        if (message == null) {
            return true;
        }
        SendResult result =
                carrier.send(message, peer.id, DataReliability.SEND_RELIABLE, DataPriority.NORMAL, peer.keptChannel);
        if (result == SendResult.QUEUE_FULL) {
            return false;
        }
        peer.kept = null;
        heldBack--;
        return true;
    }

    @Override
    public void onMessage(ConnectionId from, int channel, DataReliability reliability, ByteBuffer message) {
        Peer peer = peers.get(from);
        if (peer == null
                || carrier.send(message, from, reliability, DataPriority.NORMAL, channel) != SendResult.QUEUE_FULL) {
            return; // sent; or the connection is over, and there is nobody to send it to
        }
        if (reliability == DataReliability.SEND_RELIABLE) {
            peer.kept = ByteBuffer.allocate(message.remaining()).put(message).flip();
            peer.keptChannel = channel;
            heldBack++;
        } else {
            dropped++;
        }
    }

    @Override
    public void onConnectionEstablished(Carrier from, ConnectionId id) {
        peers.put(id, new Peer(id));
    }

    @Override
    public void onReceive(Carrier from, ConnectionId id, int channel) {
        Peer peer = peers.get(id);
        if (peer != null && !peer.isQueued) {
            peer.isQueued = true;
            readable.add(peer);
        }
    }

    @Override
    public void onDisconnect(Carrier from, ConnectionId id, CarrierDisconnectReason reason) {
        Peer peer = peers.remove(id);
        if (peer != null && peer.kept != null) {
            peer.kept = null;
            heldBack--;
            dropped++;
        }
    }

    void waitForData(Duration timeout) {
        if (heldBack == 0) {
            boolean unused = carrier.waitForData(timeout);
        } else {
            boolean unused = driver.waitForData(timeout.compareTo(TIME_TO_TRY_AGAIN) < 0 ? timeout : TIME_TO_TRY_AGAIN);
        }
    }

    /** Ends the present or the next wait; for any thread. */
    void wake() {
        carrier.stopWaitForData();
    }

    int connections() {
        return carrier.numConnections();
    }

    long counter(CarrierCounter counter) {
        return carrier.counter(counter);
    }

    /**
     * Returns how many unreliable messages there was no room for, and reliable ones whose
     * connection ended meanwhile.
     */
    long dropped() {
        return dropped;
    }

    /** Echoes what has arrived, and tells everybody that this is the end. */
    @Override
    public void close() {
        int unused = turn() + carrier.update();
        carrier.close();
        gridMate.close();
    }
}
