package dev.gridmate.driver.sim;

import dev.gridmate.driver.transport.Endpoint;
import dev.gridmate.driver.transport.Ready;
import dev.gridmate.driver.transport.SocketOptions;
import dev.gridmate.internal.IpText;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One end of a simulated connection. What comes from the network are the {@code on...} methods. */
final class SimulatedEndpoint implements Endpoint {

    final SimulatedHost host;
    final Ends ends;
    private final SimulatedLink link;
    private final @Nullable SimulatedTransport transport;
    private final SocketOptions options;
    private final Interest interest = new Interest();

    @Nullable
    SimulatedEndpoint peer;

    SimulatedPipe in = new SimulatedPipe(1);
    SimulatedPipe out = new SimulatedPipe(1);

    private boolean connected;
    private boolean finished;
    private @Nullable IOException refusal;
    private boolean open = true;
    private boolean reset;
    private boolean silent;

    /** Both addresses of a connection, as one end of it sees them. */
    record Ends(InetSocketAddress local, InetSocketAddress remote) {
        Ends seenFromThere() {
            return new Ends(/* local= */ remote, /* remote= */ local);
        }
    }

    SimulatedEndpoint(SimulatedHost host, @Nullable SimulatedTransport transport, Ends ends, SocketOptions options) {
        this.host = host;
        this.transport = transport;
        this.ends = ends;
        this.options = options;
        link = host.network.link(host, ends.remote.getAddress());
    }

    /** What the endpoint is watched for, and what is called then. */
    private static final class Interest {
        private Ready ready = () -> 0;
        private boolean reads = true;
        private boolean writes;
    }

    // ------------------------------------------------------------ connecting

    void startConnecting() {
        trace("connects");
        new SimulatedConnect(this, link).start();
    }

    void onRefused(IOException why) {
        refusal = why;
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
        long both = (long) (sendBuffer > 0 ? sendBuffer : host.network.window())
                + (receiveBuffer > 0 ? receiveBuffer : host.network.window());
        return new SimulatedPipe((int) Math.min(both, Integer.MAX_VALUE));
    }

    void onConnected(SimulatedEndpoint server) {
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
        host.network.settle();
        if (refusal != null) {
            throw refusal;
        }
        finished = connected;
        return connected;
    }

    // ------------------------------------------------------------ reading and writing

    @Override
    public int read(ByteBuffer into) throws IOException {
        host.network.settle();
        if (!open) {
            throw new ClosedChannelException();
        }
        int count = Math.min(in.readable(), into.remaining());
        if (count > 0) {
            if (count > 1 && host.network.chance(link.faults().choppiness().shortReads())) {
                count = 1 + host.network.draw(count - 1);
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
        host.network.settle();
        if (!open || out.endSent) {
            throw new ClosedChannelException();
        }
        if (reset) {
            throw new IOException("Broken pipe");
        }
        int count = Math.min(out.room(), from.remaining());
        if (count <= 0 || host.network.chance(link.faults().choppiness().refusedWrites())) {
            return 0;
        }
        if (count > 1 && host.network.chance(link.faults().choppiness().shortWrites())) {
            count = 1 + host.network.draw(count - 1);
        }
        long end = out.write(from, count);
        if (!out.severed) {
            out.severed = host.network.chance(link.faults().breaks().resets());
            transfer(out.severed ? end - host.network.draw(count + 1) : end);
        }
        return count;
    }

    // A cut lies behind any byte: the peer gets those before it, then the reset that this end gets
    // too.
    private void transfer(long end) {
        SimulatedEndpoint other = Objects.requireNonNull(peer, "not connected");
        long due = out.inOrder(host.network.arrival(link));
        host.network.transit().send(due, host, other.host, () -> other.onBytes(end));
        if (out.severed) {
            host.network.transit().send(due, host, other.host, other::onReset);
            host.network.transit().send(host.network.arrival(link), other.host, host, this::onReset);
        }
    }

    private void onBytes(long end) {
        if (open && !reset) {
            if (host.network.isTraced()) {
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
        host.network.transit().send(host.network.arrival(link), host, to.host, to::onReset);
    }

    // ------------------------------------------------------------ ending

    @Override
    public void shutdownOutput() throws IOException {
        host.network.settle();
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
                host.network.transit().send(out.inOrder(host.network.arrival(link)), host, other.host, other::onEnd);
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
        host.network.settle();
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
        host.network.settle();
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
        return ends.remote;
    }

    @Override
    public InetSocketAddress localAddress() {
        return ends.local;
    }

    @Override
    public void attach(Ready attached) {
        interest.ready = attached;
    }

    Ready ready() {
        return interest.ready;
    }

    @Override
    public void watch(boolean read, boolean write) {
        interest.reads = read;
        interest.writes = write;
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
        return host.network.chance(link.faults().choppiness().spuriousReadiness());
    }

    boolean isReady() {
        if (!finished) {
            return interest.reads && (connected || refusal != null);
        }
        return (interest.reads && (in.readable() > 0 || in.isAtEnd() || reset))
                || (interest.writes && (out.room() > 0 || reset));
    }

    @Override
    public String toString() {
        return IpText.of(ends.local) + " to " + IpText.of(ends.remote);
    }

    void trace(String what) {
        if (host.network.isTraced()) {
            host.network.trace(this + " " + what);
        }
    }
}
