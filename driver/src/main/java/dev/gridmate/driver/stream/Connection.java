package dev.gridmate.driver.stream;

import dev.gridmate.driver.DisconnectReason.Code;
import dev.gridmate.driver.DriverCounter;
import dev.gridmate.driver.PacketHandler;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.SlowConsumerPolicy;
import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.driver.transport.Endpoint;
import dev.gridmate.internal.AddressHash;
import dev.gridmate.internal.SerialNumbers;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One connection: what the driver asks of it, and the packets that go through it. {@link Life}
 * knows where it is, {@link Arrivals} takes what comes in from the network. {@link Inbound} keeps
 * what arrived, {@link Outbound} what leaves. {@link Patience} knows how long to wait, and {@link
 * Ending} how it comes to its end.
 *
 * <p>{@code on...} takes input from the network or the clock; plain verbs come from the program.
 * Neither ever calls the program: what it should hear waits in the news queue.
 */
public final class Connection extends TurnQueue.Entry {

    /** Nanoseconds until a deadline is looked at again for which there was no time to read. */
    private static final long PAUSE = 100_000_000L;

    private final StreamContext context;
    private final Turns<Connection> turns;
    private final Life life;
    private final SocketDriverAddress address;
    private final long number = SerialNumbers.next();
    private final Inbound inbound;
    private final Outbound outbound;
    private final Ending ending;
    private final Arrivals arrivals;
    private final Figures figures;

    private @Nullable Object attachment;

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
        this.address = address;
        life = new Life(context, new OwnTurns<>(turns, this), endpoint, outgoing, state);
        inbound = life.inbound;
        outbound = life.outbound;
        ending = new Ending(life);
        arrivals = new Arrivals(life, ending);
        figures = new Figures(context, inbound, outbound);
        endpoint.attach(arrivals);
    }

    /** Takes its first steps. */
    void begin() {
        life.begin(AddressHash.network(address.ip()));
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
        return life.outgoing;
    }

    /** {@return true if the program was told that it is established} */
    public boolean wasAnnounced() {
        return life.wasAnnounced();
    }

    /** {@return its end of the network} */
    public Endpoint endpoint() {
        return life.endpoint;
    }

    /** {@return where it is in its life} */
    public ConnectionState state() {
        return life.state();
    }

    /** {@return the connection that waits for this one's end} */
    public @Nullable Connection successor() {
        return successor;
    }

    /** Sets the connection that waits for this one's end. */
    public void successor(@Nullable Connection next) {
        successor = next;
    }

    /** Its turn has come: it tells what it has to tell. */
    public void promote() {
        if (life.state().isUnannounced() || life.state().isOver()) {
            turns.news.add(this);
        }
    }

    /** {@return what it shows in a picture} */
    public Figures figures() {
        return figures;
    }

    /** {@return the ways to its end, and the reason for it} */
    public Ending ending() {
        return ending;
    }

    /** The program is about to be told that it is established; from here on bytes move. */
    public void establish() {
        life.establish(AddressHash.network(address.ip()));
    }

    /** When its present state began, or last came a step forward. */
    long since() {
        return life.patience.since();
    }

    /** {@return what takes the input from the network} */
    Arrivals arrivals() {
        return arrivals;
    }

    // ------------------------------------------------------------ packets

    /** Takes a packet of a legal size. */
    public ResultCode send(ByteBuffer packet) {
        if (!outbound.hasRoomFor(packet) && life.state().writes()) {
            flush();
            if (!life.state().takesPackets()) {
                return ResultCode.SEND;
            }
        }
        if (!outbound.hasRoomFor(packet) || !outbound.put(packet)) {
            return refuse(packet.remaining());
        }
        if (life.state().writes()) {
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
        String detail = (life.state().isConnected() ? "the peer does not read: " : "not established yet: ")
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
        return life.state().takesPackets() ? outbound.writableBytes() : 0;
    }

    /** Writes what is waiting, as far as the endpoint takes it; returns the bytes written. */
    int flush() {
        if (!life.state().writes() || outbound.isEmpty()) {
            return 0;
        }
        int bytes;
        try {
            bytes = outbound.writeTo(life.endpoint, context.now);
        } catch (IOException e) {
            arrivals.onBrokenWrite(e);
            return 0;
        }
        if (bytes > 0 && life.state().isEnding()) {
            life.patience.renew();
        }
        if (bytes > 0 && outbound.stopRefusing()) {
            turns.roomAgain = true;
        }
        if (outbound.isBlocked()) {
            turns.dirty.add(this);
            life.armDeadline();
        }
        return bytes;
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

    /**
     * Its turn, which ends after one packet if another connection has some too; returns how many
     * packets it had.
     */
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
            life.patience.renew();
        } else if (inbound.makeRoom()) {
            life.resumeReading();
        }
    }

    // ------------------------------------------------------------ time

    /** Something may be due; returns the work done. */
    int onDeadline() {
        if (inbound.endPause()) {
            life.resumeReading();
        }
        boolean isOverdue = life.patience.until(life.state()) <= context.now;
        if (isOverdue && turns.late.contains(this)) { // what it is waited for may be here: it is read first
            turns.deadlines.atMost(this, context.now + PAUSE);
            return 0;
        }
        if (isOverdue) {
            context.count(DriverCounter.TIMEOUTS, 1);
            ending.onOverdue();
        }
        life.armDeadline();
        return isOverdue ? 1 : 0;
    }

    /** Watches the endpoint for room to write, too, or no longer. */
    int watchWriting(boolean write) {
        life.watchWriting(write);
        return 0;
    }

    @Override
    public String toString() {
        return "connection " + number + (life.outgoing ? " to " : " from ") + address;
    }
}
