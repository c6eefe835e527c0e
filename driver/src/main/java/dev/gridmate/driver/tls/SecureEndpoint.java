package dev.gridmate.driver.tls;

import dev.gridmate.driver.transport.Endpoint;
import dev.gridmate.driver.transport.Ready;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Collection;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * One end of a connection with TLS on top: a {@link Handshaker} first, then a {@link Sealer} for
 * what is written and an {@link Opener} for what is read. Here is decided what a failure of theirs
 * means, and when the connection is to be called.
 */
final class SecureEndpoint implements Endpoint {

    private final Collection<SecureEndpoint> restless;
    private final Endpoint inner;
    private final boolean outgoing;
    private final Sealer sealer;
    private final Opener opener;
    private final Handshaker handshaker;
    private final Interest interest;

    private boolean isConnected;
    private boolean isEstablished;
    private @Nullable IOException failure;
    private boolean isRestless;
    private boolean isClosed;
    private Ready ready = () -> 0;

    /**
     * An accepted endpoint is connected already; its peer has no name to prove.
     *
     * @param restless where it puts itself when it may have something to do though its socket has
     *     nothing
     */
    SecureEndpoint(
            Handshakes handshakes,
            RecordMemory memory,
            Collection<SecureEndpoint> restless,
            Endpoint inner,
            boolean outgoing,
            @Nullable ServerName serverName) {
        this.restless = restless;
        this.inner = inner;
        this.outgoing = outgoing;
        this.isConnected = !outgoing;
        sealer = new Sealer(inner, memory);
        opener = new Opener(inner, memory, sealer);
        handshaker = new Handshaker(handshakes, sealer, opener, inner.remoteAddress(), outgoing, serverName);
        interest = new Interest(inner, sealer, opener);
    }

    @Override
    public @Nullable SSLSession session() {
        return isEstablished ? handshaker.session() : null;
    }

    @Override
    public String missing() {
        return isConnected
                ? "the peer took the connection, and made no TLS handshake (does it speak TLS, on this port?)"
                : inner.missing();
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return inner.remoteAddress();
    }

    @Override
    public InetSocketAddress localAddress() {
        return inner.localAddress();
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

    // ------------------------------------------------------------ the handshake

    /** {@return true if the connect, and the handshake behind it, are made} */
    @Override
    public boolean finishConnect() throws IOException {
        if (!isConnected() || handshaker.taskRuns()) {
            return false;
        }
        try {
            isEstablished = handshaker.advance();
            if (isEstablished) {
                opener.onEstablished();
            }
            becomeRestless();
            return isEstablished;
        } catch (SSLException e) {
            sealer.sendRest();
            throw TlsFailure.inHandshake(e, outgoing);
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) { // a trust manager's, for example, which may be the program's
            sealer.closeNotify();
            throw TlsFailure.of(e);
        } finally {
            settle();
        }
    }

    private boolean isConnected() throws IOException {
        if (!isConnected && inner.finishConnect()) {
            isConnected = true;
            interest.onConnected();
        }
        return isConnected;
    }

    // ------------------------------------------------------------ bytes

    @Override
    public int write(ByteBuffer from) throws IOException {
        try {
            return sealer.write(from);
        } catch (Throwable e) {
            throw TlsFailure.of(e);
        } finally {
            settle();
        }
    }

    // What was opened is handed out first, and a failure behind it afterwards. The peer's last
    // packets may have arrived together with its reset.
    @Override
    public int read(ByteBuffer into) throws IOException {
        int start = into.position();
        IOException unwritable = flushBeforeReading();
        readUntilItFails(into);
        failure = failure == null ? unwritable : failure;
        int read = into.position() - start;
        if (read > 0 || opener.owesAnswer() || opener.hasInput()) {
            becomeRestless();
        }
        if (read > 0) {
            return read;
        }
        if (failure != null) {
            throw failure;
        }
        return opener.isAtEnd() ? -1 : 0;
    }

    private @Nullable IOException flushBeforeReading() {
        try {
            if (sealer.flush()) {
                opener.answerAtLast();
            }
            return null;
        } catch (Throwable e) {
            return TlsFailure.of(e);
        }
    }

    private void readUntilItFails(ByteBuffer into) {
        try {
            if (failure == null) {
                opener.read(into);
            } else {
                opener.takeOpened(into);
            }
        } catch (SSLException e) {
            failure = TlsFailure.afterHandshake(e, outgoing);
            sealer.sendRest();
        } catch (Throwable e) {
            failure = TlsFailure.of(e);
        } finally {
            settle();
        }
    }

    // ------------------------------------------------------------ the end

    @Override
    public void shutdownOutput() throws IOException {
        try {
            sealer.end();
        } finally {
            settle();
        }
    }

    @Override
    public void close() {
        if (isEstablished && failure == null && !sealer.isEnding()) {
            sealer.closeNotify();
        }
        release();
        inner.close();
    }

    @Override
    public void abort() {
        release();
        inner.abort();
    }

    private void release() {
        isClosed = true;
        sealer.close();
        opener.close();
        handshaker.stop();
        isEstablished = false;
    }

    // ------------------------------------------------------------ being called

    @Override
    public void watch(boolean read, boolean write) {
        interest.want(read, write);
        interest.update(isEstablished, handshaker.taskRuns());
    }

    /** After each step: buffers that hold nothing go back, and what is watched for follows. */
    private void settle() {
        if (isClosed) { // by the program's code, in the middle of the step
            release();
            return;
        }
        sealer.settle();
        opener.settle();
        if (isConnected) {
            interest.update(isEstablished, handshaker.taskRuns());
        }
        if (isStarved()) {
            becomeRestless();
        }
    }

    private void becomeRestless() {
        if (!isRestless && hasSomethingToDo()) {
            isRestless = true;
            restless.add(this);
        }
    }

    void calmed() {
        isRestless = false;
    }

    /** {@return true if something may happen here although the socket has nothing} */
    boolean hasSomethingToDo() {
        return isStarved()
                || handshaker.isWaiting()
                || opener.hasInput()
                || ((opener.isAtEnd() || failure != null) && isEstablished);
    }

    /** {@return true if it waits for memory} */
    boolean isStarved() {
        return sealer.isStarved() || opener.isStarved();
    }

    /** {@return true if it may happen now, and the connection wants to hear of it} */
    boolean wantsToBeCalled() {
        return isEstablished ? interest.reads() : !handshaker.taskRuns();
    }
}
