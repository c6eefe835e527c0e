package dev.gridmate.carrier;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;

/** Lets in whoever has the same version. What is sent is the version alone, as 32 bits. */
public final class DefaultHandshake implements Handshake {

    private static final int SIZE = 4;

    private final int version;
    private final Duration timeout;

    /**
     * Makes a handshake.
     *
     * @param version what both sides must have alike; all 32 bits count
     * @param timeout how long a handshake may take
     * @throws IllegalArgumentException if the timeout is not above zero
     */
    public DefaultHandshake(int version, Duration timeout) {
        if (Objects.requireNonNull(timeout, "timeout").isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("timeout is " + timeout + ", it must be above zero");
        }
        this.version = version;
        this.timeout = timeout;
    }

    @Override
    public void onInitiate(ConnectionId id, ByteBuffer out) {
        out.putInt(version);
    }

    @Override
    public Result onReceiveRequest(ConnectionId id, ByteBuffer in, ByteBuffer out) {
        if (!isSameVersion(in)) {
            return Result.VERSION_MISMATCH;
        }
        out.putInt(version);
        return Result.OK;
    }

    @Override
    public boolean onConfirmRequest(ConnectionId id, ByteBuffer in) {
        return isSameVersion(in);
    }

    @Override
    public boolean onReceiveAck(ConnectionId id, ByteBuffer in) {
        return isSameVersion(in);
    }

    @Override
    public boolean onConfirmAck(ConnectionId id, ByteBuffer in) {
        return isSameVersion(in);
    }

    // What follows the version belongs to nobody: the original appends a byte with each repetition of its request.
    private boolean isSameVersion(ByteBuffer in) {
        return in.remaining() >= SIZE && in.getInt() == version;
    }

    @Override
    public Duration handshakeTimeout() {
        return timeout;
    }
}
