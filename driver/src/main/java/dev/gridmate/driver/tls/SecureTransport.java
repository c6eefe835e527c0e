package dev.gridmate.driver.tls;

import dev.gridmate.driver.DriverCounter;
import dev.gridmate.driver.TlsHandshakes;
import dev.gridmate.driver.transport.Endpoint;
import dev.gridmate.driver.transport.Listener;
import dev.gridmate.driver.transport.SocketOptions;
import dev.gridmate.driver.transport.Transport;
import dev.gridmate.driver.transport.TransportException;
import dev.gridmate.internal.BufferPool;
import dev.gridmate.internal.Counters;
import dev.gridmate.internal.UpdateBudget;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Any transport with TLS on top. It also calls endpoints that have something to do although their
 * sockets have nothing: bytes that were decrypted and not read, a handshake that was put off.
 */
public final class SecureTransport implements Transport {

    /** Nanoseconds after which an endpoint without memory is called again, though nothing came. */
    private static final long MEMORY_PAUSE = 100_000_000L;

    private final Transport inner;
    private final Handshakes handshakes;
    private final RecordMemory memory;

    /** The endpoints that may have something to do, whatever their sockets have; each once. */
    private final ArrayDeque<SecureEndpoint> restless = new ArrayDeque<>();

    /** Puts TLS on top of a transport; memory and time are those of the driver. */
    public SecureTransport(
            Transport inner,
            TlsContext context,
            TlsHandshakes settings,
            BufferPool pool,
            UpdateBudget updateBudget,
            Counters<DriverCounter> counters) {
        this.inner = inner;
        memory = new RecordMemory(pool, counters);
        handshakes = new Handshakes(inner, context, settings, updateBudget);
    }

    /**
     * Sets what the next handshakes use. Those that have begun, and connections, stay as they are.
     */
    public void context(TlsContext next) {
        handshakes.context(next);
    }

    /** {@return what the next handshakes use} */
    public TlsContext context() {
        return handshakes.context();
    }

    @Override
    public long nanoTime() {
        return inner.nanoTime();
    }

    @Override
    public Listener listen(InetSocketAddress local, int backlog, SocketOptions options) throws TransportException {
        return new SecureListener(inner.listen(local, backlog, options), accepted -> secured(accepted, false, null));
    }

    @Override
    public Endpoint connect(
            @Nullable InetSocketAddress local,
            InetSocketAddress remote,
            SocketOptions options,
            @Nullable String serverName)
            throws TransportException {
        ServerName name = serverName == null ? null : ServerName.of(serverName); // before anything is connected
        return secured(inner.connect(local, remote, options, serverName), true, name);
    }

    private SecureEndpoint secured(Endpoint endpoint, boolean outgoing, @Nullable ServerName name) {
        return new SecureEndpoint(handshakes, memory, restless, endpoint, outgoing, name);
    }

    @Override
    public int poll() throws TransportException {
        handshakes.beginPoll();
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
        long most = nanos;
        for (SecureEndpoint endpoint : restless) {
            if (endpoint.isStarved()) {
                most = Math.min(nanos, MEMORY_PAUSE);
            } else if (endpoint.hasSomethingToDo() && endpoint.wantsToBeCalled()) {
                return;
            }
        }
        inner.await(most);
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
