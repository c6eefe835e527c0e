package dev.gridmate.carrier.link;

import dev.gridmate.carrier.AckCallback;
import dev.gridmate.carrier.DisconnectNotice;
import dev.gridmate.carrier.traffic.TrafficControl;
import dev.gridmate.carrier.wire.AcksReader;
import dev.gridmate.carrier.wire.DisconnectPayload;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The way out of a {@link Link}: from the program's messages to a datagram, and until its
 * acknowledgement.
 *
 * <p>{@link UserOutbox} has the program's messages and {@link SystemOutbox} the carrier's own.
 * {@link DatagramComposer} makes datagrams of both, and {@link Flight} knows those that were sent.
 */
public final class Outbound {

    private final SystemOutbox system;
    private final UserOutbox user;
    private final Flight flight;
    private final DatagramComposer composer;
    private final int messageMtu;

    Outbound(
            TrafficControl.Flow flow,
            LinkResources resources,
            Acknowledgements acknowledgements,
            int firstNumber,
            long now) {
        system = new SystemOutbox(acknowledgements);
        messageMtu = resources.limits().messageMtu();
        user = new UserOutbox(flow, resources, now);
        flight = new Flight(flow, user, firstNumber);
        composer = new DatagramComposer(flow, system, user, flight, resources, now);
    }

    // ---------------------------------------------------------- the program's messages

    /**
     * Queues a user message, in chunks if it does not fit one datagram.
     *
     * @param isReliable a message in chunks is reliable in any case
     * @param priority 0 is the most urgent
     * @param callback is told what became of it; null if nobody wants to know
     * @return false if it does not fit the queue; an empty queue takes any message
     */
    public boolean send(
            ByteBuffer data, int channel, boolean isReliable, int priority, @Nullable AckCallback callback) {
        return user.send(data, channel, isReliable, priority, callback);
    }

    /** {@return how many messages and chunks of a priority have not left yet} */
    public int numToSend(int priority) {
        return user.numToSend(priority);
    }

    /** {@return how many messages and chunks wait to leave, for the first time or again} */
    int numToSend() {
        return user.numToSend();
    }

    /** {@return the bytes of user messages that have not left yet} */
    public long bytesToSend() {
        return user.bytesToSend();
    }

    /** {@return the most that these ever were} */
    public long mostToSend() {
        return user.mostToSend();
    }

    /** {@return true if every user message has left, and every reliable one is acknowledged} */
    public boolean isDrained() {
        return user.isDrained();
    }

    /**
     * {@return for how many nanoseconds the peer has acknowledged nothing although it is heard and
     * messages wait for it; 0 if all are acknowledged}
     */
    public long unacknowledgedFor(long now) {
        return user.unacknowledgedFor(now);
    }

    /**
     * {@return when {@link #unacknowledgedFor} will have reached a timeout; {@link Long#MAX_VALUE}
     * if it will not unless the peer is heard}
     */
    public long unacknowledgedAt(long timeout) {
        return user.unacknowledgedAt(timeout);
    }

    /** The peer has said something. */
    void onHeard(long now) {
        user.onHeard(now);
    }

    // ---------------------------------------------------------- the carrier's own messages

    /** Sets the data of the requests to connect. */
    public void connectRequest(byte[] data) {
        system.connectRequest(data);
    }

    /** Puts another request to connect into the next datagram. */
    public void requestConnect() {
        system.requestConnect();
    }

    /** Puts the answer to a request to connect into the next datagram. */
    public void connectAck(byte[] data) {
        system.connectAck(data);
    }

    /**
     * So many datagrams have left already, each with the answer to a request, and the peer has got
     * one of them.
     *
     * @param datagrams 1 or more
     * @param size of each, in bytes
     * @param sentAt when the last one left
     */
    public void onAnswered(int datagrams, int size, long sentAt) {
        system.onAnswered(datagrams);
        flight.onAnswered(datagrams - 1);
        flight.onSent(size, 0, true, null, sentAt);
    }

    /**
     * The peer asks again, so it may not have the answer. The same message is sent again, but not
     * for each of the requests that were on their way when it was sent first.
     */
    public void connectAckAgain(long now) {
        system.connectAckAgain(now);
    }

    /**
     * Puts the end of the connection into the next datagram, now and with each call. No user
     * message leaves any more. It is one message: what the first call says is said each time.
     *
     * @param reason as on the wire
     * @param notice what is said with it; null for nothing
     */
    public void disconnect(int reason, @Nullable DisconnectNotice notice) {
        system.disconnect(
                notice == null
                        ? DisconnectPayload.of(reason)
                        : DisconnectPayload.of(reason, notice.code(), notice.text(), messageMtu));
        user.stop();
    }

    /** Puts the end into the next datagram, as {@link #disconnect(int, DisconnectNotice)}. */
    public void disconnect(int reason) {
        disconnect(reason, null);
    }

    /** Has a datagram leave now, which a peer that is there acknowledges. */
    public void probe(long now) {
        system.probe(now);
    }

    /** Puts the time into the next datagram. */
    public void clockSync() {
        system.clockSync();
    }

    /**
     * {@return true if {@link #compose} needs to know the time; reading the clock is a call to the
     * system}
     */
    public boolean isClockSyncDue() {
        return system.isClockSyncDue();
    }

    /** The connection is established: what is sent says so, and user messages may leave. */
    public void onConnected() {
        system.onConnected();
        user.open();
    }

    /**
     * This side does not connect any more, although it is not connected: what is sent no longer
     * says that it does.
     */
    public void onGivenUp() {
        system.onConnectingOver();
    }

    void onPeerConnected() {
        system.onPeerConnected();
    }

    // ---------------------------------------------------------- datagrams

    /** {@return true if there is something to write} */
    public boolean hasSomethingToSend(boolean mayCarryData, long now) {
        return composer.hasSomethingToSend(mayCarryData, now);
    }

    /** {@return true if user messages wait, and the windows let them leave} */
    public boolean hasDataToSend(long now) {
        return composer.hasDataToSend(now);
    }

    /**
     * Writes one datagram.
     *
     * @param into gets it at its position; has room for the largest datagram
     * @param mayCarryData true if user messages may leave
     * @param now the time, in nanoseconds
     * @param clock what the clock shows, in milliseconds, if {@link #isClockSyncDue}
     * @return its size in bytes
     */
    public int compose(ByteBuffer into, boolean mayCarryData, long now, int clock) {
        return composer.compose(into, mayCarryData, now, clock);
    }

    /** As {@link Flight#isFresh}. */
    boolean isFresh(AcksReader acks) {
        return flight.isFresh(acks);
    }

    /** Takes acknowledgements; returns false if they are not believed. */
    boolean onAcks(AcksReader acks, long now) {
        return flight.onAcks(acks, now);
    }

    void loseOverdue(long now) {
        flight.loseOverdue(now);
    }

    /** When the link must be looked at again if nothing arrives. */
    long nextDue(boolean mayCarryData) {
        return mayCarryData ? Math.min(flight.nextLoss(), composer.nextPaced()) : flight.nextLoss();
    }

    /** {@return true if the congestion window has changed since the last call} */
    public boolean takeFlowChanged() {
        return flight.takeFlowChanged();
    }

    /**
     * Frees everything, when the connection is forgotten; what was not acknowledged counts as lost.
     */
    public void close() {
        flight.clear();
        user.close();
    }
}
