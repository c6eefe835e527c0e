package dev.gridmate.driver.sim;

import dev.gridmate.driver.AddressFamily;
import dev.gridmate.driver.transport.DatagramTransport;
import dev.gridmate.driver.transport.SocketOptions;
import dev.gridmate.driver.transport.TransportException;
import dev.gridmate.internal.IpText;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A UDP socket on a simulated host. */
final class SimulatedDatagramSocket implements DatagramTransport {

    private static final InetAddress EVERYBODY = new InetSocketAddress("255.255.255.255", 0).getAddress();

    private static final int LARGEST = 65_507;

    /**
     * What each waiting datagram takes of the receive buffer besides itself, or empty ones could
     * wait without end.
     */
    private static final int HEADERS = 28;

    /** How long a system whose buffer is full takes nothing. */
    private static final long REFUSING = 1_000_000;

    private final SimulatedHost host;
    private final SimulatedNetwork network;
    private final ArrayDeque<Arrived> inbox = new ArrayDeque<>();
    private final AtomicBoolean woken = new AtomicBoolean();
    private @Nullable InetSocketAddress local;
    private AddressFamily family = AddressFamily.IPV4;
    private boolean broadcast;
    private boolean open = true;
    private int receiveBufferSize;
    private long waiting;
    private long fullUntil;

    private record Arrived(InetSocketAddress sender, ByteBuffer bytes) {}

    SimulatedDatagramSocket(SimulatedHost host) {
        this.host = host;
        this.network = host.network;
    }

    @Override
    public long nanoTime() {
        return network.nanoTime();
    }

    @Override
    public void bind(InetSocketAddress to, boolean isBroadcast, SocketOptions options) throws TransportException {
        family = options.family();
        broadcast = isBroadcast;
        receiveBufferSize = options.receiveBufferSize();
        local = host.bind(this, to);
    }

    @Override
    public InetSocketAddress localAddress() {
        return Objects.requireNonNull(local, "not bound");
    }

    // ------------------------------------------------------------ sending

    @Override
    public boolean send(ByteBuffer datagram, InetSocketAddress to) throws IOException {
        network.settle();
        if (!open) {
            throw new ClosedChannelException();
        }
        if (datagram.remaining() > LARGEST) {
            throw new SocketException("Message too long");
        }
        if (isBroadcast(to) && !broadcast) {
            throw new SocketException("Permission denied");
        }
        InetSocketAddress sender = senderTo(to);
        if (network.nanoTime() < fullUntil) {
            return false;
        }
        if (network.datagrams().isSendRefused(network.link(host, to.getAddress()))) {
            fullUntil = network.nanoTime() + REFUSING;
            return false;
        }
        byte[] bytes = new byte[datagram.remaining()];
        datagram.get(bytes);
        network.sendDatagram(host, sender, to, bytes, isBroadcast(to));
        return true;
    }

    private InetSocketAddress senderTo(InetSocketAddress to) throws SocketException {
        InetSocketAddress bound = localAddress();
        InetSocketAddress sender = bound.getAddress().isAnyLocalAddress()
                ? new InetSocketAddress(host.addressFor(to.getAddress()), bound.getPort())
                : bound;
        if (sender.getAddress().getClass() != to.getAddress().getClass()) {
            throw new SocketException("Network is unreachable");
        }
        return sender;
    }

    private static boolean isBroadcast(InetSocketAddress to) {
        return to.getAddress().equals(EVERYBODY);
    }

    @Override
    public boolean isWritable() {
        return network.nanoTime() >= fullUntil;
    }

    // ------------------------------------------------------------ receiving

    /** {@return true if datagrams from one address to another are for this socket} */
    boolean isFor(InetSocketAddress receiver, InetSocketAddress sender) {
        InetSocketAddress bound = localAddress();
        return bound.getPort() == receiver.getPort()
                && (bound.getAddress().equals(receiver.getAddress())
                        || bound.getAddress().isAnyLocalAddress())
                && (family == AddressFamily.IPV6 || sender.getAddress() instanceof Inet4Address);
    }

    /**
     * Returns false if the buffer is full. As in Linux, there is room as long as the limit is not
     * passed.
     */
    boolean arrive(InetSocketAddress sender, byte[] bytes) {
        if (waiting >= (receiveBufferSize > 0 ? receiveBufferSize : network.window())) {
            return false;
        }
        waiting += bytes.length + HEADERS;
        inbox.add(new Arrived(sender, ByteBuffer.wrap(bytes)));
        return true;
    }

    @Override
    public @Nullable InetSocketAddress receive(ByteBuffer into) throws IOException {
        network.settle();
        if (!open) {
            throw new ClosedChannelException();
        }
        Arrived next = inbox.poll();
        if (next == null) {
            return null;
        }
        waiting -= next.bytes.capacity() + HEADERS;
        into.put(next.bytes.limit(Math.min(next.bytes.capacity(), into.remaining())));
        return next.sender;
    }

    // ------------------------------------------------------------ waiting and closing

    @Override
    public void await(long nanos, boolean write) {
        long until = network.nanoTime() + nanos;
        network.settle();
        while (!woken.getAndSet(false) && inbox.isEmpty() && !(write && isWritable())) {
            long next = write
                    ? Math.min(network.transit().nextArrival(), fullUntil)
                    : network.transit().nextArrival();
            network.advanceTo(Math.min(next, until));
            if (next > until) {
                return;
            }
        }
    }

    @Override
    public void wakeup() {
        woken.set(true);
    }

    @Override
    public void close() {
        network.settle();
        if (open) {
            open = false;
            host.closed(this);
            inbox.clear();
        }
    }

    static String text(InetSocketAddress address) {
        return IpText.of(address);
    }

    @Override
    public String toString() {
        return local == null ? "not bound" : text(local);
    }
}
