package dev.gridmate.driver.stream;

import static dev.gridmate.driver.DisconnectReason.Code.*; // the codes are this class's vocabulary

import dev.gridmate.driver.DisconnectReason;
import dev.gridmate.driver.DriverCounter;
import dev.gridmate.driver.PacketHandler;
import dev.gridmate.driver.RateLimitPolicy;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.SlowConsumerPolicy;
import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.driver.transport.Endpoint;
import dev.gridmate.driver.transport.EndpointException;
import dev.gridmate.internal.DeadlineHeap;
import dev.gridmate.internal.TokenBucket;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One connection: its state, its two buffers, its deadlines.
 *
 * <p>{@code on...} takes input from the network or the clock; plain verbs come from the program. Neither ever calls the
 * program: what it should hear waits in the news queue.
 */
public final class Connection extends DeadlineHeap.Entry {

    /** Nanoseconds until a connection for which there was no memory is read again. */
    private static final long MEMORY_PAUSE = 100_000_000L;

    private final StreamCore core;
    private final Endpoint endpoint;
    private final SocketDriverAddress address;
    private final boolean outgoing;
    private final FrameWriter outbound;
    private final FrameReader inbound;
    private final ReadGate gate;

    private ConnectionState state;
    private boolean announced;
    private boolean firstPacketArrived;
    private boolean outputEnded;

    /** The program was told that there is no room, and not yet that there is some again. */
    private boolean refusing;

    private @Nullable DisconnectReason reason;

    /** When the present state began, or last came a step forward. */
    private long since;

    private long lastArrival;

    /** The marks of the queues it stands in; for {@link ConnectionQueue}. */
    int queued;

    /** The connection with the same address that waits for this one's end, before the program hears of it. */
    private @Nullable Connection successor;

    private Connection(
            StreamCore core, Endpoint endpoint, SocketDriverAddress address, boolean outgoing, ConnectionState state) {
        this.core = core;
        this.endpoint = endpoint;
        this.address = address;
        this.outgoing = outgoing;
        this.state = state;
        this.outbound = new FrameWriter(new ByteRing(core.pool, core.outboundCapacity), core.counters);
        this.inbound = new FrameReader(new ByteRing(core.pool, core.inboundCapacity), core.config.maxPacketSize());
        this.gate = new ReadGate(
                TokenBucket.perSecond(core.config.maxPacketsPerSecond()),
                TokenBucket.perSecond(core.config.maxBytesPerSecond()));
        this.since = core.now;
        this.lastArrival = core.now;
        endpoint.attach(this);
    }

    /** Makes a connection of an accepted endpoint. */
    public static Connection accepted(StreamCore core, Endpoint endpoint, SocketDriverAddress address) {
        boolean handshake = core.config.tls() != null;
        Connection connection = new Connection(
                core, endpoint, address, false, handshake ? ConnectionState.HANDSHAKE : ConnectionState.ACCEPT);
        if (handshake) {
            core.handshakes.add(connection);
            connection.armDeadline();
        } else {
            endpoint.watch(false, false); // nothing is read before the program knows of it
            core.news.add(connection);
        }
        return connection;
    }

    /** Makes a connection of an endpoint that is connecting. */
    public static Connection connecting(StreamCore core, Endpoint endpoint, SocketDriverAddress address) {
        Connection connection = new Connection(core, endpoint, address, true, ConnectionState.CONNECTING);
        connection.armDeadline();
        core.unasked.add(connection); // the system may have refused or connected it already
        return connection;
    }

    // ------------------------------------------------------------------------------------ for the driver

    /** Returns the peer's address. */
    public SocketDriverAddress address() {
        return address;
    }

    /** Says whether {@code connectTo} made it. */
    public boolean isOutgoing() {
        return outgoing;
    }

    /** Says whether the program was told that it stands. */
    public boolean wasAnnounced() {
        return announced;
    }

    /** Returns its end of the network. */
    public Endpoint endpoint() {
        return endpoint;
    }

    /** Returns when its present state began, or last came a step forward, by the driver's time. */
    public long since() {
        return since;
    }

    /** Returns where it is in its life. */
    public ConnectionState state() {
        return state;
    }

    /** Returns the connection that waits for this one's end. */
    public @Nullable Connection successor() {
        return successor;
    }

    /** Sets the connection that waits for this one's end. */
    public void successor(@Nullable Connection next) {
        successor = next;
    }

    /** Its turn has come: it tells what it has to tell, if it does not stand in the queue for that already. */
    public void promote() {
        if (state.isUnannounced() || state.isOver()) {
            core.news.add(this);
        }
    }

    /** Returns why it ended, with what was lost. */
    public DisconnectReason reason() {
        return reason == null ? DisconnectReason.of(LOCAL_CLOSED, "closed") : reason;
    }

    /** The program is about to be told that it stands; from here on bytes move. */
    public void establish() {
        become(ConnectionState.ESTABLISHED);
        announced = true;
        since = core.now;
        lastArrival = core.now;
        if (!outbound.isEmpty()) {
            core.dirty.add(this);
        }
        watch();
        armDeadline();
    }

    // ------------------------------------------------------------------------------------ input from the network

    /** The endpoint may have something; returns the work done. */
    public int onReady() {
        if (state.isComing()) {
            return onComing();
        }
        return state.reads() ? onReadable() : 0;
    }

    private int onComing() {
        try {
            if (!endpoint.finishConnect()) {
                return 0;
            }
            if (state == ConnectionState.HANDSHAKE) {
                core.handshakes.remove(this);
            }
            if (core.config.tls() != null) {
                core.count(DriverCounter.TLS_HANDSHAKES, 1);
            }
            become(outgoing ? ConnectionState.CONNECT : ConnectionState.ACCEPT);
            endpoint.watch(false, false);
            core.news.add(this);
        } catch (IOException e) {
            if (!outgoing || code(e, CONNECT_FAILED) != CONNECT_FAILED) {
                core.count(DriverCounter.TLS_HANDSHAKES_FAILED, 1);
            }
            end(code(e, outgoing ? CONNECT_FAILED : REMOTE_RESET), message(e), Manner.CLOSE);
        }
        return 1;
    }

    /** Others wait for its place, and it has had its time; for an accepted one whose handshake goes on. */
    public void giveWay() {
        core.count(DriverCounter.TLS_HANDSHAKES_FAILED, 1);
        end(HANDSHAKE_TIMEOUT, "its handshake gave way to others that were waiting", Manner.CLOSE);
    }

    /** There is no place for it, now that it would need one. */
    public void turnAway() {
        core.count(DriverCounter.CONNECTIONS_REJECTED, 1);
        end(LOCAL_CLOSED, "there is no place for it", Manner.CLOSE);
    }

    private int onReadable() {
        if (inbound.isLent() || !gate.isOpen()) {
            return 0;
        }
        int bytes = 0;
        int read;
        int reads = 0;
        IOException broken = null;
        try {
            do {
                read = inbound.readFrom(endpoint);
                reads += read >= -1 ? 1 : 0;
                bytes += Math.max(read, 0);
            } while (read > 0 && !inbound.lastReadWasShort());
        } catch (IOException e) {
            read = 0;
            broken = e;
        }
        core.count(DriverCounter.READS, reads);
        if (bytes > 0) {
            onBytes(bytes);
            if (!state.reads()) {
                return 1; // what arrived ended it
            }
        }
        if (broken != null) {
            breakOff(broken);
        } else if (read == -1) {
            onEndOfInput();
        } else if (read == ByteRing.FULL) {
            gate.fill();
            watch();
        } else if (read == ByteRing.NO_MEMORY) {
            core.count(DriverCounter.OUT_OF_MEMORY, 1);
            if (gate.isOpen()) {
                pauseReading(core.now + MEMORY_PAUSE);
            }
        }
        return bytes > 0 || broken != null || read == -1 ? 1 : 0;
    }

    private void onBytes(int bytes) {
        core.count(DriverCounter.BYTES_IN, bytes);
        lastArrival = core.now;
        int before = inbound.packets();
        FrameReader.Violation violation = inbound.scan();
        int packets = inbound.packets() - before;
        if (packets > 0) {
            firstPacketArrived = true;
            core.count(DriverCounter.PACKETS_IN, packets);
            core.deliverable.add(this);
        }
        if (violation != FrameReader.Violation.NONE) {
            onViolation(violation);
        } else if (core.limitsRates) {
            onArrivalRate(packets, bytes);
        }
    }

    // What the program accepted for the peer is sent first, since it was fine until here; what the peer sent behind
    // the bad header has no meaning any more.
    private void onViolation(FrameReader.Violation violation) {
        core.count(DriverCounter.PROTOCOL_ERRORS, 1);
        if (violation == FrameReader.Violation.ZERO_LENGTH) {
            end(PROTOCOL_ERROR, "the peer sent a frame of length 0", Manner.FLUSH);
        } else {
            String detail = "the peer announced a packet of " + inbound.nextLength() + " bytes, the maximum is "
                    + core.config.maxPacketSize();
            end(PACKET_TOO_LARGE, detail, Manner.FLUSH);
        }
    }

    private void onArrivalRate(int packets, int bytes) {
        long until = gate.charge(core.now, packets, bytes);
        if (until <= core.now) {
            return;
        }
        if (core.config.rateLimitPolicy() == RateLimitPolicy.DISCONNECT) {
            core.count(DriverCounter.RATE_LIMITED, 1);
            end(RATE_LIMITED, "the peer sent more than " + core.rateLimits(), Manner.FLUSH);
        } else if (state.reads()) {
            core.count(DriverCounter.THROTTLES, 1);
            pauseReading(until);
        }
    }

    private void pauseReading(long until) {
        gate.pause(until);
        watch();
        armDeadline();
    }

    private void onEndOfInput() {
        gate.end();
        int partial = inbound.partialBytes();
        if (partial > 0) {
            setReason(REMOTE_CLOSED_MID_PACKET, "the peer closed the connection after " + inbound.describePartial());
            dropPartial();
        } else {
            setReason(REMOTE_CLOSED, "the peer closed the connection");
        }
        if (state == ConnectionState.ESTABLISHED) {
            becomeEnding(ConnectionState.PEER_CLOSED);
        }
        watch();
    }

    // ------------------------------------------------------------------------------------ from the program

    /** Takes a packet of a legal size. */
    public ResultCode send(ByteBuffer packet) {
        if (!outbound.hasRoomFor(packet) && state.writes()) {
            flush();
            if (!state.takesPackets()) {
                return ResultCode.SEND;
            }
        }
        if (!outbound.hasRoomFor(packet) || !outbound.put(packet)) {
            return refuse(packet.remaining());
        }
        if (state.writes()) {
            core.dirty.add(this);
        }
        return ResultCode.OK;
    }

    private ResultCode refuse(int size) {
        if (core.config.slowConsumerPolicy() == SlowConsumerPolicy.REJECT) {
            refusing = true;
            return ResultCode.SEND_BUFFER_FULL;
        }
        core.count(DriverCounter.SLOW_CONSUMERS, 1);
        String detail = "the peer does not read: " + outbound.waitingBytes() + " of " + core.outboundCapacity
                + " bytes of the outbound buffer are waiting, and there is no room or no memory for a packet of "
                + size;
        end(SLOW_CONSUMER, detail, Manner.ABORT);
        return ResultCode.SEND_SLOW_CONSUMER;
    }

    /** Returns how many bytes of payload the next packet may have to be taken without a write to the socket. */
    public int writableBytes() {
        return state.takesPackets() ? outbound.writableBytes() : 0;
    }

    /** Writes what is waiting, as far as the endpoint takes it; returns the bytes written. */
    public int flush() {
        if (!state.writes() || outbound.isEmpty()) {
            return 0;
        }
        int bytes;
        try {
            bytes = outbound.writeTo(endpoint, core.now);
        } catch (IOException e) {
            onBrokenWrite(e);
            return 0;
        }
        if (bytes > 0 && state.isEnding()) {
            since = core.now;
        }
        if (bytes > 0 && refusing) {
            refusing = false;
            core.roomAgain = true;
        }
        if (outbound.isBlocked()) {
            core.dirty.add(this);
            armDeadline();
        }
        return bytes;
    }

    // The peer's last packets may have arrived together with its reset, and are still to be read.
    private void onBrokenWrite(IOException e) {
        if (state.reads()) {
            onReadable();
        }
        if (state.writes()) {
            breakOff(e);
        }
    }

    /** Returns the size of the next packet, of which there is one. */
    public int nextPacketSize() {
        return inbound.nextPacketSize();
    }

    /** Copies the next packet, whose turn it is, into a buffer that has room. */
    public void receive(ByteBuffer into) {
        core.deliverable.poll();
        try {
            inbound.take(into);
        } finally {
            afterReceive();
        }
    }

    /** Its turn, which ends after one packet if another connection has some too; returns how many packets it had. */
    int receive(PacketHandler handler, int limit) {
        int received = 0;
        inbound.hold();
        try {
            do {
                // Before the packet is handed out, since the handler may receive again.
                if (inbound.packets() > 1) {
                    core.deliverable.rotate();
                } else {
                    core.deliverable.poll();
                }
                received++;
                inbound.take(handler, address, core.desk);
            } while (received < limit && inbound.packets() > 0 && core.deliverable.size() == 1);
        } finally {
            inbound.letGo();
            afterReceive();
        }
        return received;
    }

    private void afterReceive() {
        if (inbound.packets() > 0) {
            core.deliverable.add(this);
        }
        if (gate.hasEnded()) {
            since = core.now;
        } else if (gate.isFull() && inbound.hasRoomAgain()) {
            gate.makeRoom();
            resumeReading();
        }
    }

    /** Closes in order: what was sent leaves, then a FIN, then the peer's FIN is awaited. */
    public void disconnect() {
        if (state == ConnectionState.ESTABLISHED || state == ConnectionState.PEER_CLOSED) {
            setReason(LOCAL_CLOSED, "closed by this side");
            becomeEnding(ConnectionState.CLOSING);
            if (!outbound.isEmpty()) {
                core.dirty.add(this);
            }
        } else if (state.takesPackets()) {
            end(LOCAL_CLOSED, "closed by this side before the connection stood", Manner.CLOSE);
        }
    }

    /** Closes at once, with a RST. */
    public void abort() {
        if (state != ConnectionState.IN_ERROR && state != ConnectionState.DISCONNECTED) {
            end(LOCAL_ABORTED, "aborted by this side", Manner.ABORT);
        }
    }

    /** A connection with the same address came: this one's peer is gone, or uses another of our addresses. */
    public void supersede() {
        if (state != ConnectionState.IN_ERROR && state != ConnectionState.DISCONNECTED) {
            core.count(DriverCounter.SUPERSEDED, 1);
            end(SUPERSEDED, "a new connection came from the same address", Manner.ABORT);
        }
    }

    /** The driver closes: one attempt to write what is waiting, and nothing is kept. */
    public void closeNow() {
        if (state == ConnectionState.DISCONNECTED) {
            return;
        }
        if (state != ConnectionState.IN_ERROR) {
            end(DRIVER_CLOSED, "the driver was closed", Manner.FLUSH);
        }
        if (state != ConnectionState.DISCONNECTED) {
            finish();
        }
    }

    // ------------------------------------------------------------------------------------ time

    /** Something may be due; returns the work done. */
    int onDeadline() {
        if (gate.endPause(core.now)) {
            resumeReading();
        }
        int work = 0;
        if (nextDeadline() <= core.now) {
            core.count(DriverCounter.TIMEOUTS, 1);
            onTimeout();
            work = 1;
        }
        armDeadline();
        return work;
    }

    private void onTimeout() {
        switch (state) {
            case CONNECTING ->
                end(CONNECT_TIMEOUT, endpoint.missing() + " for " + core.config.connectTimeout(), Manner.CLOSE);
            case HANDSHAKE -> {
                core.count(DriverCounter.TLS_HANDSHAKES_FAILED, 1);
                end(HANDSHAKE_TIMEOUT, "the handshake was not made in time", Manner.CLOSE);
            }
            case ESTABLISHED -> {
                if (writeDeadline() <= core.now) {
                    core.count(DriverCounter.SLOW_CONSUMERS, 1);
                    String detail = outbound.waitingBytes() + " bytes waited, and the peer took none for ";
                    end(WRITE_TIMEOUT, detail + core.config.writeTimeout(), Manner.ABORT);
                } else if (firstPacketDeadline() <= core.now) {
                    String detail = "no whole packet within " + core.config.firstPacketTimeout();
                    end(FIRST_PACKET_TIMEOUT, detail, Manner.FLUSH);
                } else {
                    end(IDLE_TIMEOUT, "nothing arrived for " + core.config.idleTimeout(), Manner.FLUSH);
                }
            }
            case PEER_CLOSED, CLOSING -> {
                endpoint.abort();
                giveUp();
            }
            case IN_ERROR -> giveUp();
            case ACCEPT, CONNECT, DISCONNECTED -> {}
        }
    }

    private void giveUp() {
        DisconnectReason present = reason();
        String detail =
                present.detail() + "; given up, since it did not come to its end for " + core.config.drainTimeout();
        reason = DisconnectReason.of(present.code(), detail);
        finish();
    }

    private long nextDeadline() {
        return switch (state) {
            case CONNECTING -> after(since, core.connectTimeout);
            case HANDSHAKE -> after(since, core.handshakeTimeout);
            case ESTABLISHED -> Math.min(writeDeadline(), Math.min(firstPacketDeadline(), idleDeadline()));
            case PEER_CLOSED, CLOSING, IN_ERROR -> after(since, core.drainTimeout);
            case ACCEPT, CONNECT, DISCONNECTED -> DeadlineHeap.NEVER;
        };
    }

    private long writeDeadline() {
        return outbound.isBlocked() ? after(outbound.blockedSince(), core.writeTimeout) : DeadlineHeap.NEVER;
    }

    private long firstPacketDeadline() {
        return outgoing || firstPacketArrived ? DeadlineHeap.NEVER : after(since, core.firstPacketTimeout);
    }

    // A peer that is not being read is not idle: it may have sent, and nobody looked.
    private long idleDeadline() {
        return gate.isOpen() ? after(lastArrival, core.idleTimeout) : DeadlineHeap.NEVER;
    }

    private static long after(long time, long timeout) {
        return timeout == DeadlineHeap.NEVER ? DeadlineHeap.NEVER : time + timeout;
    }

    private void armDeadline() {
        if (state != ConnectionState.DISCONNECTED) {
            core.deadlines.atMost(this, Math.min(gate.pausedUntil(), nextDeadline()));
        }
    }

    private void resumeReading() {
        if (gate.isOpen()) {
            lastArrival = core.now;
            watch();
            armDeadline();
            core.unasked.add(this);
        }
    }

    // ------------------------------------------------------------------------------------ the end

    /** Ends it if everything that had to happen before has happened; returns the work done. */
    int settle() {
        switch (state) {
            case PEER_CLOSED -> {
                if (everythingReceived() && outbound.isEmpty()) {
                    endpoint.close();
                    finish();
                }
            }
            case CLOSING -> settleClosing();
            case IN_ERROR -> {
                if (everythingReceived()) {
                    finish();
                }
            }
            default -> {
                return 0; // it ended before its turn came
            }
        }
        if (state.isEnding()) {
            core.ending.add(this);
            return 0;
        }
        return 1;
    }

    private void settleClosing() {
        if (outbound.isEmpty() && !outputEnded) {
            outputEnded = true;
            since = core.now;
            try {
                endpoint.shutdownOutput();
            } catch (IOException e) {
                breakOff(e);
                if (everythingReceived()) {
                    finish();
                }
                return;
            }
        }
        if (outputEnded && gate.hasEnded() && everythingReceived()) {
            endpoint.close();
            finish();
        }
    }

    private boolean everythingReceived() {
        return inbound.packets() == 0 && !inbound.isLent();
    }

    /** How an endpoint is left. */
    private enum Manner {
        /** What is waiting is written as far as the system takes it, then closed. */
        FLUSH,
        /** Closed. */
        CLOSE,
        /** Reset. */
        ABORT
    }

    // Who closes and loses something by that wants to know why it never left.
    private void breakOff(IOException e) {
        DisconnectReason present = reason;
        if (present != null && !outbound.isEmpty()) {
            reason = DisconnectReason.of(present.code(), present.detail() + "; then " + message(e));
        }
        end(code(e, REMOTE_RESET), message(e), Manner.ABORT);
    }

    /** The socket goes now; what arrived before can still be received, if the program knows of the connection. */
    private void end(DisconnectReason.Code code, String detail, Manner manner) {
        setReason(code, detail);
        if (manner == Manner.FLUSH && state.writes()) {
            writeLastBytes();
        }
        if (manner == Manner.ABORT) {
            endpoint.abort();
        } else {
            endpoint.close();
        }
        gate.end();
        dropPartial();
        if (announced) {
            becomeEnding(ConnectionState.IN_ERROR);
        } else {
            finish();
        }
    }

    private void writeLastBytes() {
        try {
            outbound.writeTo(endpoint, core.now);
        } catch (IOException ignored) {
            return; // it is ending for another reason already; what did not leave is counted as unsent
        }
    }

    private void dropPartial() {
        int dropped = inbound.dropPartial();
        if (dropped > 0) {
            core.count(DriverCounter.BYTES_DISCARDED, dropped);
        }
    }

    private void finish() {
        dropPartial();
        if (state == ConnectionState.HANDSHAKE) {
            core.handshakes.remove(this);
        }
        int undelivered = inbound.packets();
        core.count(DriverCounter.PACKETS_UNDELIVERED, undelivered);
        reason = reason().withLosses(outbound.drop(), undelivered);
        inbound.close();
        core.deliverable.remove(this);
        core.deadlines.remove(this);
        become(ConnectionState.DISCONNECTED);
        core.news.add(this);
    }

    private void setReason(DisconnectReason.Code code, String detail) {
        if (reason == null) {
            reason = DisconnectReason.of(code, detail);
        }
    }

    private void become(ConnectionState next) {
        state = state.become(next);
    }

    private void becomeEnding(ConnectionState next) {
        become(next);
        since = core.now;
        core.ending.add(this);
        armDeadline();
    }

    /** Has the endpoint watched for room to write, besides what it is watched for anyway; stays in the queue. */
    int watchWriting() {
        return watchWriting(true);
    }

    int stopWatchingWriting() {
        return watchWriting(false);
    }

    private int watchWriting(boolean write) {
        if (state.writes()) {
            watch(write && !outbound.isEmpty());
            core.dirty.add(this);
        }
        return 0;
    }

    private void watch() {
        if (state != ConnectionState.IN_ERROR && state != ConnectionState.DISCONNECTED) {
            watch(false);
        }
    }

    private void watch(boolean write) {
        endpoint.watch(gate.isOpen(), write);
    }

    private static DisconnectReason.Code code(IOException e, DisconnectReason.Code otherwise) {
        return e instanceof EndpointException known ? known.code() : otherwise;
    }

    private static String message(IOException e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
