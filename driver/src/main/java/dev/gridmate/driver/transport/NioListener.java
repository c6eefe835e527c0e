package dev.gridmate.driver.transport;

import dev.gridmate.driver.ResultCode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** A listening TCP socket. */
final class NioListener extends NioChannel implements Listener {

    private final ServerSocketChannel channel;
    private final InetSocketAddress localAddress;
    private final SocketOptions options;

    NioListener(Home home, InetSocketAddress local, int backlog, SocketOptions options) throws TransportException {
        this(home, open(local, backlog, options), options);
    }

    private NioListener(Home home, ServerSocketChannel channel, SocketOptions options) throws TransportException {
        super(home, channel, SelectionKey.OP_ACCEPT);
        this.channel = channel;
        this.options = options;
        try {
            this.localAddress = (InetSocketAddress) channel.getLocalAddress();
        } catch (IOException e) {
            close();
            throw new TransportException(ResultCode.SOCKET_LISTEN, "no local address: " + e.getMessage(), e);
        }
    }

    private static ServerSocketChannel open(InetSocketAddress local, int backlog, SocketOptions options)
            throws TransportException {
        ResultCode step = ResultCode.SOCKET_CREATE;
        ServerSocketChannel channel = null;
        try {
            channel = ServerSocketChannel.open(family(options.family()));
            step = ResultCode.SOCKET_MAKE_NONBLOCK;
            channel.configureBlocking(false);
            step = ResultCode.SOCKET_SOCK_OPT;
            // A restarted server must not wait for the old one's connections to leave TIME_WAIT.
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            if (options.receiveBufferSize() > 0) {
                // Before listening, since the window scale that accepted sockets offer is derived
                // from it.
                channel.setOption(StandardSocketOptions.SO_RCVBUF, options.receiveBufferSize());
            }
            step = ResultCode.SOCKET_BIND;
            channel.bind(local, backlog);
            return channel;
        } catch (IOException | UnsupportedOperationException e) { // the latter from a Java VM without IPv6
            if (channel != null) {
                closeQuietly(channel);
            }
            String where = local.getAddress().getHostAddress() + '|' + local.getPort();
            throw new TransportException(step, "cannot listen on " + where + ": " + e.getMessage(), e);
        }
    }

    @Override
    public InetSocketAddress localAddress() {
        return localAddress;
    }

    @Override
    public @Nullable Endpoint accept() throws IOException {
        for (SocketChannel next = channel.accept(); next != null; next = channel.accept()) {
            Endpoint endpoint = NioEndpoint.accepted(home, next, options);
            if (endpoint != null) {
                return endpoint;
            }
        }
        return null;
    }

    @Override
    public void close() {
        super.close();
        home.releaseClosed(); // the port must be free when this returns
    }

    @Override
    public void watch(boolean accept) {
        setInterest(accept ? SelectionKey.OP_ACCEPT : 0);
    }
}
