package dev.gridmate.driver.sim;

import dev.gridmate.driver.transport.Endpoint;
import dev.gridmate.driver.transport.Ready;
import dev.gridmate.driver.transport.SocketOptions;
import dev.gridmate.internal.IpText;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One end of a simulated connection. What comes from the network are the {@code on...} methods. */
final class SimulatedEndpoint implements Endpoint {

    /** How long a client waits before it knocks again at a full backlog; Linux waits a second. */
    private static final long KNOCK_AGAIN = 1_000_000_000L;

    final SimulatedHost host;
    final InetSocketAddress local;
    private final SimulatedNetwork network;
    private final SimulatedLink link;
    private final @Nullable SimulatedTransport transport;
    private final InetSocketAddress remote;
    private final SocketOptions options;
    private Ready ready = () -> 0;

    private @Nullable SimulatedEndpoint peer;
    private SimulatedPipe in = new SimulatedPipe(1);
    private SimulatedPipe out = new SimulatedPipe(1);

    private boolean connected;
    private boolean finished;
    private @Nullable IOException refusal;
    private boolean open = true;
    private boolean reset;
    private boolean silent;
    private boolean watchesRead = true;
    private boolean watchesWrite;

    SimulatedEndpoint(
            SimulatedHost host,
            @Nullable SimulatedTransport transport,
            InetSocketAddress local,
            InetSocketAddress remote,
            SocketOptions options) {
        this.host = host;
        this.network = host.network;
        this.link = network.link(host, remote.getAddress());
        this.transport = transport;
        this.local = local;
        this.remote = remote;
        this.options = options;
    }

    // ------------------------------------------------------------ connecting

    void startConnecting() {
        trace("connects");
        SimulatedHost target = network.hostAt(remote.getAddress());
        if (target == null) {
            network.transit()
                    .send(
                            network.arrival(link),
                            host,
                            host,
                            () -> refusal = new NoRouteToHostException("No route to host"));
        } else if (network.chance(link.faults().connectsBlackHoled())) {
            network.transit().hold(host, target, () -> knock(target));
        } else {
            boolean refused = network.chance(link.faults().connectsRefused());
            network.transit().send(network.arrival(link), host, target, () -> {
                if (refused) {
                    refuse(target);
                } else {
                    knock(target);
                }
            });
        }
    }

    private void knock(SimulatedHost target) {
        if (!open) {
            return;
        }
        SimulatedListener listener = target.listenerAt(remote.getAddress(), remote.getPort(), false);
        if (listener == null) {
            refuse(target);
            return;
        }
        SimulatedEndpoint server = listener.onConnect(this);
        if (server == null) {
            network.transit().send(network.nanoTime() + KNOCK_AGAIN, host, target, () -> knock(target));
        } else {
            network.transit().send(server.out.inOrder(network.arrival(link)), target, host, () -> onConnected(server));
        }
    }

    private void refuse(SimulatedHost target) {
        network.transit().send(network.arrival(link), target, host, () -> {
            trace("is refused");
            refusal = new ConnectException("Connection refused");
        });
    }

    /** Makes this the accepting end of a connection. */
    void join(SimulatedEndpoint client) {
        in = pipe(client.options.sendBufferSize(), options.receiveBufferSize());
        out = pipe(options.sendBufferSize(), client.options.receiveBufferSize());
        peer = client;
        connected = true;
        finished = true;
    }

    private SimulatedPipe pipe(int sendBuffer, int receiveBuffer) {
        long both = (long) (sendBuffer > 0 ? sendBuffer : network.window())
                + (receiveBuffer > 0 ? receiveBuffer : network.window());
        return new SimulatedPipe((int) Math.min(both, Integer.MAX_VALUE));
    }

    private void onConnected(SimulatedEndpoint server) {
        if (!open && !silent) {
            sendReset(server);
        } else if (open && refusal == null) {
            trace("is connected");
            peer = server;
            in = server.out;
            out = server.in;
            connected = true;
        }
    }

    @Override
    public boolean finishConnect() throws IOException {
        network.settle();
        if (refusal != null) {
            throw refusal;
        }
        finished = connected;
        return connected;
    }

    // ------------------------------------------------------------ reading and writing

    @Override
    public int read(ByteBuffer into) throws IOException {
        network.settle();
        if (!open) {
            throw new ClosedChannelException();
        }
        int count = Math.min(in.readable(), into.remaining());
        if (count > 0) {
            if (count > 1 && network.chance(link.faults().shortReads())) {
                count = 1 + network.draw(count - 1);
            }
            in.read(into, count);
            return count;
        }
        if (reset) {
            throw new IOException("Connection reset");
        }
        return in.isAtEnd() ? -1 : 0;
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        network.settle();
        if (!open || out.endSent) {
            throw new ClosedChannelException();
        }
        if (reset) {
            throw new IOException("Broken pipe");
        }
        int count = Math.min(out.room(), from.remaining());
        if (count <= 0 || network.chance(link.faults().refusedWrites())) {
            return 0;
        }
        if (count > 1 && network.chance(link.faults().shortWrites())) {
            count = 1 + network.draw(count - 1);
        }
        long end = out.write(from, count);
        if (!out.severed) {
            out.severed = network.chance(link.faults().resets());
            transfer(out.severed ? end - network.draw(count + 1) : end);
        }
        return count;
    }

    // A cut lies behind any byte: the peer gets those before it, then the reset that this end gets
    // too.
    private void transfer(long end) {
        SimulatedEndpoint other = Objects.requireNonNull(peer, "not connected");
        long due = out.inOrder(network.arrival(link));
        network.transit().send(due, host, other.host, () -> other.onBytes(end));
        if (out.severed) {
            network.transit().send(due, host, other.host, other::onReset);
            network.transit().send(network.arrival(link), other.host, host, this::onReset);
        }
    }

    private void onBytes(long end) {
        if (open && !reset) {
            if (network.isTraced()) {
                trace("has bytes up to " + end);
            }
            in.arrive(end);
        } else if (!open && !silent && peer != null) {
            silent = true; // the system answers for a socket that is gone, and once is enough
            sendReset(peer);
        }
    }

    void onReset() {
        if (open && !reset) {
            trace("is reset");
            reset = true;
            if (!connected) {
                refusal = new ConnectException("Connection refused");
            }
        }
    }

    private void sendReset(SimulatedEndpoint to) {
        network.transit().send(network.arrival(link), host, to.host, to::onReset);
    }

    // ------------------------------------------------------------ ending

    @Override
    public void shutdownOutput() throws IOException {
        network.settle();
        if (!open) {
            throw new ClosedChannelException();
        }
        if (reset) {
            throw new IOException("Transport endpoint is not connected");
        }
        sendEnd();
    }

    private void sendEnd() {
        SimulatedEndpoint other = peer;
        if (other != null && !out.endSent) {
            trace("sends its FIN");
            out.endSent = true;
            if (!out.severed) {
                network.transit().send(out.inOrder(network.arrival(link)), host, other.host, other::onEnd);
            }
        }
    }

    private void onEnd() {
        if (open && !reset) {
            in.end();
        }
    }

    @Override
    public void close() {
        network.settle();
        if (in.readable() > 0) {
            abort();
        } else if (release()) {
            trace("closes");
            if (connected && !reset) {
                sendEnd();
            }
        }
    }

    @Override
    public void abort() {
        network.settle();
        if (release()) {
            trace("aborts");
            if (peer != null) {
                silent = true;
                sendReset(peer);
            }
        }
    }

    /** Goes without a word, as a host that loses its power. */
    void vanish() {
        if (release()) {
            trace("vanishes");
            silent = true;
        }
    }

    private boolean release() {
        boolean wasOpen = open;
        open = false;
        if (wasOpen) {
            host.closed(this);
            if (transport != null) {
                transport.remove(this);
            }
        }
        return wasOpen;
    }

    // ------------------------------------------------------------ readiness

    @Override
    public InetSocketAddress remoteAddress() {
        return remote;
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
    public void watch(boolean read, boolean write) {
        watchesRead = read;
        watchesWrite = write;
    }

    // For the tests, which hold what programs say against what went over the wire.

    @Nullable
    SimulatedEndpoint peer() {
        return peer;
    }

    SimulatedPipe in() {
        return in;
    }

    SimulatedPipe out() {
        return out;
    }

    boolean isOpen() {
        return open;
    }

    boolean isConnected() {
        return connected;
    }

    boolean isReset() {
        return reset;
    }

    @Nullable
    IOException refusal() {
        return refusal;
    }

    /** Draws whether it is named although nothing is there. */
    boolean isSpuriouslyReady() {
        return network.chance(link.faults().spuriousReadiness());
    }

    boolean isReady() {
        if (!finished) {
            return watchesRead && (connected || refusal != null);
        }
        return (watchesRead && (in.readable() > 0 || in.isAtEnd() || reset))
                || (watchesWrite && (out.room() > 0 || reset));
    }

    @Override
    public String toString() {
        return IpText.of(local) + " to " + IpText.of(remote);
    }

    private void trace(String what) {
        if (network.isTraced()) {
            network.trace(this + " " + what);
        }
    }
}
