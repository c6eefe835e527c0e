package dev.gridmate.driver.sim;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A peer without a driver: it says and hears bytes, when the test wants it to. One that is not read
 * from stalls, and its window fills.
 */
public final class SimulatedPeer implements AutoCloseable {

    final SimulatedEndpoint endpoint;
    private final ByteBuffer room = ByteBuffer.allocate(4096);
    private boolean ended;

    SimulatedPeer(SimulatedEndpoint endpoint) {
        this.endpoint = endpoint;
    }

    /**
     * Returns this end's address, which a driver on the other end knows it by.
     *
     * @return the address
     */
    public InetSocketAddress localAddress() {
        return endpoint.localAddress();
    }

    /**
     * Returns the other end's address.
     *
     * @return the address
     */
    public InetSocketAddress remoteAddress() {
        return endpoint.remoteAddress();
    }

    /**
     * Says if the connection is or was established.
     *
     * @return false while it is connecting, or if it was refused
     */
    public boolean isConnected() {
        endpoint.host.network.settle();
        return endpoint.isConnected();
    }

    /**
     * Writes as much as is taken now.
     *
     * @param bytes what to write
     * @return how many were taken, from the first on; 0 if the window is full, or the connection
     *     does not stand
     */
    public int write(byte... bytes) {
        if (bytes.length == 0 || !isConnected()) {
            return 0;
        }
        try {
            return endpoint.write(ByteBuffer.wrap(bytes));
        } catch (IOException e) {
            return 0;
        }
    }

    /**
     * Reads what is there now.
     *
     * @param most how many bytes at the most, 1 or more
     * @return the bytes; none if there are none now, or there will be no more
     */
    public byte[] read(int most) {
        if (!isConnected()) {
            return new byte[0];
        }
        room.clear().limit(Math.min(most, room.capacity()));
        try {
            ended |= endpoint.read(room) == -1;
        } catch (IOException e) {
            ended = true;
        }
        byte[] bytes = new byte[room.position()];
        room.flip().get(bytes);
        return bytes;
    }

    /**
     * Says if a read has found that nothing more comes: the other end closed, or the
     * connection is broken.
     *
     * @return true if so
     */
    public boolean isAtEnd() {
        return ended;
    }

    /**
     * Says if the connection is broken, by the other end or the network.
     *
     * @return true if so
     */
    public boolean isReset() {
        endpoint.host.network.settle();
        return endpoint.isReset();
    }

    /**
     * Says why the connection was never established.
     *
     * @return the system's words; empty if it is established, or connecting
     */
    public Optional<String> refusal() {
        endpoint.host.network.settle();
        return Optional.ofNullable(endpoint.refusal()).map(Throwable::getMessage);
    }

    /** Ends the sending direction: a FIN. Reading goes on. */
    public void shutdownOutput() {
        try {
            endpoint.shutdownOutput();
        } catch (IOException ignored) {
            return; // it is broken, and there is nobody to tell
        }
    }

    /** Closes both directions, with a RST if there are unread bytes. */
    @Override
    public void close() {
        endpoint.close();
    }

    /** Closes with a RST. */
    public void reset() {
        endpoint.abort();
    }

    /**
     * Goes without a word, as a host that loses its power. The other end is not told, and is never
     * answered again.
     */
    public void vanish() {
        endpoint.vanish();
    }

    @Override
    public String toString() {
        return "SimulatedPeer[" + endpoint + "]";
    }

    /** Where raw peers come in. */
    public static final class Listener implements AutoCloseable {

        private final SimulatedListener listener;

        Listener(SimulatedListener listener) {
            this.listener = listener;
        }

        /**
         * Returns where it listens.
         *
         * @return the address, with the port that was bound
         */
        public InetSocketAddress localAddress() {
            return listener.localAddress();
        }

        /**
         * Accepts a connection that is waiting.
         *
         * @return this end of it; empty if none is waiting, or the system refuses
         */
        public Optional<SimulatedPeer> accept() {
            try {
                return Optional.ofNullable(listener.next()).map(SimulatedPeer::new);
            } catch (IOException e) {
                return Optional.empty();
            }
        }

        @Override
        public void close() {
            listener.close();
        }
    }
}
