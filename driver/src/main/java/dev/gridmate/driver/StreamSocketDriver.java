package dev.gridmate.driver;

import dev.gridmate.EventBus;
import dev.gridmate.GridMate;
import dev.gridmate.Subscription;
import dev.gridmate.driver.stream.Connection;
import dev.gridmate.driver.stream.ConnectionState;
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
import java.io.UncheckedIOException;
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
    private final Subscription attachment;
    private final Ownership ownership = new Ownership();

    private volatile @Nullable Initialized world;
    private boolean closed;
    private boolean announcing;
    private int established;
    private String lastError = "";

    /** What {@code initialize} makes. */
    private record Initialized(
            Transport transport,
            @Nullable Security security,
            LoopTime time,
            SocketOptions options,
            ConnectionTable table,
            Acceptor acceptor) {}

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
        this.attachment = gridMate.attach(this);
    }

    @Override
    public ResultCode initialize(
            AddressFamily family,
            @Nullable String address,
            int port,
            boolean isBroadcast,
            int receiveBufferSize,
            int sendBufferSize) {
        ownership.check();
        if (closed) {
            throw new IllegalStateException("the driver is closed: make a new one");
        }
        if (world != null) {
            throw new IllegalStateException("the driver is initialized already: close it and make a new one");
        }
        if (isBroadcast) {
            throw new IllegalArgumentException("isBroadcast is true, but TCP cannot broadcast");
        }
        Arguments.inRange("receiveBufferSize", receiveBufferSize, 0, Integer.MAX_VALUE);
        Arguments.inRange("sendBufferSize", sendBufferSize, 0, Integer.MAX_VALUE);
        InetSocketAddress local = AddressBook.toBind(family, address, port);
        TlsConfig tls = config.tls();
        Security security = null;
        Transport transport;
        try {
            security = tls == null ? null : Security.open(tls, config.transport());
            transport = security == null ? config.transport().open() : security.transport();
        } catch (TransportException e) {
            return failed(e);
        }
        SocketOptions options = new SocketOptions(family, receiveBufferSize, sendBufferSize);
        long gapLimit = config.updateGapLimit().isZero()
                ? Long.MAX_VALUE
                : config.updateGapLimit().toNanos();
        ConnectionTable table = new ConnectionTable(new AddressBook(this, family));
        world = new Initialized(
                transport,
                security,
                new LoopTime(gapLimit, transport.nanoTime()),
                options,
                table,
                new Acceptor(config, transport, options, table, core, counters, local, message -> lastError = message));
        return ResultCode.OK;
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
        Initialized here = enter();
        Arguments.inRange("backlog", backlog, 1, Integer.MAX_VALUE);
        if (here.acceptor.isListening()) {
            throw new IllegalStateException(
                    "the driver is listening already on port " + here.acceptor.port() + ": call stopListen first");
        }
        try {
            if (here.security != null) {
                here.security.checkListening();
            }
            here.acceptor.listen(backlog);
            return ResultCode.OK;
        } catch (TransportException e) {
            return failed(e);
        }
    }

    /**
     * Stops accepting connections and frees the port. Connections stay, and {@link #startListen} works again at once, on
     * the same port. Does nothing if the driver is not listening.
     *
     * @return {@link ResultCode#OK}
     */
    public ResultCode stopListen() {
        enter().acceptor.stop();
        return ResultCode.OK;
    }

    /**
     * Says whether the driver accepts connections.
     *
     * @return whether
     */
    public boolean isListening() {
        return enter().acceptor.isListening();
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
        security(enter());
        return connect(address, serverName);
    }

    private static Security security(Initialized here) {
        if (here.security == null) {
            throw new IllegalStateException("this driver does without TLS: give its configuration a TlsConfig");
        }
        return here.security;
    }

    private ResultCode connect(SocketDriverAddress address, @Nullable String serverName) {
        Initialized here = enter();
        SocketDriverAddress own = here.table.own(address);
        if (here.table.isTaken(own)) {
            return failed(ResultCode.ALREADY_CONNECTED, own + " is connecting or connected already");
        }
        if (!here.table.hasEntry(own) && !here.acceptor.hasPlace()) {
            return failed(ResultCode.TOO_MANY_CONNECTIONS, "the maximum of " + config.maxConnections() + " is reached");
        }
        Endpoint endpoint;
        try {
            InetSocketAddress from = here.acceptor.localAddressToConnectFrom();
            endpoint = here.transport.connect(from, own.toInetSocketAddress(), here.options, serverName);
        } catch (TransportException e) {
            return failed(e);
        }
        advance(here); // the connect timeout counts from here, and not from the last update
        counters.add(DriverCounter.CONNECTS_STARTED, 1);
        here.table.add(Connection.connecting(core, endpoint, own));
        return ResultCode.OK;
    }

    /**
     * Closes a connection in order: what {@code send} accepted is sent, then a FIN; what the peer still sends can be
     * received; {@code onConnectionDisconnected} fires when the peer has closed too, or at the drain timeout. A
     * connection that does not stand yet is given up, and {@code onConnectionFailed} fires.
     *
     * @param address the peer
     * @return {@link ResultCode#OK}; {@link ResultCode#SEND_ADDRESS_NOT_BOUND} if there is no such connection
     */
    public ResultCode disconnectFrom(SocketDriverAddress address) {
        Initialized here = enter();
        Connection connection = here.table.open(address);
        if (connection == null) {
            return ResultCode.SEND_ADDRESS_NOT_BOUND;
        }
        advance(here); // the drain timeout counts from here
        connection.disconnect();
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
        Initialized here = enter();
        Connection connection = here.table.first(address, ConnectionState::isOpen);
        if (connection == null) {
            return ResultCode.SEND_ADDRESS_NOT_BOUND;
        }
        advance(here);
        connection.abort();
        return ResultCode.OK;
    }

    /**
     * Has the handshakes that begin from now on use another key, certificate and authorities. Connections stay as they
     * are, and so does everything in the configuration that is not about those. To read the same files again, pass the
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
        Initialized here = enter();
        try {
            security(here).reload(tls, here.acceptor.isListening());
            return ResultCode.OK;
        } catch (TransportException e) {
            return failed(e);
        }
    }

    /**
     * Returns what was agreed on with a peer: version, cipher suite, and the certificates by which it has proved who it
     * is.
     *
     * @param address the peer
     * @return the session; null if there is no such connection, or its handshake goes on, or this driver does without TLS.
     *     {@code getPeerCertificates} throws if the peer had to show none.
     */
    public @Nullable SSLSession tlsSession(SocketDriverAddress address) {
        Connection connection = enter().table.open(address);
        return connection == null ? null : connection.endpoint().session();
    }

    /**
     * Says whether a connection stands: it was announced, and packets can be sent on it.
     *
     * @param address the peer
     * @return whether
     */
    @Override
    public boolean isConnectedTo(SocketDriverAddress address) {
        Connection connection = enter().table.open(address);
        return connection != null && connection.state().isConnected();
    }

    /**
     * Returns the number of connections that were announced as established and not yet as disconnected.
     *
     * @return 0 or more
     */
    public int numberOfConnections() {
        enter();
        return established;
    }

    /**
     * Returns the maximum number of connections.
     *
     * @return 1 or more
     */
    public int maxNumConnections() {
        return config.maxConnections();
    }

    /**
     * Calls a consumer for each connection that was announced as established and not yet as disconnected. It may call
     * any method of the driver.
     *
     * @param consumer gets each peer's address
     */
    public void forEachConnection(Consumer<? super SocketDriverAddress> consumer) {
        enter().table.forEachAnnounced(consumer);
    }

    /**
     * Returns how large a packet can be to be accepted by {@code send} now without a write to the socket. Less is there
     * while the peer reads slowly; at 0 hold back, if you can. A connection that does not stand yet has room too: its
     * packets wait.
     *
     * @param to the peer
     * @return free bytes of the outbound buffer, less one header, 0 or more; 0 if there is no such connection
     */
    @Override
    public int writableBytes(SocketDriverAddress to) {
        Connection connection = enter().table.open(to);
        return connection == null ? 0 : connection.writableBytes();
    }

    @Override
    public boolean isConnectionOriented() {
        return true;
    }

    @Override
    public int roomFor(SocketDriverAddress to) {
        Connection connection = enter().table.open(to);
        return connection == null || !connection.state().isConnected() ? 0 : connection.writableBytes();
    }

    @Override
    public Subscription subscribe(StreamSocketDriverEvents handler) {
        return events.connect(new OwnEvents(this, handler));
    }

    @Override
    public long nanoTime() {
        return enter().transport.nanoTime();
    }

    /**
     * Returns what was wrong in the last call that returned a {@code SOCKET_} code or {@link
     * ResultCode#TLS_CONFIGURATION}, or in the last accept that the system refused and {@link
     * DriverCounter#ACCEPT_FAILURES} counted, or with the last accepted peer whose handshake failed and {@link
     * DriverCounter#TLS_HANDSHAKES_FAILED} counted.
     *
     * @return the message; empty if there was none yet
     */
    @Override
    public String lastError() {
        ownership.check();
        return lastError;
    }

    @Override
    public SocketDriverAddress createDriverAddress(String ipPort) {
        return enter().table.book().parse(ipPort);
    }

    @Override
    public SocketDriverAddress createDriverAddress(InetSocketAddress address) {
        return enter().table.book().checked(address);
    }

    @Override
    public int port() {
        return enter().acceptor.port();
    }

    @Override
    public int maxSendSize() {
        return config.maxPacketSize();
    }

    @Override
    public int packetOverheadSize() {
        return Frame.HEADER_SIZE;
    }

    @Override
    public int update() {
        Initialized here = enter();
        advance(here);
        int work = 0;
        try {
            work += here.transport.poll();
        } catch (TransportException e) {
            throw new UncheckedIOException("the system cannot say which sockets are ready", e);
        }
        work += core.serveUnasked();
        work += here.acceptor.accept(here.time.now());
        work += core.flush() > 0 ? 1 : 0;
        work += core.expire();
        work += core.settle();
        work += announce(here, core.newsCount());
        return work;
    }

    private void advance(Initialized here) {
        if (here.time.advance(here.transport.nanoTime())) {
            counters.add(DriverCounter.UPDATE_GAPS, 1);
        }
        core.at(here.time.now());
    }

    @Override
    public int flush() {
        advance(enter());
        return core.flush();
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
        Initialized here = enter();
        Arguments.packetSize(packet, config.maxPacketSize());
        Connection connection = here.table.open(Objects.requireNonNull(to, "to"));
        ResultCode code = connection == null ? ResultCode.SEND_ADDRESS_NOT_BOUND : connection.send(packet);
        if (code != ResultCode.OK) {
            counters.add(DriverCounter.SENDS_REJECTED, 1);
        }
        return code;
    }

    @Override
    public int receive(ByteBuffer into, ReceiveResult result) {
        enter();
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
        enter();
        Objects.requireNonNull(handler, "handler");
        Arguments.inRange("limit", limit, 1, Integer.MAX_VALUE);
        return core.receive(handler, limit);
    }

    @Override
    public boolean waitForData(Duration timeout) {
        Initialized here = enter();
        long most = Arguments.nanos("timeout", timeout);
        advance(here);
        core.flush();
        core.settle();
        if (core.takeRoomAgain()
                || core.peekDeliverable() != null
                || core.newsCount() > 0
                || core.hasUnasked()
                || here.acceptor.hasRoomAgain()) {
            return true;
        }
        long start = here.transport.nanoTime();
        long untilDeadline = Math.max(0, here.acceptor.earlier(core.nextDeadline()) - here.time.now());
        long nanos = Math.min(most, untilDeadline);
        if (nanos > 0) {
            core.watchWriters(true);
            try {
                here.transport.await(nanos);
            } catch (TransportException e) {
                throw new UncheckedIOException("the system cannot wait for sockets", e);
            } finally {
                core.watchWriters(false);
            }
        }
        long end = here.transport.nanoTime();
        if (here.time.advanceWaiting(end, nanos)) {
            counters.add(DriverCounter.UPDATE_GAPS, 1);
        }
        core.at(here.time.now());
        return untilDeadline <= nanos || end - start < nanos;
    }

    @Override
    public void stopWaitForData() {
        Initialized here = world;
        if (here != null) {
            here.transport.wakeup();
        }
    }

    @Override
    public boolean isInitialized() {
        return world != null && !closed;
    }

    @Override
    public void checkThread() {
        ownership.check();
    }

    @Override
    public void handOver() {
        ownership.handOver();
    }

    @Override
    public long counter(DriverCounter counter) {
        return counters.get(counter);
    }

    @Override
    public void close() {
        ownership.check();
        if (closed) {
            return;
        }
        closed = true;
        attachment.close();
        Initialized here = world;
        if (here != null) {
            here.acceptor.stop();
            here.table.forEach(Connection::closeNow);
            announce(here, Integer.MAX_VALUE);
            here.transport.close();
        }
    }

    // Events fire here, when no list of connections is being walked, so that a handler may do anything. From inside an
    // event, nothing fires: the loop below goes on with it when the handler is done, and so every handler hears the
    // events in the same order. What an event leads to is told in the next update, or a handler that connects again
    // whenever a connect fails might keep this one from ever returning.
    private int announce(Initialized here, int most) {
        if (announcing) {
            return 0;
        }
        announcing = true;
        int fired = 0;
        try {
            for (int i = 0; i < most || closed; i++) { // a driver that a handler closes tells everything
                Connection next = core.nextNews();
                if (next == null) {
                    break;
                }
                fired += announce(here, next);
            }
        } finally {
            announcing = false;
        }
        return fired;
    }

    private int announce(Initialized here, Connection connection) {
        SocketDriverAddress address = connection.address();
        if (!here.table.isFirst(connection)) {
            return 0; // it speaks when the one before it has ended
        }
        if (connection.state() == ConnectionState.ACCEPT && here.acceptor.isOverfull()) {
            connection.turnAway();
        } else if (connection.state().isUnannounced()) {
            connection.establish();
            established++;
            counters.add(DriverCounter.CONNECTIONS_ESTABLISHED, 1);
            events.dispatch(handler -> handler.onConnectionEstablished(address));
        } else if (connection.state().isOver()) {
            Connection successor = here.table.removeFirst(connection);
            here.acceptor.onEnded(connection);
            if (connection.wasAnnounced()) {
                established--;
                counters.add(DriverCounter.DISCONNECTS, 1);
                events.dispatch(handler -> handler.onConnectionDisconnected(address, connection.reason()));
            } else if (connection.isOutgoing()) {
                counters.add(DriverCounter.CONNECTS_FAILED, 1);
                events.dispatch(handler -> handler.onConnectionFailed(address, connection.reason()));
            } else {
                lastError = "nothing came of the connection from " + address + ": " + connection.reason();
            }
            if (successor != null) {
                successor.promote();
            }
        }
        return 1;
    }

    private ResultCode failed(TransportException e) {
        return failed(e.code(), String.valueOf(e.getMessage()));
    }

    private ResultCode failed(ResultCode code, String message) {
        lastError = message;
        return code;
    }

    private Initialized enter() {
        ownership.check();
        Initialized here = world;
        if (here == null || closed) {
            throw new IllegalStateException(
                    closed
                            ? "the driver is closed: make a new one"
                            : "the driver is not initialized: call initialize first");
        }
        return here;
    }

    @Override
    public String toString() {
        Initialized here = world;
        return "StreamSocketDriver["
                + (closed ? "closed" : here == null ? "not initialized" : "port " + here.acceptor.port()) + "]";
    }
}
