package dev.gridmate.driver.transport;

import dev.gridmate.driver.ResultCode;
import dev.gridmate.internal.IpText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A UDP socket of the system. With one socket there is nothing to choose from, and asking a
 * selector before each receive would only be one more system call. So it hears of the socket only
 * when somebody waits, or wants to know whether a full buffer has room again.
 */
final class NioDatagramTransport implements DatagramTransport {

    private final Selector selector;
    private final Consumer<SelectionKey> selected = this::onSelected;
    private @Nullable DatagramChannel channel;
    private @Nullable InetSocketAddress localAddress;
    private @Nullable SelectionKey key;
    private final Interrupts interrupts = new Interrupts();
    private volatile boolean wakeupAsked;
    private boolean writable;

    NioDatagramTransport() throws TransportException {
        try {
            selector = Selector.open();
        } catch (IOException e) {
            throw new TransportException(ResultCode.SOCKET_CREATE, "no selector: " + e.getMessage(), e);
        }
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public void bind(InetSocketAddress local, boolean broadcast, SocketOptions options) throws TransportException {
        ResultCode step = ResultCode.SOCKET_CREATE;
        try {
            DatagramChannel opened = DatagramChannel.open(NioListener.family(options.family()));
            channel = opened;
            step = ResultCode.SOCKET_MAKE_NONBLOCK;
            opened.configureBlocking(false);
            step = ResultCode.SOCKET_SOCK_OPT;
            opened.setOption(StandardSocketOptions.SO_BROADCAST, broadcast);
            if (options.receiveBufferSize() > 0) {
                opened.setOption(StandardSocketOptions.SO_RCVBUF, options.receiveBufferSize());
            }
            if (options.sendBufferSize() > 0) {
                opened.setOption(StandardSocketOptions.SO_SNDBUF, options.sendBufferSize());
            }
            // Not SO_REUSEADDR: with datagrams it lets a second socket take the port, and the
            // datagrams, of the first.
            step = ResultCode.SOCKET_BIND;
            opened.bind(local);
            localAddress = (InetSocketAddress) opened.getLocalAddress();
        } catch (IOException | UnsupportedOperationException e) { // the latter from a Java VM without IPv6
            String where = IpText.of(local);
            throw new TransportException(step, "cannot bind " + where + ": " + e.getMessage(), e);
        }
    }

    private DatagramChannel bound() {
        return Objects.requireNonNull(channel, "not bound");
    }

    @Override
    public InetSocketAddress localAddress() {
        return Objects.requireNonNull(localAddress, "not bound");
    }

    @Override
    public boolean send(ByteBuffer datagram, InetSocketAddress to) throws IOException {
        int size = datagram.remaining();
        // An empty datagram is answered with 0 either way; nobody here sends one.
        return bound().send(datagram, to) == size;
    }

    @Override
    public @Nullable InetSocketAddress receive(ByteBuffer into) throws IOException {
        return (InetSocketAddress) bound().receive(into);
    }

    @Override
    public boolean isWritable() throws TransportException {
        watch(SelectionKey.OP_WRITE);
        select(0);
        return writable;
    }

    @Override
    public void await(long nanos, boolean write) throws TransportException {
        watch(write ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        // The selector forgets a wake-up in a select that comes before the wait; this does not.
        try {
            select(wakeupAsked || interrupts.end() ? 0 : (nanos + 999_999) / 1_000_000);
        } finally {
            interrupts.waited();
        }
        wakeupAsked = false;
    }

    private void watch(int ops) throws TransportException {
        SelectionKey registered = key;
        if (registered != null) {
            registered.interestOps(ops);
            return;
        }
        try {
            key = bound().register(selector, ops);
        } catch (IOException e) {
            throw new TransportException(ResultCode.PLATFORM, "a channel was closed from outside", e);
        }
    }

    // The forms of select that take a consumer keep no set of selected keys, and so make no
    // garbage.
    private void select(long millis) throws TransportException {
        writable = false;
        try {
            if (millis == 0) {
                selector.selectNow(selected);
            } else {
                selector.select(selected, millis);
            }
        } catch (IOException e) {
            throw new TransportException(ResultCode.PLATFORM, "select failed: " + e.getMessage(), e);
        }
    }

    private void onSelected(SelectionKey ready) {
        writable = ready.isWritable();
    }

    @Override
    public void wakeup() {
        wakeupAsked = true;
        selector.wakeup();
    }

    @Override
    public void close() {
        if (channel != null) {
            NioChannel.closeQuietly(channel);
        }
        try {
            selector.close(); // this gives the descriptor of a channel that it knew back to the system
        } catch (IOException e) {
            throw new UncheckedIOException("could not close the selector", e);
        }
    }
}
