package dev.gridmate.carrier.link;

import dev.gridmate.carrier.CarrierCounter;
import dev.gridmate.carrier.FlowInformation;
import dev.gridmate.carrier.SecurityError;
import dev.gridmate.carrier.TrafficControl;
import dev.gridmate.carrier.wire.DatagramReader;
import dev.gridmate.carrier.wire.MessageHeader;
import dev.gridmate.carrier.wire.SequenceNumber;
import dev.gridmate.carrier.wire.SystemMessage;
import java.nio.ByteBuffer;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Messages to datagrams and back, for one peer: numbers, acknowledgements, retransmission, order. It knows neither sockets
 * nor threads, and time is a parameter. Who may connect, and when a connection is over, is decided outside.
 *
 * <p>Out: {@link Outbound#send} queues, and {@link Outbound#compose} writes one datagram, as long as there is something to
 * write and the window is open. In: {@link #onDatagram} judges a datagram as a whole first, so that a bad one changes nothing, and then
 * takes it apart.
 */
public final class Link {

    /** The reason, as on the wire. */
    private static final int WAS_ALREADY_CONNECTED = 6;

    private static final long NO_LONGER_ON_ITS_WAY = 60_000_000_000L;

    /**
     * How often the room is filled at the most: once by what waits, and in each of three channels by the largest message that
     * may be, whose chunks take up to three times their bytes if they are small.
     */
    private static final long FULL = 10;

    private final TrafficControl.Flow flow;
    private final LinkListener listener;
    private final LinkLimits limits;
    private final CarrierCounters counters;

    private final Outbound outbound;
    private final Acknowledgements acknowledgements;

    private final ReceivedDatagrams received = new ReceivedDatagrams();
    private final ReceiveChannel[] channels = new ReceiveChannel[MessageHeader.SYSTEM_CHANNEL];
    private long lastReceived;
    private boolean peerHasConnected;
    private boolean wasEstablished;
    private boolean isOver;
    private int lastClockSync;
    private long lastClockSyncAt = Long.MIN_VALUE / 2;
    private int nextChannel;

    /**
     * Makes a link.
     *
     * @param flow the peer's traffic control
     * @param listener hears what comes in
     * @param limits how much it may hold, and how large a datagram may be
     * @param counters where it counts
     * @param pool where messages come from
     * @param outcomes gets the calls of callbacks, to be made when nothing is being walked
     * @param now the time
     */
    public Link(
            TrafficControl.Flow flow,
            LinkListener listener,
            LinkLimits limits,
            CarrierCounters counters,
            MessagePool pool,
            Deque<Runnable> outcomes,
            long now) {
        this.flow = flow;
        this.listener = listener;
        this.limits = limits;
        this.counters = counters;
        acknowledgements = new Acknowledgements(now);
        outbound = new Outbound(flow, acknowledgements, limits, counters, pool, outcomes, now);
        for (int channel = 0; channel < channels.length; channel++) {
            channels[channel] = new ReceiveChannel(pool);
        }
        lastReceived = now;
    }

    // ------------------------------------------------------------------------------------ out

    /** What leaves. */
    public Outbound outbound() {
        return outbound;
    }

    /** A new update begins: acknowledgements may be written once in each. */
    public void beginUpdate(long now) {
        acknowledgements.beginUpdate();
        outbound.loseOverdue(now);
    }

    /** When something will have to be done although nothing comes in. */
    public long nextDue(boolean mayCarryData) {
        long next = Math.min(outbound.nextLoss(), acknowledgements.nextDue());
        return mayCarryData ? Math.min(next, outbound.nextPaced()) : next;
    }

    // ------------------------------------------------------------------------------------ in

    /** The handshake is over: from now on the peer's messages are for this connection. */
    public void onEstablished() {
        wasEstablished = true;
    }

    /** The connection is over: whoever asks to connect from now on wants a new one. */
    public void onOver() {
        isOver = true;
    }

    /** When the last datagram came in that was taken; at first, when the link was made. */
    public long lastReceived() {
        return lastReceived;
    }

    /** Takes a datagram, or drops it as a whole and says why. */
    public void onDatagram(ByteBuffer datagram, DatagramReader reader, long now) {
        int size = datagram.remaining();
        if (size > limits.maxDatagramSize()) {
            drop(CarrierCounter.DATAGRAMS_BAD, SecurityError.DATAGRAM_TOO_LARGE);
            return;
        }
        if (!flow.isCanReceiveData(now)) {
            drop(CarrierCounter.DATAGRAMS_OVER_RATE, SecurityError.PACKET_RATE_TOO_HIGH);
            return;
        }
        SecurityError error = reader.wrap(datagram) ? judge(reader) : SecurityError.BUFFER_READ_OUT_OF_BOUND;
        if (error != null) {
            drop(counterOf(error), error);
            if (error == SecurityError.DATA_RATE_TOO_HIGH) {
                lastReceived = now; // it is heard all right
            } else if (error == SecurityError.SEQUENCE_NUMBER_DUPLICATED && wasEstablished && isContradiction()) {
                listener.onAnotherConnection();
            }
            return;
        }
        if (asksAgain) {
            counters.add(CarrierCounter.DATAGRAMS_IN, 1);
            listener.onConnectRequestAgain();
            return;
        }
        if (isOfAnother) {
            counters.add(CarrierCounter.DATAGRAMS_UNKNOWN, 1);
            return;
        }
        // The peer may not know yet that the connection before this one is over, and still send its messages: those are
        // none of this one's, and nor are their numbers.
        if (!wasEstablished && !isAboutConnecting) {
            counters.add(CarrierCounter.DATAGRAMS_UNKNOWN, 1);
            return;
        }
        received.add(reader.sequence());
        lastReceived = now;
        if (!peerHasConnected && !saysConnecting) {
            peerHasConnected = true;
            outbound.onPeerConnected();
        }
        acknowledgements.onReceived(reader.sequence(), carriesMore, now);
        flow.onReceive(size, effectiveSize, now);
        counters.add(CarrierCounter.DATAGRAMS_IN, 1);
        reader.rewind();
        while (reader.next()) {
            if (reader.header().channel == MessageHeader.SYSTEM_CHANNEL) {
                onSystemMessage(reader, now);
            } else if (isOver || !wasEstablished) {
                counters.add(CarrierCounter.MESSAGES_UNDELIVERED, 1); // the program does not expect any
            } else {
                onUserMessage(reader);
            }
        }
        if (wasEstablished && !isOver) {
            giveInOrder();
        }
    }

    /**
     * All that came so far was of one who is still connecting, and this has the number of one of those and is of one who is
     * connected: the requests were old ones of another connection. The peer has its acknowledgements for this one's.
     */
    private boolean isContradiction() {
        return !peerHasConnected && !saysConnecting;
    }

    // What the judge finds out on its way through a datagram.
    private int effectiveSize;
    private boolean carriesMore;
    private boolean saysConnecting;
    private boolean isOfAnother;
    private boolean asksAgain;
    private boolean isAboutConnecting;

    private @Nullable SecurityError judge(DatagramReader reader) {
        effectiveSize = 0;
        carriesMore = false;
        isOfAnother = false;
        asksAgain = false;
        isAboutConnecting = false;
        long cost = 0;
        boolean isFirst = true;
        boolean unblocks = false;
        boolean isOutOfBound = false;
        while (reader.next()) {
            int channel = reader.header().channel;
            if (isFirst) {
                saysConnecting = reader.header().isConnecting;
                // Whoever had connected and says that it has not is an old datagram, or was started again.
                isOfAnother = saysConnecting && (peerHasConnected || isOver);
                asksAgain = isOfAnother && isConnectRequest(reader);
                isFirst = false;
            }
            if (channel == MessageHeader.SYSTEM_CHANNEL) {
                int id = reader.systemId();
                carriesMore |= id != SystemMessage.ACKS;
                if (id == SystemMessage.ACKS
                        && !outbound.isAcknowledgement(
                                reader.datagram(), reader.payloadOffset(), reader.header().length)) {
                    return SecurityError.BAD_PACKET;
                }
                isAboutConnecting |=
                        id == SystemMessage.CONNECT_REQUEST || id == SystemMessage.CONNECT_ACK || isRefusal(reader);
            } else {
                carriesMore = true;
                effectiveSize += reader.header().length;
                // A second copy takes no room, and must be acknowledged for the sender to have done with it.
                boolean isNew = channels[channel].isNew(
                        reader.header().isReliable, reader.header().seq, reader.header().reliableSeq);
                cost += isNew ? MessagePool.costOf(reader.header().length) : 0;
                isOutOfBound |= channels[channel].isOutOfBound(reader.header().seq);
                unblocks |= channels[channel].wholeCount() == 0
                        && channels[channel].isNext(reader.header().isReliable, reader.header().reliableSeq);
            }
        }
        if (reader.fault() != DatagramReader.Fault.NONE) {
            return errorOf(reader.fault());
        }
        if (isFirst) {
            return SecurityError.BAD_PACKET;
        }
        if (isOfAnother) {
            return null;
        }
        ReceivedDatagrams.Verdict verdict = received.judge(reader.sequence());
        if (verdict == ReceivedDatagrams.Verdict.DUPLICATE) {
            return SecurityError.SEQUENCE_NUMBER_DUPLICATED;
        }
        if (isOutOfBound || verdict == ReceivedDatagrams.Verdict.OUT_OF_BOUND) {
            return SecurityError.SEQUENCE_NUMBER_OUT_OF_BOUND;
        }
        // When there is no room, a datagram that others wait for must still come in, or they would wait for ever: the
        // program can receive nothing of a channel before its next message, or the rest of a large one, is there. That
        // they can wait in all channels at once is what the bound is made for: the peer sends them in what order it
        // likes.
        long room = unblocks ? FULL * limits.receiveBytes() : limits.receiveBytes();
        return cost > 0 && receivedBytes() + cost > room ? SecurityError.DATA_RATE_TOO_HIGH : null;
    }

    /** Whether a reader stands at a request to connect, as nobody but one who is still connecting sends it. */
    public static boolean isConnectRequest(DatagramReader reader) {
        return reader.header().isConnecting
                && !reader.header().isReliable
                && reader.header().chunks == 1
                && reader.header().channel == MessageHeader.SYSTEM_CHANNEL
                && reader.systemId() == SystemMessage.CONNECT_REQUEST;
    }

    /**
     * Whether a reader stands at the end of a connection that has not begun: it is the first reliable word of the peer, or
     * says that the peer still has the connection before. Any other end is that of the one before.
     */
    private static boolean isRefusal(DatagramReader reader) {
        return reader.systemId() == SystemMessage.DISCONNECT
                && reader.header().isReliable
                && reader.header().length == 2
                && (reader.header().reliableSeq == 0
                        || reader.datagram().get(reader.payloadOffset()) == WAS_ALREADY_CONNECTED);
    }

    /** How a fault of the wire is called for the program. */
    public static SecurityError errorOf(DatagramReader.Fault fault) {
        return switch (fault) {
            case TOO_SHORT -> SecurityError.BUFFER_READ_OUT_OF_BOUND;
            case BAD_CHANNEL -> SecurityError.CHANNEL_ID_OUT_OF_BOUND;
            case BAD_FLAGS -> SecurityError.MESSAGE_TYPE_NOT_SUPPORTED;
            default -> SecurityError.BAD_PACKET;
        };
    }

    private static CarrierCounter counterOf(SecurityError error) {
        return switch (error) {
            case SEQUENCE_NUMBER_DUPLICATED -> CarrierCounter.DATAGRAMS_DUPLICATED;
            case DATA_RATE_TOO_HIGH -> CarrierCounter.DATAGRAMS_OVER_ROOM;
            default -> CarrierCounter.DATAGRAMS_BAD;
        };
    }

    private void drop(CarrierCounter counter, SecurityError error) {
        counters.add(counter, 1);
        listener.onSecurityError(error);
    }

    // The carrier's own messages are taken as they come: an acknowledgement that waited for a lost message before it
    // would
    // wait for what it alone can bring. What may come twice or late among them does no harm, or is looked at by number.
    private void onSystemMessage(DatagramReader reader, long now) {
        ByteBuffer datagram = reader.datagram();
        int offset = reader.payloadOffset();
        int length = reader.header().length;
        switch (reader.systemId()) {
            case SystemMessage.ACKS -> {
                SecurityError error = outbound.onAcks(datagram, offset, length, now);
                if (error != null) {
                    listener.onSecurityError(error);
                }
            }
            case SystemMessage.CONNECT_REQUEST -> listener.onConnectRequest(datagram.slice(offset, length - 1));
            case SystemMessage.CONNECT_ACK -> listener.onConnectAck(datagram.slice(offset, length - 1));
            case SystemMessage.DISCONNECT -> {
                if (reader.header().isReliable && length == 2) {
                    listener.onDisconnect(datagram.get(offset) & 0xff);
                } else {
                    listener.onSecurityError(SecurityError.BAD_PACKET);
                }
            }
            case SystemMessage.CLOCK_SYNC -> {
                // After a while the numbers have gone round, and a comparison says nothing; nothing old is on its way
                // then.
                boolean isYounger = now - lastClockSyncAt > NO_LONGER_ON_ITS_WAY
                        || SequenceNumber.isAfter(reader.header().seq, lastClockSync);
                if (length == Integer.BYTES + 1 && isYounger) {
                    lastClockSync = reader.header().seq;
                    lastClockSyncAt = now;
                    int time = (datagram.get(offset) & 0xff) << 24
                            | (datagram.get(offset + 1) & 0xff) << 16
                            | (datagram.get(offset + 2) & 0xff) << 8
                            | (datagram.get(offset + 3) & 0xff);
                    listener.onClockSync(time);
                }
            }
            default -> listener.onSecurityError(SecurityError.MESSAGE_TYPE_NOT_SUPPORTED);
        }
    }

    private void onUserMessage(DatagramReader reader) {
        boolean isNew = channels[reader.header().channel].accept(
                reader.datagram(),
                reader.payloadOffset(),
                reader.header().length,
                reader.header().isReliable,
                reader.header().chunks,
                reader.header().seq,
                reader.header().reliableSeq);
        if (!isNew) {
            counters.add(CarrierCounter.MESSAGES_OBSOLETE, 1);
        }
    }

    private void giveInOrder() {
        if (effectiveSize == 0 && !carriesMore) {
            return;
        }
        for (int index = 0; index < channels.length; index++) {
            ReceiveChannel channel = channels[index];
            int before = channel.wholeCount();
            if (!channel.giveInOrder(limits.receiveBytes())) {
                listener.onSecurityError(SecurityError.BAD_PACKET);
                listener.onBroken();
            }
            if (channel.wholeCount() > before) {
                listener.onMessages(index, channel.wholeCount() - before);
            }
        }
    }

    private long receivedBytes() {
        long sum = 0;
        for (ReceiveChannel channel : channels) {
            sum += channel.bytes();
        }
        return sum;
    }

    // ------------------------------------------------------------------------------------ for the program

    /** The channel whose turn it is to be received from; -1 if no message waits. */
    public int nextChannelWithMessages() {
        for (int i = 0; i < channels.length; i++) {
            int channel = (nextChannel + i) % channels.length;
            if (channels[channel].wholeCount() > 0) {
                nextChannel = channel + 1;
                return channel;
            }
        }
        return -1;
    }

    /** The length of the next message of a channel; -1 if none waits. */
    public int peekLength(int channel) {
        return channels[channel].peekLength();
    }

    /** Whether the next message of a channel is reliable. */
    public boolean peekReliable(int channel) {
        return channels[channel].peekReliable();
    }

    /** Copies the next message of a channel out and removes it. */
    public void take(int channel, ByteBuffer into) {
        channels[channel].take(into);
    }

    /** How full the link is. */
    public FlowInformation flowInformation() {
        int toReceive = 0;
        for (ReceiveChannel channel : channels) {
            toReceive += channel.wholeCount();
        }
        return new FlowInformation(outbound.numToSend(), toReceive, flow.dataInTransfer(), flow.congestionWindow());
    }

    /** Drops what the program did not receive, when the connection is over; returns how many whole messages. */
    public int dropReceived() {
        int undelivered = 0;
        for (ReceiveChannel channel : channels) {
            undelivered += channel.clear();
        }
        counters.add(CarrierCounter.MESSAGES_UNDELIVERED, undelivered);
        return undelivered;
    }
}
