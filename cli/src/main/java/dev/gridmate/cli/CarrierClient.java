package dev.gridmate.cli;

import dev.gridmate.GridMate;
import dev.gridmate.carrier.Carrier;
import dev.gridmate.carrier.CarrierCounter;
import dev.gridmate.carrier.CarrierDisconnectReason;
import dev.gridmate.carrier.CarrierEvents;
import dev.gridmate.carrier.ConnectionId;
import dev.gridmate.carrier.DataPriority;
import dev.gridmate.carrier.DataReliability;
import dev.gridmate.carrier.DriverError;
import dev.gridmate.carrier.MessageHandler;
import dev.gridmate.carrier.badnet.Simulator;
import dev.gridmate.carrier.traffic.FlowInformation;
import dev.gridmate.carrier.traffic.Statistics;
import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.driver.StreamSocketDriver;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSession;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * One carrier connection that sends messages and checks their echoes: byte by byte, channel by
 * channel, in order and once.
 *
 * <p>What may be lost makes that harder: an echo belongs to the first message of its channel that
 * is still awaited and has its contents, and what it passed over is lost. What belongs to none is
 * mismatched: it is wrong, came twice, or came after what was sent later.
 */
final class CarrierClient implements Exchange, CarrierEvents, MessageHandler, AutoCloseable {

    static final int CHANNELS = 3;
    static final int ALL_CHANNELS = -1;

    private static final int MESSAGES_ON_THE_WAY = 1024;
    private static final int MESSAGES_PER_TURN = 64;
    private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);
    private static final Duration LINGER = Duration.ofSeconds(2);

    /**
     * An echo that has not come although nothing else came for so long does not come any more: a
     * carrier that has something to send does so in every round trip, and gives a datagram up for
     * lost after a second.
     */
    private static final long QUIET = TimeUnit.MILLISECONDS.toNanos(1200);

    /**
     * What is sent, and how fast.
     *
     * @param messages how many
     * @param nanosBetween the time between two messages; 0 to send as fast as echoes come back
     * @param window how many bytes may be on their way there and back; one message may always be
     * @param channel which; {@link #ALL_CHANNELS} takes turns
     * @param unreliable whether messages that fit one datagram are unreliable
     * @param alternating every second message of a channel is the other kind
     * @param timeout the longest wait for an echo
     */
    record Plan(
            long messages,
            double nanosBetween,
            int window,
            int channel,
            boolean unreliable,
            boolean alternating,
            Duration timeout) {

        int channelOf(long index) {
            return channel == ALL_CHANNELS ? (int) (index % CHANNELS) : channel;
        }

        boolean isUnreliable(long index) {
            return unreliable ^ (alternating && index / (channel == ALL_CHANNELS ? CHANNELS : 1) % 2 == 1);
        }
    }

    /** A message whose echo is awaited. */
    private record Awaited(long index, boolean reliable, int size, long sentAt) {}

    private final GridMate gridMate = new GridMate();
    private final Carrier carrier;
    private final ConnectionId server;
    private final Plan plan;
    private final PacketSource source;
    private final Histogram roundTrips;
    private final Deque<Awaited>[] awaited = queues();
    private final long clockAtFirst;

    private long messages;
    private long sent;
    private long sentReliable;
    private long received;
    private long receivedReliable;
    private long mismatched;
    private long otherReliability;
    private long bytes;
    /**
     * More than a stream has, since the echo of what was lost comes after some round trips, and all
     * behind it waits.
     */
    static final int WINDOW = 256 * 1024;

    /**
     * Messages before this one count as lost, and fill the window no longer; should one come all
     * the same, it is known.
     */
    private long givenUp;

    private long bytesOnTheWay;
    private int onTheWay;
    private int reliableOnTheWay;

    private long start;
    private long lastStep;
    private long lastSent;
    private boolean established;
    private boolean closing;
    private @Nullable CarrierDisconnectReason end;
    private String driverError = "";
    private @Nullable SSLSession tlsSession;

    /**
     * Begins to connect.
     *
     * @param patience how long connecting may take
     * @param network what plays a worse network; null for none
     */
    CarrierClient(
            CarrierOptions options,
            HostPort to,
            Duration patience,
            Plan plan,
            PacketSource source,
            @Nullable Simulator network,
            Histogram roundTrips) {
        this.plan = plan;
        this.source = source;
        this.roundTrips = roundTrips;
        messages = plan.messages();
        carrier = options.client(gridMate, to, patience, network);
        gridMate.eventBus(CarrierEvents.class).connect(this);
        clockAtFirst = clockAhead();
        server = options.connect(carrier, to);
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type cannot be made otherwise
    private static Deque<Awaited>[] queues() {
        Deque[] queues = new Deque[CHANNELS];
        for (int channel = 0; channel < CHANNELS; channel++) {
            queues[channel] = new ArrayDeque<Awaited>();
        }
        return queues;
    }

    // ------------------------------------------------------------ the tick

    @Override
    public int turn() {
        if (end != null) {
            return 0;
        }
        int work = carrier.update() + carrier.receive(this, MESSAGES_ON_THE_WAY);
        return established && !closing && end == null ? work + send() : work;
    }

    private int send() {
        int count = 0;
        while (count < MESSAGES_PER_TURN && sent < messages) {
            long now = System.nanoTime();
            long due = plan.nanosBetween() == 0 ? now : start + (long) (sent * plan.nanosBetween());
            int channel = plan.channelOf(sent);
            ByteBuffer message = source.packet(channel, sent);
            int size = message.remaining();
            if (due - now > 0 || !hasRoom(size, now)) {
                break;
            }
            boolean reliable = size > carrier.messageMtu() || !plan.isUnreliable(sent);
            DataReliability reliability = reliable ? DataReliability.SEND_RELIABLE : DataReliability.SEND_UNRELIABLE;
            if (!carrier.send(message, server, reliability, DataPriority.NORMAL, channel)
                    .isTaken()) {
                break; // full: later. Or over: the next update says so
            }
            lastStep = reliableOnTheWay == 0 ? now : lastStep;
            lastSent = now;
            // The clock runs from when the message should have left: a stall counts for all that it
            // kept from leaving.
            awaited[channel].add(new Awaited(sent, reliable, size, due));
            bytesOnTheWay += size;
            onTheWay++;
            reliableOnTheWay += reliable ? 1 : 0;
            sentReliable += reliable ? 1 : 0;
            sent++;
            count++;
        }
        return count;
    }

    private boolean hasRoom(int size, long now) {
        boolean has = onTheWay < MESSAGES_ON_THE_WAY && (onTheWay == 0 || bytesOnTheWay + size <= plan.window());
        if (!has && reliableOnTheWay == 0 && isQuiet(now)) {
            givenUp = sent;
            bytesOnTheWay = 0;
            onTheWay = 0;
            return true;
        }
        return has;
    }

    // ------------------------------------------------------------ the echoes

    @Override
    public void onMessage(ConnectionId from, int channel, DataReliability reliability, ByteBuffer message) {
        boolean reliable = reliability == DataReliability.SEND_RELIABLE;
        Awaited echoed = find(awaited[channel], channel, reliable, message);
        if (echoed == null) { // the original's echo answers reliably, whatever came
            echoed = find(awaited[channel], channel, !reliable, message);
        }
        if (echoed == null) {
            mismatched++;
            return;
        }
        Awaited passed = awaited[channel].remove();
        while (passed.index() != echoed.index()) {
            settle(passed);
            passed = awaited[channel].remove();
        }
        settle(echoed);
        otherReliability += echoed.reliable() == (reliability == DataReliability.SEND_RELIABLE) ? 0 : 1;
        lastStep = System.nanoTime();
        long nanos = Math.max(1, lastStep - echoed.sentAt());
        roundTrips.recordValue(Math.min(nanos, roundTrips.getHighestTrackableValue()));
        received++;
        receivedReliable += echoed.reliable() ? 1 : 0;
        bytes += echoed.size();
    }

    private @Nullable Awaited find(Deque<Awaited> queue, int channel, boolean reliable, ByteBuffer message) {
        for (Awaited candidate : queue) {
            if (candidate.reliable() == reliable
                    && candidate.size() == message.remaining()
                    && source.packet(channel, candidate.index()).equals(message)) {
                return candidate;
            }
        }
        return null;
    }

    /** Its echo has come, or will not come. */
    private void settle(Awaited message) {
        if (message.index() >= givenUp) {
            onTheWay--;
            bytesOnTheWay -= message.size();
            reliableOnTheWay -= message.reliable() ? 1 : 0;
        }
    }

    /**
     * Whether nothing has come for so long that no unreliable message can be on its way any longer.
     */
    private boolean isQuiet(long now) {
        Statistics link = carrier.queryStatistics(server, Statistics.Period.LIFETIME, false);
        FlowInformation flow = carrier.queryFlowInformation(server);
        if (link == null || flow == null) {
            return true;
        }
        long quiet = QUIET + 4 * (long) (link.rtt() * MILLISECOND);
        return now - Math.max(lastStep, lastSent) > quiet && flow.numToSendMessages() == 0;
    }

    // ------------------------------------------------------------ the connection

    @Override
    public void onConnectionEstablished(Carrier from, ConnectionId id) {
        established = true;
        SocketDriverAddress address = carrier.connectionToAddress(id);
        if (address != null && carrier.driver() instanceof StreamSocketDriver stream) {
            tlsSession = stream.tlsSession(address);
        }
        start = System.nanoTime();
        lastStep = start;
        lastSent = start;
    }

    @Override
    public void onFailedToConnect(Carrier from, ConnectionId id, CarrierDisconnectReason reason) {
        end = reason;
    }

    @Override
    public void onDisconnect(Carrier from, ConnectionId id, CarrierDisconnectReason reason) {
        int unused = carrier.receive(this, MESSAGES_ON_THE_WAY); // what came before the end
        end = reason;
    }

    @Override
    public void onDriverError(Carrier from, ConnectionId id, DriverError error) {
        driverError = error.message();
    }

    @Override
    public void stopSending() {
        messages = sent;
    }

    @Override
    public boolean finish() {
        if (end == null && established && !closing && isComplete(System.nanoTime())) {
            closing = true;
            carrier.disconnect(server, LINGER);
        }
        return end != null;
    }

    private boolean isComplete(long now) {
        return sent == messages && reliableOnTheWay == 0 && (onTheWay == 0 || isQuiet(now));
    }

    boolean wasEstablished() {
        return established;
    }

    /** Returns why the connection ended, if this client did not end it. */
    @Nullable
    CarrierDisconnectReason failure() {
        return closing ? null : end;
    }

    /** Returns what the driver said last; empty if nothing. */
    String driverError() {
        return driverError;
    }

    /** Says whether an echo that must come is missing for longer than it may. */
    boolean isStalled(long now) {
        return reliableOnTheWay > 0 && now - lastStep > plan.timeout().toNanos();
    }

    // ------------------------------------------------------------ figures

    /** Whether all came back that must, and nothing that must not. */
    boolean isIntact() {
        return receivedReliable == sentReliable && mismatched == 0;
    }

    long sent() {
        return sent;
    }

    long sentReliable() {
        return sentReliable;
    }

    @Override
    public long received() {
        return received;
    }

    long receivedReliable() {
        return receivedReliable;
    }

    long mismatched() {
        return mismatched;
    }

    /** Returns how many unreliable messages did not come back. */
    long lost() {
        return sent - sentReliable - received + receivedReliable;
    }

    /** Returns what was agreed on with the server; null without TLS. */
    @Nullable
    SSLSession tlsSession() {
        return tlsSession;
    }

    /** Returns the messages that came back reliable and were not, or the other way around. */
    long otherReliability() {
        return otherReliability;
    }

    /** Returns the bytes of the messages that came back. */
    long bytes() {
        return bytes;
    }

    /** Returns the time from when the connection stood until the last echo. */
    long nanos() {
        return Math.max(1, lastStep - start);
    }

    /**
     * Returns the milliseconds by which the clock that the server runs is ahead of this side's; 0
     * if it runs none.
     */
    long clockDifference() {
        long difference = clockAhead() - clockAtFirst;
        return Math.abs(difference) <= 1 ? 0 : difference; // both are rounded
    }

    private long clockAhead() {
        return carrier.time() - System.nanoTime() / MILLISECOND;
    }

    long counter(CarrierCounter counter) {
        return carrier.counter(counter);
    }

    @Override
    public void close() {
        gridMate.close();
    }
}
