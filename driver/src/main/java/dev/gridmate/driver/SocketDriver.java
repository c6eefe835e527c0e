package dev.gridmate.driver;

import dev.gridmate.GridMate;
import dev.gridmate.Subscription;
import dev.gridmate.driver.transport.DatagramTransport;
import dev.gridmate.driver.transport.SocketOptions;
import dev.gridmate.driver.transport.TransportException;
import dev.gridmate.internal.Arguments;
import dev.gridmate.internal.Counters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Carries packets over UDP: each packet is one datagram, and nothing is added to it. A packet arrives whole or not at all;
 * it can be lost, come twice, or overtake another.
 *
 * <pre>{@code
 * try (GridMate gridMate = new GridMate();
 *         SocketDriver driver = new SocketDriver(gridMate)) {
 *     if (driver.initialize(AddressFamily.IPV4, "127.0.0.1", 2017) != ResultCode.OK) {
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
 * <p>One socket serves all peers, and there are no connections and no events: {@code send} goes to any address, {@code
 * receive} says who it comes from. Both go to the socket at once; what waits, waits in the system's buffers. No peer, and
 * no error that the network reports about one, closes the socket or keeps the others from being served.
 *
 * <p>A packet that arrives is handed out whatever its size: the peer may be set to larger ones than this driver sends.
 *
 * <p>Threads and the order of calls are those of {@link Driver}.
 */
public final class SocketDriver implements Driver {

    private final SocketDriverConfig config;
    private final Counters<DriverCounter> counters = new Counters<>(DriverCounter.class);
    private final Subscription attachment;
    private final Ownership ownership = new Ownership();

    private volatile @Nullable Initialized world;
    private boolean closed;
    private boolean systemIsFull;
    private String lastError = "";

    /** What {@code initialize} makes. */
    private record Initialized(
            DatagramTransport transport,
            AddressFamily family,
            AddressBook book,
            DatagramInbox inbox,
            ByteBuffer outbound) {}

    /**
     * Makes a driver with the defaults: packets of up to 1,372 bytes.
     *
     * @param gridMate what closes this driver if need be
     */
    public SocketDriver(GridMate gridMate) {
        this(gridMate, SocketDriverConfig.builder().build());
    }

    /**
     * Makes a driver.
     *
     * @param gridMate what closes this driver if need be
     * @param config everything else
     */
    public SocketDriver(GridMate gridMate, SocketDriverConfig config) {
        this.config = Objects.requireNonNull(config, "config");
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
        if (isBroadcast && family == AddressFamily.IPV6) {
            throw new IllegalArgumentException("isBroadcast is true, but " + family + " has no broadcast");
        }
        Arguments.inRange("receiveBufferSize", receiveBufferSize, 0, Integer.MAX_VALUE);
        Arguments.inRange("sendBufferSize", sendBufferSize, 0, Integer.MAX_VALUE);
        InetSocketAddress local = AddressBook.toBind(family, address, port);
        DatagramTransport transport = null;
        try {
            transport = config.transport().open();
            transport.bind(local, isBroadcast, new SocketOptions(family, receiveBufferSize, sendBufferSize));
        } catch (TransportException e) {
            if (transport != null) {
                transport.close();
            }
            return failed(e.code(), String.valueOf(e.getMessage()));
        }
        AddressBook book = new AddressBook(this, family);
        world = new Initialized(
                transport,
                family,
                book,
                new DatagramInbox(transport, book, counters, message -> lastError = message),
                ByteBuffer.allocateDirect(config.maxSendSize()));
        return ResultCode.OK;
    }

    @Override
    public SocketDriverAddress createDriverAddress(String ipPort) {
        return enter().book.parse(ipPort);
    }

    @Override
    public SocketDriverAddress createDriverAddress(InetSocketAddress address) {
        return enter().book.checked(address);
    }

    @Override
    public int port() {
        return enter().transport.localAddress().getPort();
    }

    @Override
    public int maxSendSize() {
        return config.maxSendSize();
    }

    /**
     * {@inheritDoc}
     *
     * @return bytes: 28 for IPv4, 48 for IPv6
     */
    @Override
    public int packetOverheadSize() {
        return enter().family == AddressFamily.IPV4 ? 28 : 48;
    }

    @Override
    public int writableBytes(SocketDriverAddress to) {
        enter();
        Objects.requireNonNull(to, "to");
        return systemIsFull ? 0 : config.maxSendSize();
    }

    @Override
    public long nanoTime() {
        return enter().transport.nanoTime();
    }

    @Override
    public String lastError() {
        ownership.check();
        return lastError;
    }

    @Override
    public int update() {
        return hasRoomAgain(enter()) ? 1 : 0;
    }

    @Override
    public int flush() {
        hasRoomAgain(enter());
        return 0;
    }

    // Asked only while the system is known to be full, so that a driver that is not held back pays nothing.
    private boolean hasRoomAgain(Initialized here) {
        if (!systemIsFull) {
            return false;
        }
        try {
            systemIsFull = !here.transport.isWritable();
        } catch (TransportException e) {
            throw new UncheckedIOException("the system cannot say whether the socket is writable", e);
        }
        return !systemIsFull;
    }

    /**
     * {@inheritDoc}
     *
     * @return {@link ResultCode#OK} if the system took it; {@link ResultCode#SEND_BUFFER_FULL} if it takes nothing now;
     *     {@link ResultCode#SEND} if it refuses this datagram, with its words in {@link #lastError()}: no route, a
     *     broadcast that was not asked for, an address of another family
     */
    @Override
    public ResultCode send(SocketDriverAddress to, ByteBuffer packet) {
        Initialized here = enter();
        int size = Arguments.packetSize(packet, config.maxSendSize());
        ResultCode code = write(here, Objects.requireNonNull(to, "to"), packet, size);
        if (code == ResultCode.OK) {
            counters.add(DriverCounter.PACKETS_OUT, 1);
            counters.add(DriverCounter.BYTES_OUT, size);
        } else {
            counters.add(DriverCounter.SENDS_REJECTED, 1);
        }
        return code;
    }

    private ResultCode write(Initialized here, SocketDriverAddress to, ByteBuffer packet, int size) {
        InetSocketAddress remote = to.toInetSocketAddress();
        if (here.family == AddressFamily.IPV4 && !(remote.getAddress() instanceof Inet4Address)) {
            return failed(ResultCode.SEND, "cannot send to " + to + ": the socket is " + here.family);
        }
        int position = packet.position();
        ByteBuffer direct = packet;
        if (!packet.isDirect()) {
            direct = here.outbound.clear().limit(size).put(0, packet, position, size);
        }
        counters.add(DriverCounter.WRITES, 1);
        try {
            systemIsFull = !here.transport.send(direct, remote);
            return systemIsFull ? ResultCode.SEND_BUFFER_FULL : ResultCode.OK;
        } catch (IOException e) {
            return failed(ResultCode.SEND, "cannot send to " + to + ": " + e.getMessage());
        } finally {
            packet.position(position);
        }
    }

    @Override
    public int receive(ByteBuffer into, ReceiveResult result) {
        DatagramInbox inbox = enter().inbox;
        SocketDriverAddress from = inbox.next();
        if (from == null) {
            result.set(null, ResultCode.OK, 0);
            return 0;
        }
        int size = inbox.size();
        if (into.remaining() < size) {
            result.set(from, ResultCode.RECEIVE_BUFFER_TOO_SMALL, size);
            return 0;
        }
        inbox.take(into);
        result.set(from, ResultCode.OK, 0);
        return size;
    }

    @Override
    public int receive(PacketHandler handler, int limit) {
        DatagramInbox inbox = enter().inbox;
        Objects.requireNonNull(handler, "handler");
        Arguments.inRange("limit", limit, 1, Integer.MAX_VALUE);
        int received = 0;
        while (received < limit && inbox.next() != null) {
            received++;
            inbox.lend(handler);
        }
        return received;
    }

    @Override
    public boolean waitForData(Duration timeout) {
        Initialized here = enter();
        long nanos = Arguments.nanos("timeout", timeout);
        if (here.inbox.isHolding() || nanos == 0) {
            return here.inbox.isHolding();
        }
        long start = here.transport.nanoTime();
        try {
            here.transport.await(nanos, systemIsFull);
        } catch (TransportException e) {
            throw new UncheckedIOException("the system cannot wait for the socket", e);
        }
        return hasRoomAgain(here) || here.transport.nanoTime() - start < nanos;
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
            here.inbox.close();
            here.transport.close();
        }
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
        return "SocketDriver["
                + (closed
                        ? "closed"
                        : here == null
                                ? "not initialized"
                                : "port " + here.transport.localAddress().getPort())
                + "]";
    }
}
