package dev.gridmate.carrier;

import dev.gridmate.EventBus;
import dev.gridmate.GridMate;
import dev.gridmate.Subscription;
import dev.gridmate.carrier.link.Inbound;
import dev.gridmate.carrier.link.Link;
import dev.gridmate.carrier.link.LinkLimits;
import dev.gridmate.carrier.link.LinkResources;
import dev.gridmate.carrier.link.MessagePool;
import dev.gridmate.carrier.wire.DatagramReader;
import dev.gridmate.carrier.wire.DatagramWriter;
import dev.gridmate.carrier.wire.MessageHeader;
import dev.gridmate.carrier.wire.SystemMessage;
import dev.gridmate.driver.DisconnectReason;
import dev.gridmate.driver.Driver;
import dev.gridmate.driver.PacketHandler;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.SocketDriver;
import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.driver.SocketDriverConfig;
import dev.gridmate.driver.StreamSocketDriver;
import dev.gridmate.driver.StreamSocketDriverEvents;
import dev.gridmate.internal.Counters;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Messages on channels over a driver, UDP or TCP: reliable or not, in order, of any size. On the wire it is the carrier of
 * Amazon Lumberyard's GridMate, byte for byte.
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
 * <p>There are channels 0 to 2 for users. Within a channel messages arrive in the order in which they were sent, but for
 * those that a more urgent priority brought forward before they left.
 *
 * <p><b>Threads.</b> As for the {@link Driver}, which the carrier calls: one thread at a time owns both. {@link
 * #stopWaitForData()} and {@link #counter} may be called by any thread. A {@link CarrierRunner} gives a carrier a thread of
 * its own.
 *
 * <p>One carrier owns what its driver receives. Do not call the driver's {@code receive}; calling its {@code update} does no
 * harm.
 */
public final class Carrier implements AutoCloseable {

    static final long MILLISECOND = 1_000_000;
    static final int CHANNELS = MessageHeader.SYSTEM_CHANNEL;

    private static final System.Logger LOGGER = System.getLogger(Carrier.class.getName());

    /** Work per update is bounded, also when datagrams come in faster than they are read. */
    private static final int DATAGRAMS_PER_UPDATE = 4096;

    /** 32 datagrams of the usual size: they fit the 64 KiB that some systems give the peer's socket. */
    private static final long BURST_BYTES = 32 * 1_372;

    /** A full acknowledgement must fit the smallest datagram. */
    private static final int SMALLEST_DATAGRAM = 128;

    /**
     * What a gap between updates counts at most: after the program stood still, no connection has timed out that could have
     * been heard had it not.
     */
    private static final long GAP_LIMIT = 1_000 * MILLISECOND;

    private static final int POOLED_BYTES = 32 << 20;
    private static final Duration LONGEST_WAIT = Duration.ofDays(1);

    /** A wait until the next sign of life makes no garbage. */
    private static final Duration[] WAITS = new Duration[101];

    static {
        for (int i = 0; i < WAITS.length; i++) {
            WAITS[i] = Duration.ofMillis(i);
        }
    }

    private final CarrierDesc desc;
    private final Driver driver;
    private final @Nullable StreamSocketDriver stream;
    private final boolean ownsDriver;
    private final EventBus<CarrierEvents> events;
    private final Subscription attachment;
    private final @Nullable Subscription driverEvents;
    private final Counters<CarrierCounter> counters = new Counters<>(CarrierCounter.class);
    private final TrafficControl trafficControl;
    private final @Nullable Simulator simulator;
    private final DatagramCoder coder;
    private final LinkLimits limits;
    private final LinkResources linkResources;

    private final Map<SocketDriverAddress, Peer> byAddress = new HashMap<>();
    private final List<Peer> peers = new ArrayList<>();
    private final Deque<Peer> withMessages = new ArrayDeque<>();
    /** Their end is to be told; then what they have can be received until the next update. */
    private final List<Peer> ending = new ArrayList<>();

    private final List<Peer> ended = new ArrayList<>();
    private final Deque<Consumer<CarrierEvents>> toTell = new ArrayDeque<>();
    private final Deque<Runnable> outcomes = new ArrayDeque<>();
    private final PacketHandler takePacket = this::onPacket;
    private final PacketHandler takeSimulated = this::onDatagram;
    private final DatagramReader reader = new DatagramReader();
    private final DatagramWriter refusal = new DatagramWriter();
    private final int handshakeSize;

    private final long startedAt;
    private long lastReal;
    private long now;
    private long lastId;
    private int open;
    private int connected;

    /** Those that wait for the connection before them, with the same address, to be forgotten. */
    private int waiting;

    private int firstToSend;
    private boolean detectsDisconnects;
    private boolean isUpdating;
    private boolean closeIsAsked;
    private boolean isClosing;
    private boolean isClosed;
    private int strangeErrors;
    private ReceiveResult lastResult = new ReceiveResult(ReceiveResult.State.RECEIVED, 0);

    private final CarrierClock clock = new CarrierClock();

    private Carrier(CarrierDesc desc, GridMate gridMate, Driver driver, boolean ownsDriver) {
        this.desc = desc;
        this.driver = driver;
        this.ownsDriver = ownsDriver;
        stream = driver instanceof StreamSocketDriver s ? s : null;
        initializeDriver();
        int maxDatagram = driver.maxSendSize();
        if (maxDatagram < SMALLEST_DATAGRAM) {
            throw new IllegalArgumentException("the driver's maximum packet size is " + maxDatagram
                    + " bytes, a carrier needs at least " + SMALLEST_DATAGRAM);
        }
        coder = new DatagramCoder(desc.compressionFactory(), maxDatagram, counters);
        int mtu = coder.maxDatagramSize() - MessageHeader.DATAGRAM_HEADER_SIZE - MessageHeader.MAX_SIZE;
        // TCP takes what it has room for; a datagram socket takes everything, and loses it on the other side.
        long burst = stream == null ? BURST_BYTES : Long.MAX_VALUE;
        limits = new LinkLimits(coder.maxDatagramSize(), mtu, burst, desc.sendQueueSize(), desc.receiveQueueSize());
        linkResources = new LinkResources(limits, counters, new MessagePool(POOLED_BYTES), outcomes);
        handshakeSize = mtu - 1;
        TrafficControl control = desc.trafficControl();
        trafficControl = control == null
                ? new DefaultTrafficControl(
                        desc.recvPacketsLimit(),
                        desc.disconnectDetectionRttThreshold(),
                        desc.disconnectDetectionPacketLossThreshold())
                : control;
        detectsDisconnects = desc.enableDisconnectDetection();
        startedAt = driver.nanoTime();
        lastReal = startedAt;
        simulator = desc.simulator();
        if (simulator != null) {
            simulator.bindDriver(driver);
        }
        events = gridMate.eventBus(CarrierEvents.class);
        driverEvents = stream == null
                ? null
                : gridMate.eventBus(StreamSocketDriverEvents.class).connect(new DriverEnds());
        attachment = gridMate.attach(this);
    }

    private static Driver ownDriver(CarrierDesc desc, GridMate gridMate) {
        return new SocketDriver(
                gridMate,
                SocketDriverConfig.builder()
                        .isFullPackets(desc.driverIsFullPackets())
                        .isCrossPlatform(desc.driverIsCrossPlatform())
                        .build());
    }

    private void initializeDriver() {
        if (driver.isInitialized()) {
            return;
        }
        ResultCode code = driver.initialize(
                desc.familyType(),
                desc.address(),
                desc.port(),
                false,
                desc.driverReceiveBufferSize(),
                desc.driverSendBufferSize());
        if (code != ResultCode.OK) {
            throw new CarrierException(code, "cannot initialize the driver: " + driver.lastError());
        }
    }

    /**
     * Makes a carrier.
     *
     * @param desc everything about it
     * @param gridMate whose bus hears its events, and which closes it if need be
     * @return the carrier, ready
     * @throws CarrierException if the driver cannot be initialized: the port is in use, for example
     * @throws IllegalArgumentException if the driver's largest packet is below 128 bytes, or a value of the description does
     *     not fit the driver
     */
    public static Carrier create(CarrierDesc desc, GridMate gridMate) {
        Objects.requireNonNull(gridMate, "gridMate");
        Driver given = desc.driver();
        Driver driver = given == null ? ownDriver(desc, gridMate) : given;
        try {
            return new Carrier(desc, gridMate, driver, given == null);
        } catch (RuntimeException | Error e) {
            if (given == null) {
                driver.close(); // the port is free again
            }
            throw e;
        }
    }

    // ------------------------------------------------------------------------------------ connecting

    /**
     * Begins to connect. {@code onConnectionEstablished} or {@code onFailedToConnect} says how it ends.
     *
     * <p>Over TCP this connects the driver first, unless that is connected, or connecting, to the address.
     *
     * @param hostAddress an IP address, or a host name, which is looked up here and can block
     * @param port 1 to 65535
     * @return the connection; the same as before if there is one with this address
     * @throws IllegalArgumentException if the host is unknown or the port out of range
     */
    public ConnectionId connect(String hostAddress, int port) {
        enter();
        return connect(driver.createDriverAddress(hostAddress + '|' + port));
    }

    /**
     * Begins to connect.
     *
     * @param address the original's text form, {@code ip|port}
     * @return as above
     * @throws IllegalArgumentException if the address is not of this form, or unknown
     */
    public ConnectionId connect(String address) {
        enter();
        return connect(driver.createDriverAddress(address));
    }

    /**
     * Begins to connect.
     *
     * @param address the peer, an address of this carrier's driver
     * @return as above
     */
    public ConnectionId connect(SocketDriverAddress address) {
        enter();
        if (isClosing) {
            throw new IllegalStateException("the carrier is closing: make a new one");
        }
        advance();
        SocketDriverAddress own = driver.createDriverAddress(address.toInetSocketAddress());
        for (Peer each : peers) {
            if (each.isWanted() && each.address.equals(own)) {
                return each.id;
            }
        }
        counters.add(CarrierCounter.CONNECTS_STARTED, 1);
        Peer before = byAddress.get(own);
        Peer peer = addPeer(own, false, before == null);
        peer.initiate(before != null);
        connectDriver(peer);
        return peer.id;
    }

    private void connectDriver(Peer peer) {
        StreamSocketDriver tcp = stream;
        if (tcp == null) {
            return;
        }
        ResultCode code = tcp.connectTo(peer.address);
        if (code != ResultCode.OK && code != ResultCode.ALREADY_CONNECTED) {
            onDriverError(peer, code);
            peer.vanish(CarrierDisconnectReason.DRIVER_ERROR);
        }
    }

    /**
     * Ends a connection: the peer is told at once, and what waits to leave is dropped. {@code onDisconnect}, or {@code
     * onFailedToConnect}, fires when the peer has answered, after half a second at the latest. A TCP connection underneath
     * stays.
     *
     * <p>To connect to the same peer again takes until the old connection is forgotten, half a second later.
     *
     * @param id the connection; {@link ConnectionId#ALL} for every one; one that is over is left alone
     */
    public void disconnect(ConnectionId id) {
        enter();
        advance();
        forEach(id, peer -> peer.disconnect(CarrierDisconnectReason.USER_REQUESTED));
    }

    /**
     * Ends a connection when everything that was sent has left and every reliable message is confirmed, or the time is over.
     * Nothing can be sent any longer. Said again for the same connection, the earlier time counts.
     *
     * @param id the connection; {@link ConnectionId#ALL} for every one
     * @param linger how long to wait at most, zero or more
     */
    public void disconnect(ConnectionId id, Duration linger) {
        enter();
        advance();
        if (linger.isNegative()) {
            throw new IllegalArgumentException("linger is " + linger + ", it must not be negative");
        }
        long nanos =
                linger.compareTo(Duration.ofDays(1)) > 0 ? Duration.ofDays(1).toNanos() : linger.toNanos();
        forEach(id, peer -> peer.disconnectWhenDrained(nanos));
    }

    private void forEach(ConnectionId id, Consumer<Peer> action) {
        if (id == ConnectionId.ALL) {
            List.copyOf(peers).forEach(action);
        } else if (id.peer != null) {
            action.accept(own(id.peer));
        }
    }

    private Peer own(Peer peer) {
        if (!peer.isOf(this)) {
            throw new IllegalArgumentException(peer.id + " is another carrier's");
        }
        return peer;
    }

    /**
     * Returns the peer of a connection: the original's {@code ConnectionToAddress}.
     *
     * @param id a connection
     * @return the address; null if the connection is over, and the update that told so as well
     */
    public @Nullable SocketDriverAddress connectionToAddress(ConnectionId id) {
        enter();
        return id.peer == null ? null : own(id.peer).address;
    }

    /**
     * Returns where a connection stands.
     *
     * @param id a connection
     * @return the state; {@link ConnectionState#DISCONNECTED} when it is over
     */
    public ConnectionState connectionState(ConnectionId id) {
        enter();
        return id.peer == null ? ConnectionState.DISCONNECTED : own(id.peer).state();
    }

    /**
     * Returns how many connections stand.
     *
     * @return 0 or more
     */
    public int numConnections() {
        enter();
        return connected;
    }

    // ------------------------------------------------------------------------------------ messages

    /**
     * Returns the size of the largest message that fits one datagram. A larger one is cut into chunks, and is always
     * reliable.
     *
     * @return bytes
     */
    public int messageMtu() {
        return limits.messageMtu();
    }

    /**
     * Sends a message, reliable, with normal priority, on channel 0.
     *
     * @param data the message
     * @param target the connection, or {@link ConnectionId#ALL}
     * @return as the long form
     */
    public SendResult send(ByteBuffer data, ConnectionId target) {
        return send(data, target, DataReliability.SEND_RELIABLE, DataPriority.NORMAL, 0);
    }

    /**
     * Sends a message. It is copied, and leaves in the next update or {@code waitForData}, as soon as the network has room.
     *
     * @param data the message, between position and limit, which may be empty; the position does not move
     * @param target the connection, or {@link ConnectionId#ALL}
     * @param reliability a message larger than {@link #messageMtu()} is always reliable
     * @param priority not {@link DataPriority#SYSTEM}
     * @param channel 0 to 2
     * @return {@link SendResult#OK} if it was taken whole
     * @throws IllegalArgumentException if the message is above 32,766 chunks; the channel is not 0 to 2; the
     *     priority is the system's
     */
    public SendResult send(
            ByteBuffer data, ConnectionId target, DataReliability reliability, DataPriority priority, int channel) {
        return send(data, null, target, reliability, priority, channel);
    }

    /**
     * Sends a message and tells what becomes of it.
     *
     * @param data the message
     * @param callback hears whether it arrived, unless the result is not OK
     * @param target the connection; not {@link ConnectionId#ALL}
     * @param reliability as for send
     * @param priority as for send
     * @param channel as for send
     * @return as send
     * @throws IllegalArgumentException as send, and if the target is all connections
     */
    public SendResult sendWithCallback(
            ByteBuffer data,
            AckCallback callback,
            ConnectionId target,
            DataReliability reliability,
            DataPriority priority,
            int channel) {
        if (target == ConnectionId.ALL) {
            throw new IllegalArgumentException("target is " + target + ": a callback needs one connection");
        }
        return send(data, Objects.requireNonNull(callback, "callback"), target, reliability, priority, channel);
    }

    private SendResult send(
            ByteBuffer data,
            @Nullable AckCallback callback,
            ConnectionId target,
            DataReliability reliability,
            DataPriority priority,
            int channel) {
        enter();
        checkMessage(data, priority, channel);
        if (target == ConnectionId.ALL) {
            SendResult result = SendResult.OK;
            for (int i = 0; i < peers.size(); i++) {
                if (peers.get(i).isConnected()
                        && !queue(peers.get(i), data, callback, reliability, priority, channel)) {
                    result = SendResult.QUEUE_FULL;
                }
            }
            return result;
        }
        if (target.peer == null || !own(target.peer).takesMessages()) {
            counters.add(CarrierCounter.SENDS_REJECTED, 1);
            return SendResult.NOT_CONNECTED;
        }
        return queue(target.peer, data, callback, reliability, priority, channel)
                ? SendResult.OK
                : SendResult.QUEUE_FULL;
    }

    private void checkMessage(ByteBuffer data, DataPriority priority, int channel) {
        checkChannel(channel);
        if (priority == DataPriority.SYSTEM) {
            throw new IllegalArgumentException("priority is SYSTEM, which is the carrier's own");
        }
        long most = (long) limits.messageMtu() * MessageHeader.MAX_CHUNKS;
        if (data.remaining() > most) {
            throw new IllegalArgumentException(
                    "the message has " + data.remaining() + " bytes, it must have at most " + most);
        }
    }

    private static void checkChannel(int channel) {
        if (channel < 0 || channel >= CHANNELS) {
            throw new IllegalArgumentException("channel is " + channel + ", it must be 0 to " + (CHANNELS - 1));
        }
    }

    @SuppressWarnings("EnumOrdinal") // the order of the constants is the order of urgency
    private boolean queue(
            Peer peer,
            ByteBuffer data,
            @Nullable AckCallback callback,
            DataReliability reliability,
            DataPriority priority,
            int channel) {
        peer.due = 0;
        boolean isTaken = peer.link
                .outbound()
                .send(data, channel, reliability == DataReliability.SEND_RELIABLE, priority.ordinal(), callback);
        counters.add(isTaken ? CarrierCounter.MESSAGES_OUT : CarrierCounter.SENDS_REJECTED, 1);
        return isTaken;
    }

    /**
     * Receives the next message of a channel of a connection.
     *
     * @param into gets it at its position, which moves past it
     * @param from the connection
     * @param channel 0 to 2
     * @return what happened; the same object as the last time if it says the same
     * @throws IllegalArgumentException if the channel is not 0 to 2
     */
    public ReceiveResult receive(ByteBuffer into, ConnectionId from, int channel) {
        enter();
        checkChannel(channel);
        Peer peer = from.peer;
        int length = peer == null ? -1 : own(peer).link.inbound().peekLength(channel);
        if (peer == null || length < 0) {
            return result(ReceiveResult.State.NO_MESSAGE_TO_RECEIVE, 0);
        }
        if (length > into.remaining()) {
            return result(ReceiveResult.State.UNSUFFICIENT_BUFFER_SIZE, length);
        }
        peer.link.inbound().take(channel, into);
        peer.messagesWaiting--;
        counters.add(CarrierCounter.MESSAGES_IN, 1);
        return result(ReceiveResult.State.RECEIVED, length);
    }

    private ReceiveResult result(ReceiveResult.State state, int numBytes) {
        if (lastResult.state() != state || lastResult.numBytes() != numBytes) {
            lastResult = new ReceiveResult(state, numBytes);
        }
        return lastResult;
    }

    /**
     * Receives messages from all connections and channels, which take turns.
     *
     * @param handler gets each message
     * @param limit how many at the most, 1 or more
     * @return how many the handler got
     * @throws IllegalArgumentException if the limit is below 1
     */
    public int receive(MessageHandler handler, int limit) {
        enter();
        Objects.requireNonNull(handler, "handler");
        if (limit < 1) {
            throw new IllegalArgumentException("limit is " + limit + ", it must be at least 1");
        }
        int received = 0;
        while (received < limit) {
            Peer peer = withMessages.poll();
            if (peer == null) {
                break;
            }
            peer.isQueuedToReceive = false;
            received += handOut(peer, handler);
            if (isClosed) {
                break;
            }
        }
        return received;
    }

    /**
     * Receives messages from one connection, whose channels take turns. For a program that can hold back one peer, whose
     * messages it has no use for yet, without keeping the others waiting.
     *
     * @param handler gets each message
     * @param from the connection
     * @param limit how many at the most, 1 or more
     * @return how many the handler got
     * @throws IllegalArgumentException if the limit is below 1
     */
    public int receive(MessageHandler handler, ConnectionId from, int limit) {
        enter();
        Objects.requireNonNull(handler, "handler");
        if (limit < 1) {
            throw new IllegalArgumentException("limit is " + limit + ", it must be at least 1");
        }
        int received = 0;
        int more = 1;
        while (more > 0 && received < limit && !isClosed) {
            more = from.peer == null ? 0 : handOut(own(from.peer), handler);
            received += more;
        }
        return received;
    }

    /** Hands out one message; returns how many there were, 0 or 1. */
    private int handOut(Peer peer, MessageHandler handler) {
        Inbound inbound = peer.link.inbound();
        int channel = peer.isReadable() ? inbound.nextChannelWithMessages() : -1;
        if (channel < 0) {
            return 0;
        }
        DataReliability reliability =
                inbound.peekReliable(channel) ? DataReliability.SEND_RELIABLE : DataReliability.SEND_UNRELIABLE;
        ByteBuffer lent = inbound.lend(channel);
        try {
            peer.messagesWaiting--;
            counters.add(CarrierCounter.MESSAGES_IN, 1);
            onMessages(peer);
            handler.onMessage(peer.id, channel, reliability, lent);
        } finally {
            inbound.giveBack(channel);
        }
        return 1;
    }

    /**
     * Returns how large a buffer must be for the next message.
     *
     * @param from the connection
     * @param channel 0 to 2
     * @return the size of the next message in bytes; 0 if none waits
     */
    public int queryNextReceiveMessageMaxSize(ConnectionId from, int channel) {
        enter();
        checkChannel(channel);
        return from.peer == null ? 0 : Math.max(0, own(from.peer).link.inbound().peekLength(channel));
    }

    // ------------------------------------------------------------------------------------ the loop

    /**
     * Does the network work there is: the driver's, and the carrier's own. Does not block. Events fire from here. Called from
     * inside an event, it does nothing.
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
            endReceiving();
            work += driver.update();
            work += receiveDatagrams();
            work += updatePeers();
            int ends = ending.size(); // those that end from now on are told in the next update
            work += tell();
            if (ends > 0) {
                ended.addAll(ending.subList(0, ends));
                ending.subList(0, ends).clear();
            }
            work += sendDatagrams();
            driver.flush();
        } finally {
            isUpdating = false;
            if (closeIsAsked) {
                closeNow();
            }
        }
        return work;
    }

    private void endReceiving() {
        for (int i = 0; i < ended.size(); i++) {
            ended.get(i).closeReceiving();
        }
        ended.clear();
    }

    private int receiveDatagrams() {
        int count = driver.receive(takePacket, DATAGRAMS_PER_UPDATE);
        Simulator playing = simulator;
        if (playing != null) {
            playing.update();
            count += playing.receive(takeSimulated, DATAGRAMS_PER_UPDATE);
        }
        return count;
    }

    private void onPacket(SocketDriverAddress from, ByteBuffer packet) {
        Simulator playing = simulator;
        if (playing != null && playing.onReceive(from, packet)) {
            counters.add(CarrierCounter.DATAGRAMS_SIMULATED, 1);
        } else {
            onDatagram(from, packet);
        }
    }

    private void onDatagram(SocketDriverAddress from, ByteBuffer packet) {
        Peer peer = byAddress.get(from);
        ByteBuffer datagram = coder.decode(packet);
        if (datagram == null) {
            counters.add(CarrierCounter.DATAGRAMS_BAD, 1);
            if (peer == null) {
                onStrangeError(SecurityError.BAD_PACKET);
            } else {
                peer.onSecurityError(SecurityError.BAD_PACKET);
            }
        } else if (peer != null) {
            peer.due = 0;
            peer.link.onDatagram(datagram, reader, now);
        } else {
            onStranger(from, datagram, coder.wasCompressed());
        }
    }

    /** Nothing is kept of an unknown sender, unless the whole datagram is in order and begins with a request to connect. */
    private void onStranger(SocketDriverAddress from, ByteBuffer datagram, boolean wasCompressed) {
        boolean isRead = datagram.remaining() <= limits.maxDatagramSize() && reader.wrap(datagram);
        boolean asks = isRead && reader.next() && SystemMessage.isConnectRequest(reader);
        boolean isSound = isRead && isSoundToTheEnd(reader);
        if (!asks || !isSound || wasCompressed) {
            counters.add(CarrierCounter.DATAGRAMS_UNKNOWN, 1);
            if (!isSound) { // otherwise it is most likely the last words of a connection that is forgotten here
                onStrangeError(SecurityError.INVALID_SOURCE_ADDRESS);
            }
        } else if (ask(() -> desc.handshake().onNewConnection(from), true)) {
            counters.add(CarrierCounter.CONNECTIONS_REFUSED, 1);
        } else if (open >= desc.maxConnections()) {
            counters.add(CarrierCounter.CONNECTIONS_REFUSED, 1);
            sendRefusal(from, CarrierDisconnectReason.HANDSHAKE_REJECTED);
        } else {
            counters.add(CarrierCounter.CONNECTIONS_INCOMING, 1);
            Peer peer = addPeer(from, true, true);
            tell(handler -> handler.onIncomingConnection(this, peer.id));
            peer.link.onDatagram(datagram, reader, now);
        }
    }

    private static boolean isSoundToTheEnd(DatagramReader reader) {
        boolean more = true;
        while (more) {
            more = reader.next();
        }
        return reader.fault() == DatagramReader.Fault.NONE;
    }

    private void onStrangeError(SecurityError error) {
        int bit = error.bit();
        if ((strangeErrors & bit) == 0 && isHeard()) {
            strangeErrors |= bit;
            tell(handler -> handler.onSecurityError(this, ConnectionId.ALL, error));
        }
    }

    /** Says no, as the first word of a connection of which nothing is kept. */
    void sendRefusal(SocketDriverAddress to, CarrierDisconnectReason reason) {
        byte[] no = {(byte) reason.code(), SystemMessage.DISCONNECT};
        refusal.begin(coder.beginDatagram(), 2);
        MessageHeader header = new MessageHeader();
        header.channel = MessageHeader.SYSTEM_CHANNEL;
        header.isReliable = true;
        header.length = no.length;
        refusal.put(header, no);
        counters.add(CarrierCounter.DATAGRAMS_OUT, 1);
        ResultCode ignored = transmit(to, coder.encode(refusal.size(), false));
    }

    private Peer addPeer(SocketDriverAddress address, boolean isIncoming, boolean isFirst) {
        TrafficControl.Flow flow = trafficControl.onConnect(address, limits.maxDatagramSize(), now);
        Peer peer = new Peer(
                this,
                desc,
                new ConnectionId(++lastId),
                address,
                isIncoming,
                flow,
                desc.handshake().handshakeTimeout(),
                listener -> new Link(flow, listener, linkResources, now));
        peer.id.peer = peer;
        peer.index = peers.size();
        peers.add(peer);
        open++;
        if (isFirst) {
            byAddress.put(address, peer);
        } else {
            waiting++;
        }
        if (simulator != null) {
            simulator.onConnect(address);
        }
        return peer;
    }

    private int updatePeers() {
        int work = syncClocks();
        for (int i = 0; i < peers.size(); i++) {
            Peer peer = peers.get(i);
            if (peer.due <= now || peer.isBlocked) {
                peer.update(now);
                if (peer.isForgotten()) {
                    send(peer); // its last word; or the peer would take what its successor says for this one's
                    forget(peer);
                    i--; // the last one has taken the place
                }
            }
        }
        return work;
    }

    private void forget(Peer peer) {
        Peer last = peers.get(peers.size() - 1);
        peers.set(peer.index, last);
        last.index = peer.index;
        peers.remove(peers.size() - 1);
        peer.link.outbound().close();
        if (peer.waitsForPredecessor()) {
            waiting--;
        }
        if (byAddress.remove(peer.address, peer) && waiting > 0) { // when ten thousand go at once, nobody is looked for
            promoteSuccessor(peer.address);
        }
    }

    /** One that was given up while it waited is in the list until the next update, and gets no place here. */
    private void promoteSuccessor(SocketDriverAddress address) {
        for (Peer each : peers) {
            if (each.isOpen() && each.waitsForPredecessor() && each.address.equals(address)) {
                byAddress.put(address, each);
                each.onPredecessorForgotten();
                waiting--;
                return;
            }
        }
    }

    private int sendDatagrams() {
        int sent = 0;
        int count = peers.size();
        int first = count == 0 ? 0 : Math.floorMod(firstToSend++, count);
        for (int i = 0; i < count; i++) {
            Peer peer = peers.get(first + i < count ? first + i : first + i - count);
            if (peer.due <= now || peer.isBlocked) {
                sent += send(peer);
            }
        }
        return sent;
    }

    private int send(Peer peer) {
        int sent = 0;
        boolean mayCarryData = peer.mayCarryData(now);
        peer.isBlocked = false;
        while (peer.link.outbound().hasSomethingToSend(mayCarryData, now)) {
            if (room(peer) < driver.maxSendSize()) {
                peer.isBlocked = true;
                break;
            }
            int time = peer.link.outbound().isClockSyncDue() ? (int) clock.time(localMillis()) : 0;
            int size = peer.link.outbound().compose(coder.beginDatagram(), mayCarryData, now, time);
            sent++;
            ResultCode code = transmit(peer.address, coder.encode(size, peer.wasEstablished()));
            if (code != ResultCode.OK && code != ResultCode.SEND_BUFFER_FULL) {
                onDriverError(peer, code);
                break;
            }
        }
        peer.due = peer.nextDue(now);
        return sent;
    }

    /** A full driver is no error: the messages stay here until it has room. */
    private int room(Peer peer) {
        return isReady(peer) ? driver.writableBytes(peer.address) : 0;
    }

    private ResultCode transmit(SocketDriverAddress to, ByteBuffer datagram) {
        Simulator playing = simulator;
        if (playing != null && playing.onSend(to, datagram)) {
            counters.add(CarrierCounter.DATAGRAMS_SIMULATED, 1);
            return ResultCode.OK;
        }
        return sendNow(to, datagram);
    }

    private ResultCode sendNow(SocketDriverAddress to, ByteBuffer datagram) {
        ResultCode code = driver.send(to, datagram);
        if (code != ResultCode.OK) {
            counters.add(CarrierCounter.DATAGRAMS_REFUSED, 1);
        }
        return code;
    }

    /**
     * Waits until {@code update} or {@code receive} would find something, or time asks for an update, or the given time is
     * over, or somebody calls {@link #stopWaitForData()}. What waits to be sent is sent first.
     *
     * <p>With connections this returns about every 100 ms at the latest, since peers expect a sign of life.
     *
     * @param timeout how long to wait at most; zero does not look at sockets, and so returns true
     * @return true if there may be something to do
     */
    public boolean waitForData(Duration timeout) {
        enter();
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("timeout is " + timeout + ", it must not be negative");
        }
        if (isUpdating) {
            throw new IllegalStateException("waitForData is called from inside an update: wait in the loop instead");
        }
        advance();
        sendDatagrams();
        driver.flush();
        if (hasMessages() || !toTell.isEmpty() || !outcomes.isEmpty()) {
            return true;
        }
        long asked = timeout.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT.toNanos() : timeout.toNanos();
        long untilDue = nextDue() - now;
        long nanos = Math.min(asked, untilDue);
        boolean something = nanos <= 0 || driver.waitForData(duration(nanos));
        long real = driver.nanoTime();
        now += real - lastReal; // the wait was asked for, and counts in full
        lastReal = real;
        return something || untilDue <= nanos;
    }

    /** Who was received from by name still stands in the queue, and leaves it here. */
    private boolean hasMessages() {
        for (Peer first = withMessages.peek(); first != null; first = withMessages.peek()) {
            if (first.messagesWaiting > 0) {
                return true;
            }
            withMessages.remove();
            first.isQueuedToReceive = false;
        }
        return false;
    }

    private static Duration duration(long nanos) {
        long millis = (nanos + MILLISECOND - 1) / MILLISECOND;
        return millis < WAITS.length ? WAITS[(int) millis] : Duration.ofMillis(millis);
    }

    private long nextDue() {
        long sync = clock.nextSync();
        long next = sync == Long.MAX_VALUE ? sync : now + (sync - localMillis()) * MILLISECOND;
        for (int i = 0; i < peers.size(); i++) {
            next = Math.min(next, peers.get(i).due);
        }
        if (simulator != null) {
            long due = simulator.nextDue();
            next = Math.min(next, due == Long.MAX_VALUE ? due : now + due - lastReal);
        }
        return next;
    }

    /** Ends the present {@link #waitForData}, or the next one. Any thread may call this. */
    public void stopWaitForData() {
        driver.stopWaitForData();
    }

    /** Gives the carrier and its driver up for another thread, as {@link Driver#handOver()}. */
    public void handOver() {
        driver.handOver();
    }

    // ------------------------------------------------------------------------------------ for peers

    long now() {
        return now;
    }

    boolean isClosed() {
        return isClosed;
    }

    /** Whether a peer can be sent to: over TCP, when the connection underneath stands. */
    boolean isReady(Peer peer) {
        return !peer.waitsForPredecessor() && (stream == null || stream.isConnectedTo(peer.address));
    }

    boolean detectsDisconnects() {
        return detectsDisconnects;
    }

    boolean isHeard() {
        return events.handlerCount() > 0;
    }

    void tell(Consumer<CarrierEvents> event) {
        toTell.add(event);
    }

    void onEstablished(Peer peer) {
        connected++;
        counters.add(CarrierCounter.CONNECTIONS_ESTABLISHED, 1);
        tell(handler -> handler.onConnectionEstablished(this, peer.id));
        if (clock.isRunning()) {
            peer.link.outbound().clockSync();
        }
    }

    void onOver(Peer peer, CarrierDisconnectReason reason, boolean wasEstablished) {
        open--;
        if (wasEstablished) {
            connected--;
            counters.add(CarrierCounter.DISCONNECTS, 1);
            tell(handler -> handler.onDisconnect(this, peer.id, reason));
        } else {
            counters.add(CarrierCounter.CONNECTS_FAILED, 1);
            tell(handler -> handler.onFailedToConnect(this, peer.id, reason));
        }
        ending.add(peer);
        Boolean ignored = ask(
                () -> {
                    desc.handshake().onDisconnect(peer.id);
                    return true;
                },
                false);
        if (simulator != null) {
            simulator.onDisconnect(peer.address);
        }
    }

    /** One connection was lost: perhaps the network is. */
    void judgeOthers() {
        for (int i = 0; i < peers.size(); i++) { // a handshake that hears of an end may connect, and so add one
            peers.get(i).judgeStrictly(now);
        }
    }

    void onRateChange(Peer peer, int bytesPerSecond) {
        if (isHeard()) {
            tell(handler -> handler.onRateChange(this, peer.id, bytesPerSecond));
        }
    }

    void onNothingToReceive(Peer peer) {
        if (peer.isQueuedToReceive) {
            peer.isQueuedToReceive = false;
            withMessages.remove(peer);
        }
    }

    void onMessages(Peer peer) {
        if (!peer.isQueuedToReceive && peer.messagesWaiting > 0) {
            peer.isQueuedToReceive = true;
            withMessages.add(peer);
        }
    }

    private void onDriverError(Peer peer, ResultCode code) {
        DriverError error = new DriverError(code, driver.lastError());
        tell(handler -> handler.onDriverError(this, peer.id, error));
    }

    // ------------------------------------------------------------------------------------ the handshake

    /** Room for what a handshake writes: of its own, since the handshake may connect to somebody else meanwhile. */
    ByteBuffer handshakeBuffer() {
        return ByteBuffer.allocate(handshakeSize);
    }

    static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    /** Asks the handshake, which may stumble over what it reads. */
    <T> T ask(Supplier<T> question, T ifItFails) {
        try {
            return question.get();
        } catch (RuntimeException e) {
            LOGGER.log(System.Logger.Level.WARNING, "the handshake threw, which counts as " + ifItFails, e);
            return ifItFails;
        }
    }

    // ------------------------------------------------------------------------------------ the clock

    /**
     * Runs the clock: tells all peers the time now, and every so often. Only one of the carriers that are connected with each
     * other may.
     *
     * @param syncIntervalMS milliseconds, 1 or more; a second is plenty
     * @param isReset whether the time begins at 0 again; the others' time never goes back
     * @throws IllegalArgumentException if the interval is below 1
     */
    public void startClockSync(int syncIntervalMS, boolean isReset) {
        enter();
        if (syncIntervalMS < 1) {
            throw new IllegalArgumentException("syncIntervalMS is " + syncIntervalMS + ", it must be at least 1");
        }
        clock.start(syncIntervalMS, isReset, localMillis());
    }

    /** Runs the clock, telling the time every second. */
    public void startClockSync() {
        startClockSync(1_000, false);
    }

    /** Stops running the clock. Time goes on. */
    public void stopClockSync() {
        enter();
        clock.stop();
    }

    /**
     * Returns the time that connected carriers share: milliseconds since the one that runs the clock was made, or since this
     * one was, before it heard of any. Never goes back, except when {@link #startClockSync(int, boolean)} resets it.
     *
     * @return milliseconds
     */
    public long time() {
        enter();
        return clock.time(localMillis());
    }

    private long localMillis() {
        return (driver.nanoTime() - startedAt) / MILLISECOND;
    }

    private int syncClocks() {
        long local = localMillis();
        if (local < clock.nextSync()) {
            return 0;
        }
        clock.onSynced(local);
        for (Peer each : peers) {
            if (each.isConnected()) {
                each.link.outbound().clockSync();
                each.due = 0;
            }
        }
        return 1;
    }

    void onClockSync(int milliseconds, long rtt) {
        if (clock.isRunning()) {
            counters.add(CarrierCounter.CLOCK_SYNCS_IGNORED, 1);
        } else {
            clock.follow(milliseconds, rtt / 2 / MILLISECOND, localMillis());
        }
    }

    // ------------------------------------------------------------------------------------ what is known

    /**
     * Returns statistics of a connection.
     *
     * @param id a connection
     * @param period which
     * @param effective whether of user messages alone, or of everything
     * @return a snapshot; null if the connection is over, and the update that told so as well
     */
    public @Nullable Statistics queryStatistics(ConnectionId id, Statistics.Period period, boolean effective) {
        enter();
        return id.peer == null ? null : own(id.peer).flow.statistics(period, effective);
    }

    /**
     * Returns how many messages, and chunks of messages, of a priority have not left yet: what a program looks at before it
     * sends the next snapshot, whatever else is under way.
     *
     * @param id a connection
     * @param priority which
     * @return 0 or more; 0 if the connection is over
     */
    @SuppressWarnings("EnumOrdinal") // the order of the constants is the order of urgency
    public int queryNumToSend(ConnectionId id, DataPriority priority) {
        enter();
        return id.peer == null ? 0 : own(id.peer).link.outbound().numToSend(priority.ordinal());
    }

    /**
     * Returns how full a connection is.
     *
     * @param id a connection
     * @return a snapshot; null if the connection is over, and the update that told so as well
     */
    public @Nullable FlowInformation queryFlowInformation(ConnectionId id) {
        enter();
        return id.peer == null ? null : own(id.peer).link.flowInformation();
    }

    /**
     * Switches the detection of bad connections on or off: the original's {@code DebugEnableDisconnectDetection}.
     *
     * @param enable whether bad connections are ended
     */
    public void enableDisconnectDetection(boolean enable) {
        enter();
        detectsDisconnects = enable;
    }

    /**
     * Returns the driver's port.
     *
     * @return as {@link Driver#port()}
     */
    public int port() {
        return driver.port();
    }

    /**
     * Returns the driver underneath.
     *
     * @return the driver that was given, or the carrier's own
     */
    public Driver driver() {
        return driver;
    }

    /**
     * Reads a counter. Any thread may call this, also after {@code close}; from another thread the value can be a moment
     * old.
     *
     * @param counter which
     * @return its value since creation
     */
    public long counter(CarrierCounter counter) {
        return counters.get(counter);
    }

    // ------------------------------------------------------------------------------------ telling

    // Events fire when no list of connections is being walked, so that a handler may do anything. What an event leads
    // to is
    // told in the next update: a handler that connects again whenever a connect fails must not keep this one from
    // returning.
    private int tell() {
        int told = 0;
        for (int left = toTell.size(); left > 0; left--) {
            Consumer<CarrierEvents> event = toTell.poll();
            if (event != null) {
                events.dispatch(event);
                told++;
            }
        }
        strangeErrors = 0;
        for (int i = 0; i < peers.size(); i++) {
            peers.get(i).onTold();
        }
        for (int left = outcomes.size(); left > 0; left--) {
            Runnable outcome = outcomes.poll();
            if (outcome != null) {
                run(outcome);
                told++;
            }
        }
        return told;
    }

    private static void run(Runnable outcome) {
        try {
            outcome.run();
        } catch (Throwable e) { // as for event handlers: an AssertionError in one is no reason to starve the others
            LOGGER.log(System.Logger.Level.ERROR, "an ack callback threw", e);
        }
    }

    // ------------------------------------------------------------------------------------ the end

    /**
     * Closes all connections: each peer is told once, without waiting for its answer, and {@code onDisconnect} fires. A driver
     * that was given stays open. Called from inside an event, it takes effect when the update ends. Closing twice does
     * nothing.
     */
    @Override
    public void close() {
        driver.checkThread();
        if (isUpdating) {
            closeIsAsked = true;
        } else {
            closeNow();
        }
    }

    private void closeNow() {
        if (isClosed || isClosing) {
            return;
        }
        isClosing = true;
        isUpdating = true; // a handler that calls update now gets nothing
        boolean canSend = driver.isInitialized();
        for (Peer each : List.copyOf(peers)) {
            if (canSend && each.isOpen()) {
                sayGoodbye(each);
            }
            each.vanish(CarrierDisconnectReason.SHUTTING_DOWN);
            each.link.outbound().close();
        }
        if (canSend) {
            driver.flush();
        }
        while (!toTell.isEmpty() || !outcomes.isEmpty()) {
            tell();
        }
        ending.forEach(Peer::closeReceiving);
        ended.forEach(Peer::closeReceiving);
        peers.clear();
        byAddress.clear();
        isClosed = true;
        if (simulator != null) {
            simulator.unbindDriver();
        }
        coder.close();
        if (driverEvents != null) {
            driverEvents.close();
        }
        attachment.close();
        if (ownsDriver) {
            driver.close();
        }
    }

    private void sayGoodbye(Peer peer) {
        peer.sayGoodbye();
        if (room(peer) >= driver.maxSendSize()) {
            int size = peer.link.outbound().compose(coder.beginDatagram(), false, now, 0);
            // Past the simulator, which will not be there any longer to send what it delays.
            ResultCode ignored = sendNow(peer.address, coder.encode(size, false));
        }
    }

    private void enter() {
        driver.checkThread();
        if (isClosed) {
            throw new IllegalStateException("the carrier is closed: make a new one");
        }
    }

    private void advance() {
        long real = driver.nanoTime();
        long gap = real - lastReal;
        lastReal = real;
        if (gap > GAP_LIMIT) {
            counters.add(CarrierCounter.UPDATE_GAPS, 1);
            if (gap > desc.connectionTimeoutMS() * MILLISECOND && !peers.isEmpty()) {
                onStrangeError(SecurityError.UPDATE_TIMEOUT);
            }
            gap = GAP_LIMIT;
        }
        now += gap;
    }

    @Override
    public String toString() {
        return "Carrier[" + (isClosed ? "closed" : connected + " connections over " + driver) + "]";
    }

    /** The end of a TCP connection is the end of the connection on it. */
    private final class DriverEnds implements StreamSocketDriverEvents {

        @Override
        public void onConnectionEstablished(SocketDriverAddress address) {
            for (Peer each : peers) {
                if (isAt(each, address)) {
                    each.due = 0;
                }
            }
        }

        @Override
        public void onConnectionDisconnected(SocketDriverAddress address, DisconnectReason reason) {
            onGone(address, ResultCode.SEND_ADDRESS_NOT_BOUND, reason);
        }

        @Override
        public void onConnectionFailed(SocketDriverAddress address, DisconnectReason reason) {
            onGone(address, ResultCode.SOCKET_CONNECT, reason);
        }

        private void onGone(SocketDriverAddress address, ResultCode code, DisconnectReason reason) {
            for (Peer each : List.copyOf(peers)) {
                if (isAt(each, address)) {
                    if (each.isOpen()) {
                        DriverError error = new DriverError(code, reason.toString());
                        tell(handler -> handler.onDriverError(Carrier.this, each.id, error));
                    }
                    each.vanish(CarrierDisconnectReason.DRIVER_ERROR);
                    forget(each);
                }
            }
        }

        // The same object, since another driver of the same GridMate may have an equal address.
        @SuppressWarnings("ReferenceEquality")
        private boolean isAt(Peer peer, SocketDriverAddress address) {
            return peer.address == address;
        }
    }
}
