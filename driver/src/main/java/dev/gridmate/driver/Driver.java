package dev.gridmate.driver;

import dev.gridmate.Subscription;
import dev.gridmate.internal.CheckReturnValue;
import dev.gridmate.snapshot.DriverSnapshot;
import dev.gridmate.snapshot.SnapshotRequest;
import dev.gridmate.snapshot.SnapshotSource;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Carries packets for a program that owns its loop: over TCP connections ({@link
 * StreamSocketDriver}), or as UDP datagrams ({@link SocketDriver}). The program calls {@link
 * #update()} when it wants network work done, {@code send} and {@code receive} when it has
 * something to say or hear; nothing happens outside such a call.
 *
 * <p><b>Threads.</b> One thread at a time owns a driver: the one that constructed it, until {@link
 * #handOver()}. A call from another thread throws {@link IllegalStateException} with both names.
 * {@link #execute}, {@link #stopWaitForData()}, {@link #counter} and the methods of {@link
 * SnapshotSource} may be called by any thread.
 *
 * <p><b>Order.</b> {@code initialize} comes first. A call that comes too early, or after {@code
 * close}, throws {@link IllegalStateException} and says what to call.
 */
public interface Driver extends AutoCloseable, SnapshotSource<DriverSnapshot> {

    /**
     * Prepares the driver for a local address.
     *
     * <p>A datagram driver makes its socket here and binds it: it can send and receive at once. A
     * stream driver makes sockets when {@code startListen} and {@code connectTo} need them; its
     * outgoing connections start from this address, and from a port that the system chooses.
     *
     * <p>A host name as the address is looked up here, which can block.
     *
     * @param family the kind of address
     * @param address the IP address or name of a local interface; null for all interfaces
     * @param port the port to receive or to listen on, 0 to 65535; 0 lets the system choose when
     *     the socket is bound
     * @param isBroadcast whether broadcast packets will be sent, which takes IPv4 datagrams; false
     *     for a stream driver
     * @param receiveBufferSize size in bytes of the system's receive buffer of each socket; 0
     *     leaves it to the system over TCP, and is 262,144 over UDP
     * @param sendBufferSize size in bytes of the system's send buffer of each socket; 0 as for
     *     the receive buffer
     * @return {@link ResultCode#OK}; {@link ResultCode#SOCKET_CREATE} if the system has no
     *     descriptors left; from a datagram driver also {@link ResultCode#SOCKET_BIND} and others
     *     if the system refuses. {@link #lastError()} has the system's words, and the call can be
     *     made again.
     * @throws IllegalArgumentException if a parameter is out of range, the address is of another
     *     family, or broadcast is asked of a stream driver or of IPv6
     * @throws HostNotFoundException if the address is a name that no host has
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
     * @param port the port to receive or to listen on, 0 to 65535; 0 lets the system choose when
     *     the socket is bound
     * @return as the long form
     * @throws IllegalArgumentException as the long form
     */
    @CheckReturnValue
    default ResultCode initialize(AddressFamily family, @Nullable String address, int port) {
        return initialize(family, address, port, false, 0, 0);
    }

    /**
     * Prepares a driver that only goes to others: all interfaces, no port of its own choice.
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
     * @param ipPort {@code ip|port}, with an IP address or a host name; a name is looked up here,
     *     which can block
     * @return this driver's object for that address
     * @throws IllegalArgumentException if the text has no {@code |}, the port is not 1 to 65535, or
     *     the address is of another family
     * @throws HostNotFoundException if no host has the name, or none of its addresses is of the
     *     family. {@link #connectToHost} looks names up without blocking, and tries all addresses.
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
     * {@return the port that others reach this driver on: the one that is bound} Of a stream driver
     * it is the one it listens on, or listened on last, and before that the one given to {@code
     * initialize}, possibly 0.
     */
    int port();

    /**
     * {@return the address that this driver listens or receives on, with its {@link #port()}; null
     * from a driver that does not tell}
     */
    default @Nullable InetSocketAddress localAddress() {
        return null;
    }

    /** {@return the largest packet that can be sent, in bytes} */
    int maxSendSize();

    /**
     * {@return what each packet costs on the wire besides itself, in bytes: the length before it in
     * a stream; the headers of UDP and IP around a datagram}
     */
    int packetOverheadSize();

    /**
     * Returns how large a packet {@code send} would take now without a write to the system. At 0
     * hold back, if you can: the peer, or the system, takes less than you send.
     *
     * @param to the peer
     * @return bytes, 0 or more. In a stream, what is free of the outbound buffer of that
     *     connection, less one header, which may be above {@link #maxSendSize()}; 0 if there is no
     *     such connection. For datagrams {@code maxSendSize()}; 0 from when the system refused one
     *     because its buffer is full, until an {@code update}, {@code flush} or {@code waitForData}
     *     finds that it takes more, or it takes another {@code send}.
     */
    int writableBytes(SocketDriverAddress to);

    /**
     * {@return true if packets travel on connections, which are made with {@link #connectTo} or
     * accepted, and end} False if a packet goes to any address at once: then the next four methods
     * do what is right without connections.
     */
    default boolean isConnectionOriented() {
        return false;
    }

    /**
     * Begins to connect to a peer, if this driver needs a connection to send to it. {@link
     * #subscribe} tells how it ends.
     *
     * @param address the peer
     * @return {@link ResultCode#OK} if it has begun, or no connection is needed; {@link
     *     ResultCode#ALREADY_CONNECTED} if there is one, or one on its way; other codes if it
     *     cannot begin, with the words in {@link #lastError()}
     */
    @CheckReturnValue
    default ResultCode connectTo(SocketDriverAddress address) {
        return ResultCode.OK;
    }

    /**
     * Begins to connect to a host by its name. The name is looked up on another thread, and all its
     * addresses are tried, as {@link HostNames} says; the first that answers wins. With TLS the
     * name is the one to ask for, and for which the certificate must be, unless {@link TlsConfig}
     * has another.
     *
     * <p>One event tells how it ends, with the address that has won, or with the name and why each
     * address failed; nothing can be sent before. It takes one place of the maximum of connections.
     * The connect timeout counts for each address.
     *
     * @param host a host name; an IP address is not looked up
     * @param port 1 to 65535
     * @return the connect, the same as before if there is a pending one for this host and port;
     *     null from a driver without connections, or one that leaves names to what is built on it
     * @throws IllegalArgumentException if the host can be neither a name nor an address of this
     *     driver's family, or the port is out of range. An unknown host is not an exception.
     */
    default @Nullable HostConnect connectToHost(String host, int port) {
        return null;
    }

    /** {@return how this driver, and what is built on it, connects by host name} */
    default HostNames hostNames() {
        return HostNames.DEFAULT;
    }

    /**
     * {@return true if a packet for this peer would leave: its connection is established, or none
     * is needed}
     *
     * @param address the peer
     */
    default boolean isConnectedTo(SocketDriverAddress address) {
        return true;
    }

    /**
     * {@return how large a packet may be that {@code send} takes on its way now: as {@link
     * #writableBytes}, but 0 while not connected} A protocol on top of the driver, which keeps what
     * it cannot send, needs no other question.
     *
     * @param to the peer
     */
    default int roomFor(SocketDriverAddress to) {
        return writableBytes(to);
    }

    /**
     * Connects a handler for the events of this driver's connections. (The event bus of a {@link
     * dev.gridmate.GridMate} carries those of all its drivers.) It is called as the handlers of the
     * bus are.
     *
     * @param handler hears each event from the next one on
     * @return the handler's place; close it to disconnect the handler
     */
    default Subscription subscribe(StreamSocketDriverEvents handler) {
        return () -> {}; // without connections there are no events
    }

    /**
     * Returns the time by which this driver's network lives: the system's, or that of a simulated
     * network. A protocol on top of the driver that takes its time from here runs on either.
     *
     * @return nanoseconds since an arbitrary moment, never decreasing; two drivers' times compare
     *     only if they share a network
     */
    long nanoTime();

    /**
     * Returns what the system said when it last refused something: in a call that returned a {@code
     * SOCKET_} code or {@link ResultCode#TLS_CONFIGURATION}, for a datagram that {@code send}
     * answered with {@link ResultCode#SEND}, or in an accept or receive where a counter counted it.
     * May be called at any time, also before {@code initialize} and after {@code close}.
     *
     * @return the message; empty if there was none yet
     */
    String lastError();

    /**
     * Does the network work there is: reads, writes, accepts, deadlines, events. Does not block. A
     * datagram driver has little to do here, since {@code send} and {@code receive} go to its
     * socket themselves.
     *
     * @return the amount of work done, for an idle strategy; 0 means that there was nothing to do
     */
    int update();

    /**
     * Writes what is waiting to be sent, as {@code update} would. With datagrams nothing ever
     * waits.
     *
     * @return the number of bytes written
     */
    int flush();

    /**
     * Takes a packet for a peer. A stream driver copies it, and it leaves with the next {@code
     * update}, {@code flush} or {@code waitForData}; a datagram leaves at once. The buffer is as
     * before: its position does not move, so that one buffer can go to many peers.
     *
     * @param to the peer
     * @param packet the packet, between position and limit: 1 to {@link #maxSendSize()} bytes
     * @return {@link ResultCode#OK} if it was taken whole; otherwise none of it was, and {@link
     *     DriverCounter#SENDS_REJECTED} counts it
     * @throws IllegalArgumentException if the packet is empty or above {@code maxSendSize()}
     */
    ResultCode send(SocketDriverAddress to, ByteBuffer packet);

    /**
     * Receives one packet by copying it. In a stream driver peers take turns; datagrams come as
     * they arrived.
     *
     * @param into gets the packet at its position, which moves past it; have {@link #maxSendSize()}
     *     bytes of room, if the peer's is the same, to be sure that it fits
     * @param result gets the sender and the code
     * @return the size of the packet; 0 with {@link ResultCode#OK} if no more is ready; 0 with
     *     {@link ResultCode#RECEIVE_BUFFER_TOO_SMALL} if it does not fit and stays
     */
    int receive(ByteBuffer into, PacketInfo result);

    /**
     * Receives packets without copying them. In a stream driver peers take turns; datagrams come as
     * they arrived, and are read from the socket until it is dry or the limit is reached.
     *
     * @param handler gets each packet
     * @param limit how many packets at the most, 1 or more
     * @return how many packets the handler got
     * @throws IllegalArgumentException if the limit is below 1
     */
    int receive(PacketHandler handler, int limit);

    /**
     * Waits until {@code update} or {@code receive} would find something, or the time is over, or
     * somebody calls {@link #stopWaitForData()}, or the thread is interrupted. One
     * interrupt ends one wait, and stays pending.
     *
     * <p>What is waiting to be sent is written first. If there is room again for a peer whose
     * packet was refused with {@link ResultCode#SEND_BUFFER_FULL}, there is something to do.
     *
     * @param timeout how long to wait at most, rounded up to whole milliseconds; zero does not
     *     wait, nor look at sockets
     * @return true if there may be something to do; false if the time ran out
     */
    boolean waitForData(Duration timeout);

    /**
     * Ends the present {@link #waitForData}, or the next one. Any thread may call this, also after
     * {@code close}.
     */
    void stopWaitForData();

    /**
     * Runs a task on the thread that owns this driver, at the beginning of the next {@link
     * #update()}, after those that were given before. Ends a {@link #waitForData}. Any thread may
     * call this, from construction on.
     *
     * <p>A task may call anything. What it throws is logged, and the others run; only a {@link
     * VirtualMachineError} leaves {@code update}. A task that gives another one gives it to the
     * update after this one. No task runs inside another. {@link #close()} runs those that still
     * wait, before it closes anything.
     *
     * @param task what to run
     * @throws java.util.concurrent.RejectedExecutionException if 1,024 tasks wait already, or the
     *     driver is closed; {@link DriverCounter#TASKS_REJECTED} counts it
     */
    void execute(Runnable task);

    /** {@return true if {@code initialize} has succeeded, and the driver is not closed} */
    boolean isInitialized();

    /**
     * Checks that the calling thread may use this driver, as every method does that is not for any
     * thread. For what is built on a driver and has the same rule.
     *
     * @throws IllegalStateException if another thread owns the driver
     */
    void checkThread();

    /**
     * Gives the driver up for another thread: the next thread that calls it owns it. All that this
     * thread did with the driver is visible to that one.
     */
    void handOver();

    /**
     * Reads a counter. Any thread may call this, also after {@code close}; from another thread the
     * value can be a moment old.
     *
     * @param counter which
     * @return its value since construction
     */
    long counter(DriverCounter counter);

    @Override
    default String name() {
        return getClass().getSimpleName();
    }

    /**
     * {@inheritDoc} A driver that takes none, since it is not of this library, fails the future
     * with {@link IllegalStateException}.
     */
    @Override
    default CompletableFuture<DriverSnapshot> snapshot(SnapshotRequest request) {
        return CompletableFuture.failedFuture(new IllegalStateException(name() + " takes no pictures"));
    }

    @Override
    default Duration sinceUpdate() {
        return Duration.ZERO;
    }

    /**
     * Runs the tasks that wait, closes everything, and releases all memory and descriptors. Each
     * connection of a stream driver gets one last attempt to write what is waiting; its event
     * fires. Closing twice does nothing.
     */
    @Override
    void close();
}
