package dev.gridmate.driver;

import dev.gridmate.driver.transport.Endpoint;
import dev.gridmate.driver.transport.Listener;
import dev.gridmate.driver.transport.Ready;
import dev.gridmate.driver.transport.SocketOptions;
import dev.gridmate.driver.transport.SystemSockets;
import dev.gridmate.driver.transport.Transport;
import dev.gridmate.driver.transport.TransportException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The system's network, with a count of what the driver asks of it: each read and each write is a
 * system call.
 */
final class CountingTransport implements Transport {

    private final Transport system = SystemSockets.tcp();
    private long polls;
    private long named;
    private long reads;
    private long emptyReads;
    private long writes;

    CountingTransport() throws TransportException {}

    /** What was asked since the last time. */
    record Calls(long polls, long named, long reads, long emptyReads, long writes) {}

    Calls take() {
        Calls calls = new Calls(polls, named, reads, emptyReads, writes);
        polls = 0;
        named = 0;
        reads = 0;
        emptyReads = 0;
        writes = 0;
        return calls;
    }

    @Override
    public long nanoTime() {
        return system.nanoTime();
    }

    @Override
    public Listener listen(InetSocketAddress local, int backlog, SocketOptions options) throws TransportException {
        return new CountedListener(system.listen(local, backlog, options));
    }

    @Override
    public Endpoint connect(
            @Nullable InetSocketAddress local,
            InetSocketAddress remote,
            SocketOptions options,
            @Nullable String serverName)
            throws TransportException {
        return new CountedEndpoint(system.connect(local, remote, options, serverName));
    }

    @Override
    public int poll() throws TransportException {
        polls++;
        return system.poll();
    }

    private Ready counted(Ready ready) {
        return () -> {
            named++;
            return ready.onReady();
        };
    }

    @Override
    public void await(long nanos) throws TransportException {
        system.await(nanos);
    }

    @Override
    public void wakeup() {
        system.wakeup();
    }

    @Override
    public void close() {
        system.close();
    }

    private final class CountedListener implements Listener {
        private final Listener listener;

        CountedListener(Listener listener) {
            this.listener = listener;
        }

        @Override
        public InetSocketAddress localAddress() {
            return listener.localAddress();
        }

        @Override
        public void attach(Ready ready) {
            listener.attach(counted(ready));
        }

        @Override
        public @Nullable Endpoint accept() throws IOException {
            Endpoint accepted = listener.accept();
            return accepted == null ? null : new CountedEndpoint(accepted);
        }

        @Override
        public void watch(boolean accept) {
            listener.watch(accept);
        }

        @Override
        public void close() {
            listener.close();
        }
    }

    private final class CountedEndpoint implements Endpoint {
        private final Endpoint endpoint;

        CountedEndpoint(Endpoint endpoint) {
            this.endpoint = endpoint;
        }

        @Override
        public InetSocketAddress remoteAddress() {
            return endpoint.remoteAddress();
        }

        @Override
        public void attach(Ready ready) {
            endpoint.attach(counted(ready));
        }

        @Override
        public boolean finishConnect() throws IOException {
            return endpoint.finishConnect();
        }

        @Override
        public int read(ByteBuffer into) throws IOException {
            reads++;
            int read = endpoint.read(into);
            emptyReads += read == 0 ? 1 : 0;
            return read;
        }

        @Override
        public int write(ByteBuffer from) throws IOException {
            writes++;
            return endpoint.write(from);
        }

        @Override
        public void watch(boolean read, boolean write) {
            endpoint.watch(read, write);
        }

        @Override
        public void shutdownOutput() throws IOException {
            endpoint.shutdownOutput();
        }

        @Override
        public void close() {
            endpoint.close();
        }

        @Override
        public void abort() {
            endpoint.abort();
        }
    }
}
