package dev.gridmate.carrier;

import java.nio.ByteBuffer;
import java.time.Duration;

/** Says nothing, and lets in whoever asks. Tests override what they are about. */
class OpenHandshake implements Handshake {

    @Override
    public void onInitiate(ConnectionId id, ByteBuffer out) {}

    @Override
    public Result onReceiveRequest(ConnectionId id, ByteBuffer in, ByteBuffer out) {
        return Result.OK;
    }

    @Override
    public boolean onConfirmRequest(ConnectionId id, ByteBuffer in) {
        return true;
    }

    @Override
    public boolean onReceiveAck(ConnectionId id, ByteBuffer in) {
        return true;
    }

    @Override
    public boolean onConfirmAck(ConnectionId id, ByteBuffer in) {
        return true;
    }

    @Override
    public Duration handshakeTimeout() {
        return Duration.ofSeconds(5);
    }
}
