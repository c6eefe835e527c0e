package dev.gridmate.driver.stream;

import dev.gridmate.driver.DisconnectReason.Code;
import dev.gridmate.driver.DriverCounter;
import dev.gridmate.driver.PacketHandler;
import dev.gridmate.driver.RateLimitPolicy;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.SlowConsumerPolicy;
import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.driver.transport.Endpoint;
import dev.gridmate.driver.transport.Ready;
import dev.gridmate.internal.AddressHash;
import dev.gridmate.internal.SerialNumbers;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One connection: its state, and what it does in each. {@link Inbound} keeps what arrives, {@link
 * Outbound} what leaves; {@link Patience} knows how long to wait, and {@link Ending} how it comes
 * to its end.
 *
 * <p>{@code on...} takes input from the network or the clock; plain verbs come from the program.
 * Neither ever calls the program: what it should hear waits in the news queue.
 */
public final class Connection extends TurnQueue.Entry implements Ready {

    /** Nanoseconds until a connection is looked at again that had no memory, or no turn. */
    private static final long PAUSE = 100_000_000L;

    private final StreamContext context;
    private final Turns<Connection> turns;
    private final Endpoint endpoint;
    private final SocketDriverAddress address;
    private final boolean outgoing;
    private final long number = SerialNumbers.next();
    private final Inbound inbound;
    private final Outbound outbound;
    private final Patience patience;
    private final Ending ending;

    private ConnectionState state;
    private boolean announced;
    private @Nullable Object attachment;

    /** Its place among those that have proved nothing yet. */
    private Newcomers.@Nullable Place<Connection> place;

    /** Has the same address, and waits for this one's end before the program hears of it. */
    private @Nullable Connection successor;

    Connection(
            StreamContext context,
            Turns<Connection> turns,
            Endpoint endpoint,
            SocketDriverAddress address,
            boolean outgoing,
            ConnectionState state) {
        this.context = context;
        this.turns = turns;
        this.endpoint = endpoint;
        this.address = address;
        this.outgoing = outgoing;
        this.state = state;
        inbound = new Inbound(context);
        outbound = new Outbound(new ByteRing(context.pool, context.outboundCapacity), context.counters);
        patience = new Patience(context, inbound, outbound, outgoing);
        ending = new Ending(this, context, turns, inbound, outbound, patience);
        endpoint.attach(this);
    }

    /** Takes its first steps, which depend on the state that it was made with. */
    void begin() {
        switch (state) {
            case CONNECTING -> turns.unasked.add(this); // the system may have refused or connected it already
            case HANDSHAKE -> place = turns.handshakes.add(AddressHash.network(address.ip()), this);
            default -> {
                endpoint.watch(false, false); // nothing is read before the program knows of it
                turns.news.add(this);
            }
        }
        armDeadline();
    }

    // ------------------------------------------------------------ for the driver

    /** {@return the peer's address} */
    public SocketDriverAddress address() {
        return address;
    }

    /** {@return its number, which no other connection of this process has or had} */
    public long number() {
        return number;
    }

    /** {@return what the program attached} */
    public @Nullable Object attachment() {
        return attachment;
    }

    /** Keeps something for the program. */
    public void attach(@Nullable Object state) {
        attachment = state;
    }

    /** {@return true if {@code connectTo} made it} */
    public boolean isOutgoing() {
        return outgoing;
    }

    /** {@return true if the program was told that it is established} */
    public boolean wasAnnounced() {
        return announced;
    }

    /** {@return its end of the network} */
    public Endpoint endpoint() {
        return endpoint;
    }

    /** {@return where it is in its life} */
    public ConnectionState state() {
        return state;
    }

    /** {@return the connection that waits for this one's end} */
    public @Nullable Connection successor() {
        return successor;
    }

    /** Sets the connection that waits for this one's end. */
    public void successor(@Nullable Connection next) {
        successor = next;
        if (next != null && next.place != null) { // else it has made its handshake
            turns.handshakes.stands(next.place, true);
        }
    }

    /** Its turn has come: it tells what it has to tell. */
    public void promote() {
        if (place != null) {
            turns.handshakes.stands(place, false);
        }
        if (state.isUnannounced() || state.isOver()) {
            turns.news.add(this);
        }
    }

    /** {@return the ways to its end, and the reason for it} */
    public Ending ending() {
        return ending;
    }

    /** The program is about to be told that it is established; from here on bytes move. */
    public void establish() {
        become(ConnectionState.ESTABLISHED);
        announced = true;
        if (!outgoing) {
            place = turns.silent.add(AddressHash.network(address.ip()), this);
        }
        patience.renew();
        inbound.listen();
        if (!outbound.isEmpty()) {
            turns.dirty.add(this);
        }
        watch();
        armDeadline();
    }

    /** When its present state began, or last came a step forward. */
    long since() {
        return patience.since();
    }

    // ------------------------------------------------------------ input from the network

    @Override
    public int onReady() {
        if (context.budget.isSpent()) {
            turns.late.add(this);
            return 0;
        }
        if (state.isComing()) {
            return onComing();
        }
        return state.reads() && inbound.mayRead() ? onReadable() : 0;
    }

    private int onComing() {
        try {
            if (!endpoint.finishConnect() || !state.isComing()) { // the program's code may have ended it meanwhile
                return 0;
            }
            leaveNewcomers();
            if (endpoint.hasHandshake()) {
                context.count(DriverCounter.TLS_HANDSHAKES, 1);
            }
            become(outgoing ? ConnectionState.CONNECT : ConnectionState.ACCEPT);
            endpoint.watch(false, false);
            turns.news.add(this);
        } catch (IOException e) {
            ending.onNotEstablished(e);
        }
        return 1;
    }

    /** It has proved something, or is over. */
    void leaveNewcomers() {
        Newcomers.Place<Connection> present = place;
        place = null;
        if (present != null) {
            (state == ConnectionState.HANDSHAKE ? turns.handshakes : turns.silent).remove(present);
        }
    }

    private int onReadable() {
        int bytes = inbound.readFrom(endpoint);
        if (bytes > 0) {
            onBytes(bytes);
            if (!state.reads()) {
                return 1; // what arrived ended it
            }
        }
        return onReadStopped() || bytes > 0 ? 1 : 0;
    }

    private boolean onReadStopped() {
        switch (inbound.stop()) {
            case BROKEN -> ending.onBroken(inbound.failure());
            case END -> {
                ending.onEndOfInput();
                watch();
            }
            case FULL -> {
                inbound.fill();
                watch();
                return false;
            }
            case NO_MEMORY -> {
                context.count(DriverCounter.OUT_OF_MEMORY, 1);
                if (inbound.isOpen()) {
                    pauseReading(context.now + PAUSE);
                }
                return false;
            }
            case DRY -> {
                return false;
            }
        }
        return true;
    }

    private void onBytes(int bytes) {
        int before = inbound.packets();
        FrameReader.Violation violation = inbound.scan(bytes);
        int packets = inbound.packets() - before;
        if (packets > 0) {
            leaveNewcomers();
            turns.deliverable.add(this);
        }
        if (violation != FrameReader.Violation.NONE) {
            onViolation(violation);
        } else if (context.limitsRates) {
            onArrivalRate(packets, bytes);
        }
    }

    // What the program accepted for the peer is sent first, since it was fine until here; what the
    // peer sent behind the bad header has no meaning any more.
    private void onViolation(FrameReader.Violation violation) {
        context.count(DriverCounter.PROTOCOL_ERRORS, 1);
        Code code = violation == FrameReader.Violation.ZERO_LENGTH ? Code.PROTOCOL_ERROR : Code.PACKET_TOO_LARGE;
        ending.end(code, inbound.describe(violation), Ending.Manner.FLUSH);
    }

    private void onArrivalRate(int packets, int bytes) {
        long until = inbound.charge(packets, bytes);
        if (until <= context.now) {
            return;
        }
        if (context.config.policies().rateLimit() == RateLimitPolicy.DISCONNECT) {
            context.count(DriverCounter.RATE_LIMITED, 1);
            ending.end(
                    Code.RATE_LIMITED,
                    "the peer sent more than " + context.config.limits().maxPacketsPerSecond() + " packets or "
                            + context.config.limits().maxBytesPerSecond() + " bytes per second (0: any)",
                    Ending.Manner.FLUSH);
        } else if (state.reads()) {
            context.count(DriverCounter.THROTTLES, 1);
            pauseReading(until);
        }
    }

    private void pauseReading(long until) {
        inbound.pause(until);
        watch();
        armDeadline();
    }

    private void resumeReading() {
        if (inbound.isOpen()) {
            inbound.listen();
            watch();
            armDeadline();
            turns.unasked.add(this);
        }
    }

    // ------------------------------------------------------------ packets

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
            turns.dirty.add(this);
        }
        return ResultCode.OK;
    }

    private ResultCode refuse(int size) {
        if (context.config.policies().slowConsumer() == SlowConsumerPolicy.REJECT) {
            outbound.refuse();
            return ResultCode.SEND_BUFFER_FULL;
        }
        context.count(DriverCounter.SLOW_CONSUMERS, 1);
        String detail = (state.isConnected() ? "the peer does not read: " : "not established yet: ")
                + outbound.waitingBytes() + " of " + context.outboundCapacity
                + " bytes of the outbound buffer are waiting, and there is no room or no memory for a packet of "
                + size;
        ending.end(Code.SLOW_CONSUMER, detail, Ending.Manner.ABORT);
        return ResultCode.SEND_SLOW_CONSUMER;
    }

    /**
     * {@return how many bytes of payload the next packet may have to be taken without a write to
     * the socket}
     */
    public int writableBytes() {
        return state.takesPackets() ? outbound.writableBytes() : 0;
    }

    /** Writes what is waiting, as far as the endpoint takes it; returns the bytes written. */
    int flush() {
        if (!state.writes() || outbound.isEmpty()) {
            return 0;
        }
        int bytes;
        try {
            bytes = outbound.writeTo(endpoint, context.now);
        } catch (IOException e) {
            onBrokenWrite(e);
            return 0;
        }
        if (bytes > 0 && state.isEnding()) {
            patience.renew();
        }
        if (bytes > 0 && outbound.stopRefusing()) {
            turns.roomAgain = true;
        }
        if (outbound.isBlocked()) {
            turns.dirty.add(this);
            armDeadline();
        }
        return bytes;
    }

    // The peer's last packets may have arrived together with its reset, and are still to be read.
    private void onBrokenWrite(IOException e) {
        if (state.reads() && inbound.mayRead()) {
            onReadable();
        }
        if (state.writes()) {
            ending.onBroken(e);
        }
    }

    /** {@return the size of the next packet, of which there is one} */
    public int nextPacketSize() {
        return inbound.nextPacketSize();
    }

    /** Copies the next packet, whose turn it is, into a buffer that has room. */
    public void receive(ByteBuffer into) {
        turns.deliverable.poll();
        try {
            inbound.take(into);
        } finally {
            afterReceive();
        }
    }

    /** Its turn: one packet, or all if no other connection has some; returns how many. */
    int receive(PacketHandler handler, int limit) {
        int received = 0;
        inbound.hold();
        try {
            do {
                // Before the packet is handed out, since the handler may receive again.
                if (inbound.packets() > 1) {
                    turns.deliverable.rotate();
                } else {
                    turns.deliverable.poll();
                }
                received++;
                ByteBuffer packet = inbound.lendNext();
                try {
                    handler.onPacket(address, packet);
                } finally {
                    context.desk.giveBack();
                }
            } while (received < limit && inbound.packets() > 0 && turns.deliverable.size() == 1);
        } finally {
            inbound.letGo();
            afterReceive();
        }
        return received;
    }

    private void afterReceive() {
        if (inbound.packets() > 0) {
            turns.deliverable.add(this);
        }
        if (inbound.hasEnded()) {
            patience.renew();
        } else if (inbound.makeRoom()) {
            resumeReading();
        }
    }

    // ------------------------------------------------------------ time

    /** Something may be due; returns the work done. */
    int onDeadline() {
        if (inbound.endPause()) {
            resumeReading();
        }
        boolean isOverdue = patience.until(state) <= context.now;
        if (isOverdue && turns.late.contains(this)) { // what it is waited for may be here: it is read first
            turns.deadlines.atMost(this, context.now + PAUSE);
            return 0;
        }
        if (isOverdue) {
            context.count(DriverCounter.TIMEOUTS, 1);
            ending.onOverdue();
        }
        armDeadline();
        return isOverdue ? 1 : 0;
    }

    void armDeadline() {
        if (state != ConnectionState.DISCONNECTED) {
            turns.deadlines.atMost(this, Math.min(inbound.pausedUntil(), patience.until(state)));
        }
    }

    void become(ConnectionState next) {
        state = state.become(next);
    }

    // ------------------------------------------------------------ being watched

    /** Watches the endpoint for room to write, too; stays in the queue. */
    int watchWriting() {
        return watchWriting(true);
    }

    int stopWatchingWriting() {
        return watchWriting(false);
    }

    private int watchWriting(boolean write) {
        if (state.writes()) {
            endpoint.watch(inbound.isOpen(), write && !outbound.isEmpty());
            turns.dirty.add(this);
        }
        return 0;
    }

    private void watch() {
        if (state.hasEndpoint()) {
            endpoint.watch(inbound.isOpen(), false);
        }
    }

    @Override
    public String toString() {
        return "connection " + number + (outgoing ? " to " : " from ") + address;
    }
}
