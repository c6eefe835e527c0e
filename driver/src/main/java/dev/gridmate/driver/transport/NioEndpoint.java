package dev.gridmate.driver.transport;

import dev.gridmate.driver.ResultCode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** A TCP socket. */
final class NioEndpoint extends NioChannel implements Endpoint {

    private static final InetSocketAddress NOWHERE = new InetSocketAddress(0);

    private final SocketChannel channel;
    private final InetSocketAddress remoteAddress;
    private final @Nullable IOException refusedAtOnce;
    private boolean connecting;

    private NioEndpoint(
            Home home,
            SocketChannel channel,
            InetSocketAddress remoteAddress,
            boolean connecting,
            @Nullable IOException refusedAtOnce) {
        super(home, channel, connecting ? SelectionKey.OP_CONNECT : SelectionKey.OP_READ);
        this.channel = channel;
        this.remoteAddress = remoteAddress;
        this.connecting = connecting;
        this.refusedAtOnce = refusedAtOnce;
    }

    /**
     * Returns null if the socket was reset before it could be set up, which says nothing about the
     * next one.
     */
    static @Nullable NioEndpoint accepted(Home home, SocketChannel channel, SocketOptions options) {
        try {
            channel.configureBlocking(false);
            configure(channel, options);
            InetSocketAddress remote = (InetSocketAddress) channel.getRemoteAddress();
            return new NioEndpoint(home, channel, remote, false, null);
        } catch (IOException e) {
            closeQuietly(channel);
            return null;
        }
    }

    static NioEndpoint connect(
            Home home, @Nullable InetSocketAddress local, InetSocketAddress remote, SocketOptions options)
            throws TransportException {
        ResultCode step = ResultCode.SOCKET_CREATE;
        SocketChannel channel = null;
        try {
            channel = SocketChannel.open(family(options.family()));
            step = ResultCode.SOCKET_MAKE_NONBLOCK;
            channel.configureBlocking(false);
            step = ResultCode.SOCKET_SOCK_OPT;
            configure(channel, options);
            if (options.receiveBufferSize() > 0) {
                channel.setOption(StandardSocketOptions.SO_RCVBUF, options.receiveBufferSize());
            }
            step = ResultCode.SOCKET_BIND;
            if (local != null && !isChosenAnyway(local, remote, options)) {
                channel.bind(local);
            }
        } catch (IOException | UnsupportedOperationException e) { // the latter from a Java VM without IPv6
            if (channel != null) {
                closeQuietly(channel);
            }
            throw new TransportException(step, "cannot make a socket: " + e.getMessage(), e);
        }
        IOException refused = null;
        try {
            channel.connect(remote);
        } catch (IOException e) {
            // The system may know at once. It is told the same way as if it had taken a while.
            refused = e;
        }
        return new NioEndpoint(home, channel, remote, true, refused);
    }

    // A bound socket has a port of its own for all peers, so there are 28,000 of them. One that is
    // not bound shares its port with those to other peers. A connect of UDP sends nothing, and
    // tells which address the system would choose.
    private static boolean isChosenAnyway(InetSocketAddress local, InetSocketAddress remote, SocketOptions options) {
        if (local.getPort() != 0) {
            return false;
        }
        try (DatagramChannel asked = DatagramChannel.open(family(options.family()))) {
            asked.connect(remote);
            return asked.getLocalAddress() instanceof InetSocketAddress chosen
                    && chosen.getAddress().equals(local.getAddress());
        } catch (IOException | UnsupportedOperationException e) {
            return false; // the bind, or the connect, tells what is wrong
        }
    }

    private static void configure(SocketChannel channel, SocketOptions options) throws IOException {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        if (options.sendBufferSize() > 0) {
            channel.setOption(StandardSocketOptions.SO_SNDBUF, options.sendBufferSize());
        }
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return remoteAddress;
    }

    @Override
    public InetSocketAddress localAddress() {
        try {
            return channel.getLocalAddress() instanceof InetSocketAddress known ? known : NOWHERE;
        } catch (IOException e) {
            return NOWHERE; // it was closed meanwhile
        }
    }

    @Override
    public boolean finishConnect() throws IOException {
        if (refusedAtOnce != null) {
            throw refusedAtOnce;
        }
        if (!channel.finishConnect()) {
            return false;
        }
        if (remoteAddress.equals(channel.getLocalAddress())) {
            // Nobody listens there, but the port is one that the system gives out, and it gave out
            // just this one: TCP then connects the socket with itself.
            throw new ConnectException("Connection refused (nobody listens, and the socket met itself)");
        }
        connecting = false;
        setInterest(SelectionKey.OP_READ);
        return true;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return channel.read(into);
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        return channel.write(from);
    }

    @Override
    public void watch(boolean read, boolean write) {
        int reading = connecting ? SelectionKey.OP_CONNECT : SelectionKey.OP_READ;
        setInterest((read ? reading : 0) | (write ? SelectionKey.OP_WRITE : 0));
    }

    @Override
    public void shutdownOutput() throws IOException {
        channel.shutdownOutput();
    }

    @Override
    public void abort() {
        try {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException ignored) {
            // The connection is broken already, and the peer has been told or cannot be.
            close();
            return;
        }
        close();
    }
}
