package dev.gridmate.carrier;

import dev.gridmate.GridMate;
import dev.gridmate.Subscription;
import dev.gridmate.driver.Driver;
import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.internal.Arguments;
import dev.gridmate.internal.HostText;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Messages on channels over a driver, UDP or TCP: reliable or not, in order, of any size. On the
 * wire it is the carrier of Amazon Lumberyard's GridMate, byte for byte.
 *
 * <pre>{@code
 * try (GridMate gridMate = new GridMate();
 *         Carrier carrier = Carrier.create(CarrierDesc.builder().port(2018).build(), gridMate)) { // UDP
 *     gridMate.eventBus(CarrierEvents.class).connect(handler);
 *     while (running) {
 *         carrier.update();
 *         carrier.receive((from, channel, reliability, message) -> { ... }, 100);
 *         carrier.send(data, ConnectionId.ALL);
 *         carrier.waitForData(Duration.ofMillis(16));
 *     }
 * }
 * }</pre>
 *
 * <p>There are channels 0 to 2 for users. Within a channel messages arrive in the order in which
 * they were sent, except for those that a more urgent priority brought forward before they left.
 *
 * <p><b>Threads.</b> As for the {@link Driver}, which the carrier calls: one thread at a time owns
 * both. {@link #execute}, {@link #stopWaitForData()}, {@link #counter} and the methods of
 * {@link dev.gridmate.snapshot.SnapshotSource} may be called by any thread. A {@link
 * CarrierRunner} gives a carrier a thread of its own.
 *
 * <p>One carrier owns what its driver receives. Do not call the driver's {@code receive}; calling
 * its {@code update} does no harm.
 */
public final class Carrier extends CarrierMessages implements AutoCloseable {

    private static final Duration LONGEST_WAIT = Duration.ofDays(1);

    private final boolean ownsDriver;
    private final News<Carrier, CarrierEvents> news;
    private final Reception reception;
    private final Sending sending;
    private final Waiting waiting;
    private final Subscription attachment;
    private final Subscription driverEvents;
    private boolean isUpdating;
    private boolean hasClosed;

    private Carrier(CarrierDesc desc, GridMate gridMate, Driver driver, News<Carrier, CarrierEvents> news) {
        super(driver, new Rooms(desc, driver, news, new Announcer(news)));
        this.news = news;
        ownsDriver = desc.plugPoints().driver() == null;
        sending = new Sending(rooms, agenda);
        waiting = new Waiting(rooms, agenda, hosts, newcomers, sending);
        reception = new Reception(rooms, peers, newcomers);
        driverEvents = rooms.port.open(reception, new ConnectionEnds(peers, hosts, newcomers, rooms.teller));
        news.begin(this);
        attachment = gridMate.attach(this);
    }

    /**
     * Makes a carrier.
     *
     * @param desc everything about it
     * @param gridMate its bus hears the carrier's events, and it closes the carrier if need be
     * @return the carrier, ready
     * @throws IllegalStateException if another carrier has the driver
     * @throws CarrierException if the driver cannot be initialized: the port is in use, for example
     * @throws IllegalArgumentException if the driver's largest packet is below 128 bytes, or a
     *     value of the description does not fit the driver
     */
    public static Carrier create(CarrierDesc desc, GridMate gridMate) {
        Objects.requireNonNull(gridMate, "gridMate");
        Driver given = desc.plugPoints().driver();
        Driver driver = given == null ? OwnDriver.create(desc, gridMate) : given;
        OwnDriver.take(driver);
        try {
            OwnDriver.initialize(driver, desc);
            return new Carrier(desc, gridMate, driver, new News<>(gridMate.eventBus(CarrierEvents.class)));
        } catch (RuntimeException | Error e) {
            OwnDriver.giveBack(driver);
            if (given == null) {
                driver.close(); // the port is free again
            }
            throw e;
        }
    }

    // ------------------------------------------------------------ connecting

    /**
     * Begins to connect. {@code onConnectionEstablished} or {@code onFailedToConnect} tells how it
     * ends.
     *
     * <p>Over TCP this connects the driver first, unless that is connected, or connecting, to the
     * address.
     *
     * <p>A host name is looked up on another thread, and all its addresses are asked, as {@link
     * dev.gridmate.driver.HostNames} says; the first that answers is the connection's. Messages
     * that are sent before wait here. The driver has the settings for it. An unknown host is {@link
     * CarrierDisconnectReason.Code#UNKNOWN_HOST} in {@code onFailedToConnect}. The handshake begins
     * with each address that is asked, always for the same connection.
     *
     * @param hostAddress an IP address, or a host name
     * @param port 1 to 65535
     * @return the connection; the same as before if there is one with this host or address
     * @throws IllegalArgumentException if the host can be neither an address nor a name, or the
     *     port is out of range
     */
    public ConnectionId connect(String hostAddress, int port) {
        return connect(hostAddress + '|' + port);
    }

    /**
     * Begins to connect.
     *
     * @param address the original's text form, {@code ip|port}, also with a host name
     * @return as above
     * @throws IllegalArgumentException if the address is not of this form
     */
    public ConnectionId connect(String address) {
        enter();
        InetSocketAddress host = HostText.parse(address);
        if (HostText.isAddress(host.getHostString())) {
            return connect(driver.createDriverAddress(address));
        }
        begin();
        return hosts.connect(host);
    }

    /**
     * Begins to connect.
     *
     * @param address the peer, an address of this carrier's driver
     * @return as above
     */
    public ConnectionId connect(SocketDriverAddress address) {
        begin();
        SocketDriverAddress own = driver.createDriverAddress(address.toInetSocketAddress());
        Newcomer asks = newcomers.find(own);
        return asks == null ? peers.connect(own).id : asks.id;
    }

    private void begin() {
        enter();
        if (hasClosed) {
            throw new IllegalStateException("the carrier is closing: make a new one");
        }
        advance();
    }

    /**
     * Ends a connection: the peer is told at once, and what waits to leave is dropped. {@code
     * onDisconnect}, or {@code onFailedToConnect}, fires when the peer has answered, after half a
     * second at the latest. A TCP connection underneath stays.
     *
     * <p>To connect to the same peer again takes until the old connection is forgotten, half a
     * second later.
     *
     * @param id the connection; {@link ConnectionId#ALL} for every one; one that is over is left
     *     alone
     */
    public void disconnect(ConnectionId id) {
        end(id, null);
    }

    /**
     * Ends a connection as {@link #disconnect(ConnectionId)}, and tells the peer why: its {@code
     * onDisconnect} or {@code onFailedToConnect} hears the code and the words. A peer of the
     * original hears that this program asked for the end.
     *
     * @param id the connection; {@link ConnectionId#ALL} for every one
     * @param notice what the peer is told
     */
    public void disconnect(ConnectionId id, DisconnectNotice notice) {
        end(id, Objects.requireNonNull(notice, "notice"));
    }

    private void end(ConnectionId id, @Nullable DisconnectNotice notice) {
        enter();
        advance();
        hosts.disconnect(id, notice);
        peers.forEach(id, peer -> peer.ending.disconnect(notice));
        newcomers.forEach(id, newcomer -> newcomers.disconnect(newcomer, notice));
    }

    /**
     * Ends a connection when everything that was sent has left and every reliable message is
     * acknowledged, or the time is over. Nothing can be sent any longer. Said again for the same
     * connection, the earlier time counts.
     *
     * @param id the connection; {@link ConnectionId#ALL} for every one
     * @param linger how long to wait at most, zero or more
     */
    public void disconnect(ConnectionId id, Duration linger) {
        endWhenDrained(id, null, linger);
    }

    /**
     * Ends a connection as {@link #disconnect(ConnectionId, Duration)}, and tells the peer why.
     * Said again for the same connection, the later notice counts.
     *
     * @param id the connection; {@link ConnectionId#ALL} for every one
     * @param notice what the peer is told
     * @param linger how long to wait at most, zero or more
     */
    public void disconnect(ConnectionId id, DisconnectNotice notice, Duration linger) {
        endWhenDrained(id, Objects.requireNonNull(notice, "notice"), linger);
    }

    private void endWhenDrained(ConnectionId id, @Nullable DisconnectNotice notice, Duration linger) {
        enter();
        advance();
        long nanos = Math.min(LONGEST_WAIT.toNanos(), Arguments.nanos("linger", linger));
        hosts.disconnectWhenDrained(id, rooms.time.now() + nanos, notice);
        peers.forEach(id, peer -> {
            if (!hosts.tries(peer)) { // its messages are held elsewhere: it would end at once
                peer.ending.disconnectWhenDrained(nanos, notice);
            }
        });
        newcomers.forEach(id, newcomer -> newcomers.disconnect(newcomer, notice));
    }

    // ------------------------------------------------------------ the loop

    /**
     * Does the network work there is: the driver's, and the carrier's own. Does not block. Events
     * fire from here. Called from inside an event, it does nothing.
     *
     * @return the amount of work done; 0 means that there was nothing to do
     */
    public int update() {
        enter();
        if (isUpdating) {
            return 0;
        }
        isUpdating = true;
        int work = 0;
        try {
            advance();
            rooms.time.beginUpdate();
            peers.closeEnded();
            work += driver.update();
            work += rooms.port.receive();
            work += hosts.update();
            newcomers.update();
            work += peers.update(sending);
            int ends = peers.endsToTell(); // those that end from now on are told in the next update
            work += tell();
            peers.onEndsTold(ends);
            work += sending.sendAll();
            driver.flush();
            rooms.exhibit.serve();
        } finally {
            isUpdating = false;
            rooms.exhibit.notices().updated(rooms.time.endUpdate(work), work);
            if (isClosing()) {
                closeNow();
            }
        }
        return work;
    }

    private int tell() {
        if (news.isEmpty()) {
            return 0;
        }
        rooms.time.beginHandlers();
        try {
            return news.tell();
        } finally {
            rooms.time.endHandlers();
        }
    }

    /**
     * Waits until {@code update} or {@code receive} would find something, or time asks for an
     * update, or the given time is over, or somebody calls {@link #stopWaitForData()}. What waits
     * to be sent is sent first.
     *
     * <p>With connections this returns about every 100 ms at the latest, since peers expect a sign
     * of life.
     *
     * @param timeout how long to wait at most; zero does not look at sockets, and so returns true
     * @return true if there may be something to do
     */
    public boolean waitForData(Duration timeout) {
        enter();
        long asked = Math.min(LONGEST_WAIT.toNanos(), Arguments.nanos("timeout", timeout));
        if (isUpdating) {
            throw new IllegalStateException("waitForData is called from inside an update: wait in the loop instead");
        }
        advance();
        return waiting.waitForData(asked);
    }

    /**
     * Runs a task on the thread that owns the carrier, at the beginning of the next {@link
     * #update()}: {@link Driver#execute} of its driver. Any thread may call this. A task may do
     * what an event handler may.
     *
     * @param task what to run; what it throws is logged
     * @throws java.util.concurrent.RejectedExecutionException if 1,024 tasks wait already, or the
     *     driver is closed
     */
    public void execute(Runnable task) {
        driver.execute(task);
    }

    /** Ends the present {@link #waitForData}, or the next one. Any thread may call this. */
    public void stopWaitForData() {
        driver.stopWaitForData();
    }

    /** Gives the carrier and its driver up for another thread, as {@link Driver#handOver()}. */
    public void handOver() {
        driver.handOver();
    }

    private void advance() {
        if (rooms.time.advance()) {
            reception.onGap(rooms.time.lastGap());
        }
    }

    // ------------------------------------------------------------ the clock

    /**
     * Runs the clock: tells all peers the time now, and every so often. Only one of the carriers
     * that are connected with each other may.
     *
     * @param syncIntervalMS milliseconds, 1 or more; a second is plenty
     * @param isReset true to begin the time at 0 again; the others' time never goes back
     * @throws IllegalArgumentException if the interval is below 1
     */
    public void startClockSync(int syncIntervalMS, boolean isReset) {
        enter();
        rooms.time.startClock(Arguments.atLeast("syncIntervalMS", syncIntervalMS, 1), isReset);
    }

    /** Runs the clock, telling the time every second. */
    public void startClockSync() {
        startClockSync(1_000, false);
    }

    /** Stops running the clock. Time goes on. */
    public void stopClockSync() {
        enter();
        rooms.time.stopClock();
    }

    /**
     * Switches the detection of bad connections on or off: the original's {@code
     * DebugEnableDisconnectDetection}.
     *
     * @param enable true to end bad connections
     */
    public void enableDisconnectDetection(boolean enable) {
        enter();
        rooms.detectsDisconnects = enable;
    }

    // ------------------------------------------------------------ the end

    /**
     * Closes all connections: each peer is told once, without waiting for its answer, and {@code
     * onDisconnect} fires. A driver that was given stays open. Called from inside an event, it
     * takes effect when the update ends. Closing twice does nothing.
     */
    @Override
    public void close() {
        driver.checkThread();
        onClosing();
        if (!isUpdating) {
            closeNow();
        }
    }

    private void closeNow() {
        if (hasClosed) {
            return;
        }
        hasClosed = true;
        isUpdating = true; // a handler that calls update now gets nothing
        hosts.close();
        peers.forEach(ConnectionId.ALL, sending::close);
        newcomers.close();
        if (driver.isInitialized()) {
            driver.flush();
        }
        while (!news.isEmpty()) {
            int ignored = news.tell();
        }
        peers.clear();
        onClosed();
        rooms.exhibit.close();
        rooms.port.close();
        OwnDriver.giveBack(driver);
        driverEvents.close();
        attachment.close();
        if (ownsDriver) {
            driver.close();
        }
    }

    @Override
    public String toString() {
        return "Carrier[" + (isClosed() ? "closed" : peers.connected() + " connections over " + driver) + "]";
    }

    /** Puts events into the queue. */
    private static final class Announcer implements Teller {

        private final News<Carrier, CarrierEvents> news;

        Announcer(News<Carrier, CarrierEvents> news) {
            this.news = news;
        }

        @Override
        public void onIncoming(ConnectionId id) {
            news.add(handler -> handler.onIncomingConnection(news.teller(), id));
        }

        @Override
        public void onEstablished(ConnectionId id, Runnable before) {
            news.add(
                    () -> {
                        news.teller().announced.add(id);
                        before.run();
                    },
                    handler -> handler.onConnectionEstablished(news.teller(), id));
        }

        @Override
        public void onFailed(ConnectionId id, CarrierDisconnectReason reason) {
            news.add(handler -> handler.onFailedToConnect(news.teller(), id, reason));
        }

        @Override
        public void onDisconnect(ConnectionId id, CarrierDisconnectReason reason) {
            news.add(
                    () -> news.teller().announced.remove(id),
                    handler -> handler.onDisconnect(news.teller(), id, reason));
        }

        @Override
        public void onDriverError(ConnectionId id, DriverError error) {
            news.add(handler -> handler.onDriverError(news.teller(), id, error));
        }

        @Override
        public void onSecurityError(ConnectionId id, SecurityError error) {
            news.add(handler -> handler.onSecurityError(news.teller(), id, error));
        }

        @Override
        public void onRateChange(ConnectionId id, int bytesPerSecond) {
            news.add(handler -> handler.onRateChange(news.teller(), id, bytesPerSecond));
        }

        @Override
        public Runnable receiveEvent(ConnectionId id, int channel) {
            Consumer<CarrierEvents> event = handler -> handler.onReceive(news.teller(), id, channel);
            return () -> news.add(event);
        }
    }
}
