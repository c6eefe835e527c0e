package dev.gridmate.carrier;

import java.nio.ByteBuffer;
import java.time.Duration;

/** Lets in whoever has a token of a thousand zeros, which compresses well. */
class TokenHandshake implements Handshake {

    private static final int SIZE = 1_000;

    @Override
    public void onInitiate(ConnectionId id, ByteBuffer out) {
        out.put(new byte[SIZE]);
    }

    @Override
    public Result onReceiveRequest(ConnectionId id, ByteBuffer in, ByteBuffer out) {
        return in.remaining() >= SIZE ? Result.OK : Result.REJECTED;
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
