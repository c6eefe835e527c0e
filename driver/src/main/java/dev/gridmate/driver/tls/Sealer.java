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

    private final Endpoint inner;
    private final PooledBuffer sealed;

    private @Nullable SSLEngine engine;

    /** Bytes of plaintext that are sealed and that the caller still holds. */
    private int promised;

    private boolean isEnding;
    private boolean isEnded;

    Sealer(Endpoint inner, Buffers buffers) {
        this.inner = inner;
        this.sealed = new PooledBuffer(buffers, Buffers.BURST);
    }

    /** Sets the engine, which is made when the handshake begins. */
    void use(SSLEngine next) {
        engine = next;
    }

    /** {@return true if records wait for the system to take them} */
    boolean hasRecords() {
        return sealed.held() > 0;
    }

    /** {@return true if there is room for any one record} */
    boolean hasRoom() {
        return sealed.room() >= engine().getSession().getPacketBufferSize();
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
     * Seals as much as the buffer takes, and leaves the position; {@return the bytes of plaintext
     * that were sealed}
     */
    private int seal(ByteBuffer from) throws IOException {
        int start = from.position();
        SSLEngineResult result;
        do {
            result = engine().wrap(from, sealed.get());
            if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
                throw new EndpointException(
                        TLS_FAILED, "the peer closed the connection, and in TLS 1.2 that ends both directions", null);
            }
        } while (from.hasRemaining() && result.bytesProduced() > 0); // nothing is produced without room for a record
        int taken = from.position() - start;
        from.position(start);
        return taken;
    }

    /**
     * Seals the next message of the engine's own: a part of the handshake, or an answer to new
     * keys.
     */
    void sealMessage() throws SSLException {
        engine().wrap(NOTHING, sealed.get());
    }

    /** Hands records to the system; {@return true if none is left} */
    boolean flush() throws IOException {
        if (hasRecords()) {
            ByteBuffer waiting = sealed.get();
            waiting.flip();
            try {
                int written = 1;
                while (waiting.hasRemaining() && written > 0) {
                    written = inner.write(waiting);
                }
            } finally {
                waiting.compact();
            }
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
            result = engine().wrap(NOTHING, sealed.get());
        } while (result.bytesProduced() > 0 && !engine().isOutboundDone());
    }

    private SSLEngine engine() {
        SSLEngine present = engine;
        if (present == null) {
            throw new IllegalStateException("the handshake has not begun");
        }
        return present;
    }

    void releaseIfEmpty() {
        sealed.releaseIfEmpty();
    }

    void release() {
        sealed.release();
    }
}
