package dev.gridmate.carrier.link;

import dev.gridmate.carrier.AckCallback;
import dev.gridmate.carrier.CarrierCounter;
import dev.gridmate.carrier.DataPriority;
import dev.gridmate.carrier.SecurityError;
import dev.gridmate.carrier.TrafficControl;
import dev.gridmate.carrier.wire.AcksReader;
import dev.gridmate.carrier.wire.DatagramWriter;
import dev.gridmate.carrier.wire.MessageHeader;
import dev.gridmate.carrier.wire.SystemMessage;
import java.nio.ByteBuffer;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The way out of a {@link Link}: what waits to leave, what has left and waits to be confirmed, and the writing of
 * datagrams.
 *
 * <p>The order within a datagram is the wire's: the carrier's own messages, acknowledgements once in each update, then user
 * messages, those that were lost before the new ones.
 */
public final class Outbound {

    private static final int LOWEST = DataPriority.values().length - 1;

    /** Longer than a round trip usually is. */
    private static final long ANSWER_INTERVAL = 50_000_000;

    private final TrafficControl.Flow flow;
    private final Acknowledgements acknowledgements;
    private final LinkLimits limits;
    private final CarrierCounters counters;
    private final MessagePool pool;
    private final Deque<Runnable> outcomes;

    private final Flight flight;
    private final Pacer pacer;
    private final AcksReader acks = new AcksReader();
    private final SendChannel[] channels = new SendChannel[MessageHeader.CHANNELS];
    private final MessageList lost = new MessageList();
    private final SendQueues queues = new SendQueues();
    private int unconfirmed;

    /** What the user messages in here take, those included that are confirmed and wait for one before them. */
    private long heldMemory;

    private long lastConfirmation;

    private boolean isConnecting = true;
    private boolean takesUserMessages = true;
    private boolean isClosed;
    private byte @Nullable [] connectRequest;
    private boolean connectRequestIsDue;
    private boolean clockSyncIsDue;
    private @Nullable Message answer;
    private boolean answerIsDue;
    private long answeredAt;
    private boolean disconnectIsDue;
    private final Message disconnect = new Message(2);

    // The datagram that is being written.
    private final DatagramWriter writer = new DatagramWriter();
    private final MessageHeader header = new MessageHeader();
    private @Nullable Message firstCarried;
    private @Nullable Message lastCarried;
    private int effectiveSize;

    /**
     * The last datagram had no room for data beside the acknowledgements, so that the next one begins with data: a driver
     * that takes one datagram in each update would otherwise never get to it.
     */
    private boolean isDataNext;

    Outbound(
            TrafficControl.Flow flow,
            Acknowledgements acknowledgements,
            LinkLimits limits,
            CarrierCounters counters,
            MessagePool pool,
            Deque<Runnable> outcomes,
            long now) {
        this.flow = flow;
        this.acknowledgements = acknowledgements;
        this.limits = limits;
        this.counters = counters;
        this.pool = pool;
        this.outcomes = outcomes;
        flight = new Flight(flow, new Fate());
        pacer = new Pacer(flow, limits.burstBytes(), now);
        for (int channel = 0; channel < channels.length; channel++) {
            channels[channel] = new SendChannel(pool);
        }
        disconnect.length = 2;
        disconnect.channel = MessageHeader.SYSTEM_CHANNEL;
        disconnect.reliable = true;
        disconnect.chunks = 1;
        disconnect.data[1] = SystemMessage.DISCONNECT;
    }

    // ------------------------------------------------------------------------------------ what is to leave

    /**
     * Queues a user message, in chunks if it does not fit one datagram.
     *
     * @return false if it does not fit the queue; an empty queue takes any message
     */
    public boolean send(ByteBuffer data, int channel, boolean reliable, int priority, @Nullable AckCallback callback) {
        int length = data.remaining();
        int chunkSize = limits.messageMtu();
        int chunks = Math.max(1, (length + chunkSize - 1) / chunkSize);
        long cost = (long) MessagePool.costOf(Math.min(length, chunkSize)) * chunks;
        // What is in no hurry leaves room for what is.
        long room = priority == LOWEST ? limits.sendBytes() / 4 * 3 : limits.sendBytes();
        if (heldMemory > 0 && heldMemory + cost > room) {
            return false;
        }
        PendingAck pending = callback == null ? null : new PendingAck(callback, chunks, outcomes);
        int from = data.position();
        for (int left = chunks; left > 0; left--) {
            int size = Math.min(chunkSize, data.limit() - from);
            Message message = pool.take(size);
            data.get(from, message.data, 0, size);
            from += size;
            message.channel = channel;
            message.reliable = reliable || chunks > 1;
            message.chunks = left;
            message.priority = priority;
            message.pendingAck = pending;
            heldMemory += MessagePool.cost(message);
            queues.add(message);
        }
        return true;
    }

    /** Sets the data of the requests to connect. */
    public void connectRequest(byte[] data) {
        connectRequest = data;
    }

    /** Has another request to connect leave in the next datagram. */
    public void requestConnect() {
        connectRequestIsDue = true;
    }

    /** Has the answer to a request to connect leave in the next datagram. */
    public void connectAck(byte[] data) {
        Message message = new Message(data.length + 1);
        System.arraycopy(data, 0, message.data, 0, data.length);
        message.data[data.length] = SystemMessage.CONNECT_ACK;
        message.length = data.length + 1;
        message.channel = MessageHeader.SYSTEM_CHANNEL;
        message.reliable = true;
        message.chunks = 1;
        answer = message;
        answerIsDue = true;
    }

    /**
     * The peer asks again, so it may not have the answer: the same message leaves again, but not for each of the requests that
     * were on their way when it left first. It does not wait to count as lost, since the peer's patience is as short.
     */
    public void connectAckAgain(long now) {
        answerIsDue |= answer != null && now - answeredAt >= ANSWER_INTERVAL;
    }

    /**
     * Has the end of the connection leave in the next datagram; no user message leaves any more. Called again, the same
     * message leaves again: a peer that is to hear it in half a second cannot wait for it to count as lost.
     */
    public void disconnect(int reason) {
        disconnect.data[0] = (byte) reason;
        disconnectIsDue = true;
        connectRequestIsDue = false;
        takesUserMessages = false;
    }

    /** Has the time leave in the next datagram. */
    public void clockSync() {
        clockSyncIsDue = true;
    }

    /** Whether the next datagram is to say what the clock shows: asking the clock is a call to the system. */
    public boolean isClockSyncDue() {
        return clockSyncIsDue;
    }

    /** The connection stands: what is sent says so, and user messages may leave. */
    public void onConnected() {
        isConnecting = false;
        connectRequestIsDue = false;
    }

    /** What is sent does not say any longer that this side is connecting, although it never did connect. */
    public void onGivenUp() {
        isConnecting = false;
    }

    /**
     * The peer speaks as one who is connected, so it has the answer to its request. Said again, that could be taken for the
     * answer to the request of its next connection, which would then stand with numbers that fit nothing here.
     */
    void onPeerConnected() {
        answer = null;
        answerIsDue = false;
        acknowledgements.onPeerConnected();
    }

    boolean isConnecting() {
        return isConnecting;
    }

    // ------------------------------------------------------------------------------------ writing

    /** Whether there is something to write. */
    public boolean hasSomethingToSend(boolean mayCarryData, long now) {
        return hasSystemMessage() || (mayCarryData && hasDataToSend(now)) || acknowledgements.mustLeave(now);
    }

    /**
     * Writes one datagram.
     *
     * @param into gets it at its position; has room for the largest datagram
     * @param mayCarryData whether user messages may leave
     * @param now the time
     * @param clock what the clock shows, in milliseconds, if {@link #isClockSyncDue}
     * @return its size in bytes
     */
    public int compose(ByteBuffer into, boolean mayCarryData, long now, int clock) {
        boolean hasData = mayCarryData && hasDataToSend(now);
        writer.begin(into, flight.nextSequence());
        firstCarried = null;
        lastCarried = null;
        effectiveSize = 0;
        putSystemMessages(into, now, clock);
        boolean carriesMore = hasData || writer.messageCount() > 0;
        if (!isDataNext || !hasData) {
            putAcknowledgements(into, hasData);
        }
        boolean hadUnconfirmed = unconfirmed > 0;
        boolean carriesData = false;
        boolean more = hasData;
        while (more) {
            more = putUserMessage();
            carriesData |= more;
        }
        isDataNext = hasData && !carriesData;
        if (carriesData) {
            pacer.onSent(writer.size());
            lastConfirmation = hadUnconfirmed ? lastConfirmation : now;
        }
        acknowledgements.onSent(now);
        flight.onSent(writer.size(), effectiveSize, carriesMore, firstCarried, now);
        counters.add(CarrierCounter.DATAGRAMS_OUT, 1);
        return writer.size();
    }

    /** Whether user messages wait, and the windows let them leave. */
    public boolean hasDataToSend(long now) {
        return isWindowOpen() && isDataWaiting() && pacer.isOpen(now);
    }

    private boolean isWindowOpen() {
        return !isConnecting && takesUserMessages && flow.isSend() && flight.takesData();
    }

    private boolean isDataWaiting() {
        return lost.peek() != null || queues.peek(closedChannels()) != null;
    }

    /** When user messages may leave that wait for nothing but this time; the end of time if there are none. */
    long nextPaced() {
        return isWindowOpen() && isDataWaiting() ? pacer.opensAt() : Long.MAX_VALUE;
    }

    private boolean hasSystemMessage() {
        return connectRequestIsDue || answerIsDue || clockSyncIsDue || disconnectIsDue;
    }

    private void putSystemMessages(ByteBuffer into, long now, int clock) {
        byte[] request = connectRequest;
        if (connectRequestIsDue && request != null) {
            connectRequestIsDue = false;
            int at = putUnreliable(request.length + 1);
            into.put(at, request).put(at + request.length, (byte) SystemMessage.CONNECT_REQUEST);
        }
        Message accepted = answer;
        if (answerIsDue && accepted != null && fits(accepted)) {
            answerIsDue = false;
            answeredAt = now;
            putKept(accepted);
        }
        if (disconnectIsDue && fits(disconnect)) {
            disconnectIsDue = false;
            putKept(disconnect);
        }
        if (clockSyncIsDue && writer.remaining() >= MessageHeader.MAX_SIZE + 5) {
            clockSyncIsDue = false;
            int at = putUnreliable(5);
            putInt(into, at, clock);
            into.put(at + 4, (byte) SystemMessage.CLOCK_SYNC);
        }
    }

    // An acknowledgement of nothing says that this side lives; in front of data it would say nothing at all.
    private void putAcknowledgements(ByteBuffer into, boolean hasData) {
        boolean saysSomething =
                !acknowledgements.history().isEmpty() || isConnecting || (writer.messageCount() == 0 && !hasData);
        int size = acknowledgements.history().payloadSize();
        if (acknowledgements.areWritten() || !saysSomething || MessageHeader.MAX_SIZE + size > writer.remaining()) {
            return;
        }
        int at = putUnreliable(size);
        acknowledgements.history().write(into, at);
        acknowledgements.onWritten();
    }

    private boolean putUserMessage() {
        Message again = lost.peek();
        Message message = again == null ? queues.peek(closedChannels()) : again;
        if (message == null || !fits(message)) {
            return false;
        }
        if (again == null) {
            queues.remove(message);
            unconfirmed++;
        } else {
            lost.poll();
            flow.onResend(message.length);
            counters.add(CarrierCounter.MESSAGES_RESENT, 1);
        }
        putMessage(message);
        effectiveSize += message.length;
        return true;
    }

    private int closedChannels() {
        int closed = 0;
        for (int channel = 0; channel < MessageHeader.SYSTEM_CHANNEL; channel++) {
            if (!channels[channel].isOpen()) {
                closed |= 1 << channel;
            }
        }
        return closed;
    }

    private boolean fits(Message message) {
        SendChannel channel = channels[message.channel];
        boolean again = message.wasSent;
        describe(message, again);
        header.seq = again ? message.seq : channel.nextSeq();
        header.reliableSeq = again ? message.reliableSeq : channel.nextReliableSeq(message.reliable);
        return writer.sizeOf(header) <= writer.remaining();
    }

    /** Writes a message, and notes that this datagram carries it. */
    private void putMessage(Message message) {
        boolean again = message.wasSent;
        if (!again) {
            channels[message.channel].number(message);
        }
        put(message, again);
        channels[message.channel].onSent();
        message.nextInDatagram = null;
        Message last = lastCarried;
        if (last == null) {
            firstCarried = message;
        } else {
            last.nextInDatagram = message;
        }
        lastCarried = message;
    }

    private void put(Message message, boolean again) {
        describe(message, again);
        writer.put(header, message.data);
    }

    private void describe(Message message, boolean again) {
        header.channel = message.channel;
        header.isReliable = message.reliable;
        header.isConnecting = isConnecting;
        header.chunks = message.chunks;
        header.seq = message.seq;
        header.reliableSeq = message.reliableSeq;
        header.length = message.length;
        header.isRepeated = again;
    }

    /** Writes one of the two messages that are said again until they are heard, with the numbers that they got at first. */
    private void putKept(Message message) {
        boolean again = message.wasSent;
        if (!again) {
            message.wasSent = true;
            channels[message.channel].numberUnkept(message);
        }
        put(message, again);
    }

    /** Writes the header of an unreliable message of the carrier's own; returns where its payload is to stand. */
    private int putUnreliable(int length) {
        SendChannel channel = channels[MessageHeader.SYSTEM_CHANNEL];
        header.channel = MessageHeader.SYSTEM_CHANNEL;
        header.isReliable = false;
        header.isConnecting = isConnecting;
        header.chunks = 1;
        header.reliableSeq = channel.nextReliableSeq(false);
        header.seq = channel.number();
        header.length = length;
        header.isRepeated = false;
        return writer.putHeader(header);
    }

    private static void putInt(ByteBuffer into, int at, int value) {
        into.put(at, (byte) (value >>> 24))
                .put(at + 1, (byte) (value >>> 16))
                .put(at + 2, (byte) (value >>> 8))
                .put(at + 3, (byte) value);
    }

    // ------------------------------------------------------------------------------------ what became of it

    /** Whether bytes are an acknowledgement at all. */
    boolean isAcknowledgement(ByteBuffer datagram, int offset, int length) {
        return acks.wrap(datagram, offset, length);
    }

    /** Takes acknowledgements; returns what is wrong with them, if something is. */
    @Nullable
    SecurityError onAcks(ByteBuffer datagram, int offset, int length, long now) {
        if (!acks.wrap(datagram, offset, length)) {
            return SecurityError.BAD_PACKET;
        }
        if (acks.isKeepAlive()) {
            return null;
        }
        confirmedAny = false;
        boolean wereSent = flight.onAcks(acks, now);
        if (confirmedAny) {
            lastConfirmation = now;
        }
        return wereSent ? null : SecurityError.SEQUENCE_NUMBER_OUT_OF_BOUND;
    }

    private boolean confirmedAny;

    void loseOverdue(long now) {
        flight.loseOverdue(now);
    }

    long nextLoss() {
        return flight.nextLoss();
    }

    /** Whether the congestion window has changed since this was asked last. */
    public boolean takeFlowChanged() {
        return flight.takeFlowChanged();
    }

    /** Since when the peer has confirmed no message although it should have; the present, if nothing is unconfirmed. */
    public long unconfirmedSince(long now) {
        return unconfirmed > 0 ? lastConfirmation : now;
    }

    /** Whether every user message has left, and every reliable one is confirmed. */
    public boolean isDrained() {
        return queues.count() == 0 && unconfirmed == 0;
    }

    /** Messages and chunks of a priority that have not left yet. */
    public int numToSend(int priority) {
        return queues.count(priority);
    }

    /** Bytes of user messages that have not left yet. */
    public long bytesToSend() {
        return queues.bytes();
    }

    int numToSend() {
        return queues.count() + lost.size();
    }

    /** Frees everything, when the connection is forgotten; what was not confirmed is lost. */
    public void close() {
        takesUserMessages = false;
        isClosed = true;
        flight.clear();
        lost.clear(); // their channels free them
        for (Message each = queues.peek(0); each != null; each = queues.peek(0)) {
            queues.remove(each);
            release(each);
        }
        for (SendChannel channel : channels) {
            channel.clear();
        }
        unconfirmed = 0;
        heldMemory = 0;
    }

    private void release(Message message) {
        PendingAck pending = message.pendingAck;
        if (pending != null) {
            pending.onLost();
        }
        heldMemory -= MessagePool.cost(message);
        pool.give(message);
    }

    /** What becomes of the messages of a datagram. */
    private final class Fate implements Flight.Outcome {

        @Override
        public void onConfirmed(@Nullable Message messages) {
            confirmedAny |= messages != null;
            for (Message each = messages; each != null; ) {
                Message next = each.nextInDatagram;
                SendChannel channel = channels[each.channel];
                channel.onConfirmed(each.seq);
                PendingAck pending = each.pendingAck;
                if (pending != null) {
                    pending.onConfirmed();
                }
                unconfirmed--;
                if (each.reliable) {
                    each.isConfirmed = true;
                    heldMemory -= channel.releaseConfirmed();
                } else {
                    heldMemory -= MessagePool.cost(each);
                    pool.give(each);
                }
                each = next;
            }
        }

        @Override
        public void onLost(@Nullable Message messages) {
            count(CarrierCounter.DATAGRAMS_LOST);
            for (Message each = messages; each != null; ) {
                Message next = each.nextInDatagram;
                channels[each.channel].onLost();
                if (!each.reliable) {
                    count(CarrierCounter.MESSAGES_LOST);
                    unconfirmed--;
                    release(each);
                } else {
                    lost.add(each);
                }
                each = next;
            }
        }

        // What is still on its way when the connection is forgotten may well arrive.
        private void count(CarrierCounter counter) {
            if (!isClosed) {
                counters.add(counter, 1);
            }
        }
    }
}
