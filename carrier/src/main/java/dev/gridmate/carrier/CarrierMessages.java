package dev.gridmate.carrier;

import dev.gridmate.driver.Driver;
import dev.gridmate.internal.Arguments;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a carrier does with messages: the program sends them and receives them. */
abstract class CarrierMessages extends CarrierReadings {

    private final Posting posting;

    CarrierMessages(Driver driver, Rooms rooms) {
        super(driver, rooms);
        posting = new Posting(rooms, peers);
    }

    /**
     * Sends a message, reliable, with normal priority, on channel 0.
     *
     * @param data the message
     * @param target the connection, or {@link ConnectionId#ALL}
     * @return as the long form
     */
    public SendResult send(ByteBuffer data, ConnectionId target) {
        return send(data, target, DataReliability.SEND_RELIABLE, DataPriority.NORMAL, 0);
    }

    /**
     * Sends a message. It is copied, and leaves in the next update or {@code waitForData}, as soon
     * as the network has room.
     *
     * @param data the message, between position and limit, which may be empty; the position does
     *     not move
     * @param target the connection, or {@link ConnectionId#ALL}
     * @param reliability a message larger than {@link #messageMtu()} is always reliable, and the
     *     result says so
     * @param priority not {@link DataPriority#SYSTEM}
     * @param channel 0 to 2
     * @return {@link SendResult#OK}, or {@link SendResult#OK_BUT_RELIABLE}, if it was taken whole
     * @throws IllegalArgumentException if the message is above 32,766 chunks; the channel is not 0
     *     to 2; the priority is the system's
     */
    public SendResult send(
            ByteBuffer data, ConnectionId target, DataReliability reliability, DataPriority priority, int channel) {
        return post(data, null, target, reliability, priority, channel);
    }

    private SendResult post(
            ByteBuffer data,
            @Nullable AckCallback callback,
            ConnectionId target,
            DataReliability reliability,
            DataPriority priority,
            int channel) {
        enter();
        HostConnecting connecting = hosts.of(target);
        return connecting == null
                ? posting.send(data, callback, target, reliability, priority, channel)
                : posting.hold(data, callback, connecting, reliability, priority, channel);
    }

    /**
     * Sends a message to every established connection but one: what one player did, to all others.
     *
     * @param data the message
     * @param except the connection that does not get it; null to leave out none
     * @param reliability as for send
     * @param priority as for send
     * @param channel as for send
     * @return as {@link #send} if all took it; {@link SendResult#QUEUE_FULL} if one did not
     * @throws IllegalArgumentException as send, and if {@code except} is {@link ConnectionId#ALL}
     */
    public SendResult sendToAll(
            ByteBuffer data,
            @Nullable ConnectionId except,
            DataReliability reliability,
            DataPriority priority,
            int channel) {
        enter();
        return posting.sendToAll(data, except, reliability, priority, channel);
    }

    /**
     * Sends a message and tells what becomes of it.
     *
     * @param data the message
     * @param callback hears whether it arrived, if the message was taken
     * @param target the connection; not {@link ConnectionId#ALL}
     * @param reliability as for send
     * @param priority as for send
     * @param channel as for send
     * @return as send
     * @throws IllegalArgumentException as send, and if the target is all connections
     */
    public SendResult sendWithCallback(
            ByteBuffer data,
            AckCallback callback,
            ConnectionId target,
            DataReliability reliability,
            DataPriority priority,
            int channel) {
        if (target == ConnectionId.ALL) {
            throw new IllegalArgumentException("target is " + target + ": a callback needs one connection");
        }
        Objects.requireNonNull(callback, "callback");
        return post(data, callback, target, reliability, priority, channel);
    }

    /**
     * Receives the next message of a channel of a connection.
     *
     * @param into gets it at its position, which moves past it
     * @param from the connection
     * @param channel 0 to 2
     * @return what happened; the same object as the last time if it says the same
     * @throws IllegalArgumentException if the channel is not 0 to 2
     */
    public ReceiveResult receive(ByteBuffer into, ConnectionId from, int channel) {
        Peer peer = find(from);
        int which = Posting.checkChannel(channel);
        return peer == null ? rooms.delivery.nothing() : rooms.delivery.receive(into, peer.inbox, which);
    }

    /**
     * Receives messages from all connections and channels, which take turns.
     *
     * @param handler gets each message
     * @param limit how many at the most, 1 or more
     * @return how many the handler got
     * @throws IllegalArgumentException if the limit is below 1
     */
    public int receive(MessageHandler handler, int limit) {
        enter();
        Objects.requireNonNull(handler, "handler");
        return rooms.delivery.receive(handler, Arguments.atLeast("limit", limit, 1));
    }

    /**
     * Receives messages from one connection, whose channels take turns. For a program that can hold
     * back one peer, whose messages it has no use for yet, without keeping the others waiting.
     *
     * @param handler gets each message
     * @param from the connection
     * @param limit how many at the most, 1 or more
     * @return how many the handler got
     * @throws IllegalArgumentException if the limit is below 1
     */
    public int receive(MessageHandler handler, ConnectionId from, int limit) {
        Peer peer = find(from);
        Objects.requireNonNull(handler, "handler");
        int most = Arguments.atLeast("limit", limit, 1);
        return peer == null ? 0 : rooms.delivery.receive(handler, peer.inbox, most);
    }
}
