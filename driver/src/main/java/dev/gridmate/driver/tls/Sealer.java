package dev.gridmate.driver.tls;

import static dev.gridmate.driver.DisconnectReason.Code.TLS_FAILED;

import dev.gridmate.driver.transport.Endpoint;
import dev.gridmate.driver.transport.EndpointException;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Plaintext to records, for one connection.
 *
 * <p>Plaintext counts as written when its records have left, not when they are sealed. Until then
 * the caller offers the same bytes again, and they are not sealed a second time. So bytes wait in
 * the ring of the connection, where they are bounded, counted and timed as without TLS; here waits
 * one buffer of records at most.
 */
final class Sealer {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /** More than a record has besides its plaintext, in any version and cipher suite. */
    private static final int OVERHEAD = 96;

    /** The least plaintext of a record that is followed by another. */
    private static final int LEAST_RECORD = 512;

    /** With so much memory a step is worth its while; a message of a handshake likes more. */
    private static final int LEAST = 256;

    private static final int MESSAGE = 1 << 14;

    private final Endpoint inner;
    private final HeldBytes sealed;

    private @Nullable SSLEngine engine;

    /** Bytes of plaintext that are sealed and that the caller still holds. */
    private int promised;

    private boolean isEnding;
    private boolean isEnded;

    Sealer(Endpoint inner, RecordMemory memory) {
        this.inner = inner;
        this.sealed = new HeldBytes(memory);
    }

    /** Sets the engine, which is made when the handshake begins. */
    void use(SSLEngine next) {
        engine = next;
    }

    /** {@return true if records wait for the system to take them} */
    boolean hasRecords() {
        return sealed.held() > 0;
    }

    /** {@return true if there is room, and memory, for any one record} */
    boolean hasRoom() {
        int record = engine().getSession().getPacketBufferSize();
        return RecordMemory.WORKSPACE - sealed.held() >= record && sealed.reserve(LEAST, MESSAGE) > 0;
    }

    /** {@return true if something waits for memory to be sealed} */
    boolean isStarved() {
        return sealed.isStarved();
    }

    /** {@return true if the sending direction was closed from this side} */
    boolean isEnding() {
        return isEnding;
    }

    /** Writes as {@link Endpoint#write} does. */
    int write(ByteBuffer from) throws IOException {
        int start = from.position();
        while (true) {
            boolean flushed = flush();
            keepPromise(from);
            if (!flushed || !from.hasRemaining()) {
                break;
            }
            promised = seal(from);
            if (!hasRecords()) {
                break; // the engine has something to do first, which reading will find
            }
        }
        return from.position() - start;
    }

    // A record is longer than its plaintext. So of the promised plaintext, as many bytes may still
    // be here as there are bytes of records, and the rest has left. A peer that takes a little all
    // the time must not look like one that takes nothing.
    private void keepPromise(ByteBuffer from) {
        int left = promised - Math.min(promised, sealed.held());
        from.position(from.position() + left);
        promised -= left;
    }

    /**
     * Seals as much as there is memory for, and leaves the position; {@return the bytes of
     * plaintext that were sealed}
     */
    private int seal(ByteBuffer from) throws IOException {
        int start = from.position();
        int limit = from.limit();
        int room = sealed.reserve(LEAST, most(from.remaining()));
        if (room == 0) {
            return 0;
        }
        from.limit(Math.min(limit, start + plaintextFor(room)));
        SSLEngineResult result;
        try {
            do {
                result = engine().wrap(from, sealed.work());
                if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
                    throw new EndpointException(
                            TLS_FAILED,
                            "the peer closed the connection, and in TLS 1.2 that ends both directions",
                            null);
                }
            } while (from.hasRemaining()
                    && result.bytesProduced() > 0); // nothing is produced without room for a record
            return from.position() - start;
        } finally {
            from.limit(limit).position(start);
        }
    }

    // The records of so much plaintext have at most so many bytes, and the other way round.
    private static int most(int plaintext) {
        return plaintext + (plaintext / LEAST_RECORD + 1) * OVERHEAD;
    }

    private static int plaintextFor(int room) {
        return (room - OVERHEAD) / (LEAST_RECORD + OVERHEAD) * LEAST_RECORD
                + Math.min((room - OVERHEAD) % (LEAST_RECORD + OVERHEAD), LEAST_RECORD);
    }

    /**
     * Seals the next message of the engine's own: a part of the handshake, or an answer to new
     * keys. {@return false if there is no memory for it}
     */
    boolean sealMessage() throws SSLException {
        if (sealed.reserve(LEAST, MESSAGE) == 0) {
            return false;
        }
        engine().wrap(NOTHING, sealed.work());
        return true;
    }

    /** Hands records to the system; {@return true if none is left} */
    boolean flush() throws IOException {
        if (hasRecords()) {
            sealed.writeTo(inner);
            if (hasRecords()) {
                return false;
            }
        }
        if (isEnding && !isEnded) {
            isEnded = true;
            inner.shutdownOutput();
        }
        return true;
    }

    /** Ends the sending direction: close_notify, then a FIN, as soon as the system takes them. */
    void end() throws IOException {
        engine().closeOutbound();
        sealRest(); // the caller has written everything, so there is room
        isEnding = true;
        flush();
    }

    /** Tells the peer that the connection is closed, if the system takes it now. */
    void closeNotify() {
        if (engine != null) {
            engine.closeOutbound();
            sendRest();
        }
    }

    /**
     * Tells the peer why the connection failed, if the engine has an alert for it and the system
     * takes it now.
     */
    void sendRest() {
        try {
            if (engine != null && flush()) {
                sealRest();
                flush();
            }
        } catch (IOException | RuntimeException ignored) {
            return; // the connection is over either way, and its reason is known
        }
    }

    // An alert or a close_notify is the engine's last record, and others may be in front of it: a
    // server that cannot go on with its handshake still holds its hello.
    private void sealRest() throws SSLException {
        SSLEngineResult result;
        do {
            if (!sealed.open()) {
                return;
            }
            result = engine().wrap(NOTHING, sealed.work());
        } while (result.bytesProduced() > 0 && !engine().isOutboundDone());
    }

    private SSLEngine engine() {
        SSLEngine present = engine;
        if (present == null) {
            throw new IllegalStateException("the handshake has not begun");
        }
        return present;
    }

    /** A step is over. */
    void settle() {
        sealed.settle();
    }

    void close() {
        sealed.close();
    }
}
