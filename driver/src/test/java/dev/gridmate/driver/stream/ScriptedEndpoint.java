package dev.gridmate.driver.stream;

import dev.gridmate.driver.transport.Endpoint;
import dev.gridmate.driver.transport.Ready;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * An endpoint whose other end is the test: bytes arrive in the pieces in which the test gives them.
 */
final class ScriptedEndpoint implements Endpoint {

    private final Deque<ByteBuffer> arrivals = new ArrayDeque<>();
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private int takes = Integer.MAX_VALUE;
    private boolean isRead;

    void arrive(byte[] piece) {
        arrivals.add(ByteBuffer.wrap(piece));
    }

    void forgetArrivals() {
        arrivals.clear();
    }

    void takeAtMost(int bytes) {
        takes = bytes;
    }

    /** {@return true if it is watched for reading} */
    boolean isRead() {
        return isRead;
    }

    byte[] written() {
        byte[] bytes = written.toByteArray();
        written.reset();
        return bytes;
    }

    @Override
    public int read(ByteBuffer into) {
        ByteBuffer piece = arrivals.peek();
        if (piece == null) {
            return 0;
        }
        int count = Math.min(piece.remaining(), into.remaining());
        into.put(into.position(), piece, piece.position(), count);
        into.position(into.position() + count);
        piece.position(piece.position() + count);
        if (!piece.hasRemaining()) {
            arrivals.remove();
        }
        return count;
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        int count = Math.min(takes, from.remaining());
        byte[] bytes = new byte[count];
        from.get(bytes);
        written.writeBytes(bytes);
        return count;
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    }

    @Override
    public void attach(Ready ready) {}

    @Override
    public boolean finishConnect() {
        return true;
    }

    @Override
    public void watch(boolean read, boolean write) {
        isRead = read;
    }

    @Override
    public void shutdownOutput() {}

    @Override
    public void close() {}

    @Override
    public void abort() {}
}
