package dev.gridmate.driver.sim;

import dev.gridmate.driver.transport.Endpoint;
import dev.gridmate.driver.transport.Listener;
import dev.gridmate.driver.transport.SocketOptions;
import dev.gridmate.driver.transport.Transport;
import dev.gridmate.driver.transport.TransportException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One driver's sockets on a simulated host. Readiness is as a selector has it: level-triggered, in
 * no order.
 */
class SimulatedTransport implements Transport {

    private final SimulatedHost host;
    private final SimulatedNetwork network;
    private final List<SimulatedEndpoint> endpoints = new ArrayList<>();
    private final AtomicBoolean woken = new AtomicBoolean();
    private @Nullable SimulatedListener listener;

    SimulatedTransport(SimulatedHost host) {
        this.host = host;
        this.network = host.network;
    }

    @Override
    public long nanoTime() {
        return network.nanoTime();
    }

    @Override
    public Listener listen(InetSocketAddress local, int backlog, SocketOptions options) throws TransportException {
        SimulatedListener opened = host.listen(this, local, backlog, options);
        listener = opened;
        return opened;
    }

    @Override
    public Endpoint connect(
            @Nullable InetSocketAddress local,
            InetSocketAddress remote,
            SocketOptions options,
            @Nullable String serverName)
            throws TransportException {
        SimulatedEndpoint endpoint = host.connect(this, local, remote, options);
        add(endpoint);
        return endpoint;
    }

    @Override
    public int poll() {
        network.settle();
        int work = 0;
        SimulatedEndpoint[] asked = endpoints.toArray(new SimulatedEndpoint[0]);
        int first = asked.length > 1 ? network.draw(asked.length) : 0;
        for (int i = 0; i < asked.length; i++) {
            SimulatedEndpoint each = asked[(first + i) % asked.length];
            if (each.isOpen() && (each.isReady() || each.isSpuriouslyReady())) {
                work += each.ready().onReady();
            }
        }
        SimulatedListener open = listener;
        if (open != null && ((open.isWatched() && open.isReady()) || open.isSpuriouslyReady())) {
            work += open.ready().onReady();
        }
        return work;
    }

    @Override
    public void await(long nanos) {
        long until = network.nanoTime() + nanos;
        network.settle();
        while (!woken.getAndSet(false) && !somebodyIsReady()) {
            long next = network.transit().nextArrival();
            network.advanceTo(Math.min(next, until));
            if (next > until) {
                return;
            }
        }
    }

    private boolean somebodyIsReady() {
        for (SimulatedEndpoint each : endpoints) {
            if (each.isReady()) {
                return true;
            }
        }
        return listener != null && listener.isWatched() && listener.isReady();
    }

    @Override
    public void wakeup() {
        woken.set(true);
    }

    @Override
    public void close() {
        if (listener != null) {
            listener.close();
        }
        List.copyOf(endpoints).forEach(SimulatedEndpoint::close);
    }

    void add(SimulatedEndpoint endpoint) {
        endpoints.add(endpoint);
    }

    void remove(SimulatedEndpoint endpoint) {
        endpoints.remove(endpoint);
    }

    void remove(SimulatedListener closed) {
        if (listener == closed) {
            listener = null;
        }
    }
}
