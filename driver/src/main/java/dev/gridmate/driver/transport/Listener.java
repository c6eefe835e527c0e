package dev.gridmate.driver.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Accepts connections. */
public interface Listener {

    /** {@return the address that it listens on, with the port that was bound} */
    InetSocketAddress localAddress();

    /**
     * Sets what {@link Transport#poll} calls when a connection may be waiting.
     *
     * @param ready what to call
     */
    void attach(Ready ready);

    /**
     * Accepts a connection that is waiting.
     *
     * @return one end of it; null if none is waiting
     * @throws IOException if the system refuses, most often for lack of descriptors. The connection
     *     stays waiting.
     */
    @Nullable
    Endpoint accept() throws IOException;

    /**
     * Sets if {@link Transport#poll} and {@link Transport#await} are to watch for connections.
     * A new listener is watched.
     *
     * @param accept whether
     */
    void watch(boolean accept);

    /**
     * Stops listening and frees the port. Accepted connections stay; those that were waiting are
     * refused.
     */
    void close();
}
