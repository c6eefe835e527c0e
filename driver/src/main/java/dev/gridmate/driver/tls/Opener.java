package dev.gridmate.driver.tls;

import static dev.gridmate.driver.DisconnectReason.Code.REMOTE_TRUNCATED;
import static dev.gridmate.driver.DisconnectReason.Code.TLS_FAILED;

import dev.gridmate.driver.transport.Endpoint;
import dev.gridmate.driver.transport.EndpointException;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Records to plaintext, for one connection.
 *
 * <pre>
 *   inner.read --&gt; [ arrived ] --unwrap--&gt; the caller's room
 *                        `------unwrap--&gt; [ opened ] --&gt; the caller's room, if that is too small for a record
 * </pre>
 */
final class Opener {

    private final Endpoint inner;
    private final Sealer sealer;
    private final PooledBuffer arrived;
    private final PooledBuffer opened;

    private @Nullable SSLEngine engine;

    /** There may be plaintext here, whatever the socket has. */
    private boolean hasInput;

    /** The peer asked for new keys, and there was no room for the answer. */
    private boolean owesAnswer;

    private boolean isAtEnd;
    private boolean wasNotified;

    Opener(Endpoint inner, Buffers buffers, Sealer sealer) {
        this.inner = inner;
        this.sealer = sealer;
        this.arrived = new PooledBuffer(buffers, Buffers.RECORD);
        this.opened = new PooledBuffer(buffers, Buffers.RECORD);
    }

    /** Sets the engine, which is made when the handshake begins. */
    void use(SSLEngine next) {
        engine = next;
    }

    boolean hasInput() {
        return hasInput;
    }

    boolean owesAnswer() {
        return owesAnswer;
    }

    /** {@return true if the peer sends no more} */
    boolean isAtEnd() {
        return isAtEnd;
    }

    // ------------------------------------------------------------ the
    // handshake

    /** {@return true if bytes wait that no record was made of yet} */
    boolean hasArrived() {
        return arrived.held() > 0;
    }

    /** Reads from the network, as {@link Endpoint#read} does. */
    int fill() throws IOException {
        return inner.read(arrived.get());
    }

    /** {@return what has arrived, between 0 and the position} */
    ByteBuffer arrived() {
        return arrived.get();
    }

    /** Opens a record of the handshake; {@return false if there is only a part of one} */
    boolean openMessage() throws SSLException {
        if (!hasArrived()) {
            return false;
        }
        Status status = unwrap(opened.get()).getStatus();
        if (status == Status.CLOSED) {
            throw new SSLException("closed by the peer");
        }
        return status != Status.BUFFER_UNDERFLOW;
    }

    /** The handshake is over. What came behind it is plaintext. */
    void onEstablished() {
        hasInput = hasArrived();
    }

    // ------------------------------------------------------------ after
    // the handshake

    /** Reads as {@link Endpoint#read} does, but moves the position only, and throws at once. */
    void read(ByteBuffer into) throws IOException {
        boolean dry = false;
        while (takeOpened(into) && !isAtEnd && canAnswer()) {
            if (hasArrived() && open(into)) {
                continue;
            }
            hasInput = false;
            if (dry) {
                return;
            }
            int read = fill();
            if (read == 0) {
                return;
            }
            if (read < 0) {
                onEndOfInput();
            }
            dry = arrived.room() > 0; // a short read, as everywhere
        }
    }

    /** Takes what was opened before; {@return true if there is room for more} */
    boolean takeOpened(ByteBuffer into) {
        if (opened.held() > 0) {
            ByteBuffer from = opened.get();
            from.flip();
            int length = Math.min(from.remaining(), into.remaining());
            into.put(into.position(), from, 0, length).position(into.position() + length);
            from.position(length);
            from.compact();
        }
        hasInput = !into.hasRemaining();
        return into.hasRemaining();
    }

    // A peer that asks for new keys and does not read the answers is not read either, until there
    // is room again.
    private boolean canAnswer() {
        hasInput = owesAnswer;
        return !owesAnswer;
    }

    /** Opens one record; {@return false if there is only a part of one} */
    private boolean open(ByteBuffer into) throws IOException {
        SSLEngineResult result = unwrap(into);
        if (result.getStatus() == Status.BUFFER_OVERFLOW) {
            result = unwrap(opened.get());
        }
        switch (result.getStatus()) {
            case BUFFER_UNDERFLOW -> {
                return false;
            }
            case BUFFER_OVERFLOW ->
                throw new EndpointException(TLS_FAILED, "the peer sent a record that is too large", null);
            case CLOSED -> {
                isAtEnd = true;
                wasNotified = true;
            }
            case OK -> answer(result.getHandshakeStatus());
        }
        return true;
    }

    private SSLEngineResult unwrap(ByteBuffer into) throws SSLException {
        ByteBuffer from = arrived.get();
        from.flip();
        try {
            return engine().unwrap(from, into);
        } finally {
            from.compact();
        }
    }

    /** Answers what waits for an answer, if there is room now. */
    void answerAtLast() throws IOException {
        if (owesAnswer) {
            owesAnswer = false;
            answer(engine().getHandshakeStatus());
        }
    }

    // TLS 1.3 renews keys and gives out tickets in messages behind the handshake. In TLS 1.2 such a
    // message begins a new handshake, after which the peer may be somebody else.
    private void answer(HandshakeStatus status) throws IOException {
        HandshakeStatus next = status;
        while (next == HandshakeStatus.NEED_TASK || next == HandshakeStatus.NEED_WRAP) {
            if (!engine().getSession().getProtocol().equals("TLSv1.3")) {
                throw new EndpointException(TLS_FAILED, "the peer asked for a new handshake (renegotiation)", null);
            }
            Runnable task = next == HandshakeStatus.NEED_TASK ? engine().getDelegatedTask() : null;
            if (task != null) {
                task.run();
            } else if (!sealer.hasRoom()) {
                owesAnswer = true; // what is before it has to leave first
                return;
            } else {
                sealer.sealMessage();
                sealer.flush();
            }
            next = engine().getHandshakeStatus();
        }
    }

    private void onEndOfInput() throws IOException {
        isAtEnd = true;
        if (!wasNotified && !sealer.isEnding()) {
            throw new EndpointException(
                    REMOTE_TRUNCATED,
                    "the connection ended without the peer's close_notify: something may be cut off",
                    null);
        }
    }

    private SSLEngine engine() {
        SSLEngine present = engine;
        if (present == null) {
            throw new IllegalStateException("the handshake has not begun");
        }
        return present;
    }

    // ------------------------------------------------------------ memory

    void releaseIfEmpty() {
        arrived.releaseIfEmpty();
        opened.releaseIfEmpty();
    }

    void release() {
        arrived.release();
        opened.release();
        hasInput = false;
    }
}
