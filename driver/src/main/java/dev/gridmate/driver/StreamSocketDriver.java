package dev.gridmate.driver;

import dev.gridmate.EventBus;
import dev.gridmate.GridMate;
import dev.gridmate.Subscription;
import dev.gridmate.driver.stream.Connection;
import dev.gridmate.driver.stream.ConnectionState;
import dev.gridmate.driver.stream.Ending;
import dev.gridmate.driver.stream.Frame;
import dev.gridmate.driver.stream.StreamCore;
import dev.gridmate.driver.transport.Endpoint;
import dev.gridmate.driver.transport.SocketOptions;
import dev.gridmate.driver.transport.Transport;
import dev.gridmate.driver.transport.TransportException;
import dev.gridmate.internal.Arguments;
import dev.gridmate.internal.CheckReturnValue;
import dev.gridmate.internal.Counters;
import dev.gridmate.internal.LoopTime;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Carries packets over TCP: a server, a client, or both. On the wire it is the stream driver of Amazon Lumberyard's
 * GridMate, byte for byte.
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
 * <p>Its events go to the {@code StreamSocketDriverEvents} bus of its {@link GridMate}. Each packet that {@code send}
 * accepted arrives whole, once and in order, or the connection ends and the reason says what was lost.
 *
 * <p>Threads and the order of calls are those of {@link Driver}.
 */
public final class StreamSocketDriver implements Driver {

    private final StreamSocketDriverConfig config;
    private final Counters<DriverCounter> counters = new Counters<>(DriverCounter.class);
    private final StreamCore core;
    private final EventBus<StreamSocketDriverEvents> events;
    private final DriverLife<World> life;

    /** What {@code initialize} makes. */
    private record World(
            Transport transport,
            @Nullable Security security,
            LocalSide local,
            ConnectionTable table,
            Acceptor acceptor,
            Announcer announcer,
            StreamLoop loop) {}

    /**
     * Makes a driver with the parameters that the original has.
     *
     * @param gridMate whose bus hears of this driver's connections, and which closes this driver if need be
     * @param maxConnections the maximum number of connections; 1 for clients
     * @param maxPacketSize the largest packet in bytes, sent or received; above 65,535 it means 65,535
     * @param inboundBufferSize bytes for each connection that wait for the program; a lower bound
     * @param outboundBufferSize bytes for each connection that wait for the system; a lower bound
     * @throws IllegalArgumentException if a value is below 1, or the packet size is above the outbound buffer size
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
     * @param gridMate whose bus hears of this driver's connections, and which closes this driver if need be
     * @param config everything else
     */
    public StreamSocketDriver(GridMate gridMate, StreamSocketDriverConfig config) {
        this.config = Objects.requireNonNull(config, "config");
        this.core = new StreamCore(config, counters, Security.limits(config.tls()));
        this.events = gridMate.eventBus(StreamSocketDriverEvents.class);
        this.life = new DriverLife<>(gridMate, this);
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
            Security security = Security.open(config);
            Transport transport = security == null ? config.transport().open() : security.transport();
            ConnectionTable table = new ConnectionTable(new AddressBook(this, family));
            return life.begin(world(transport, security, new LocalSide(transport, options, local), table));
        } catch (TransportException e) {
            return life.failed(e);
        }
    }

    private World world(Transport transport, @Nullable Security security, LocalSide local, ConnectionTable table) {
        Acceptor acceptor = new Acceptor(config, local, table, core, counters, life);
        Announcer announcer = new Announcer(core, table, acceptor, events, counters, life);
        Duration gap = config.loop().updateGapLimit();
        LoopTime time = new LoopTime(gap.isZero() ? Long.MAX_VALUE : gap.toNanos(), transport.nanoTime());
        StreamLoop loop = new StreamLoop(transport, core, acceptor, announcer, counters, time);
        return new World(transport, security, local, table, acceptor, announcer, loop);
    }

    /**
     * Begins to accept connections on the address and port given to {@code initialize}.
     *
     * @param backlog how many connections the system may hold until they are accepted, 1 or more
     * @return {@link ResultCode#OK}; {@link ResultCode#SOCKET_BIND} if the port is in use, not permitted or the address
     *     is not this machine's; {@link ResultCode#TLS_CONFIGURATION} if every client would be refused with the {@link
     *     TlsConfig}'s key; {@link ResultCode#SOCKET_CREATE} and others if the system refuses. {@link #lastError()} has the
     *     words for it. The driver stays usable.
     * @throws IllegalArgumentException if the backlog is below 1
     * @throws IllegalStateException if the driver is listening already
     */
    @CheckReturnValue
    public ResultCode startListen(int backlog) {
        World here = life.enter();
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
     * Stops accepting connections and frees the port. Connections stay, and {@link #startListen} works again at once, on
     * the same port. Does nothing if the driver is not listening.
     *
     * @return {@link ResultCode#OK}
     */
    public ResultCode stopListen() {
        life.enter().acceptor.stop();
        return ResultCode.OK;
    }

    /** {@return true if the driver accepts connections} */
    public boolean isListening() {
        return life.enter().acceptor.isListening();
    }

    /**
     * Begins to connect. {@code onConnectionEstablished} or {@code onConnectionFailed} says how it ends; packets sent
     * meanwhile are queued.
     *
     * @param address the peer
     * @return {@link ResultCode#OK} if it has begun; {@link ResultCode#ALREADY_CONNECTED}; {@link
     *     ResultCode#TOO_MANY_CONNECTIONS}; a {@code SOCKET_} code if the system refuses, with its words in {@link
     *     #lastError()}
     */
    @Override
    @CheckReturnValue
    public ResultCode connectTo(SocketDriverAddress address) {
        return connect(address, null);
    }

    /**
     * Begins to connect with TLS to a server that has to prove a name, as {@link #connectTo(SocketDriverAddress)} does
     * with the name in {@link TlsConfig}, or the address if there is none.
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
        World here = life.enter();
        SocketDriverAddress own = here.table.own(address);
        if (here.table.isTaken(own)) {
            return life.failed(ResultCode.ALREADY_CONNECTED, own + " is connecting or connected already");
        }
        if (!here.table.hasEntry(own) && !here.acceptor.hasPlace()) {
            return life.failed(
                    ResultCode.TOO_MANY_CONNECTIONS,
                    "the maximum of " + config.limits().maxConnections() + " is reached");
        }
        Endpoint endpoint;
        try {
            endpoint = here.local.connect(own, serverName);
        } catch (TransportException e) {
            return life.failed(e);
        }
        here.loop.advance(); // the connect timeout counts from here, and not from the last update
        counters.add(DriverCounter.CONNECTS_STARTED, 1);
        here.table.add(core.connecting(endpoint, own));
        return ResultCode.OK;
    }

    /**
     * Closes a connection in order: what {@code send} accepted is sent, then a FIN; what the peer still sends can be
     * received; {@code onConnectionDisconnected} fires when the peer has closed too, or at the drain timeout. A
     * connection that is not established yet is given up, and {@code onConnectionFailed} fires.
     *
     * @param address the peer
     * @return {@link ResultCode#OK}; {@link ResultCode#SEND_ADDRESS_NOT_BOUND} if there is no such connection
     */
    public ResultCode disconnectFrom(SocketDriverAddress address) {
        World here = life.enter();
        return end(here, here.table.open(address), Ending::disconnect);
    }

    private static ResultCode end(World here, @Nullable Connection connection, Consumer<Ending> how) {
        if (connection == null) {
            return ResultCode.SEND_ADDRESS_NOT_BOUND;
        }
        here.loop.advance(); // the drain timeout counts from here
        how.accept(connection.ending());
        return ResultCode.OK;
    }

    /**
     * Closes a connection without waiting for anything. The peer gets a RST, in the next {@code update} at the latest. What
     * was sent may be lost; what has arrived can still be received.
     *
     * @param address the peer
     * @return {@link ResultCode#OK}; {@link ResultCode#SEND_ADDRESS_NOT_BOUND} if there is no such connection
     */
    public ResultCode abort(SocketDriverAddress address) {
        World here = life.enter();
        return end(here, here.table.first(address, ConnectionState::isOpen), Ending::abort);
    }

    /**
     * Sets another key, certificate and authorities for the handshakes that begin from now on. Connections stay as they are,
     * and so does everything in the configuration that is not about those. To read the same files again, pass the
     * same configuration.
     *
     * @param tls whose keys, certificates and authorities to use; its files are read now
     * @return {@link ResultCode#OK}; {@link ResultCode#TLS_CONFIGURATION} if something cannot be used, with the words in
     *     {@link #lastError()}: then nothing changed
     * @throws IllegalStateException if this driver does without TLS
     * @throws IllegalArgumentException if the driver is listening, and the configuration has no certificate
     */
    @CheckReturnValue
    public ResultCode reloadTls(TlsConfig tls) {
        World here = life.enter();
        try {
            Security.require(here.security).reload(tls, here.acceptor.isListening());
            return ResultCode.OK;
        } catch (TransportException e) {
            return life.failed(e);
        }
    }

    /**
     * {@return the TLS session with a peer: version, cipher suite, and the certificates that it has shown} Null if there is
     * no such connection, or its handshake goes on, or this driver does without TLS. {@code getPeerCertificates} throws if
     * the peer had to show none.
     *
     * @param address the peer
     */
    public @Nullable SSLSession tlsSession(SocketDriverAddress address) {
        Connection connection = life.enter().table.open(address);
        return connection == null ? null : connection.endpoint().session();
    }

    @Override
    public boolean isConnectedTo(SocketDriverAddress address) {
        Connection connection = life.enter().table.open(address);
        return connection != null && connection.state().isConnected();
    }

    /** {@return the number of connections that were announced as established and not yet as disconnected} */
    public int numberOfConnections() {
        return life.enter().announcer.established();
    }

    /** {@return the maximum number of connections, 1 or more} */
    public int maxNumConnections() {
        return config.limits().maxConnections();
    }

    /**
     * Calls a consumer for each connection that was announced as established and not yet as disconnected.
     *
     * @param consumer gets each peer's address; may call any method of the driver
     */
    public void forEachConnection(Consumer<? super SocketDriverAddress> consumer) {
        life.enter().table.forEachAnnounced(consumer);
    }

    /**
     * {@inheritDoc} It is what {@code send} accepts without a write to the socket. Less is there while the peer reads slowly.
     * A connection that is not established yet has room too: its packets wait.
     */
    @Override
    public int writableBytes(SocketDriverAddress to) {
        Connection connection = life.enter().table.open(to);
        return connection == null ? 0 : connection.writableBytes();
    }

    @Override
    public boolean isConnectionOriented() {
        return true;
    }

    @Override
    public int roomFor(SocketDriverAddress to) {
        Connection connection = life.enter().table.open(to);
        return connection == null || !connection.state().isConnected() ? 0 : connection.writableBytes();
    }

    @Override
    public Subscription subscribe(StreamSocketDriverEvents handler) {
        return events.connect(new OwnEvents(this, handler));
    }

    @Override
    public long nanoTime() {
        return life.enter().transport.nanoTime();
    }

    /**
     * {@inheritDoc} Here that is the last call that returned a {@code SOCKET_} code or {@link ResultCode#TLS_CONFIGURATION},
     * the last accept that {@link DriverCounter#ACCEPT_FAILURES} counted, or the last accepted peer whose handshake {@link
     * DriverCounter#TLS_HANDSHAKES_FAILED} counted.
     */
    @Override
    public String lastError() {
        return life.lastError();
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
    public int port() {
        return life.enter().local.port();
    }

    @Override
    public int maxSendSize() {
        return config.buffers().maxPacketSize();
    }

    @Override
    public int packetOverheadSize() {
        return Frame.HEADER_SIZE;
    }

    @Override
    public int update() {
        return life.enter().loop.update();
    }

    @Override
    public int flush() {
        return life.enter().loop.flush();
    }

    /**
     * {@inheritDoc}
     *
     * @return {@link ResultCode#OK} if it was taken whole; otherwise none of it was: {@link
     *     ResultCode#SEND_ADDRESS_NOT_BOUND} if there is no such connection; {@link ResultCode#SEND_SLOW_CONSUMER} if the
     *     peer reads too slowly, and the connection ended for it; {@link ResultCode#SEND_BUFFER_FULL} if that is to be
     *     borne ({@link SlowConsumerPolicy#REJECT}); {@link ResultCode#SEND} if the connection broke just now
     */
    @Override
    public ResultCode send(SocketDriverAddress to, ByteBuffer packet) {
        World here = life.enter();
        Arguments.packetSize(packet, config.buffers().maxPacketSize());
        Connection connection = here.table.open(Objects.requireNonNull(to, "to"));
        ResultCode code = connection == null ? ResultCode.SEND_ADDRESS_NOT_BOUND : connection.send(packet);
        if (code != ResultCode.OK) {
            counters.add(DriverCounter.SENDS_REJECTED, 1);
        }
        return code;
    }

    @Override
    public int receive(ByteBuffer into, PacketInfo result) {
        life.enter();
        Connection connection = core.peekDeliverable();
        if (connection == null) {
            result.set(null, ResultCode.OK, 0);
            return 0;
        }
        int size = connection.nextPacketSize();
        if (into.remaining() < size) {
            result.set(connection.address(), ResultCode.RECEIVE_BUFFER_TOO_SMALL, size);
            return 0;
        }
        connection.receive(into);
        result.set(connection.address(), ResultCode.OK, 0);
        return size;
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
        return life.enter().loop.await(Arguments.nanos("timeout", timeout));
    }

    @Override
    public void stopWaitForData() {
        World here = life.world();
        if (here != null) {
            here.transport.wakeup();
        }
    }

    @Override
    public boolean isInitialized() {
        return life.isInitialized();
    }

    @Override
    public void checkThread() {
        life.checkThread();
    }

    @Override
    public void handOver() {
        life.handOver();
    }

    @Override
    public long counter(DriverCounter counter) {
        return counters.get(counter);
    }

    @Override
    public void close() {
        World here = life.world();
        if (life.end() && here != null) {
            here.acceptor.stop();
            here.table.forEach(each -> each.ending().closeNow());
            here.announcer.announceAll();
            here.transport.close();
        }
    }

    @Override
    public String toString() {
        World here = life.world();
        return life.describe("StreamSocketDriver", here == null ? 0 : here.local.port());
    }
}
