package dev.gridmate.carrier;

import dev.gridmate.carrier.link.Outbound;
import dev.gridmate.driver.ResultCode;

/**
 * Lets datagrams leave: those whose turn it is compose what they have, as long as the driver has
 * room.
 */
final class Sending {

    /** A driver that has no room wakes the loop when it has; this is for one that does not. */
    private static final long TRY_AGAIN = 10 * CarrierTime.MILLISECOND;

    private final Rooms rooms;
    private final Agenda<Peer> agenda;

    Sending(Rooms rooms, Agenda<Peer> agenda) {
        this.rooms = rooms;
        this.agenda = agenda;
    }

    /** Sends what everybody on the agenda has; returns how many datagrams that was. */
    int sendAll() {
        int sent = 0;
        agenda.beginSending();
        for (Peer peer = agenda.nextToSend(); peer != null; peer = agenda.nextToSend()) {
            sent += send(peer);
        }
        return sent;
    }

    /** Sends what one has; returns how many datagrams that was. */
    int send(Peer peer) {
        long now = rooms.time.now();
        Outbound out = peer.link.outbound();
        boolean mayCarryData = peer.mayCarryData(now);
        boolean isBlocked = false;
        int sent = 0;
        ResultCode code = ResultCode.OK;
        try {
            while (isGoingOn(code) && !isBlocked && out.hasSomethingToSend(mayCarryData, now)) {
                isBlocked = peer.waitsForPredecessor() || !rooms.port.hasRoom(peer.address);
                if (!isBlocked) {
                    int time = out.isClockSyncDue() ? (int) rooms.time.shared() : 0;
                    int size = out.compose(rooms.port.beginDatagram(), mayCarryData, now, time);
                    sent++;
                    code = rooms.port.send(peer.address, size, peer.wasEstablished());
                }
            }
        } finally { // also when a simulator or a compressor threw: the connection must not be lost
            plan(peer, isBlocked, sent, now);
        }
        if (!isGoingOn(code)) {
            peer.onDriverError(rooms.port.error(code));
        }
        return sent;
    }

    private static boolean isGoingOn(ResultCode code) {
        return code == ResultCode.OK || code == ResultCode.SEND_BUFFER_FULL;
    }

    private void plan(Peer peer, boolean isBlocked, int sent, long now) {
        long next = peer.nextDue(now);
        if (isBlocked) {
            agenda.again(peer, sent > 0, Math.max(next, now + TRY_AGAIN));
        } else {
            agenda.later(peer, next);
        }
    }

    /**
     * Ends a connection because its carrier is closing: the peer is told once, if the driver takes
     * it.
     */
    void close(Peer peer) {
        CarrierDisconnectReason why = new CarrierDisconnectReason(
                CarrierDisconnectReason.Code.SHUTTING_DOWN, "this side's carrier was closed");
        Outbound out = peer.link.outbound();
        if (peer.isOpen()) {
            peer.ending.sayGoodbye(why, DisconnectNotice.SHUTTING_DOWN);
            if (rooms.port.isOpen() && !peer.waitsForPredecessor() && rooms.port.hasRoom(peer.address)) {
                rooms.port.sendLast(peer.address, out.compose(rooms.port.beginDatagram(), false, rooms.time.now(), 0));
            }
        }
        peer.ending.vanish(why);
        out.close();
    }
}
