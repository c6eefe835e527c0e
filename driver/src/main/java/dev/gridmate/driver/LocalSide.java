package dev.gridmate.driver;

import dev.gridmate.driver.transport.Endpoint;
import dev.gridmate.driver.transport.Listener;
import dev.gridmate.driver.transport.SocketOptions;
import dev.gridmate.driver.transport.Transport;
import dev.gridmate.driver.transport.TransportException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * This side of all connections of a driver: the address that it listens on and connects from, and
 * how sockets are set.
 */
final class LocalSide {

    private final Transport transport;
    private final SocketOptions options;
    private InetSocketAddress address;

    LocalSide(Transport transport, SocketOptions options, InetSocketAddress address) {
        this.transport = transport;
        this.options = options;
        this.address = address;
    }

    int port() {
        return address.getPort();
    }

    InetSocketAddress address() {
        return address;
    }

    /** A port that the system chose is kept, so that listening again finds the same one. */
    Listener listen(int backlog) throws TransportException {
        Listener opened = transport.listen(address, backlog, options);
        address = new InetSocketAddress(
                address.getAddress(), opened.localAddress().getPort());
        return opened;
    }

    /** Ends a wait for the network. For any thread, also after the end. */
    void wake() {
        transport.wakeup();
    }

    /** Connects from the given interface, and from any port. */
    Endpoint connect(SocketDriverAddress remote, @Nullable String serverName) throws TransportException {
        InetSocketAddress from =
                address.getAddress().isAnyLocalAddress() ? null : new InetSocketAddress(address.getAddress(), 0);
        return transport.connect(from, remote.toInetSocketAddress(), options, serverName);
    }
}
