package dev.gridmate.driver;

import dev.gridmate.EventBus;
import dev.gridmate.GridMate;
import dev.gridmate.Subscription;
import dev.gridmate.driver.transport.SocketOptions;
import dev.gridmate.driver.transport.TransportException;
import dev.gridmate.internal.Arguments;
import dev.gridmate.internal.CheckReturnValue;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Carries packets over TCP: a server, a client, or both. On the wire it is the stream driver of
 * Amazon Lumberyard's GridMate, byte for byte.
 *
 * <pre>{@code
 * try (GridMate gridMate = new GridMate();
 *         StreamSocketDriver driver = new StreamSocketDriver(gridMate, 32, 65_536, 65_536, 65_536)) {
 *     if (driver.initialize(AddressFamily.IPV4, "127.0.0.1", 2017) != ResultCode.OK
 *             || driver.startListen(32) != ResultCode.OK) {
 *         throw new IllegalStateException(driver.lastError());
 *     }
 *     while (running) {
 *         driver.update();
 *         driver.receive(driver::send, 100); // an echo
 *         driver.waitForData(Duration.ofMillis(16));
 *     }
 * }
 * }</pre>
 *
 * <p>Its events go to the {@code StreamSocketDriverEvents} bus of its {@link GridMate}. Each packet
 * that {@code send} accepted arrives whole, once and in order, or the connection ends and the
 * reason says what was lost.
 *
 * <p>Threads and the order of calls are those of {@link Driver}.
 */
public final class StreamSocketDriver extends StreamReadings {

    private final EventBus<StreamSocketDriverEvents> events;

    /**
     * Makes a driver with the parameters that the original has.
     *
     * @param gridMate whose bus hears of this driver's connections, and which closes this driver if
     *     need be
     * @param maxConnections the maximum number of connections; 1 for clients
     * @param maxPacketSize the largest packet in bytes, sent or received; above 65,535 it means
     *     65,535
     * @param inboundBufferSize bytes for each connection that wait for the program; a lower bound
     * @param outboundBufferSize bytes for each connection that wait for the system; a lower bound
     * @throws IllegalArgumentException if a value is below 1, or the packet size is above the
     *     outbound buffer size
     */
    public StreamSocketDriver(
            GridMate gridMate, int maxConnections, int maxPacketSize, int inboundBufferSize, int outboundBufferSize) {
        this(
                gridMate,
                StreamSocketDriverConfig.builder()
                        .maxConnections(maxConnections)
                        .maxPacketSize(maxPacketSize)
                        .inboundBufferSize(inboundBufferSize)
                        .outboundBufferSize(outboundBufferSize)
                        .build());
    }

    /**
     * Makes a driver.
     *
     * @param gridMate whose bus hears of this driver's connections, and which closes this driver if
     *     need be
     * @param config everything else
     */
    public StreamSocketDriver(GridMate gridMate, StreamSocketDriverConfig config) {
        super(gridMate, config);
        this.events = gridMate.eventBus(StreamSocketDriverEvents.class);
    }

    @Override
    public ResultCode initialize(
            AddressFamily family,
            @Nullable String address,
            int port,
            boolean isBroadcast,
            int receiveBufferSize,
            int sendBufferSize) {
        life.checkNew();
        if (isBroadcast) {
            throw new IllegalArgumentException("isBroadcast is true, but TCP cannot broadcast");
        }
        SocketOptions options = new SocketOptions(family, receiveBufferSize, sendBufferSize);
        InetSocketAddress local = AddressBook.toBind(family, address, port);
        try {
            StreamParts parts = new StreamParts(config, counters, core, events, life, exhibit);
            StreamWorld made = StreamWorld.open(parts, new AddressBook(this, family), options, local);
            ResultCode begun = life.begin(made);
            show(made.loop.meter(), new StreamPainter(made, parts)::paint);
            return begun;
        } catch (TransportException e) {
            return life.failed(e);
        }
    }

    /**
     * Begins to accept connections on the address and port given to {@code initialize}.
     *
     * @param backlog how many connections the system may hold until they are accepted, 1 or more
     * @return {@link ResultCode#OK}; {@link ResultCode#SOCKET_BIND} if the port is in use, not
     *     permitted or the address is not this machine's; {@link ResultCode#TLS_CONFIGURATION} if
     *     every client would be refused with the {@link TlsConfig}'s key; {@link
     *     ResultCode#SOCKET_CREATE} and others if the system refuses. {@link #lastError()} has the
     *     words for it. The driver stays usable.
     * @throws IllegalArgumentException if the backlog is below 1
     * @throws IllegalStateException if the driver is listening already
     */
    @CheckReturnValue
    public ResultCode startListen(int backlog) {
        StreamWorld here = life.enter();
        Arguments.inRange("backlog", backlog, 1, Integer.MAX_VALUE);
        try {
            if (here.security != null) {
                here.security.checkListening();
            }
            here.acceptor.listen(backlog);
            return ResultCode.OK;
        } catch (TransportException e) {
            return life.failed(e);
        }
    }

    /**
     * Stops accepting connections, if it does, and frees the port. Connections stay, and {@link
     * #startListen} works again at once, on the same port.
     *
     * @return {@link ResultCode#OK}
     */
    public ResultCode stopListen() {
        life.enter().acceptor.stop();
        return ResultCode.OK;
    }

    /**
     * Begins to connect. {@code onConnectionEstablished} or {@code onConnectionFailed} says how it
     * ends; packets sent meanwhile are queued.
     *
     * @param address the peer
     * @return {@link ResultCode#OK} if it has begun; {@link ResultCode#ALREADY_CONNECTED}; {@link
     *     ResultCode#TOO_MANY_CONNECTIONS}; a {@code SOCKET_} code if the system refuses, with its
     *     words in {@link #lastError()}
     */
    @Override
    @CheckReturnValue
    public ResultCode connectTo(SocketDriverAddress address) {
        return connect(address, null);
    }

    /**
     * Begins to connect with TLS to a server that has to prove a name, as {@link
     * #connectTo(SocketDriverAddress)} does with the name in {@link TlsConfig}, or the address if
     * there is none.
     *
     * @param address the peer
     * @param serverName the name to ask for (SNI), and for which its certificate must be
     * @return as {@link #connectTo(SocketDriverAddress)}
     * @throws IllegalStateException if this driver does without TLS
     * @throws IllegalArgumentException if the name is neither a host name nor an address, as {@link
     *     TlsConfig.Builder#serverName} has it
     */
    @CheckReturnValue
    public ResultCode connectTo(SocketDriverAddress address, String serverName) {
        Objects.requireNonNull(serverName, "serverName");
        Security.require(life.enter().security);
        return connect(address, serverName);
    }

    private ResultCode connect(SocketDriverAddress address, @Nullable String serverName) {
        StreamWorld here = life.enter();
        return here.connector.connect(address, serverName, here.loop);
    }

    @Override
    public HostConnect connectToHost(String host, int port) {
        StreamWorld here = life.enter();
        InetSocketAddress name = here.table.book().nameOrAddress(host, port);
        Security security = here.security;
        String serverName =
                security == null || !name.isUnresolved() ? null : security.nameToAskFor(name.getHostString());
        return here.hosts.connect(name, serverName, config.hostNames(), here.loop.advance());
    }

    /**
     * Closes a connection in order: what {@code send} accepted is sent, then a FIN; what the peer
     * still sends can be received; {@code onConnectionDisconnected} fires when the peer has closed
     * too, or at the drain timeout. A connection that is not established yet is given up, and
     * {@code onConnectionFailed} fires.
     *
     * @param address the peer
     * @return {@link ResultCode#OK}; {@link ResultCode#SEND_ADDRESS_NOT_BOUND} if there is no such
     *     connection
     */
    public ResultCode disconnectFrom(SocketDriverAddress address) {
        StreamWorld here = life.enter();
        return here.connector.disconnect(address, here.loop);
    }

    /**
     * Closes a connection without waiting for anything. The peer gets a RST, in the next {@code
     * update} at the latest. What was sent may be lost; what has arrived can still be received.
     *
     * @param address the peer
     * @return {@link ResultCode#OK}; {@link ResultCode#SEND_ADDRESS_NOT_BOUND} if there is no such
     *     connection
     */
    public ResultCode abort(SocketDriverAddress address) {
        StreamWorld here = life.enter();
        return here.connector.abort(address, here.loop);
    }

    /**
     * Sets another key, certificate and authorities for the handshakes that begin from now on.
     * Connections stay as they are, and so does everything in the configuration that is not about
     * those. To read the same files again, pass the same configuration.
     *
     * @param tls whose keys, certificates and authorities to use; its files are read now
     * @return {@link ResultCode#OK}; {@link ResultCode#TLS_CONFIGURATION} if something cannot be
     *     used, with the words in {@link #lastError()}: then nothing changed
     * @throws IllegalStateException if this driver does without TLS
     * @throws IllegalArgumentException if the driver is listening, and the configuration has no
     *     certificate
     */
    @CheckReturnValue
    public ResultCode reloadTls(TlsConfig tls) {
        StreamWorld here = life.enter();
        try {
            Security.require(here.security).reload(tls, here.acceptor.isListening());
            return ResultCode.OK;
        } catch (TransportException e) {
            return life.failed(e);
        }
    }

    /**
     * Keeps something of the program's with a connection, from {@code onConnectionEstablished}
     * until {@code onConnectionDisconnected} has returned, in that event too. The next connection
     * with the same address begins without.
     *
     * @param address the peer
     * @param attachment what to keep instead of what was kept; null for nothing
     * @throws IllegalStateException if no connection with this address was announced
     */
    public void attach(SocketDriverAddress address, @Nullable Object attachment) {
        life.ask().table.attach(address, attachment);
    }

    @Override
    public Subscription subscribe(StreamSocketDriverEvents handler) {
        return events.connect(new OwnEvents(this, handler));
    }

    @Override
    public SocketDriverAddress createDriverAddress(String ipPort) {
        return life.enter().table.book().parse(ipPort);
    }

    @Override
    public SocketDriverAddress createDriverAddress(InetSocketAddress address) {
        return life.enter().table.book().checked(address);
    }

    @Override
    public int update() {
        StreamWorld here = life.enter();
        try {
            int work = runTasks(here.loop.meter());
            return life.isClosed() ? work : work + here.loop.update();
        } finally {
            if (!here.loop.isInside()) { // else a picture now would not have all ends: later
                showItself();
            }
        }
    }

    private void showItself() {
        if (life.isClosed()) {
            exhibit.close();
        } else {
            exhibit.serve();
        }
    }

    @Override
    public int flush() {
        return life.enter().loop.flush();
    }

    /**
     * {@inheritDoc}
     *
     * @return {@link ResultCode#OK} if it was taken whole; otherwise none of it was: {@link
     *     ResultCode#SEND_ADDRESS_NOT_BOUND} if there is no such connection; {@link
     *     ResultCode#SEND_SLOW_CONSUMER} if the peer reads too slowly, and the connection ended for
     *     it; {@link ResultCode#SEND_BUFFER_FULL} if that is to be borne ({@link
     *     SlowConsumerPolicy#REJECT}); {@link ResultCode#SEND} if the connection broke just now
     */
    @Override
    public ResultCode send(SocketDriverAddress to, ByteBuffer packet) {
        Sending sending = life.enter().sending;
        Arguments.packetSize(packet, config.buffers().maxPacketSize());
        return sending.send(Objects.requireNonNull(to, "to"), packet);
    }

    /**
     * Sends a packet to all {@link #connections()}, or to all but one. Each is a {@link #send}, and
     * what was refused is counted as {@code send} counts it.
     *
     * @param packet the packet, as for {@code send}
     * @param except who gets none; null for nobody. It need not be connected.
     * @return how many connections took it
     * @throws IllegalArgumentException if the packet is empty or above {@link #maxSendSize()}
     */
    public int sendToAll(ByteBuffer packet, @Nullable SocketDriverAddress except) {
        Sending sending = life.enter().sending;
        Arguments.packetSize(packet, config.buffers().maxPacketSize());
        return sending.sendToAll(packet, except);
    }

    @Override
    public int receive(ByteBuffer into, PacketInfo result) {
        life.enter();
        return core.receive(into, result);
    }

    @Override
    public int receive(PacketHandler handler, int limit) {
        life.enter();
        Objects.requireNonNull(handler, "handler");
        Arguments.inRange("limit", limit, 1, Integer.MAX_VALUE);
        return core.receive(handler, limit);
    }

    @Override
    public boolean waitForData(Duration timeout) {
        StreamLoop loop = life.enter().loop;
        long nanos = Arguments.nanos("timeout", timeout);
        boolean tasks = life.tasks().isReady();
        return loop.await(tasks ? 0 : nanos) || tasks;
    }

    @Override
    public void stopWaitForData() {
        StreamWorld here = life.world();
        if (here != null) {
            here.transport.wakeup();
        }
    }

    @Override
    public void close() {
        StreamWorld open = life.world();
        life.checkThread();
        if (open != null && open.loop.putOff(this::close)) {
            return;
        }
        boolean ended = life.end();
        StreamWorld here = life.world();
        if (ended && here != null) {
            try {
                here.close();
            } finally {
                if (!here.loop.isInside()) {
                    showItself();
                }
            }
        }
    }
}
