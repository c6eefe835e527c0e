package dev.gridmate.carrier;

import dev.gridmate.driver.DisconnectReason;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.driver.StreamSocketDriverEvents;

/** The end of a connection of the driver is the end of the carrier's connection on it. */
final class ConnectionEnds implements StreamSocketDriverEvents {

    private final Peers peers;
    private final Hosts hosts;
    private final Newcomers newcomers;
    private final Teller teller;

    ConnectionEnds(Peers peers, Hosts hosts, Newcomers newcomers, Teller teller) {
        this.peers = peers;
        this.hosts = hosts;
        this.newcomers = newcomers;
        this.teller = teller;
    }

    @Override
    public void onConnectionEstablished(SocketDriverAddress address) {
        hosts.onDriverConnected(address);
        peers.forEachOn(address, Peer::wake);
    }

    @Override
    public void onConnectionDisconnected(SocketDriverAddress address, DisconnectReason reason) {
        onGone(address, ResultCode.SEND_ADDRESS_NOT_BOUND, reason);
    }

    @Override
    public void onConnectionFailed(SocketDriverAddress address, DisconnectReason reason) {
        hosts.onDriverFailed(address, reason);
        onGone(address, ResultCode.SOCKET_CONNECT, reason);
    }

    private void onGone(SocketDriverAddress address, ResultCode code, DisconnectReason reason) {
        DriverError error = new DriverError(code, reason.toString());
        CarrierDisconnectReason why = new CarrierDisconnectReason(
                CarrierDisconnectReason.Code.DRIVER_ERROR, "the driver's connection ended: " + reason);
        peers.forEachOn(address, peer -> {
            if (peer.isOpen()) {
                teller.onDriverError(peer.id, error);
            }
            peer.ending.vanish(why);
            peers.forget(peer);
        });
        newcomers.onGone(address, why, id -> teller.onDriverError(id, error));
    }
}
