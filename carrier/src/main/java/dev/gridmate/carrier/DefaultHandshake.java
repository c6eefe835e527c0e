package dev.gridmate.carrier;

import dev.gridmate.internal.Arguments;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;

/**
 * Lets every peer connect that has the same version. Only the version is sent, as 32 bits.
 *
 * <p>Extend it to send and to judge more behind the version, a password for example:
 *
 * <pre>{@code
 * class PasswordHandshake extends DefaultHandshake {
 *     @Override
 *     protected void writeRequest(ConnectionId id, ByteBuffer out) {
 *         out.put(password);
 *     }
 *
 *     @Override
 *     protected Result judgeRequest(ConnectionId id, ByteBuffer in, ByteBuffer out) {
 *         return isRight(in) ? Result.OK : Result.REJECTED;
 *     }
 * }
 * }</pre>
 */
public class DefaultHandshake implements Handshake {

    private static final int SIZE = 4;

    private final int version;
    private final Duration timeout;

    /**
     * Makes a handshake.
     *
     * @param version what both sides must have alike; all 32 bits count
     * @param timeout how long a handshake may take, more than zero
     * @throws IllegalArgumentException if the timeout is not above zero
     */
    public DefaultHandshake(int version, Duration timeout) {
        this.version = version;
        this.timeout = Arguments.aboveZero("timeout", Objects.requireNonNull(timeout, "timeout"));
    }

    // ------------------------------------------------------------ to override

    /**
     * Writes what the other side gets behind the version. Nothing, unless overridden.
     *
     * @param id the connection
     * @param out has room for as many bytes as one datagram holds, less 4
     */
    protected void writeRequest(ConnectionId id, ByteBuffer out) {}

    /**
     * Judges a request with the right version. All are welcome, unless overridden.
     *
     * @param id the connection
     * @param in what the other side wrote behind the version; a peer of the original may have
     *     appended bytes of value 1
     * @param out gets the answer; the version is in it already
     * @return the judgement
     */
    protected Result judgeRequest(ConnectionId id, ByteBuffer in, ByteBuffer out) {
        return Result.OK;
    }

    /**
     * Judges an answer with the right version. All are accepted, unless overridden.
     *
     * @param id the connection
     * @param in what the other side wrote behind the version
     * @return true to connect
     */
    protected boolean judgeAnswer(ConnectionId id, ByteBuffer in) {
        return true;
    }

    // ------------------------------------------------------------ for the carrier

    @Override
    public void onInitiate(ConnectionId id, ByteBuffer out) {
        out.putInt(version);
        writeRequest(id, out);
    }

    @Override
    public Result onReceiveRequest(ConnectionId id, ByteBuffer in, ByteBuffer out) {
        if (!isSameVersion(in)) {
            return Result.VERSION_MISMATCH;
        }
        out.putInt(version);
        return judgeRequest(id, in, out);
    }

    @Override
    public boolean onConfirmRequest(ConnectionId id, ByteBuffer in) {
        return isSameVersion(in);
    }

    @Override
    public boolean onReceiveAck(ConnectionId id, ByteBuffer in) {
        return isSameVersion(in) && judgeAnswer(id, in);
    }

    @Override
    public boolean onConfirmAck(ConnectionId id, ByteBuffer in) {
        return isSameVersion(in);
    }

    // More may follow the version: the original appends a byte with each repetition of its request.
    private boolean isSameVersion(ByteBuffer in) {
        return in.remaining() >= SIZE && in.getInt() == version;
    }

    @Override
    public Duration handshakeTimeout() {
        return timeout;
    }
}
