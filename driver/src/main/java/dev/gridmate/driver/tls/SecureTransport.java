package dev.gridmate.driver.tls;

import dev.gridmate.driver.TlsHandshakes;
import dev.gridmate.driver.transport.Endpoint;
import dev.gridmate.driver.transport.Listener;
import dev.gridmate.driver.transport.SocketOptions;
import dev.gridmate.driver.transport.Transport;
import dev.gridmate.driver.transport.TransportException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Any transport with TLS on top. It also calls endpoints that have something to do although their
 * sockets have nothing: bytes that were decrypted and not read, a handshake that was put off.
 */
public final class SecureTransport implements Transport {

    private final Transport inner;
    private final long budget;
    final @Nullable Executor executor;
    final Buffers buffers = new Buffers();

    private TlsContext context;
    private long workedFor;

    /** The endpoints that may have something to do, whatever their sockets have; each once. */
    private final ArrayDeque<SecureEndpoint> restless = new ArrayDeque<>();

    public SecureTransport(Transport inner, TlsContext context, TlsHandshakes handshakes) {
        this.inner = inner;
        this.context = context;
        this.budget = handshakes.budget().toNanos();
        this.executor = handshakes.executor();
    }

    /**
     * Sets what the next handshakes use. Those that have begun, and connections, stay as they are.
     */
    public void context(TlsContext next) {
        context = next;
    }

    /** {@return what the next handshakes use} */
    public TlsContext context() {
        return context;
    }

    @Override
    public long nanoTime() {
        return inner.nanoTime();
    }

    @Override
    public Listener listen(InetSocketAddress local, int backlog, SocketOptions options) throws TransportException {
        return new SecureListener(this, inner.listen(local, backlog, options));
    }

    @Override
    public Endpoint connect(
            @Nullable InetSocketAddress local,
            InetSocketAddress remote,
            SocketOptions options,
            @Nullable String serverName)
            throws TransportException {
        ServerName name = serverName == null ? null : ServerName.of(serverName); // before anything is connected
        return new SecureEndpoint(this, inner.connect(local, remote, options, serverName), true, name);
    }

    @Override
    public int poll() throws TransportException {
        workedFor = 0;
        int work = 0;
        for (int n = restless.size(); n > 0; n--) {
            SecureEndpoint endpoint = restless.remove();
            if (endpoint.hasSomethingToDo()) {
                restless.add(endpoint);
                if (endpoint.wantsToBeCalled()) {
                    work += endpoint.ready().onReady();
                }
            } else {
                endpoint.calmed();
            }
        }
        return work + inner.poll();
    }

    @Override
    public void await(long nanos) throws TransportException {
        for (SecureEndpoint endpoint : restless) {
            if (endpoint.hasSomethingToDo() && endpoint.wantsToBeCalled()) {
                return;
            }
        }
        inner.await(nanos);
    }

    void isRestless(SecureEndpoint endpoint) {
        restless.add(endpoint);
    }

    /**
     * {@return true if a handshake may go on in this poll} The first step always may, so that each
     * poll gets somewhere.
     */
    boolean hasBudget() {
        return workedFor < budget;
    }

    void worked(long nanos) {
        workedFor += Math.max(1, nanos);
    }

    @Override
    public void wakeup() {
        inner.wakeup();
    }

    @Override
    public void close() {
        restless.clear();
        inner.close();
    }
}
