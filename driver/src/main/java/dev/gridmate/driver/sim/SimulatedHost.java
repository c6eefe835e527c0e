package dev.gridmate.driver.sim;

import dev.gridmate.driver.AddressFamily;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.transport.DatagramTransport;
import dev.gridmate.driver.transport.SocketOptions;
import dev.gridmate.driver.transport.Transport;
import dev.gridmate.driver.transport.TransportException;
import dev.gridmate.internal.IpText;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A host on a {@link SimulatedNetwork}. Give it to {@code
 * StreamSocketDriverConfig.builder().transport(host)}, or {@code host::openDatagrams} to {@code
 * SocketDriverConfig.builder().transport(...)}, and the driver runs there; any number of drivers
 * may.
 *
 * <p>It also makes raw peers, which speak bytes instead of packets, for tests of what a peer that
 * is broken, hostile or written in another language can do to a program.
 */
public final class SimulatedHost implements Transport.Factory {

    private static final int FIRST_EPHEMERAL_PORT = 32_768;
    private static final SocketOptions RAW = new SocketOptions(AddressFamily.IPV6, 0, 0);

    final SimulatedNetwork network;
    private final List<InetAddress> addresses = new ArrayList<>();
    private final List<SimulatedListener> listeners = new ArrayList<>();
    // Looked up and never walked: the order of a hash map must not show.
    private final Map<SimulatedEndpoint.Ends, SimulatedEndpoint> sockets = new HashMap<>();
    private final Map<Integer, Integer> portsInUse = new HashMap<>();
    private final List<SimulatedDatagramSocket> datagramSockets = new ArrayList<>();
    private int nextPort = FIRST_EPHEMERAL_PORT;
    private int nextDatagramPort = FIRST_EPHEMERAL_PORT;
    private int openEndpoints;

    /** What tells a connection from all others of this host. */
    SimulatedHost(SimulatedNetwork network, InetAddress address) {
        this.network = network;
        addAddress(address);
    }

    void addAddress(InetAddress address) {
        addresses.add(address);
    }

    /**
     * Opens a transport for a driver on this host.
     *
     * @return the transport
     */
    @Override
    public Transport open() {
        return new SimulatedTransport(this);
    }

    /**
     * Opens a datagram transport for a driver on this host. Its ports have nothing to do with those
     * of connections.
     *
     * @return the transport, not bound yet
     */
    public DatagramTransport openDatagrams() {
        return new SimulatedDatagramSocket(this);
    }

    /**
     * Begins to connect a raw peer from a port that the host chooses.
     *
     * @param remote where to
     * @return the peer, still connecting
     */
    public SimulatedPeer connectRaw(InetSocketAddress remote) {
        return connectRaw(0, remote);
    }

    /**
     * Begins to connect a raw peer from a certain port, which may be one that another connection to
     * another address has.
     *
     * @param localPort 1 to 65,535; 0 lets the host choose
     * @param remote where to
     * @return the peer, still connecting
     * @throws IllegalArgumentException if the host has a connection from this port to this address
     *     already
     */
    public SimulatedPeer connectRaw(int localPort, InetSocketAddress remote) {
        InetAddress from = addressFor(remote.getAddress());
        try {
            return new SimulatedPeer(connect(null, new InetSocketAddress(from, localPort), remote, RAW));
        } catch (TransportException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /**
     * Listens for raw peers on all of the host's addresses.
     *
     * @param port 1 to 65,535; 0 lets the host choose
     * @return where they come in
     * @throws IllegalArgumentException if the port is in use
     */
    public SimulatedPeer.Listener listenRaw(int port) {
        try {
            InetAddress any = new InetSocketAddress(0).getAddress();
            return new SimulatedPeer.Listener(listen(null, new InetSocketAddress(any, port), 128, RAW));
        } catch (TransportException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /**
     * Counts the endpoints of this host that were not closed.
     *
     * @return 0 or more
     */
    public int openEndpoints() {
        return openEndpoints;
    }

    /**
     * Counts the listeners of this host that were not closed.
     *
     * @return 0 or more
     */
    public int openListeners() {
        return listeners.size();
    }

    /**
     * Counts the datagram sockets of this host that are bound and were not closed.
     *
     * @return 0 or more
     */
    public int openDatagramSockets() {
        return datagramSockets.size();
    }

    @Override
    public String toString() {
        return IpText.of(addresses.get(0));
    }

    // ------------------------------------------------------------ for the package

    SimulatedListener listen(
            @Nullable SimulatedTransport transport, InetSocketAddress local, int backlog, SocketOptions options)
            throws TransportException {
        checkOwn(local);
        int port = local.getPort();
        while (local.getPort() == 0 && (port == 0 || listenerAt(local.getAddress(), port, true) != null)) {
            port = nextPort();
        }
        if (listenerAt(local.getAddress(), port, true) != null) {
            String where = IpText.of(local.getAddress()) + '|' + port;
            throw new TransportException(
                    ResultCode.SOCKET_BIND,
                    "cannot listen on " + where + ": Address already in use",
                    new BindException("Address already in use"));
        }
        InetSocketAddress bound = new InetSocketAddress(local.getAddress(), port);
        SimulatedListener listener = new SimulatedListener(this, transport, bound, backlog, options);
        listeners.add(listener);
        return listener;
    }

    SimulatedEndpoint connect(
            @Nullable SimulatedTransport transport,
            @Nullable InetSocketAddress local,
            InetSocketAddress remote,
            SocketOptions options)
            throws TransportException {
        InetAddress from = local == null || local.getAddress().isAnyLocalAddress()
                ? addressFor(remote.getAddress())
                : local.getAddress();
        int port = local == null ? 0 : local.getPort();
        checkOwn(new InetSocketAddress(from, port));
        while (port == 0 || (local == null && sockets.containsKey(ends(from, port, remote)))) {
            port = nextPort();
        }
        if (sockets.containsKey(ends(from, port, remote))) {
            throw new TransportException(
                    ResultCode.SOCKET_BIND,
                    "cannot connect from " + IpText.of(from) + '|' + port + ": Address already in use",
                    new BindException("Address already in use"));
        }
        SimulatedEndpoint endpoint = new SimulatedEndpoint(this, transport, ends(from, port, remote), options);
        opened(endpoint);
        endpoint.startConnecting();
        return endpoint;
    }

    private static SimulatedEndpoint.Ends ends(InetAddress from, int port, InetSocketAddress remote) {
        return new SimulatedEndpoint.Ends(new InetSocketAddress(from, port), remote);
    }

    InetAddress addressFor(InetAddress remote) {
        for (InetAddress each : addresses) {
            if (each.getClass() == remote.getClass()) {
                return each;
            }
        }
        return addresses.get(0);
    }

    private void checkOwn(InetSocketAddress local) throws TransportException {
        InetAddress address = local.getAddress();
        if (!address.isAnyLocalAddress() && !addresses.contains(address)) {
            throw new TransportException(
                    ResultCode.SOCKET_BIND,
                    "cannot bind " + IpText.of(address) + ": Cannot assign requested address",
                    new BindException("Cannot assign requested address"));
        }
    }

    // Ports are given out in a row, like serial numbers: the one just given back is not the next.
    private int nextPort() {
        int port;
        do {
            port = nextPort;
            nextPort = nextPort == 65_535 ? FIRST_EPHEMERAL_PORT : nextPort + 1;
        } while (portsInUse.containsKey(port));
        return port;
    }

    /**
     * Returns who listens at an address; for a bind, also who would be in the way of a listener
     * there.
     */
    @Nullable
    SimulatedListener listenerAt(InetAddress address, int port, boolean forBind) {
        for (SimulatedListener each : listeners) {
            InetSocketAddress bound = each.localAddress();
            boolean covers = bound.getAddress().isAnyLocalAddress()
                    || bound.getAddress().equals(address)
                    || (forBind && address.isAnyLocalAddress());
            if (bound.getPort() == port && covers) {
                return each;
            }
        }
        return null;
    }

    /** Returns where the socket is bound. */
    InetSocketAddress bind(SimulatedDatagramSocket socket, InetSocketAddress local) throws TransportException {
        checkOwn(local);
        int port = local.getPort();
        while (port == 0 || (local.getPort() == 0 && isTaken(local.getAddress(), port))) {
            port = nextDatagramPort;
            nextDatagramPort = port == 65_535 ? FIRST_EPHEMERAL_PORT : port + 1;
        }
        if (isTaken(local.getAddress(), port)) {
            throw new TransportException(
                    ResultCode.SOCKET_BIND,
                    "cannot bind " + IpText.of(local.getAddress()) + '|' + port + ": Address already in use",
                    new BindException("Address already in use"));
        }
        datagramSockets.add(socket);
        return new InetSocketAddress(local.getAddress(), port);
    }

    private boolean isTaken(InetAddress address, int port) {
        for (SimulatedDatagramSocket each : datagramSockets) {
            InetSocketAddress bound = each.localAddress();
            boolean overlaps = address.isAnyLocalAddress()
                    || bound.getAddress().isAnyLocalAddress()
                    || bound.getAddress().equals(address);
            if (bound.getPort() == port && overlaps) {
                return true;
            }
        }
        return false;
    }

    /** Returns the socket that datagrams from one address to another are for, if there is one. */
    @Nullable
    SimulatedDatagramSocket datagramSocketAt(InetSocketAddress receiver, InetSocketAddress sender) {
        for (SimulatedDatagramSocket each : datagramSockets) {
            if (each.isFor(receiver, sender)) {
                return each;
            }
        }
        return null;
    }

    void closed(SimulatedDatagramSocket socket) {
        datagramSockets.remove(socket);
    }

    boolean hasAddressLike(InetAddress other) {
        return addressFor(other).getClass() == other.getClass();
    }

    void opened(SimulatedEndpoint endpoint) {
        sockets.put(endpoint.ends, endpoint);
        portsInUse.merge(endpoint.localAddress().getPort(), 1, Integer::sum);
        openEndpoints++;
    }

    /** The program has given the endpoint up. */
    void closed(SimulatedEndpoint endpoint) {
        sockets.remove(endpoint.ends, endpoint);
        portsInUse.computeIfPresent(endpoint.localAddress().getPort(), (port, count) -> count == 1 ? null : count - 1);
        openEndpoints--;
    }

    void closed(SimulatedListener listener) {
        listeners.remove(listener);
    }

    /** Returns this host's end of a connection, if there is one. */
    @Nullable
    SimulatedEndpoint socket(SimulatedEndpoint.Ends ends) {
        return sockets.get(ends);
    }
}
