package dev.gridmate.driver;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Carries packets for a program that owns its loop. The program calls {@link #update()} when it wants network work
 * done, {@code send} and {@code receive} when it has something to say or hear; nothing happens outside such a call.
 *
 * <p><b>Threads.</b> One thread at a time owns a driver: the one that constructed it, until {@link #handOver()}. A
 * call from another thread throws {@link IllegalStateException} with both names. {@link #stopWaitForData()} and
 * {@link #counter} may be called by any thread.
 *
 * <p><b>Order.</b> {@code initialize} comes first. A call that comes too early, or after {@code close}, throws {@link
 * IllegalStateException} and says what to call.
 */
public interface Driver extends AutoCloseable {

    /**
     * Prepares the driver for a local address. Sockets are made when {@code startListen} and {@code connectTo} need
     * them; outgoing connections start from this address, and from a port that the system chooses.
     *
     * <p>A host name as the address is looked up here, which can block.
     *
     * @param family the kind of address
     * @param address the IP address or name of a local interface; null for all interfaces
     * @param port the port to listen on, 0 to 65535; 0 lets the system choose when listening starts
     * @param isBroadcast whether broadcast packets will be sent; false for a stream driver
     * @param receiveBufferSize size in bytes of the system's receive buffer of each socket; 0 leaves it to the system
     * @param sendBufferSize size in bytes of the system's send buffer of each socket; 0 leaves it to the system
     * @return {@link ResultCode#OK}, or {@link ResultCode#SOCKET_CREATE} if the system has no descriptors left
     * @throws IllegalArgumentException if a parameter is out of range, the address is unknown or of another family, or
     *     a stream driver is asked to broadcast
     * @throws IllegalStateException if the driver is initialized already
     */
    @CheckReturnValue
    ResultCode initialize(
            AddressFamily family,
            @Nullable String address,
            int port,
            boolean isBroadcast,
            int receiveBufferSize,
            int sendBufferSize);

    /**
     * Prepares the driver, leaving the system's buffer sizes to the system.
     *
     * @param family the kind of address
     * @param address the IP address or name of a local interface; null for all interfaces
     * @param port the port to listen on, 0 to 65535; 0 lets the system choose when listening starts
     * @return as the long form
     * @throws IllegalArgumentException as the long form
     */
    @CheckReturnValue
    default ResultCode initialize(AddressFamily family, @Nullable String address, int port) {
        return initialize(family, address, port, false, 0, 0);
    }

    /**
     * Prepares a driver that only connects to others: all interfaces, no port.
     *
     * @param family the kind of address
     * @return as the long form
     */
    @CheckReturnValue
    default ResultCode initialize(AddressFamily family) {
        return initialize(family, null, 0);
    }

    /**
     * Returns the address object for a text.
     *
     * @param ipPort {@code ip|port}, with an IP address or a host name; a name is looked up here, which can block
     * @return this driver's object for that address
     * @throws IllegalArgumentException if the text has no {@code |}, the port is not 1 to 65535, the name is unknown, or
     *     the address is of another family
     */
    SocketDriverAddress createDriverAddress(String ipPort);

    /**
     * Returns the address object for a JDK address.
     *
     * @param address a resolved address; its port is 1 to 65535
     * @return this driver's object for that address
     * @throws IllegalArgumentException if it is unresolved, of another family, or its port is 0
     */
    SocketDriverAddress createDriverAddress(InetSocketAddress address);

    /**
     * Returns the port this driver listens on.
     *
     * @return the port it listens on, or listened on last; before that the one given to {@code initialize}, possibly 0
     */
    int port();

    /**
     * Returns the largest packet that can be sent.
     *
     * @return bytes
     */
    int maxSendSize();

    /**
     * Returns what each packet costs on the wire besides itself.
     *
     * @return bytes
     */
    int packetOverheadSize();

    /**
     * Does the network work there is: reads, writes, accepts, deadlines, events. Does not block.
     *
     * @return the amount of work done, for an idle strategy; 0 means that there was nothing to do
     */
    int update();

    /**
     * Writes what is waiting to be sent, as {@code update} would.
     *
     * @return the number of bytes written
     */
    int flush();

    /**
     * Takes a packet for a peer. It is copied, and leaves with the next {@code update}, {@code flush} or {@code
     * waitForData}. The buffer is
     * as before: its position does not move, so that one buffer can go to many peers.
     *
     * @param to the peer
     * @param packet the packet, between position and limit: 1 to {@link #maxSendSize()} bytes
     * @return {@link ResultCode#OK} if it was taken whole; otherwise none of it was
     * @throws IllegalArgumentException if the packet is empty or above {@code maxSendSize()}
     */
    ResultCode send(SocketDriverAddress to, ByteBuffer packet);

    /**
     * Receives one packet by copying it. Peers take turns.
     *
     * @param into gets the packet at its position, which moves past it; have {@link #maxSendSize()} bytes of room to be
     *     sure that it fits
     * @param result gets the sender and the code
     * @return the size of the packet; 0 with {@link ResultCode#OK} if no more is ready; 0 with {@link
     *     ResultCode#RECEIVE_BUFFER_TOO_SMALL} if it does not fit and stays
     */
    int receive(ByteBuffer into, ReceiveResult result);

    /**
     * Receives packets without copying them. Peers take turns.
     *
     * @param handler gets each packet
     * @param limit how many packets at the most, 1 or more
     * @return how many packets the handler got
     * @throws IllegalArgumentException if the limit is below 1
     */
    int receive(PacketHandler handler, int limit);

    /**
     * Waits until {@code update} or {@code receive} would find something, or the time is over, or somebody calls {@link
     * #stopWaitForData()}, or the thread is interrupted.
     *
     * <p>What is waiting to be sent is written first.
     *
     * @param timeout how long to wait at most, rounded up to whole milliseconds; zero does not wait, nor look at sockets
     * @return true if there may be something to do; false if the time ran out
     */
    boolean waitForData(Duration timeout);

    /** Ends the present {@link #waitForData}, or the next one. Any thread may call this, also after {@code close}. */
    void stopWaitForData();

    /**
     * Gives the driver up for another thread: the next thread that calls it owns it. All that this thread did with the
     * driver is visible to that one.
     */
    void handOver();

    /**
     * Reads a counter. Any thread may call this, also after {@code close}; from another thread the value can be a
     * moment old.
     *
     * @param counter which
     * @return its value since construction
     */
    long counter(DriverCounter counter);

    /**
     * Closes everything and releases all memory and descriptors. Each connection gets one last attempt to write what is
     * waiting; its event fires. Closing twice does nothing.
     */
    @Override
    void close();
}
