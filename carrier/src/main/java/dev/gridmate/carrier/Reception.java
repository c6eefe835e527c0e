package dev.gridmate.carrier;

import dev.gridmate.carrier.wire.DatagramReader;
import dev.gridmate.driver.PacketHandler;
import dev.gridmate.driver.SocketDriverAddress;
import java.nio.ByteBuffer;

/**
 * Takes what comes in: a peer's datagrams go to its link, and those of all others to the newcomers.
 */
final class Reception implements PacketHandler {

    private final Rooms rooms;
    private final Peers peers;
    private final Newcomers newcomers;
    private final DatagramReader reader = new DatagramReader();
    private final Once errors = new Once();

    Reception(Rooms rooms, Peers peers, Newcomers newcomers) {
        this.rooms = rooms;
        this.peers = peers;
        this.newcomers = newcomers;
    }

    @Override
    public void onPacket(SocketDriverAddress from, ByteBuffer packet) {
        Peer peer = peers.at(from);
        if (peer == null) {
            newcomers.onPacket(from, packet);
            return;
        }
        ByteBuffer datagram = rooms.port.decode(packet);
        if (datagram == null) {
            rooms.counters.add(CarrierCounter.DATAGRAMS_BAD, 1);
            peer.onSecurityError(SecurityError.BAD_PACKET);
        } else {
            peer.wake();
            peer.link.onDatagram(datagram, reader, rooms.time.now());
        }
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
