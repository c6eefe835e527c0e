package dev.gridmate.driver.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a datagram driver needs from the world: time, and one socket that sends datagrams to anybody
 * and receives them from everybody.
 *
 * <p>One driver owns a transport and calls it from one thread; {@link #wakeup()} is for any thread.
 * Nothing here blocks but {@link #await}. Readiness is level-triggered: what was not received is
 * there again in the next call.
 *
 * <p>An {@link IOException} of {@code send} or {@code receive} concerns that one datagram. The
 * socket goes on.
 */
public interface DatagramTransport extends AutoCloseable {

    /**
     * {@return the time by which this network lives: nanoseconds since an arbitrary moment, never
     * decreasing}
     */
    long nanoTime();

    /**
     * Makes the socket. Comes first, and once: after an exception the transport can only be closed.
     *
     * @param local where to receive; port 0 lets the system choose
     * @param broadcast whether datagrams may go to broadcast addresses
     * @param options for the socket
     * @throws TransportException if the address cannot be bound, or the system refuses
     */
    void bind(InetSocketAddress local, boolean broadcast, SocketOptions options) throws TransportException;

    /** {@return the address that the socket receives on, with the port that was bound} */
    InetSocketAddress localAddress();

    /**
     * Sends what lies between position and limit as one datagram, and moves the position past it if
     * it was taken.
     *
     * @param datagram what to send
     * @param to the receiver, resolved, of a family that the socket has
     * @return true if it was taken; false if the system's buffer is full now
     * @throws IOException if the system refuses this datagram; the message is the system's
     */
    boolean send(ByteBuffer datagram, InetSocketAddress to) throws IOException;

    /**
     * Receives one datagram into the room between position and limit, and moves the position past
     * it. What does not fit is lost: have 65,535 bytes of room.
     *
     * @param into the room
     * @return who sent it, preferably the same object for the same sender; null if none is there
     *     now
     * @throws IOException if the system tells an error instead, for example one that a datagram
     *     sent earlier met
     */
    @Nullable
    InetSocketAddress receive(ByteBuffer into) throws IOException;

    /**
     * Asks whether the system's buffer has room again after it had none. It can cost a system call.
     *
     * @return true if it takes more
     * @throws TransportException if the system cannot say
     */
    boolean isWritable() throws TransportException;

    /**
     * Waits until a datagram is there, for {@link #wakeup()}, or for the time to be over.
     *
     * @param nanos how long at most, above 0
     * @param write whether to wait also for the system's buffer to have room
     * @throws TransportException if the system cannot wait
     */
    void await(long nanos, boolean write) throws TransportException;

    /** Ends the present or the next {@link #await}. For any thread, also after {@link #close()}. */
    void wakeup();

    /**
     * Closes the socket and frees its port. What was not received is lost. Closing twice does
     * nothing.
     */
    @Override
    void close();

    /** Opens a transport, one for each driver. */
    @FunctionalInterface
    interface Factory {
        /**
         * Opens a transport.
         *
         * @return the transport, not bound yet
         * @throws TransportException if the system has no descriptors left
         */
        DatagramTransport open() throws TransportException;
    }
}
