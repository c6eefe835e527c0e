package dev.gridmate.carrier;

import dev.gridmate.carrier.snapshot.CarrierSnapshot;
import dev.gridmate.carrier.traffic.FlowInformation;
import dev.gridmate.carrier.traffic.Statistics;
import dev.gridmate.driver.Driver;
import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.snapshot.SnapshotRequest;
import dev.gridmate.snapshot.SnapshotSource;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What can be asked of a carrier. Nothing here changes anything. */
abstract class CarrierReadings implements SnapshotSource<CarrierSnapshot> {

    final Driver driver;
    final Rooms rooms;
    final Agenda<Peer> agenda = new Agenda<>();
    final Peers peers;
    final Newcomers newcomers;
    final Hosts hosts;
    private final CarrierPainter painter;

    /** The connections that the program knows: announced, and their end is not. */
    final Announced announced = new Announced();

    private boolean isClosing;
    private boolean isClosed;

    CarrierReadings(Driver driver, Rooms rooms) {
        this.driver = driver;
        this.rooms = rooms;
        peers = new Peers(rooms, agenda);
        newcomers = new Newcomers(rooms, peers);
        hosts = new Hosts(rooms, driver, peers, newcomers);
        painter = new CarrierPainter(rooms, driver, peers);
        rooms.exhibit.open(
                this, CarrierSnapshot.class, painter::paint, rooms.time.meter(), rooms.counters, rooms.time::real);
    }

    @Override
    public final String name() {
        return rooms.exhibit.name();
    }

    @Override
    public final CompletableFuture<CarrierSnapshot> snapshot(SnapshotRequest request) {
        CompletableFuture<CarrierSnapshot> asked = rooms.exhibit.ask(request);
        driver.stopWaitForData();
        return asked;
    }

    /** {@inheritDoc} It is the driver's last update, which is in each of the carrier's. */
    @Override
    public final Duration sinceUpdate() {
        return driver.sinceUpdate();
    }

    /** Checks that the caller may use the carrier. */
    final void enter() {
        driver.checkThread();
        if (isClosed) {
            throw new IllegalStateException("the carrier is closed: make a new one");
        }
    }

    /** {@return the connection of an id; null if it is over} */
    final @Nullable Peer find(ConnectionId id) {
        enter();
        return peers.of(id);
    }

    /** {@return the peer of an id that asks to connect; null if it is none} */
    static @Nullable Newcomer newcomer(ConnectionId id) {
        return id.peer instanceof Newcomer newcomer ? newcomer : null;
    }

    /**
     * {@return true from the moment at which {@link Carrier#close()} is called} Until it has
     * returned, ends of connections are told. A handler that connects again after each end asks
     * this first.
     */
    public boolean isClosing() {
        return isClosing;
    }

    final void onClosing() {
        isClosing = true;
    }

    final boolean isClosed() {
        return isClosed;
    }

    final void onClosed() {
        isClosed = true;
    }

    /**
     * {@return the peer of a connection; null if that is over, and the update that told so as well,
     * and as long as no address of its host has answered} The original's {@code
     * ConnectionToAddress}.
     *
     * @param id a connection
     */
    public @Nullable SocketDriverAddress connectionToAddress(ConnectionId id) {
        Peer peer = find(id);
        Newcomer newcomer = newcomer(id);
        return peer != null ? peer.address : newcomer != null ? newcomer.address : null;
    }

    /**
     * {@return the state of a connection; {@link ConnectionState#DISCONNECTED} when it is over}
     *
     * @param id a connection
     */
    public ConnectionState connectionState(ConnectionId id) {
        Peer peer = find(id);
        if (peer != null) {
            return peer.state();
        }
        Newcomer newcomer = newcomer(id);
        boolean isAsking = newcomer != null && !newcomer.isOver();
        return isAsking || hosts.of(id) != null ? ConnectionState.CONNECTING : ConnectionState.DISCONNECTED;
    }

    /**
     * {@return the connections whose {@code onConnectionEstablished} has fired and whose {@code
     * onDisconnect} has not, in the order of the events} Each is in the list when its first event
     * fires, and not when its last one does.
     *
     * <p>The list never changes: while it is walked, connections may come and end, and the carrier
     * may be closed. Ask again for those that are there then. As long as none comes or ends, this
     * is the same list; asking for it and walking it then allocate nothing.
     */
    public List<ConnectionId> connections() {
        enter();
        return announced.list();
    }

    /** {@return how many connections are established, 0 or more} */
    public int numConnections() {
        enter();
        return peers.connected();
    }

    /**
     * {@return the size of the largest message that fits one datagram, in bytes} A larger one is
     * cut into chunks, and is always reliable.
     */
    public int messageMtu() {
        return rooms.limits.messageMtu();
    }

    /**
     * {@return how large a buffer must be for the next message, in bytes; 0 if none waits}
     *
     * @param from the connection
     * @param channel 0 to 2
     */
    public int queryNextReceiveMessageMaxSize(ConnectionId from, int channel) {
        Peer peer = find(from);
        int which = Posting.checkChannel(channel);
        return peer == null ? 0 : Math.max(0, rooms.delivery.nextLength(peer.inbox, which));
    }

    /**
     * {@return the time that connected carriers share: milliseconds since the one that runs the
     * clock was made, or since this one was, before it heard of any} Never goes back, except when
     * {@link Carrier#startClockSync(int, boolean)} resets it.
     */
    public long time() {
        enter();
        return rooms.time.shared();
    }

    /**
     * {@return statistics of a connection; null if that is over, and the update that told so as
     * well}
     *
     * @param id a connection
     * @param period which
     * @param effective true for user messages alone, false for everything
     */
    public @Nullable Statistics queryStatistics(ConnectionId id, Statistics.Period period, boolean effective) {
        Peer peer = find(id);
        return peer == null ? null : peer.flow.statistics(period, effective);
    }

    /**
     * {@return how many messages, and chunks of messages, of a priority have not left yet, 0 or
     * more; 0 if the connection is over} A program looks at this before it sends the next snapshot,
     * whatever else is under way.
     *
     * @param id a connection
     * @param priority which
     */
    @SuppressWarnings("EnumOrdinal") // the order of the constants is the order of urgency
    public int queryNumToSend(ConnectionId id, DataPriority priority) {
        Peer peer = find(id);
        return peer == null ? 0 : peer.link.outbound().numToSend(priority.ordinal());
    }

    /**
     * {@return how full a connection is; null if that is over, and the update that told so as well}
     *
     * @param id a connection
     */
    public @Nullable FlowInformation queryFlowInformation(ConnectionId id) {
        Peer peer = find(id);
        return peer == null ? null : peer.link.flowInformation();
    }

    /**
     * {@return how many bytes a second a connection can take now, 0 or more; 0 if it is not
     * established} It is what {@link CarrierEvents#onRateChange} tells; the original's {@code
     * GetMaxSendRate}. A program that sends more lets its messages wait.
     *
     * @param id a connection
     */
    public int maxSendRate(ConnectionId id) {
        Peer peer = find(id);
        return peer == null || !peer.isConnected() ? 0 : peer.maxSendRate();
    }

    /**
     * {@return how the carrier and each of its connections are, in words for people} The first line
     * is the carrier's, and each connection has one. The text may change with any version.
     */
    public String statusReport() {
        enter();
        return StatusReport.ofAll(port(), time(), peers);
    }

    /**
     * {@return how a connection is, in a line of words for people: the original's {@code
     * DebugStatusReport}} The text may change with any version.
     *
     * @param id a connection; {@link ConnectionId#ALL} for {@link #statusReport()}
     */
    public String statusReport(ConnectionId id) {
        if (id == ConnectionId.ALL) {
            return statusReport();
        }
        Peer peer = find(id);
        HostConnecting connecting = peer == null ? hosts.of(id) : null;
        return connecting != null
                ? id + " to " + connecting.host.getHostString() + ": no address has answered yet"
                : peer == null ? id + " is over" : StatusReport.of(peer);
    }

    /** {@return the driver's port, as {@link Driver#port()}} */
    public int port() {
        return driver.port();
    }

    /** {@return the driver underneath: the one that was given, or the carrier's own} */
    public Driver driver() {
        return driver;
    }

    /**
     * {@return a counter's value since creation} Any thread may call this, also after {@code
     * close}; from another thread the value can be a moment old.
     *
     * @param counter which
     */
    public long counter(CarrierCounter counter) {
        return rooms.counters.get(counter);
    }
}
