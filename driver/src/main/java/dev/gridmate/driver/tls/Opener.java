package dev.gridmate.driver.tls;

import static dev.gridmate.driver.DisconnectReason.Code.REMOTE_TRUNCATED;
import static dev.gridmate.driver.DisconnectReason.Code.TLS_FAILED;

import dev.gridmate.driver.DriverCounter;
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
 *                        `------unwrap--&gt; [ opened ] --&gt; the caller's room, if that is small
 * </pre>
 */
final class Opener {

    private static final int HEADER = 5;

    /** The most that a record may have by the book, with its header. */
    private static final int MOST_IN_RECORD = HEADER + (1 << 14) + 2048;

    private final Endpoint inner;
    private final Sealer sealer;
    private final RecordMemory memory;
    private final HeldBytes arrived;
    private final HeldBytes opened;

    private @Nullable SSLEngine engine;

    /** There may be plaintext here, whatever the socket has. */
    private boolean hasInput;

    /** The peer asked for new keys, and there was no room for the answer. */
    private boolean owesAnswer;

    private boolean isAtEnd;
    private boolean wasNotified;
    private boolean expectsGoodbye = true;
    private boolean isDry;
    private final RecordTurn turn = new RecordTurn();

    Opener(Endpoint inner, RecordMemory memory, Sealer sealer) {
        this.inner = inner;
        this.sealer = sealer;
        this.memory = memory;
        this.arrived = new HeldBytes(memory);
        this.opened = new HeldBytes(memory);
    }

    /**
     * Sets the engine, which is made when the handshake begins.
     *
     * @param saysGoodbye true if a peer that ends its stream in order sends a close_notify first
     */
    void use(SSLEngine next, boolean saysGoodbye) {
        engine = next;
        expectsGoodbye = saysGoodbye;
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

    /** Reads from the network, as {@link Endpoint#read} does; 0 also if there is no memory. */
    int fill() throws IOException {
        int room = arrived.reserve(1, RecordMemory.WORKSPACE);
        isDry = true;
        if (room == 0) {
            return 0;
        }
        ByteBuffer into = arrived.work();
        into.limit(Math.min(into.capacity(), into.position() + room));
        try {
            return inner.read(into);
        } finally {
            isDry = into.hasRemaining(); // a short read, as everywhere
            into.limit(into.capacity());
        }
    }

    /**
     * {@return what has arrived, between 0 and the position} After {@link #fill()} read something.
     */
    ByteBuffer arrived() {
        return arrived.work();
    }

    /** {@return true if a whole record is here, or the beginning of one that no engine takes} */
    boolean hasRecord() {
        return arrived.held() >= HEADER && arrived.held() >= Math.min(recordSize(), MOST_IN_RECORD);
    }

    private int recordSize() {
        return HEADER + (arrived.byteAt(3) << Byte.SIZE) + arrived.byteAt(4);
    }

    /** {@return true if something waits for memory to be read, or to be opened} */
    boolean isStarved() {
        return arrived.isStarved() || opened.isStarved();
    }

    /** Opens a record of the handshake; {@return false if there is only a part of one} */
    boolean openMessage() throws SSLException {
        if (!hasArrived() || !arrived.open() || !opened.open()) {
            return false;
        }
        Status status = arrived.unwrap(engine(), opened.work()).getStatus();
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

    /**
     * Reads as {@link Endpoint#read} does, but moves the position only, and throws at once.
     *
     * @param update its number: one update opens so many records, however often it reads
     */
    void read(ByteBuffer into, long update) throws IOException {
        isDry = false;
        opened.retry();
        turn.begin(update);
        while (takeOpened(into) && !isAtEnd && canAnswer()) {
            if (turn.isOver()) {
                hasInput = hasArrived();
                return;
            }
            if (hasArrived() && open(into)) {
                continue;
            }
            hasInput = false;
            if (isDry || opened.isStarved()) {
                return;
            }
            int read = fill();
            if (read == 0) {
                return;
            }
            if (read < 0) {
                onEndOfInput();
            }
        }
    }

    /** Takes what was opened before; {@return true if there is room for more} */
    boolean takeOpened(ByteBuffer into) {
        opened.drainTo(into);
        hasInput = !into.hasRemaining();
        return into.hasRemaining();
    }

    // A peer that asks for new keys and does not read the answers is not read either, until there
    // is room again.
    private boolean canAnswer() {
        hasInput = owesAnswer;
        return !owesAnswer;
    }

    /** Opens one record; {@return false if there is only a part of one, or no memory} */
    private boolean open(ByteBuffer into) throws IOException {
        if (!arrived.open()) {
            return false;
        }
        SSLEngineResult result = arrived.unwrap(engine(), into);
        if (result.getStatus() == Status.BUFFER_OVERFLOW) {
            if (opened.reserve(recordSize(), recordSize()) == 0) {
                return false;
            }
            result = arrived.unwrap(engine(), opened.work());
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
            case OK -> {
                if (turn.endsAfter(result.bytesConsumed(), result.bytesProduced())) {
                    memory.count(DriverCounter.TLS_EMPTY_RECORDS);
                    throw new EndpointException(TLS_FAILED, RecordTurn.TOO_MANY, null);
                }
                answer(result.getHandshakeStatus());
            }
        }
        return true;
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
            } else if (sealer.sealMessage()) {
                sealer.flush();
            }
            next = engine().getHandshakeStatus();
        }
    }

    private void onEndOfInput() throws IOException {
        isAtEnd = true;
        if (!wasNotified && !sealer.isEnding() && (expectsGoodbye || hasArrived())) {
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

    /** A step is over. */
    void settle() {
        arrived.settle();
        opened.settle();
    }

    void close() {
        arrived.close();
        opened.close();
        hasInput = false;
    }
}
