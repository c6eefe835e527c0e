package dev.gridmate.driver.transport;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What a stream driver needs from the world: time, connections, and to know which of them may have
 * something to do.
 *
 * <p>One driver owns a transport and calls it from one thread; {@link #wakeup()} is for any thread.
 * Nothing here blocks but {@link #await}.
 */
public interface Transport extends AutoCloseable {

    /**
     * {@return the time by which this network lives: nanoseconds since an arbitrary moment, never
     * decreasing}
     */
    long nanoTime();

    /**
     * Begins to listen. A transport has at most one listener at a time.
     *
     * @param local where
     * @param backlog how many connections the system may hold until they are accepted, 1 or more
     * @param options for the listener and what it accepts
     * @return the listener
     * @throws TransportException if the address cannot be bound, or the system refuses
     */
    Listener listen(InetSocketAddress local, int backlog, SocketOptions options) throws TransportException;

    /**
     * Begins to connect. How it ends is known from {@link Endpoint#finishConnect()}.
     *
     * @param local the local address to connect from; null for any
     * @param remote the peer
     * @param options for the socket
     * @param serverName the name that the peer has to prove; null for the usual one. Has no meaning
     *     on a network whose peers prove nothing.
     * @return the endpoint, still connecting
     * @throws TransportException if connecting cannot even begin
     */
    Endpoint connect(
            @Nullable InetSocketAddress local,
            InetSocketAddress remote,
            SocketOptions options,
            @Nullable String serverName)
            throws TransportException;

    /**
     * Calls what is attached to the listener and the endpoints that may have something to do. It
     * may call too many, never too few: a transport with few connections just calls them all, which
     * saves asking. In the first poll right after {@link #await} it may call those that the wait
     * found, and the rest in the next one.
     *
     * @return the work done, by all that were called
     * @throws TransportException if the system cannot say
     */
    int poll() throws TransportException;

    /**
     * Waits until {@code poll} would call something that has something to do, for {@link
     * #wakeup()}, or for the time to be over.
     *
     * @param nanos how long at most, above 0
     * @throws TransportException if the system cannot wait
     */
    void await(long nanos) throws TransportException;

    /** Ends the present or the next {@link #await}. For any thread, also after {@link #close()}. */
    void wakeup();

    /** Closes the transport with its listener and all its endpoints. */
    @Override
    void close();

    /** Opens a transport, one for each driver. */
    @FunctionalInterface
    interface Factory {
        /**
         * Opens a transport.
         *
         * @return the transport
         * @throws TransportException if the system has no descriptors left
         */
        Transport open() throws TransportException;
    }
}
