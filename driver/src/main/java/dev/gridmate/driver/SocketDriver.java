package dev.gridmate.driver;

import dev.gridmate.GridMate;
import dev.gridmate.driver.transport.DatagramTransport;
import dev.gridmate.driver.transport.SocketOptions;
import dev.gridmate.driver.transport.TransportException;
import dev.gridmate.internal.Arguments;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Carries packets over UDP: each packet is one datagram, and nothing is added to it. A packet
 * arrives whole or not at all; it can be lost, come twice, or overtake another.
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
 * <p>One socket serves all peers, and there are no connections and no events: {@code send} goes to
 * any address, {@code receive} says who it comes from. Both go to the socket at once; what waits,
 * waits in the system's buffers. No peer, and no error that the network reports about one, closes
 * the socket or keeps the others from being served.
 *
 * <p>A packet that arrives is handed out whatever its size: the peer may be set to larger ones than
 * this driver sends.
 *
 * <p>Threads and the order of calls are those of {@link Driver}.
 */
public final class SocketDriver extends OwnedDriver<SocketDriver.World> {

    /** The original's, in bytes: with the system's, a socket loses bursts of a few hundred. */
    private static final int BUFFER_SIZE = 262_144;

    private final SocketDriverConfig config;

    private boolean systemIsFull;

    /** What {@code initialize} makes. */
    record World(
            DatagramTransport transport,
            AddressFamily family,
            AddressBook book,
            DatagramInbox inbox,
            ByteBuffer outbound,
            DatagramLoop loop) {}

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
        super(gridMate, "datagram", config.visibility());
        this.config = config;
    }

    private static int orDefault(int bufferSize) {
        return bufferSize == 0 ? BUFFER_SIZE : bufferSize;
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
        if (isBroadcast && family == AddressFamily.IPV6) {
            throw new IllegalArgumentException("isBroadcast is true, but " + family + " has no broadcast");
        }
        SocketOptions options = new SocketOptions(family, orDefault(receiveBufferSize), orDefault(sendBufferSize));
        InetSocketAddress local = AddressBook.toBind(family, address, port);
        DatagramTransport transport = null;
        try {
            transport = config.transport().open();
            transport.bind(local, isBroadcast, options);
        } catch (TransportException e) {
            if (transport != null) {
                transport.close();
            }
            return life.failed(e);
        }
        AddressBook book = new AddressBook(this, family);
        DatagramInbox inbox = new DatagramInbox(transport, book, counters, life::lastError);
        ByteBuffer outbound = ByteBuffer.allocateDirect(config.maxSendSize());
        DatagramLoop loop = new DatagramLoop(transport, counters, exhibit);
        ResultCode begun = life.begin(new World(transport, family, book, inbox, outbound, loop));
        show(loop.meter(), loop::paint);
        return begun;
    }

    @Override
    public HostNames hostNames() {
        return config.hostNames();
    }

    @Override
    public SocketDriverAddress createDriverAddress(String ipPort) {
        return life.enter().book.parse(ipPort);
    }

    @Override
    public SocketDriverAddress createDriverAddress(InetSocketAddress address) {
        return life.enter().book.checked(address);
    }

    @Override
    public int port() {
        return life.enter().transport.localAddress().getPort();
    }

    @Override
    public InetSocketAddress localAddress() {
        return life.enter().transport.localAddress();
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
        return life.enter().family == AddressFamily.IPV4 ? 28 : 48;
    }

    @Override
    public int writableBytes(SocketDriverAddress to) {
        life.enter();
        Objects.requireNonNull(to, "to");
        return systemIsFull ? 0 : config.maxSendSize();
    }

    @Override
    public long nanoTime() {
        return life.enter().transport.nanoTime();
    }

    @Override
    public int update() {
        World here = life.enter();
        int work = runTasks(here.loop.meter());
        if (!life.isClosed()) {
            int done = 0;
            here.loop.begin();
            try {
                done = hasRoomAgain(here) ? 1 : 0;
            } finally {
                here.loop.end(done);
            }
            work += done;
        }
        return work;
    }

    @Override
    public int flush() {
        hasRoomAgain(life.enter());
        return 0;
    }

    // Asked only while the system is known to be full, so that a driver that is not held back pays
    // nothing.
    private boolean hasRoomAgain(World here) {
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
     * @return {@link ResultCode#OK} if the system took it; {@link ResultCode#SEND_BUFFER_FULL} if
     *     it takes nothing now; {@link ResultCode#SEND} if it refuses this datagram, with its words
     *     in {@link #lastError()}: no route, a broadcast that was not asked for, an address of
     *     another family
     */
    @Override
    public ResultCode send(SocketDriverAddress to, ByteBuffer packet) {
        World here = life.enter();
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

    private ResultCode write(World here, SocketDriverAddress to, ByteBuffer packet, int size) {
        InetSocketAddress remote = to.toInetSocketAddress();
        if (here.family == AddressFamily.IPV4 && !(remote.getAddress() instanceof Inet4Address)) {
            return life.failed(ResultCode.SEND, "cannot send to " + to + ": the socket is " + here.family);
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
            return life.failed(ResultCode.SEND, "cannot send to " + to + ": " + e.getMessage());
        } finally {
            packet.position(position);
        }
    }

    @Override
    public int receive(ByteBuffer into, PacketInfo result) {
        DatagramInbox inbox = life.enter().inbox;
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
        DatagramInbox inbox = life.enter().inbox;
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
        World here = life.enter();
        long nanos = Arguments.nanos("timeout", timeout);
        boolean ready = here.inbox.isHolding() || life.tasks().isReady();
        if (ready || nanos == 0) {
            return ready;
        }
        long start = here.transport.nanoTime();
        try {
            here.transport.await(nanos, systemIsFull);
        } catch (TransportException e) {
            throw new UncheckedIOException("the system cannot wait for the socket", e);
        }
        long end = here.transport.nanoTime();
        here.loop.waited(start, end, nanos);
        return hasRoomAgain(here) || end - start < nanos;
    }

    @Override
    public void stopWaitForData() {
        World here = life.world();
        if (here != null) {
            here.transport.wakeup();
        }
    }

    @Override
    public void close() {
        boolean ended = life.end();
        World here = life.world();
        if (ended && here != null) {
            try {
                here.inbox.close();
                here.transport.close();
            } finally {
                here.loop.close();
            }
        }
    }

    @Override
    long clock() {
        World here = life.world();
        return here == null ? 0 : here.transport.nanoTime();
    }

    @Override
    public String toString() {
        World here = life.world();
        return life.describe(
                "SocketDriver", here == null ? 0 : here.transport.localAddress().getPort());
    }
}
