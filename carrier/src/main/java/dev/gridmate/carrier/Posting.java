package dev.gridmate.carrier;

import dev.gridmate.carrier.wire.MessageHeader;
import dev.gridmate.internal.Arguments;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Takes messages from the program and puts them into the queues of their connections. */
final class Posting {

    /** Channels for users. */
    static final int CHANNELS = MessageHeader.SYSTEM_CHANNEL;

    private final Rooms rooms;
    private final Peers peers;
    private int firstOfAll;

    Posting(Rooms rooms, Peers peers) {
        this.rooms = rooms;
        this.peers = peers;
    }

    static int checkChannel(int channel) {
        return Arguments.inRange("channel", channel, 0, CHANNELS - 1);
    }

    SendResult send(
            ByteBuffer data,
            @Nullable AckCallback callback,
            ConnectionId target,
            DataReliability reliability,
            DataPriority priority,
            int channel) {
        if (target == ConnectionId.ALL) {
            return sendToAll(data, null, reliability, priority, channel);
        }
        checkMessage(data, priority, channel);
        if (isRejected(data, reliability)) {
            return SendResult.TOO_LARGE;
        }
        Peer peer = peers.of(target);
        if (peer == null || !peer.isWanted()) {
            rooms.counters.add(CarrierCounter.SENDS_REJECTED, 1);
            return SendResult.NOT_CONNECTED;
        }
        return queue(peer, data, callback, isReliable(reliability), priority, channel);
    }

    /** Takes a message for a connection that nobody has answered yet. */
    SendResult hold(
            ByteBuffer data,
            @Nullable AckCallback callback,
            HostConnecting target,
            DataReliability reliability,
            DataPriority priority,
            int channel) {
        checkMessage(data, priority, channel);
        if (isRejected(data, reliability)) {
            return SendResult.TOO_LARGE;
        }
        boolean isReliable = isReliable(reliability);
        boolean isEnding = target.drainUntil() != Long.MAX_VALUE;
        boolean isTaken = !isEnding && target.held.add(data, callback, isReliable, priority, channel);
        return counted(isTaken, data, isReliable, isEnding ? SendResult.NOT_CONNECTED : SendResult.QUEUE_FULL);
    }

    private SendResult counted(boolean isTaken, ByteBuffer data, boolean isReliable, SendResult otherwise) {
        rooms.counters.add(isTaken ? CarrierCounter.MESSAGES_OUT : CarrierCounter.SENDS_REJECTED, 1);
        if (!isTaken) {
            return otherwise;
        }
        boolean isMadeReliable = isMadeReliable(data, isReliable);
        rooms.counters.add(CarrierCounter.MESSAGES_MADE_RELIABLE, isMadeReliable ? 1 : 0);
        return isMadeReliable ? SendResult.OK_BUT_RELIABLE : SendResult.OK;
    }

    private boolean isRejected(ByteBuffer data, DataReliability reliability) {
        boolean isRejected =
                rooms.desc.timing().rejectLargeUnreliable() && isMadeReliable(data, isReliable(reliability));
        rooms.counters.add(CarrierCounter.SENDS_REJECTED, isRejected ? 1 : 0);
        return isRejected;
    }

    private boolean isMadeReliable(ByteBuffer data, boolean isReliable) {
        return !isReliable && data.remaining() > rooms.limits.messageMtu();
    }

    private static boolean isReliable(DataReliability reliability) {
        return reliability == DataReliability.SEND_RELIABLE;
    }

    SendResult sendToAll(
            ByteBuffer data,
            @Nullable ConnectionId except,
            DataReliability reliability,
            DataPriority priority,
            int channel) {
        checkMessage(data, priority, channel);
        if (isRejected(data, reliability)) {
            return SendResult.TOO_LARGE;
        }
        Peer leftOut = leftOut(except);
        boolean isReliable = isReliable(reliability);
        SendResult result = isMadeReliable(data, isReliable) ? SendResult.OK_BUT_RELIABLE : SendResult.OK;
        int count = peers.count();
        int first = count == 0 ? 0 : Math.floorMod(firstOfAll++, count); // nobody is always served before the others
        for (int i = 0; i < count; i++) {
            Peer peer = peers.at(first + i < count ? first + i : first + i - count);
            if (peer.isConnected()
                    && peer != leftOut
                    && !queue(peer, data, null, isReliable, priority, channel).isTaken()) {
                result = SendResult.QUEUE_FULL;
            }
        }
        return result;
    }

    private @Nullable Peer leftOut(@Nullable ConnectionId except) {
        if (except == ConnectionId.ALL) {
            throw new IllegalArgumentException("except is " + except + ", it must be one connection, or null");
        }
        return except == null ? null : peers.of(except);
    }

    private void checkMessage(ByteBuffer data, DataPriority priority, int channel) {
        int ignored = checkChannel(channel);
        if (priority == DataPriority.SYSTEM) {
            throw new IllegalArgumentException("priority is SYSTEM, which is the carrier's own");
        }
        long most = (long) rooms.limits.messageMtu() * MessageHeader.MAX_CHUNKS;
        if (data.remaining() > most) {
            throw new IllegalArgumentException(
                    "the message has " + data.remaining() + " bytes, it must have at most " + most);
        }
    }

    private SendResult queue(
            Peer peer,
            ByteBuffer data,
            @Nullable AckCallback callback,
            boolean isReliable,
            DataPriority priority,
            int channel) {
        boolean isTaken = take(peer, data, callback, isReliable, priority, channel);
        return counted(isTaken, data, isReliable, SendResult.QUEUE_FULL);
    }

    /** Puts a message into the queue of a connection; returns false if that is full. */
    @SuppressWarnings("EnumOrdinal") // the order of the constants is the order of urgency
    static boolean take(
            Peer peer,
            ByteBuffer data,
            @Nullable AckCallback callback,
            boolean isReliable,
            DataPriority priority,
            int channel) {
        peer.wake();
        return peer.link.outbound().send(data, channel, isReliable, priority.ordinal(), callback);
    }
}
