package dev.gridmate.bench.micro;

import dev.gridmate.driver.transport.Endpoint;
import dev.gridmate.driver.transport.Listener;
import dev.gridmate.driver.transport.Ready;
import dev.gridmate.driver.transport.SocketOptions;
import dev.gridmate.driver.transport.Transport;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A network without a system: what is written is gone, and what is read comes from a prepared
 * block. So a benchmark measures the driver and nothing else, where a socket's system call would
 * hide it.
 */
final class MemoryTransport implements Transport {

    private final List<MemoryEndpoint> endpoints = new ArrayList<>();
    private long time;

    private final ByteBuffer block;
    private int prepared;
    private @Nullable MemoryEndpoint ready;

    /** @param block where what arrives is prepared */
    MemoryTransport(ByteBuffer block) {
        this.block = block;
    }

    /** Prepares frames for {@link #arrive}. */
    void prepare(int packets, int size) {
        block.clear();
        for (int i = 0; i < packets; i++) {
            block.putShort((short) size).position(block.position() + size);
        }
        prepared = block.position();
    }

    /** All that was prepared arrives at the connection that was made first. */
    void arrive() {
        arrive(prepared);
    }

    /** The first bytes of what was prepared arrive there. */
    void arrive(int bytes) {
        MemoryEndpoint first = endpoints.get(0);
        first.waiting = block.position(0).limit(bytes);
        ready = first;
    }

    @Override
    public long nanoTime() {
        return time += 1_000;
    }

    @Override
    public Endpoint connect(
            @Nullable InetSocketAddress local,
            InetSocketAddress remote,
            SocketOptions options,
            @Nullable String serverName) {
        MemoryEndpoint endpoint = new MemoryEndpoint(remote);
        endpoints.add(endpoint);
        return endpoint;
    }

    @Override
    public int poll() {
        MemoryEndpoint called = ready;
        if (called == null) {
            return 0;
        }
        ready = null;
        return called.attached.onReady();
    }

    @Override
    public Listener listen(InetSocketAddress local, int backlog, SocketOptions options) {
        throw new UnsupportedOperationException("nobody comes");
    }

    @Override
    public void await(long nanos) {}

    @Override
    public void wakeup() {}

    @Override
    public void close() {}

    private static final class MemoryEndpoint implements Endpoint {
        private final InetSocketAddress remote;
        private Ready attached = () -> 0;
        private @Nullable ByteBuffer waiting;

        MemoryEndpoint(InetSocketAddress remote) {
            this.remote = remote;
        }

        @Override
        public InetSocketAddress remoteAddress() {
            return remote;
        }

        @Override
        public void attach(Ready ready) {
            attached = ready;
        }

        @Override
        public boolean finishConnect() {
            return true;
        }

        @Override
        public int read(ByteBuffer into) {
            ByteBuffer from = waiting;
            if (from == null) {
                return 0;
            }
            int count = Math.min(from.remaining(), into.remaining());
            into.put(into.position(), from, from.position(), count);
            into.position(into.position() + count);
            from.position(from.position() + count);
            waiting = from.hasRemaining() ? from : null;
            return count;
        }

        @Override
        public int write(ByteBuffer from) {
            int count = from.remaining();
            from.position(from.limit());
            return count;
        }

        @Override
        public void watch(boolean read, boolean write) {}

        @Override
        public void shutdownOutput() {}

        @Override
        public void close() {}

        @Override
        public void abort() {}
    }
}
