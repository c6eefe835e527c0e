package dev.gridmate.carrier;

import dev.gridmate.driver.transport.DatagramTransport;
import dev.gridmate.driver.transport.SocketOptions;
import dev.gridmate.driver.transport.TransportException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A socket at which a stranger's datagrams arrive in the name of others, in front of those that the
 * others sent.
 */
final class SpoofedSocket implements DatagramTransport {

    private record Forged(InetSocketAddress from, ByteBuffer datagram) {}

    private final DatagramTransport socket;
    private final Deque<Forged> forged = new ArrayDeque<>();

    SpoofedSocket(DatagramTransport socket) {
        this.socket = socket;
    }

    /** {@return somebody that says anything to this socket in another's name, and hears nothing} */
    RawPeer inNameOf(String ip, int port) {
        InetSocketAddress from = new InetSocketAddress(ip, port);
        return new RawPeer(datagram -> forged.add(new Forged(from, ByteBuffer.wrap(datagram))));
    }

    @Override
    public InetSocketAddress receive(ByteBuffer into) throws IOException {
        Forged next = forged.poll();
        if (next == null) {
            return socket.receive(into);
        }
        into.put(next.datagram);
        return next.from;
    }

    @Override
    public void await(long nanos, boolean write) throws TransportException {
        if (forged.isEmpty()) {
            socket.await(nanos, write);
        }
    }

    @Override
    public long nanoTime() {
        return socket.nanoTime();
    }

    @Override
    public void bind(InetSocketAddress local, boolean broadcast, SocketOptions options) throws TransportException {
        socket.bind(local, broadcast, options);
    }

    @Override
    public InetSocketAddress localAddress() {
        return socket.localAddress();
    }

    @Override
    public boolean send(ByteBuffer datagram, InetSocketAddress to) throws IOException {
        return socket.send(datagram, to);
    }

    @Override
    public boolean isWritable() throws TransportException {
        return socket.isWritable();
    }

    @Override
    public void wakeup() {
        socket.wakeup();
    }

    @Override
    public void close() {
        socket.close();
    }
}
