package dev.gridmate.carrier.link;

import dev.gridmate.carrier.CarrierCounter;
import dev.gridmate.carrier.SecurityError;
import dev.gridmate.carrier.traffic.TrafficControl;
import dev.gridmate.carrier.wire.AcksReader;
import dev.gridmate.carrier.wire.DatagramReader;
import dev.gridmate.carrier.wire.MessageHeader;
import dev.gridmate.internal.Counters;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The way in of a {@link Link}: from a datagram to the program's messages.
 *
 * <p>{@link Inspection} looks over the whole datagram first. Then each message goes to
 * {@link SystemInbox} or {@link UserInbox}.
 */
public final class Inbound {

    private final TrafficControl.Flow flow;
    private final LinkListener listener;
    private final LinkLimits limits;
    private final Counters<CarrierCounter> counters;
    private final Acknowledgements acknowledgements;
    private final Outbound outbound;

    private final ReceivedDatagrams received = new ReceivedDatagrams();
    private final UserInbox user;
    private final SystemInbox system;
    private final Inspection inspection;

    private long lastReceived;

    /** The peer has spoken as one that is connected. */
    private boolean peerHasConnected;

    private boolean wasEstablished;
    private boolean isOver;

    Inbound(
            TrafficControl.Flow flow,
            LinkListener listener,
            LinkResources resources,
            Acknowledgements acknowledgements,
            Outbound outbound,
            long now) {
        this.flow = flow;
        this.listener = listener;
        limits = resources.limits();
        counters = resources.counters();
        this.acknowledgements = acknowledgements;
        this.outbound = outbound;
        AcksReader acks = new AcksReader();
        user = new UserInbox(resources.pool(), new ReceiveBudget.Share(resources.budget(), listener));
        system = new SystemInbox(listener, outbound, acks, counters);
        inspection = new Inspection(user, received, acks, outbound, limits.receiveBytes());
        lastReceived = now;
    }

    void onEstablished() {
        wasEstablished = true;
    }

    void onOver() {
        isOver = true;
        user.dropUnfinished();
    }

    long lastReceived() {
        return lastReceived;
    }

    boolean hasPeerConnected() {
        return peerHasConnected;
    }

    // ---------------------------------------------------------- from the network

    /** Takes a datagram, or drops all of it and says why. */
    void onDatagram(ByteBuffer datagram, DatagramReader reader, long now) {
        int size = datagram.remaining();
        if (size > limits.maxDatagramSize()) {
            drop(CarrierCounter.DATAGRAMS_BAD, SecurityError.DATAGRAM_TOO_LARGE);
        } else if (!flow.isCanReceiveData(now)) {
            drop(CarrierCounter.DATAGRAMS_OVER_RATE, SecurityError.PACKET_RATE_TOO_HIGH);
        } else {
            SecurityError error = inspect(datagram, reader, now);
            if (error != null) {
                onError(error, now);
            } else if (inspection.asksAgain()) {
                counters.add(CarrierCounter.DATAGRAMS_IN, 1);
                listener.onConnectRequestAgain();
            } else if (inspection.isOfAnother() || isOfPredecessor()) {
                counters.add(CarrierCounter.DATAGRAMS_UNKNOWN, 1);
            } else {
                take(reader, size, now);
            }
        }
    }

    private @Nullable SecurityError inspect(ByteBuffer datagram, DatagramReader reader, long now) {
        if (!reader.wrap(datagram)) {
            return SecurityError.BUFFER_READ_OUT_OF_BOUND;
        }
        if (!wasEstablished) {
            received.forgetWhatIsFarFrom(reader.sequence()); // the peer may have begun again
        }
        return inspection.inspect(reader, peerHasConnected || isOver, now - lastReceived);
    }

    private void onError(SecurityError error, long now) {
        if (isOver && error == SecurityError.SEQUENCE_NUMBER_OUT_OF_BOUND) {
            counters.add(CarrierCounter.DATAGRAMS_UNKNOWN, 1); // the peer speaks of another connection by now
            return;
        }
        drop(counterOf(error), error);
        if (error == SecurityError.DATA_RATE_TOO_HIGH) {
            onHeard(now); // the datagram is good: only the room for it is missing
        } else if (error == SecurityError.SEQUENCE_NUMBER_DUPLICATED && wasEstablished && isContradiction()) {
            listener.onAnotherConnection();
        }
    }

    private void drop(CarrierCounter counter, SecurityError error) {
        counters.add(counter, 1);
        listener.onSecurityError(error);
    }

    private static CarrierCounter counterOf(SecurityError error) {
        return switch (error) {
            case SEQUENCE_NUMBER_DUPLICATED -> CarrierCounter.DATAGRAMS_DUPLICATED;
            case SEQUENCE_NUMBER_OUT_OF_BOUND -> CarrierCounter.DATAGRAMS_OUT_OF_WINDOW;
            case DATA_RATE_TOO_HIGH -> CarrierCounter.DATAGRAMS_OVER_ROOM;
            default -> CarrierCounter.DATAGRAMS_BAD;
        };
    }

    /**
     * So far the peer has only spoken as one that is connecting. This datagram has the number of
     * one of those, but says that the peer is connected. So those requests were old ones of another
     * connection, and the peer takes the acknowledgements that it got for them as acknowledgements
     * of this one.
     */
    private boolean isContradiction() {
        return !peerHasConnected && !inspection.saysConnecting();
    }

    /**
     * The peer may not know yet that the connection before this one is over, and still send its
     * messages. Neither they nor their numbers belong to this one.
     */
    private boolean isOfPredecessor() {
        return !wasEstablished && !inspection.isAboutConnecting();
    }

    private void onHeard(long now) {
        lastReceived = now;
        outbound.onHeard(now);
    }

    private void take(DatagramReader reader, int size, long now) {
        received.add(reader.sequence());
        onHeard(now);
        if (!peerHasConnected && !inspection.saysConnecting()) {
            peerHasConnected = true;
            outbound.onPeerConnected();
        }
        acknowledgements.onReceived(reader.sequence(), inspection.carriesMore(), now);
        flow.onReceive(size, inspection.effectiveSize(), now);
        counters.add(CarrierCounter.DATAGRAMS_IN, 1);
        reader.rewind();
        while (reader.next()) {
            if (reader.header().channel == MessageHeader.SYSTEM_CHANNEL) {
                onSystemMessage(reader, now);
            } else {
                onUserMessage(reader);
            }
        }
        if (inspection.carriesMore() && wasEstablished && !isOver) {
            giveInOrder();
        }
    }

    private void onSystemMessage(DatagramReader reader, long now) {
        SecurityError error = system.onMessage(reader, now);
        if (error != null) {
            drop(CarrierCounter.SYSTEM_MESSAGES_BAD, error);
        }
    }

    private void onUserMessage(DatagramReader reader) {
        MessageHeader header = reader.header();
        ReceiveChannel channel = user.channel(header.channel);
        if (isOver || !wasEstablished) {
            counters.add(CarrierCounter.MESSAGES_UNDELIVERED, 1); // the program does not expect any
        } else if (channel.isNew(header)) {
            channel.accept(header, reader.datagram(), reader.payloadOffset());
        } else {
            counters.add(CarrierCounter.MESSAGES_OBSOLETE, 1);
        }
    }

    private void giveInOrder() {
        for (int index = 0; index < user.channelCount(); index++) {
            ReceiveChannel channel = user.channel(index);
            int before = channel.whole().count();
            if (!channel.giveInOrder(limits.receiveBytes())) {
                listener.onSecurityError(SecurityError.BAD_PACKET);
                listener.onBroken();
            }
            int added = channel.whole().count() - before;
            if (added > 0) {
                listener.onMessages(index, added);
            }
        }
    }

    // ---------------------------------------------------------- to the program

    /** {@return the channel whose turn it is to be received from; -1 if no message waits} */
    public int nextChannelWithMessages() {
        return user.nextChannelWithMessages();
    }

    /** {@return the bytes of the next message of a channel; -1 if none waits} */
    public int peekLength(int channel) {
        return user.channel(channel).whole().nextLength();
    }

    /** {@return true if the next message of a channel is reliable} */
    public boolean peekReliable(int channel) {
        return user.channel(channel).whole().isNextReliable();
    }

    /**
     * Copies the next message of a channel out and removes it.
     *
     * @param into has room for it
     * @throws java.nio.ReadOnlyBufferException if the buffer is read-only; the message stays
     */
    public void take(int channel, ByteBuffer into) {
        user.channel(channel).whole().take(into);
    }

    /**
     * Removes the next message of a channel, of which there must be one, and lends it: read-only,
     * big-endian, from position to limit. It is valid until {@link #giveBack}, which must follow
     * whatever the program does with the message. In between the program may receive more, end the
     * connection, or close the carrier.
     *
     * @return the message where it is, if it arrived in one piece, otherwise a copy in one piece
     */
    public ByteBuffer lend(int channel) {
        return user.channel(channel).whole().lend();
    }

    /** Frees the message of a channel that was lent last. */
    public void giveBack(int channel) {
        user.channel(channel).whole().giveBack();
    }

    /**
     * Drops what the program did not receive, when the connection is over.
     *
     * @return how many whole messages
     */
    public int dropReceived() {
        int undelivered = user.count();
        user.clear();
        counters.add(CarrierCounter.MESSAGES_UNDELIVERED, undelivered);
        return undelivered;
    }

    /** {@return the memory of messages that wait for the program, or for others before them} */
    public long bytesToReceive() {
        return user.bytes();
    }

    /** {@return the most that these ever were} */
    public long mostToReceive() {
        return user.mostBytes();
    }

    /** How many whole messages wait for the program. */
    int numToReceive() {
        return user.count();
    }
}
