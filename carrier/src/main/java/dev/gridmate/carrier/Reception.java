package dev.gridmate.carrier;

import dev.gridmate.carrier.wire.DatagramReader;
import dev.gridmate.carrier.wire.SystemMessage;
import dev.gridmate.driver.PacketHandler;
import dev.gridmate.driver.SocketDriverAddress;
import java.nio.ByteBuffer;

/**
 * Takes what comes in: a peer's datagrams go to its link, and those of strangers are looked at
 * closely.
 */
final class Reception implements PacketHandler {

    private final Rooms rooms;
    private final Peers peers;
    private final DatagramReader reader = new DatagramReader();
    private final Once errors = new Once();

    Reception(Rooms rooms, Peers peers) {
        this.rooms = rooms;
        this.peers = peers;
    }

    @Override
    public void onPacket(SocketDriverAddress from, ByteBuffer packet) {
        Peer peer = peers.at(from);
        ByteBuffer datagram = rooms.port.decode(packet);
        if (datagram == null) {
            rooms.counters.add(CarrierCounter.DATAGRAMS_BAD, 1);
            if (peer == null) {
                onStrangeError(SecurityError.BAD_PACKET);
            } else {
                peer.onSecurityError(SecurityError.BAD_PACKET);
            }
        } else if (peer != null) {
            peer.wake();
            peer.link.onDatagram(datagram, reader, rooms.time.now());
        } else {
            onStranger(from, datagram, rooms.port.wasCompressed());
        }
    }

    /**
     * Nothing is kept of an unknown sender, unless the whole datagram is in order and begins with a
     * request to connect.
     */
    private void onStranger(SocketDriverAddress from, ByteBuffer datagram, boolean wasCompressed) {
        boolean isRead = datagram.remaining() <= rooms.limits.maxDatagramSize() && reader.wrap(datagram);
        boolean asks = isRead && reader.next() && SystemMessage.isConnectRequest(reader);
        boolean isSound = isRead && isSoundToTheEnd(reader);
        if (!asks || !isSound || wasCompressed) {
            rooms.counters.add(CarrierCounter.DATAGRAMS_UNKNOWN, 1);
            if (!isSound) { // otherwise it is most likely the last words of a connection that is forgotten here
                onStrangeError(SecurityError.INVALID_SOURCE_ADDRESS);
            }
        } else if (!rooms.handshake.welcomes(from)) {
            rooms.counters.add(CarrierCounter.CONNECTIONS_REFUSED, 1);
        } else if (peers.open() >= rooms.desc.limits().maxConnections()) {
            rooms.counters.add(CarrierCounter.CONNECTIONS_REFUSED, 1);
            rooms.port.refuse(from, CarrierDisconnectReason.Code.HANDSHAKE_REJECTED, DisconnectNotice.FULL);
        } else {
            rooms.counters.add(CarrierCounter.CONNECTIONS_INCOMING, 1);
            Peer peer = peers.addIncoming(from);
            rooms.teller.onIncoming(peer.id);
            peer.link.onDatagram(datagram, reader, rooms.time.now());
        }
    }

    private static boolean isSoundToTheEnd(DatagramReader reader) {
        boolean more = true;
        while (more) {
            more = reader.next();
        }
        return reader.fault() == DatagramReader.Fault.NONE;
    }

    /** The program did not call update for long. */
    void onGap(long nanos) {
        rooms.counters.add(CarrierCounter.UPDATE_GAPS, 1);
        if (nanos > rooms.desc.detection().timeout().toNanos() && peers.count() > 0) {
            onStrangeError(SecurityError.UPDATE_TIMEOUT);
        }
    }

    /** Tells of an error that is not a connection's, once in an update. */
    private void onStrangeError(SecurityError error) {
        if (rooms.news.isHeard() && errors.isFirst(error.bit(), rooms.news.turn())) {
            rooms.teller.onSecurityError(ConnectionId.ALL, error);
        }
    }
}
