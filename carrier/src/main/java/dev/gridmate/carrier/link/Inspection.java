package dev.gridmate.carrier.link;

import dev.gridmate.carrier.SecurityError;
import dev.gridmate.carrier.wire.AcksReader;
import dev.gridmate.carrier.wire.DatagramReader;
import dev.gridmate.carrier.wire.MessageHeader;
import dev.gridmate.carrier.wire.SystemMessage;
import org.jspecify.annotations.Nullable;

/**
 * A look over a whole datagram before any of it is taken, so that a bad datagram changes nothing.
 * The findings are valid until the next {@link #inspect}.
 */
final class Inspection {

    /**
     * How far the room may be exceeded for a datagram that others wait for. It covers what waits,
     * and the largest possible message in each of three channels; small chunks take up to three
     * times their bytes.
     */
    private static final long EXCESS = 10;

    private final UserInbox inbox;
    private final ReceivedDatagrams received;
    private final AcksReader acks;
    private final Outbound outbound;
    private final long receiveBytes;

    private boolean isTheEnd;
    private int effectiveSize;
    private boolean carriesMore;
    private boolean saysConnecting;
    private boolean isOfAnother;
    private boolean asksAgain;
    private boolean isAboutConnecting;
    private long cost;
    private boolean unblocks;
    private boolean isOutOfBound;

    Inspection(UserInbox inbox, ReceivedDatagrams received, AcksReader acks, Outbound outbound, long receiveBytes) {
        this.inbox = inbox;
        this.received = received;
        this.acks = acks;
        this.outbound = outbound;
        this.receiveBytes = receiveBytes;
    }

    /**
     * Walks over the datagram that a reader has just begun.
     *
     * @param hasConnected true if this connection was established, or is over: the peer does not
     *     connect to it any more
     * @param silence nanoseconds since a datagram was taken
     * @return why the datagram must be dropped; null if nothing is wrong with it
     */
    @Nullable
    SecurityError inspect(DatagramReader reader, boolean hasConnected, long silence) {
        reset();
        boolean isEmpty = true;
        while (reader.next()) {
            if (isEmpty) {
                isEmpty = false;
                saysConnecting = reader.header().isConnecting;
                // The datagram is old, or the peer was started again.
                isOfAnother = saysConnecting && hasConnected;
                asksAgain = isOfAnother && SystemMessage.isConnectRequest(reader);
            }
            if (reader.header().channel != MessageHeader.SYSTEM_CHANNEL) {
                inspectUserMessage(reader.header());
            } else if (!inspectSystemMessage(reader)) {
                return SecurityError.BAD_PACKET;
            }
        }
        if (reader.fault() != DatagramReader.Fault.NONE) {
            return errorOf(reader.fault());
        }
        if (isEmpty) {
            return SecurityError.BAD_PACKET;
        }
        // An answer of long ago would establish a connection whose numbers fit nothing at the peer.
        isAboutConnecting = isAboutConnecting && (isTheEnd || acks.isKeepAlive() || outbound.isBelieved(acks));
        return isOfAnother ? null : judgeNumbersAndRoom(reader.sequence(), isTheEnd ? 0 : silence);
    }

    private void reset() {
        acks.clear();
        isTheEnd = false;
        effectiveSize = 0;
        carriesMore = false;
        saysConnecting = false;
        isOfAnother = false;
        asksAgain = false;
        isAboutConnecting = false;
        cost = 0;
        unblocks = false;
        isOutOfBound = false;
    }

    private boolean inspectSystemMessage(DatagramReader reader) {
        int id = reader.systemId();
        carriesMore |= id != SystemMessage.ACKS;
        isTheEnd |= id == SystemMessage.DISCONNECT;
        isAboutConnecting |= id == SystemMessage.CONNECT_REQUEST
                || id == SystemMessage.CONNECT_ACK
                || SystemMessage.isRefusal(reader);
        if (id != SystemMessage.ACKS) {
            return true;
        }
        // No carrier sends two, and each costs work.
        return !acks.isRead() && acks.wrap(reader.datagram(), reader.payloadOffset(), reader.header().length);
    }

    private void inspectUserMessage(MessageHeader header) {
        ReceiveChannel channel = inbox.channel(header.channel);
        carriesMore = true;
        effectiveSize += header.length;
        // A second copy takes no room, and must be acknowledged, or its sender would repeat it for
        // ever.
        cost += channel.isNew(header) ? MessagePool.costOf(header.length) : 0;
        isOutOfBound |= channel.isOutOfBound(header.seq);
        unblocks |= channel.whole().count() == 0 && channel.isNext(header);
    }

    // After an outage the peer's numbers are far ahead, or a stranger has moved the bounds. The
    // peer acknowledges what it has just got; a stranger does not know what that is.
    private boolean isProved() {
        return !acks.isKeepAlive() && outbound.isFresh(acks);
    }

    private @Nullable SecurityError judgeNumbersAndRoom(int sequence, long silence) {
        ReceivedDatagrams.Verdict verdict = received.judge(sequence, !carriesMore && !isProved(), silence);
        if (verdict == ReceivedDatagrams.Verdict.DUPLICATE) {
            return SecurityError.SEQUENCE_NUMBER_DUPLICATED;
        }
        if (isOutOfBound || (verdict == ReceivedDatagrams.Verdict.OUT_OF_BOUND && !isProved())) {
            return SecurityError.SEQUENCE_NUMBER_OUT_OF_BOUND;
        }
        // The program can receive nothing from a channel before its next message, or the rest of a
        // large one, is there. If that were refused for lack of room, no room would ever become
        // free. All channels may wait at once, since the peer sends in the order that it likes;
        // EXCESS covers that.
        long room = unblocks ? EXCESS * receiveBytes : receiveBytes;
        boolean fits = cost == 0 || (inbox.bytes() + cost <= room && inbox.hasRoomFor(cost));
        return fits ? null : SecurityError.DATA_RATE_TOO_HIGH;
    }

    private static SecurityError errorOf(DatagramReader.Fault fault) {
        return switch (fault) {
            case TOO_SHORT -> SecurityError.BUFFER_READ_OUT_OF_BOUND;
            case BAD_CHANNEL -> SecurityError.CHANNEL_ID_OUT_OF_BOUND;
            case BAD_FLAGS -> SecurityError.MESSAGE_TYPE_NOT_SUPPORTED;
            default -> SecurityError.BAD_PACKET;
        };
    }

    // ---------------------------------------------------------- the findings

    /** Bytes of user messages. */
    int effectiveSize() {
        return effectiveSize;
    }

    /** {@return true if it carries more than acknowledgements} */
    boolean carriesMore() {
        return carriesMore;
    }

    /** {@return true if the peer was not connected when it sent this} */
    boolean saysConnecting() {
        return saysConnecting;
    }

    /** {@return true if it belongs to another connection than this one} */
    boolean isOfAnother() {
        return isOfAnother;
    }

    /** {@return true if the peer asks for another connection than this one} */
    boolean asksAgain() {
        return asksAgain;
    }

    /**
     * {@return true if it has a message that can come before a connection is established, and is
     * not the answer to what this side never sent}
     */
    boolean isAboutConnecting() {
        return isAboutConnecting;
    }
}
