package dev.gridmate.carrier;

import java.nio.ByteBuffer;

/** Lets in whoever has a token of a thousand zeros, which compresses well. */
class TokenHandshake extends OpenHandshake {

    private static final int SIZE = 1_000;

    @Override
    public void onInitiate(ConnectionId id, ByteBuffer out) {
        out.put(new byte[SIZE]);
    }

    @Override
    public Result onReceiveRequest(ConnectionId id, ByteBuffer in, ByteBuffer out) {
        return in.remaining() >= SIZE ? Result.OK : Result.REJECTED;
    }
}
