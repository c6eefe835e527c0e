package dev.gridmate.driver.sim;

import dev.gridmate.driver.transport.Endpoint;
import dev.gridmate.driver.transport.Listener;
import dev.gridmate.driver.transport.Ready;
import dev.gridmate.driver.transport.SocketOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A listening socket. What waits in its backlog has the system's half of a connection already, as
 * in Linux.
 */
final class SimulatedListener implements Listener {

    private final SimulatedHost host;
    private final @Nullable SimulatedTransport transport;
    private final InetSocketAddress local;
    private final int backlog;
    private final SocketOptions options;
    private final ArrayDeque<SimulatedEndpoint> waiting = new ArrayDeque<>();
    private boolean watched = true;
    private boolean open = true;
    private Ready ready = () -> 0;

    SimulatedListener(
            SimulatedHost host,
            @Nullable SimulatedTransport transport,
            InetSocketAddress local,
            int backlog,
            SocketOptions options) {
        this.host = host;
        this.transport = transport;
        this.local = local;
        this.backlog = backlog;
        this.options = options;
    }

    /** A peer knocks; returns this host's end of the connection, or null if the backlog is full. */
    @Nullable
    SimulatedEndpoint onConnect(SimulatedEndpoint client) {
        if (waiting.size() >= backlog) {
            return null;
        }
        SimulatedEndpoint.Ends ends = client.ends.seenFromThere();
        SimulatedEndpoint before = host.socket(ends);
        if (before != null) {
            // The peer forgot the old connection, or it would not use its port again. TCP finds
            // that out by asking it.
            before.onReset();
            if (waiting.remove(before)) {
                before.close();
            }
        }
        SimulatedEndpoint server = new SimulatedEndpoint(host, transport, ends, options);
        server.join(client);
        host.opened(server);
        waiting.add(server);
        return server;
    }

    @Override
    public InetSocketAddress localAddress() {
        return local;
    }

    @Override
    public void attach(Ready attached) {
        ready = attached;
    }

    Ready ready() {
        return ready;
    }

    @Override
    public @Nullable Endpoint accept() throws IOException {
        return next();
    }

    @Nullable
    SimulatedEndpoint next() throws IOException {
        host.network.settle();
        if (waiting.isEmpty()) {
            return null;
        }
        if (host.network.chance(host.network.faults().breaks().acceptFailures())) {
            throw new IOException("Too many open files");
        }
        SimulatedEndpoint accepted = waiting.remove();
        if (transport != null) {
            transport.add(accepted);
        }
        return accepted;
    }

    @Override
    public void watch(boolean accept) {
        watched = accept;
    }

    boolean isWatched() {
        return watched;
    }

    /** Draws whether it is named although nobody is waiting. */
    boolean isSpuriouslyReady() {
        return host.network.chance(host.network.faults().choppiness().spuriousReadiness());
    }

    boolean isReady() {
        return !waiting.isEmpty();
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            host.closed(this);
            waiting.forEach(SimulatedEndpoint::abort);
            waiting.clear();
            if (transport != null) {
                transport.remove(this);
            }
        }
    }
}
