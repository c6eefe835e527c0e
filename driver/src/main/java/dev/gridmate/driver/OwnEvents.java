package dev.gridmate.driver;

import java.util.Objects;

/**
 * Passes the events of one driver on. The bus carries those of all drivers of a GridMate, among
 * which there may be two with connections to the same peer.
 */
@SuppressWarnings("ReferenceEquality") // whose an address is, is a question of identity
final class OwnEvents implements StreamSocketDriverEvents {

    private final Object driver;
    private final StreamSocketDriverEvents handler;

    OwnEvents(Object driver, StreamSocketDriverEvents handler) {
        this.driver = driver;
        this.handler = Objects.requireNonNull(handler, "handler");
    }

    private boolean isOwn(SocketDriverAddress address) {
        return address.owner == driver;
    }

    @Override
    public void onConnectionEstablished(SocketDriverAddress address) {
        if (isOwn(address)) {
            handler.onConnectionEstablished(address);
        }
    }

    @Override
    public void onConnectionDisconnected(SocketDriverAddress address, DisconnectReason reason) {
        if (isOwn(address)) {
            handler.onConnectionDisconnected(address, reason);
        }
    }

    @Override
    public void onConnectionFailed(SocketDriverAddress address, DisconnectReason reason) {
        if (isOwn(address)) {
            handler.onConnectionFailed(address, reason);
        }
    }
}
