package dev.gridmate.driver;

import dev.gridmate.GridMate;
import dev.gridmate.driver.stream.Connection;
import dev.gridmate.driver.stream.Frame;
import dev.gridmate.driver.stream.StreamCore;
import java.net.InetSocketAddress;
import java.util.List;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** What can be asked of a stream driver. Nothing here changes anything. */
abstract class StreamReadings extends OwnedDriver<StreamWorld> {

    final StreamSocketDriverConfig config;
    final StreamCore core;

    StreamReadings(GridMate gridMate, StreamSocketDriverConfig config) {
        super(gridMate, "stream", config.visibility());
        this.config = config;
        this.core = new StreamCore(config, counters, Security.limits(config.tls()));
        core.notices(exhibit.notices());
    }

    /** {@return true if the driver accepts connections} */
    public boolean isListening() {
        return life.enter().acceptor.isListening();
    }

    @Override
    public HostNames hostNames() {
        return config.hostNames();
    }

    /**
     * {@return the TLS session with a peer: version, cipher suite, and the certificates that it has
     * shown} Null if there is no such connection, or its handshake goes on, or this driver does
     * without TLS. {@code getPeerCertificates} throws if the peer had to show none.
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

    /** {@return the number of {@link #connections()}} */
    public int numberOfConnections() {
        return life.enter().announcer.established();
    }

    /** {@return the maximum number of connections, 1 or more} */
    public int maxNumConnections() {
        return config.limits().maxConnections();
    }

    /**
     * {@return the connections that were announced as established and not yet as disconnected} The
     * list never changes: a walk may connect, disconnect and close, and sees what was there when it
     * asked. The same list is given until a connection comes or goes, so asking and walking take no
     * memory.
     */
    public List<SocketDriverAddress> connections() {
        return life.ask().table.established();
    }

    /**
     * Returns the number of a connection, to tell it from others in a log: two with the same
     * address have two numbers.
     *
     * @param address the peer
     * @return 1 or more, unique in this process and never given again; 0 if there is no such
     *     connection. There from {@code onConnectionEstablished} until {@code
     *     onConnectionDisconnected} has returned, as an attachment is.
     */
    public long connectionNumber(SocketDriverAddress address) {
        Connection connection = life.ask().table.announced(address);
        return connection == null ? 0 : connection.number();
    }

    /**
     * {@return what the program attached to a connection; null if nothing, or if there is no such
     * connection}
     *
     * @param address the peer
     */
    public @Nullable Object attachment(SocketDriverAddress address) {
        Connection connection = life.ask().table.announced(address);
        return connection == null ? null : connection.attachment();
    }

    /**
     * {@return the same, with its type}
     *
     * @param <T> what it is
     * @param address the peer
     * @param type its class
     * @throws ClassCastException if something else is attached
     */
    public <T> @Nullable T attachment(SocketDriverAddress address, Class<T> type) {
        return type.cast(attachment(address));
    }

    /**
     * {@inheritDoc} A connection that is not established yet has room too: its packets wait.
     */
    @Override
    public int writableBytes(SocketDriverAddress to) {
        return life.enter().sending.writableBytes(to);
    }

    @Override
    public boolean isConnectionOriented() {
        return true;
    }

    @Override
    public int roomFor(SocketDriverAddress to) {
        return life.enter().sending.roomFor(to);
    }

    @Override
    public long nanoTime() {
        return life.enter().transport.nanoTime();
    }

    @Override
    public int port() {
        return life.enter().local.port();
    }

    @Override
    public InetSocketAddress localAddress() {
        return life.enter().local.address();
    }

    @Override
    public int maxSendSize() {
        return config.buffers().maxPacketSize();
    }

    @Override
    public int packetOverheadSize() {
        return Frame.HEADER_SIZE;
    }

    /** {@return the bytes of {@code bufferMemory} that are in use} */
    public long bufferMemoryInUse() {
        life.checkThread();
        return core.pool().taken();
    }

    @Override
    final long clock() {
        StreamWorld here = life.world();
        return here == null ? 0 : here.transport.nanoTime();
    }

    @Override
    public String toString() {
        StreamWorld here = life.world();
        return life.describe("StreamSocketDriver", here == null ? 0 : here.local.port());
    }
}
