package dev.gridmate.driver.transport;

import dev.gridmate.driver.ResultCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The system's TCP sockets.
 *
 * <p>With few channels a selector costs more than it saves: asking it is one system call, and
 * reading each channel that it names another. So up to {@link #DIRECT_LIMIT} channels are all
 * called without asking, and their reads tell if anything was there. Beyond, or to wait, all are
 * registered with the selector, and only those it selects are called.
 *
 * <p>A listener is always asked for through the selector, since an accept that finds nothing makes
 * garbage in the JDK; and a program that polls without a pause asks for it every {@link #PAUSE}
 * only.
 *
 * <p>What was found ready by a wait is called by the poll behind it without asking again, unless
 * the program did something else for longer than that in between: then there may be more by now.
 */
final class NioTransport implements Transport, NioChannel.Home {

    /**
     * The break-even, roughly: a read that finds nothing costs 1.6 times a selectNow that does, and
     * the selector then costs a read for who has something.
     */
    static final int DIRECT_LIMIT = 2;

    /**
     * Nanoseconds for which an answer of the selector holds. Nobody notices that an accept, or a
     * packet, took so much longer; a ping-pong notices a system call more.
     */
    static final long PAUSE = 100_000;

    private final Selector selector;
    private final Interrupts interrupts = new Interrupts();
    private final Consumer<SelectionKey> nobody = this::ignore;
    private final Consumer<SelectionKey> collected = this::collect;

    private NioChannel[] channels = new NioChannel[DIRECT_LIMIT];
    private int size;
    private int registered;
    private volatile boolean wakeupAsked;
    /**
     * The JDK does part of its work only in a select: gives descriptors of closed channels back,
     * applies interests.
     */
    private boolean selectorIsBehind;

    private @Nullable NioListener listener;
    private long listenerAsked;

    private NioChannel[] found = new NioChannel[DIRECT_LIMIT];
    private int foundCount;
    private long foundAt;

    NioTransport() throws TransportException {
        Selector opened = null;
        try {
            opened = Selector.open();
            // The JDK opens descriptors of its own when it closes its first socket. When a server
            // has just run out of them is a bad moment for that: the class would be broken for
            // good.
            SocketChannel.open().close();
            selector = opened;
        } catch (IOException e) {
            closeQuietly(opened);
            throw new TransportException(ResultCode.SOCKET_CREATE, "no selector: " + e.getMessage(), e);
        }
    }

    private static void closeQuietly(@Nullable Selector selector) {
        try {
            if (selector != null) {
                selector.close();
            }
        } catch (IOException ignored) {
            return; // what is told is why it could not be used
        }
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Listener listen(InetSocketAddress local, int backlog, SocketOptions options) throws TransportException {
        NioListener opened = new NioListener(this, local, backlog, options);
        listener = opened;
        listenerAsked = nanoTime() - PAUSE;
        return opened;
    }

    @Override
    public Endpoint connect(
            @Nullable InetSocketAddress local,
            InetSocketAddress remote,
            SocketOptions options,
            @Nullable String serverName)
            throws TransportException {
        return NioEndpoint.connect(this, local, remote, options);
    }

    @Override
    public int poll() throws TransportException {
        boolean fresh = foundCount > 0 && !selectorIsBehind && nanoTime() - foundAt < PAUSE;
        boolean direct = !fresh && size <= DIRECT_LIMIT;
        if (!fresh) {
            forgetFound();
        }
        if (direct && (selectorIsBehind || listenerIsDue())) {
            select(collected, 0);
        } else if (!fresh && !direct) {
            registerAll();
            select(collected, 0);
        }
        try {
            return direct ? callAll() : callFound();
        } finally {
            forgetFound();
        }
    }

    private int callAll() {
        int work = 0;
        for (int i = 0; i < foundCount; i++) {
            if (found[i] == listener) {
                work += found[i].onReady();
            }
        }
        // Backwards, since a channel that is closed meanwhile gives its place to the last one.
        for (int i = size - 1; i >= 0; i--) {
            if (i < size && channels[i] != listener && channels[i].watched()) {
                work += channels[i].onReady();
            }
        }
        return work;
    }

    private int callFound() {
        int work = 0;
        for (int i = 0; i < foundCount; i++) {
            if (found[i].isOpen()) {
                work += found[i].onReady();
            }
        }
        return work;
    }

    private void forgetFound() {
        Arrays.fill(found, 0, foundCount, null);
        foundCount = 0;
    }

    private boolean listenerIsDue() throws TransportException {
        if (listener == null || nanoTime() - listenerAsked < PAUSE) {
            return false;
        }
        listenerAsked = nanoTime();
        if (!listener.isRegistered()) {
            register(listener);
        }
        return true;
    }

    @Override
    public void await(long nanos) throws TransportException {
        registerAll();
        // The selector forgets a wake-up in a poll that comes before the wait; this does not.
        long millis = wakeupAsked || interrupts.end() ? 0 : (nanos + 999_999) / 1_000_000;
        forgetFound();
        try {
            select(collected, millis);
        } finally {
            interrupts.waited();
        }
        wakeupAsked = false;
        foundAt = nanoTime();
        listenerAsked = foundAt; // the wait has asked for the listener too
    }

    private void collect(SelectionKey key) {
        if (foundCount == found.length) {
            found = Arrays.copyOf(found, foundCount * 2);
        }
        found[foundCount++] = (NioChannel) key.attachment();
    }

    @Override
    public void wakeup() {
        wakeupAsked = true;
        selector.wakeup();
    }

    @Override
    public void close() {
        while (size > 0) {
            channels[size - 1].close();
        }
        try {
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException("could not close the selector", e);
        }
    }

    @Override
    public Selector selector() {
        return selector;
    }

    @Override
    public void interestChanged() {
        selectorIsBehind = true;
    }

    @Override
    public void add(NioChannel channel) {
        if (size == channels.length) {
            channels = Arrays.copyOf(channels, size * 2);
        }
        channel.index = size;
        channels[size++] = channel;
    }

    @Override
    public void remove(NioChannel channel) {
        if (channel == listener) {
            listener = null;
        }
        NioChannel last = channels[--size];
        channels[channel.index] = last;
        last.index = channel.index;
        Arrays.fill(channels, size, size + 1, null);
        if (channel.isRegistered()) {
            registered--;
            selectorIsBehind = true;
        }
    }

    private void ignore(SelectionKey key) {}

    @Override
    public void releaseClosed() {
        if (selectorIsBehind) {
            try {
                select(nobody, 0);
            } catch (TransportException e) {
                selectorIsBehind = true; // the next poll will find the selector as broken as this one did
            }
        }
    }

    private void register(NioChannel channel) throws TransportException {
        channel.register();
        registered++;
    }

    private void registerAll() throws TransportException {
        if (registered == size) {
            return;
        }
        for (int i = 0; i < size; i++) {
            if (!channels[i].isRegistered()) {
                register(channels[i]);
            }
        }
    }

    // The forms of select that take a consumer keep no set of selected keys, and so make no
    // garbage.
    private void select(Consumer<SelectionKey> each, long millis) throws TransportException {
        selectorIsBehind = false;
        try {
            if (millis == 0) {
                selector.selectNow(each);
            } else {
                selector.select(each, millis);
            }
        } catch (IOException e) {
            throw new TransportException(ResultCode.PLATFORM, "select failed: " + e.getMessage(), e);
        }
    }
}
