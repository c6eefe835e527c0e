package dev.gridmate.driver.tls;

import static dev.gridmate.driver.DisconnectReason.Code.REMOTE_TRUNCATED;
import static dev.gridmate.driver.DisconnectReason.Code.TLS_FAILED;

import dev.gridmate.driver.transport.Endpoint;
import dev.gridmate.driver.transport.EndpointException;
import dev.gridmate.driver.transport.Ready;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * One end of a connection with TLS on top.
 *
 * <pre>
 *   write(plaintext) --wrap--&gt; [ sealed ] --&gt; inner.write        read(room) &lt;--unwrap-- [ arrived ] &lt;-- inner.read
 *                                                                           `-- [ opened ], if the room is too small
 * </pre>
 *
 * <p>Plaintext counts as written when its records have left, and not before: until then the same bytes are offered again,
 * and are not sealed a second time. Of records that have left in part it counts as much as has surely left. So what
 * waits, waits in the ring of the connection, where it is bounded, counted and timed as without TLS; here there is one
 * buffer at the most in each direction.
 */
public final class SecureEndpoint implements Endpoint {

    /** Bytes that a handshake may take; those of the JDK are at most 32 KiB for each of its few messages. */
    static final int MOST_HANDSHAKE_BYTES = 1 << 17;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SecureTransport transport;
    private final Endpoint inner;
    private final Buffers buffers;
    private final @Nullable String serverName;
    private final boolean outgoing;

    private @Nullable SSLEngine engine;
    private boolean connected;
    private boolean established;
    private int handshakeBytes;

    private @Nullable ByteBuffer sealed;
    private int promised;
    private @Nullable ByteBuffer arrived;
    private @Nullable ByteBuffer opened;

    /** There may be plaintext in what has arrived, whatever the socket has. */
    private boolean hasInput;

    /** The peer asked for new keys, and there was no room for the answer. */
    private boolean owesAnswer;

    private boolean ended;
    private boolean closeNotified;
    private @Nullable IOException failure;
    private boolean outputEnds;
    private boolean outputEnded;

    private volatile boolean taskRuns;
    private boolean waitsForTask;
    private boolean putOff;
    private boolean restless;

    private boolean watchesReading = true;
    private boolean watchesWriting;
    private boolean innerWatchesReading = true;
    private boolean innerWatchesWriting;
    private Ready ready = () -> 0;

    private SecureEndpoint(SecureTransport transport, Endpoint inner, boolean outgoing, @Nullable String serverName) {
        this.transport = transport;
        this.inner = inner;
        this.buffers = transport.buffers;
        this.outgoing = outgoing;
        this.connected = !outgoing;
        this.serverName = serverName;
    }

    static SecureEndpoint accepted(SecureTransport transport, Endpoint inner) {
        return new SecureEndpoint(transport, inner, false, null);
    }

    static SecureEndpoint connecting(SecureTransport transport, Endpoint inner, @Nullable String serverName) {
        return new SecureEndpoint(transport, inner, true, serverName);
    }

    @Override
    public @Nullable SSLSession session() {
        return established && engine != null ? engine.getSession() : null;
    }

    @Override
    public String missing() {
        return connected
                ? "the peer took the connection, and made no TLS handshake (does it speak TLS, on this port?)"
                : inner.missing();
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return inner.remoteAddress();
    }

    @Override
    public void attach(Ready attached) {
        ready = attached;
        inner.attach(attached);
    }

    Ready ready() {
        return ready;
    }

    @Override
    public boolean hasHandshake() {
        return true;
    }

    // ------------------------------------------------------------------------------------ the handshake

    /** Asks whether the connect, and the handshake behind it, have come to their end. */
    @Override
    public boolean finishConnect() throws IOException {
        if (!connected) {
            if (!inner.finishConnect()) {
                return false;
            }
            connected = true;
            inner.watch(true, false);
        }
        if (taskRuns) {
            return false;
        }
        waitsForTask = false;
        putOff = false;
        try {
            if (shakeHands()) {
                established = true;
                hasInput = holds(arrived);
                becomeRestless();
                return true;
            }
            return false;
        } catch (SSLException e) {
            sendAlert();
            throw TlsTrouble.inHandshake(e, outgoing);
        } catch (RuntimeException e) { // a trust manager's, for example, which may be the program's
            throw TlsTrouble.ofTheEngine(e);
        } finally {
            releaseIfDry();
            watchInner();
        }
    }

    private boolean shakeHands() throws IOException {
        while (true) {
            if (!flushSealed()) {
                return false;
            }
            if (!transport.hasBudget()) {
                putOff = true;
                becomeRestless();
                return false;
            }
            long start = transport.nanoTime();
            SSLEngine here = engine();
            boolean goesOn;
            switch (here.getHandshakeStatus()) {
                case NEED_TASK -> goesOn = runTask(here);
                case NEED_WRAP -> {
                    seal(here, NOTHING);
                    goesOn = true;
                }
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> goesOn = unwrapHandshake(here);
                default -> {
                    return true;
                }
            }
            transport.worked(transport.nanoTime() - start);
            if (!goesOn) {
                return false;
            }
        }
    }

    private SSLEngine engine() throws SSLException {
        SSLEngine present = engine;
        if (present == null) {
            present = outgoing
                    ? transport.context().connecting(remoteAddress(), serverName)
                    : transport.context().accepting(remoteAddress());
            present.beginHandshake();
            engine = present;
        }
        return present;
    }

    private boolean runTask(SSLEngine here) {
        Runnable task = here.getDelegatedTask();
        if (task == null) {
            return true;
        }
        if (transport.executor == null) {
            task.run();
            return true;
        }
        taskRuns = true;
        waitsForTask = true;
        becomeRestless();
        try {
            transport.executor.execute(() -> {
                try {
                    task.run();
                } finally {
                    taskRuns = false;
                    transport.wakeup();
                }
            });
            return false;
        } catch (RejectedExecutionException e) {
            taskRuns = false;
            waitsForTask = false;
            task.run();
            return true;
        }
    }

    private boolean unwrapHandshake(SSLEngine here) throws IOException {
        ByteBuffer from = arrived();
        if (!holds(from) || unwrapHandshake(here, from) == SSLEngineResult.Status.BUFFER_UNDERFLOW) {
            int read = inner.read(from);
            if (read == 0) {
                return false;
            }
            if (read < 0) {
                String whose = holds(from) || handshakeBytes > 0 ? "" : " before it said anything";
                throw new EndpointException(
                        TLS_FAILED,
                        "the peer closed the connection in the middle of the handshake" + whose
                                + (outgoing && handshakeBytes == 0 ? ": does it speak TLS, on this port?" : ""),
                        null);
            }
            if (handshakeBytes == 0) {
                TlsTrouble.checkFirstBytes(from, outgoing);
            }
            handshakeBytes += read;
            if (handshakeBytes > MOST_HANDSHAKE_BYTES) {
                throw new EndpointException(
                        TLS_FAILED, "the peer's handshake is longer than " + MOST_HANDSHAKE_BYTES + " bytes", null);
            }
        }
        return true;
    }

    private SSLEngineResult.Status unwrapHandshake(SSLEngine here, ByteBuffer from) throws SSLException {
        ByteBuffer to = opened();
        from.flip();
        try {
            SSLEngineResult result = here.unwrap(from, to);
            if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
                throw new SSLException("closed by the peer");
            }
            return result.getStatus();
        } finally {
            from.compact();
        }
    }

    // ------------------------------------------------------------------------------------ writing

    @Override
    public int write(ByteBuffer from) throws IOException {
        try {
            int start = from.position();
            while (true) {
                boolean flushed = flushSealed();
                keepPromise(from);
                if (!flushed || !from.hasRemaining()) {
                    break;
                }
                promised = sealPlaintext(from);
                if (!holds(sealed)) {
                    break; // the engine has something to do first, which reading will find
                }
            }
            return from.position() - start;
        } catch (RuntimeException e) {
            throw TlsTrouble.ofTheEngine(e);
        } finally {
            releaseIfDry();
            watchInner();
        }
    }

    // A record is longer than what is in it, so that no more of the plaintext is still here than there are bytes of
    // records. A peer that takes a little all the time must not look like one that takes nothing.
    private void keepPromise(ByteBuffer from) {
        int here = sealed == null ? 0 : sealed.position();
        int left = promised - Math.min(promised, here);
        from.position(from.position() + left);
        promised -= left;
    }

    /** Seals as much as one buffer takes, without moving the position; returns how much that is. */
    private int sealPlaintext(ByteBuffer from) throws IOException {
        SSLEngine here = establishedEngine();
        int start = from.position();
        SSLEngineResult result;
        do {
            result = seal(here, from);
            if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
                throw new EndpointException(
                        TLS_FAILED, "the peer closed the connection, and in TLS 1.2 that ends both directions", null);
            }
        } while (from.hasRemaining() && result.bytesProduced() > 0); // nothing more when there is no room for a record
        int taken = from.position() - start;
        from.position(start);
        return taken;
    }

    private SSLEngineResult seal(SSLEngine here, ByteBuffer from) throws SSLException {
        return here.wrap(from, sealed());
    }

    /** Writes what is sealed; returns whether all of it has left. */
    private boolean flushSealed() throws IOException {
        ByteBuffer waiting = sealed;
        if (waiting != null && waiting.position() > 0) {
            waiting.flip();
            try {
                int written = 1;
                while (waiting.hasRemaining() && written > 0) {
                    written = inner.write(waiting);
                }
            } finally {
                waiting.compact();
            }
            if (waiting.position() > 0) {
                return false;
            }
        }
        if (outputEnds && !outputEnded) {
            outputEnded = true;
            inner.shutdownOutput();
        }
        return true;
    }

    // ------------------------------------------------------------------------------------ reading

    @Override
    public int read(ByteBuffer into) throws IOException {
        int start = into.position();
        IOException unwritable = flushBeforeReading();
        try {
            readUntilDry(into);
        } catch (SSLException e) {
            failure = TlsTrouble.afterHandshake(e, outgoing);
            sendAlert();
        } catch (IOException e) {
            failure = e;
        } catch (RuntimeException e) {
            failure = TlsTrouble.ofTheEngine(e);
        } finally {
            releaseIfDry();
            watchInner();
        }
        failure = failure == null ? unwritable : failure;
        int read = into.position() - start;
        if (read > 0) {
            becomeRestless();
            return read;
        }
        if (failure != null) {
            throw failure;
        }
        return ended ? -1 : 0;
    }

    // The peer's last packets may have arrived together with its reset, and are still to be read.
    private @Nullable IOException flushBeforeReading() {
        try {
            if (flushSealed() && owesAnswer) {
                owesAnswer = false;
                afterHandshakeMessage(establishedEngine(), establishedEngine().getHandshakeStatus());
            }
            return null;
        } catch (IOException e) {
            return e;
        }
    }

    private void readUntilDry(ByteBuffer into) throws IOException {
        boolean dry = false;
        while (true) {
            takeOpened(into);
            if (!into.hasRemaining()) {
                hasInput = true;
                return;
            }
            if (ended || failure != null) {
                hasInput = false;
                return;
            }
            if (owesAnswer) {
                hasInput = true;
                becomeRestless();
                return; // until there is room for it: a peer that asks and does not listen is not listened to
            }
            if (holds(arrived) && unwrap(into)) {
                continue;
            }
            hasInput = false;
            if (dry) {
                return;
            }
            int read = inner.read(arrived());
            if (read == 0) {
                return;
            }
            if (read < 0) {
                endOfInput();
            }
            dry = arrived().hasRemaining(); // a short read, as everywhere
        }
    }

    private void takeOpened(ByteBuffer into) {
        ByteBuffer from = opened;
        if (from == null) {
            return;
        }
        from.flip();
        int length = Math.min(from.remaining(), into.remaining());
        into.put(into.position(), from, 0, length).position(into.position() + length);
        from.position(length);
        from.compact();
    }

    /** Opens one record; returns false if only a part of one is there. */
    private boolean unwrap(ByteBuffer into) throws IOException {
        SSLEngine here = establishedEngine();
        ByteBuffer from = arrived();
        from.flip();
        SSLEngineResult result;
        try {
            result = here.unwrap(from, into);
            if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
                result = here.unwrap(from, opened());
            }
        } finally {
            from.compact();
        }
        switch (result.getStatus()) {
            case BUFFER_UNDERFLOW -> {
                return false;
            }
            case BUFFER_OVERFLOW ->
                throw new EndpointException(TLS_FAILED, "the peer sent a record that is too large", null);
            case CLOSED -> {
                ended = true;
                closeNotified = true;
            }
            case OK -> afterHandshakeMessage(here, result.getHandshakeStatus());
        }
        return true;
    }

    // TLS 1.3 renews keys and gives out tickets in messages behind the handshake. In TLS 1.2 such a message begins a
    // new handshake, under which nobody knows any more who the peer is.
    private void afterHandshakeMessage(SSLEngine here, HandshakeStatus status) throws IOException {
        HandshakeStatus next = status;
        while (next == HandshakeStatus.NEED_TASK || next == HandshakeStatus.NEED_WRAP) {
            if (!here.getSession().getProtocol().equals("TLSv1.3")) {
                throw new EndpointException(TLS_FAILED, "the peer asked for a new handshake (renegotiation)", null);
            }
            Runnable task = next == HandshakeStatus.NEED_TASK ? here.getDelegatedTask() : null;
            if (task != null) {
                task.run();
            } else if (sealed != null && sealed.remaining() < here.getSession().getPacketBufferSize()) {
                owesAnswer = true; // what is before it has to leave first
                return;
            } else {
                seal(here, NOTHING);
                flushSealed();
            }
            next = here.getHandshakeStatus();
        }
    }

    private void endOfInput() throws IOException {
        ended = true;
        if (!closeNotified && !outputEnds) {
            throw new EndpointException(
                    REMOTE_TRUNCATED,
                    "the connection ended without the peer's close_notify: something may be cut off",
                    null);
        }
    }

    // ------------------------------------------------------------------------------------ the end

    @Override
    public void shutdownOutput() throws IOException {
        SSLEngine here = establishedEngine();
        here.closeOutbound();
        outputEnds = true;
        try {
            seal(here, NOTHING); // everything has left, so there is room
            flushSealed();
        } finally {
            releaseIfDry();
            watchInner();
        }
    }

    @Override
    public void close() {
        if (established && failure == null && !outputEnds && engine != null) {
            engine.closeOutbound();
            sendAlert();
        }
        release();
        inner.close();
    }

    @Override
    public void abort() {
        release();
        inner.abort();
    }

    /** Tells the peer why, or that it is over, if the system takes it just now. */
    private void sendAlert() {
        try {
            SSLEngine here = engine;
            if (here != null && flushSealed() && here.getHandshakeStatus() != HandshakeStatus.NEED_UNWRAP) {
                seal(here, NOTHING);
                flushSealed();
            }
        } catch (IOException ignored) {
            return; // the connection is over either way, and its reason is known
        }
    }

    // ------------------------------------------------------------------------------------ being named

    @Override
    public void watch(boolean read, boolean write) {
        watchesReading = read;
        watchesWriting = write;
        innerWatchesWriting = write || holds(sealed);
        innerWatchesReading = (read && !isDeaf()) || !established;
        inner.watch(innerWatchesReading, innerWatchesWriting);
    }

    /** Nothing is read until what waits has left, so that there is room for an answer. */
    private boolean isDeaf() {
        return owesAnswer && holds(sealed);
    }

    private void watchInner() {
        boolean reading = (watchesReading && !isDeaf()) || !established;
        if (connected && ((watchesWriting || holds(sealed)) != innerWatchesWriting || reading != innerWatchesReading)) {
            watch(watchesReading, watchesWriting);
        }
    }

    private void becomeRestless() {
        if (!restless && isRestless()) {
            restless = true;
            transport.isRestless(this);
        }
    }

    void calmed() {
        restless = false;
    }

    boolean isRestless() {
        return waitsForTask || putOff || hasInput || ((ended || failure != null) && established);
    }

    boolean wantsToBeNamed() {
        return established ? watchesReading && !isDeaf() : !taskRuns;
    }

    // ------------------------------------------------------------------------------------ memory

    private ByteBuffer arrived() {
        if (arrived == null) {
            arrived = buffers.take(Buffers.RECORD);
        }
        return arrived;
    }

    private ByteBuffer opened() {
        if (opened == null) {
            opened = buffers.take(Buffers.RECORD);
        }
        return opened;
    }

    private ByteBuffer sealed() {
        if (sealed == null) {
            sealed = buffers.take(Buffers.BURST);
        }
        return sealed;
    }

    private static boolean holds(@Nullable ByteBuffer buffer) {
        return buffer != null && buffer.position() > 0;
    }

    private void releaseIfDry() {
        arrived = giveBack(arrived, holds(arrived));
        opened = giveBack(opened, holds(opened));
        sealed = giveBack(sealed, holds(sealed));
    }

    private void release() {
        arrived = giveBack(arrived, false);
        opened = giveBack(opened, false);
        sealed = giveBack(sealed, false);
        hasInput = false;
        waitsForTask = false;
        putOff = false;
        established = false;
    }

    private @Nullable ByteBuffer giveBack(@Nullable ByteBuffer buffer, boolean keep) {
        if (buffer == null || keep) {
            return buffer;
        }
        buffers.giveBack(buffer);
        return null;
    }

    private SSLEngine establishedEngine() {
        SSLEngine present = engine;
        if (present == null) {
            throw new IllegalStateException("there was no handshake yet");
        }
        return present;
    }
}
