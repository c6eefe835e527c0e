package dev.gridmate.driver.tls;

import static dev.gridmate.driver.DisconnectReason.Code.TLS_FAILED;

import dev.gridmate.driver.transport.EndpointException;
import dev.gridmate.internal.ErrorLog;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The handshake of one connection. It goes on in steps as far as bytes, the budget of the poll, and
 * a task in an executor let it.
 */
final class Handshaker {

    /**
     * Bytes that a peer may send for a handshake; the JDK takes at most 32 KiB for each of its few
     * messages.
     */
    static final int MOST_BYTES = 1 << 17;

    /** Records that a peer may make of a handshake; a few dozen are usual. */
    static final int MOST_RECORDS = 256;

    private final Handshakes shared;
    private final Sealer sealer;
    private final Opener opener;
    private final InetSocketAddress peer;
    private final @Nullable ServerName serverName;
    private final boolean outgoing;

    private @Nullable TlsContext context;
    private @Nullable SSLEngine engine;
    private int bytes;
    private int records;

    private boolean waitsForTask;
    private boolean isPutOff;

    private volatile boolean taskRuns;

    /** What a task threw in an executor, where nobody catches it. */
    private volatile @Nullable Throwable taskFailure;

    Handshaker(
            Handshakes shared,
            Sealer sealer,
            Opener opener,
            InetSocketAddress peer,
            boolean outgoing,
            @Nullable ServerName serverName) {
        this.shared = shared;
        this.sealer = sealer;
        this.opener = opener;
        this.peer = peer;
        this.outgoing = outgoing;
        this.serverName = serverName;
    }

    /** {@return the session of the engine; null before the handshake began} */
    @Nullable
    SSLSession session() {
        return engine == null ? null : engine.getSession();
    }

    /** {@return true while an executor works on this handshake} */
    boolean taskRuns() {
        return taskRuns;
    }

    /** {@return true if it may be able to go on although nothing arrived} */
    boolean isWaiting() {
        return waitsForTask || isPutOff;
    }

    /** It is over; nothing is waited for. */
    void stop() {
        waitsForTask = false;
        isPutOff = false;
    }

    /** Goes on as far as it gets; {@return true if the handshake is made} */
    boolean advance() throws IOException {
        stop();
        Throwable thrown = taskFailure;
        if (thrown != null) {
            throw TlsFailure.of(thrown);
        }
        if (engine == null && !outgoing && !helloHasArrived()) {
            return false;
        }
        SSLEngine here = engine();
        while (sealer.flush()) {
            if (!shared.hasBudget()) {
                isPutOff = true;
                return false;
            }
            long start = shared.nanoTime();
            boolean goesOn;
            switch (here.getHandshakeStatus()) {
                case NEED_TASK -> goesOn = runTask(here);
                case NEED_WRAP -> goesOn = sealer.sealMessage();
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> goesOn = openMessage();
                default -> {
                    return isMade(here);
                }
            }
            shared.worked(shared.nanoTime() - start);
            if (!goesOn) {
                return false;
            }
        }
        return false;
    }

    private SSLEngine engine() throws SSLException {
        SSLEngine present = engine;
        if (present == null) {
            TlsContext here = shared.context();
            present = outgoing ? here.connecting(peer, here.nameToProve(serverName)) : here.accepting(peer);
            present.beginHandshake();
            context = here; // a reload changes that of the next
            engine = present;
            sealer.use(present);
            opener.use(present, here.expectsGoodbye());
        }
        return present;
    }

    private boolean isMade(SSLEngine here) throws IOException {
        if (outgoing && context != null) {
            context.checkUnusualName(context.nameToProve(serverName), here.getSession());
        }
        return true;
    }

    private boolean runTask(SSLEngine here) {
        Runnable task = here.getDelegatedTask();
        if (task == null) {
            return true;
        }
        if (shared.executor != null && executes(shared.executor, task)) {
            return false;
        }
        task.run();
        return true;
    }

    private boolean executes(Executor executor, Runnable task) {
        taskRuns = true;
        waitsForTask = true;
        try {
            executor.execute(() -> {
                try {
                    task.run();
                } catch (Throwable e) {
                    taskFailure = e; // for the thread of the driver
                } finally {
                    taskRuns = false;
                    shared.wakeup();
                }
            });
            return true;
        } catch (Throwable e) { // full, closed, or broken: this thread does the task
            ErrorLog.throwIfFatal(e);
            taskRuns = false;
            waitsForTask = false;
            return false;
        }
    }

    // An engine costs more than anything that a stranger has sent before its first record is here.
    private boolean helloHasArrived() throws IOException {
        while (!opener.hasRecord()) {
            if (!hear()) {
                return false;
            }
        }
        return true;
    }

    private boolean openMessage() throws IOException {
        if (!opener.openMessage()) {
            return hear();
        }
        if (++records > MOST_RECORDS) {
            throw new EndpointException(
                    TLS_FAILED, "the peer's handshake has more than " + MOST_RECORDS + " records", null);
        }
        return true;
    }

    /** Reads what is there; {@return true if that is anything} */
    private boolean hear() throws IOException {
        boolean isFirst = bytes == 0;
        int read = opener.fill();
        if (read < 0) {
            throw cutOff();
        }
        if (isFirst && read > 0) {
            TlsFailure.checkFirstBytes(opener.arrived(), outgoing);
        }
        bytes += read;
        if (bytes > MOST_BYTES) {
            throw new EndpointException(
                    TLS_FAILED, "the peer's handshake is longer than " + MOST_BYTES + " bytes", null);
        }
        return read > 0;
    }

    private EndpointException cutOff() {
        String when = bytes > 0 ? "" : " before it said anything";
        String hint = outgoing && bytes == 0 ? ": does it speak TLS, on this port?" : "";
        return new EndpointException(
                TLS_FAILED, "the peer closed the connection in the middle of the handshake" + when + hint, null);
    }
}
