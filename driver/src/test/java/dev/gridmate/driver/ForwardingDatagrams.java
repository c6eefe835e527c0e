package dev.gridmate.driver;

import dev.gridmate.driver.transport.DatagramTransport;
import dev.gridmate.driver.transport.SocketOptions;
import dev.gridmate.driver.transport.TransportException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * A datagram transport behind which another one does the work, for a test to change one thing about
 * it.
 */
class ForwardingDatagrams implements DatagramTransport {

    private final DatagramTransport actual;

    ForwardingDatagrams(DatagramTransport actual) {
        this.actual = actual;
    }

    @Override
    public long nanoTime() {
        return actual.nanoTime();
    }

    @Override
    public void bind(InetSocketAddress local, boolean broadcast, SocketOptions options) throws TransportException {
        actual.bind(local, broadcast, options);
    }

    @Override
    public InetSocketAddress localAddress() {
        return actual.localAddress();
    }

    @Override
    public boolean send(ByteBuffer datagram, InetSocketAddress to) throws IOException {
        return actual.send(datagram, to);
    }

    @Override
    public InetSocketAddress receive(ByteBuffer into) throws IOException {
        return actual.receive(into);
    }

    @Override
    public boolean isWritable() throws TransportException {
        return actual.isWritable();
    }

    @Override
    public void await(long nanos, boolean write) throws TransportException {
        actual.await(nanos, write);
    }

    @Override
    public void wakeup() {
        actual.wakeup();
    }

    @Override
    public void close() {
        actual.close();
    }
}
