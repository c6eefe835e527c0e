package dev.gridmate.carrier.link;

import dev.gridmate.carrier.traffic.FlowInformation;
import dev.gridmate.carrier.traffic.TrafficControl;
import dev.gridmate.carrier.wire.DatagramReader;
import java.nio.ByteBuffer;

/**
 * Turns messages into datagrams and back, for one peer: numbers, acknowledgements, retransmission,
 * order. It is the pair of {@link Inbound} and {@link Outbound}, and what concerns both.
 *
 * <p>It knows neither sockets nor threads, and the time is a parameter, in nanoseconds. The peer's
 * life (who may connect, when a connection is over) is decided outside; a {@link LinkListener} is
 * told what arrives.
 */
public final class Link {

    private final TrafficControl.Flow flow;
    private final Acknowledgements acknowledgements;
    private final Outbound outbound;
    private final Inbound inbound;

    /**
     * Makes a link.
     *
     * @param flow the peer's traffic control
     * @param listener is told what arrives
     * @param resources what the carrier's links share
     * @param firstNumber the number of the first datagram
     * @param now the time
     */
    public Link(TrafficControl.Flow flow, LinkListener listener, LinkResources resources, int firstNumber, long now) {
        this.flow = flow;
        acknowledgements = new Acknowledgements(now);
        outbound = new Outbound(flow, resources, acknowledgements, firstNumber, now);
        inbound = new Inbound(flow, listener, resources, acknowledgements, outbound, now);
    }

    /** {@return what leaves} */
    public Outbound outbound() {
        return outbound;
    }

    /** {@return what arrives} */
    public Inbound inbound() {
        return inbound;
    }

    /**
     * Begins an update: acknowledgements may be written once in each, and overdue datagrams are
     * given up.
     */
    public void beginUpdate(long now) {
        acknowledgements.beginUpdate();
        outbound.loseOverdue(now);
    }

    /** {@return when something will be due although nothing arrives} */
    public long nextDue(boolean mayCarryData) {
        return Math.min(outbound.nextDue(mayCarryData), acknowledgements.nextDue());
    }

    /** Takes a datagram, or drops all of it and says why. */
    public void onDatagram(ByteBuffer datagram, DatagramReader reader, long now) {
        inbound.onDatagram(datagram, reader, now);
    }

    /** {@return when the last datagram arrived that was taken; at first, when the link was made} */
    public long lastReceived() {
        return inbound.lastReceived();
    }

    /** {@return true if the peer has spoken as one that is connected} */
    public boolean hasPeerConnected() {
        return inbound.hasPeerConnected();
    }

    /** The handshake is over: from now on the peer's messages belong to this connection. */
    public void onEstablished() {
        inbound.onEstablished();
    }

    /** The connection is over: a request to connect that arrives from now on is for a new one. */
    public void onOver() {
        inbound.onOver();
    }

    /** {@return how full the link is} */
    public FlowInformation flowInformation() {
        return new FlowInformation(
                outbound.numToSend(), inbound.numToReceive(), flow.dataInTransfer(), flow.congestionWindow());
    }
}
