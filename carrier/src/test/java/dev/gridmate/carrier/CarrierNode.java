package dev.gridmate.carrier;

import dev.gridmate.GridMate;
import dev.gridmate.carrier.traffic.FlowInformation;
import dev.gridmate.driver.Driver;
import dev.gridmate.driver.DriverCounter;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.SocketDriver;
import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.driver.SocketDriverConfig;
import dev.gridmate.driver.StreamSocketDriver;
import dev.gridmate.driver.StreamSocketDriverConfig;
import dev.gridmate.driver.sim.SimulatedHost;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * A program with one carrier: does what a seed says, and holds what it is told against what may be.
 */
final class CarrierNode implements CarrierEvents {

    private static final Set<SecurityError> HARMLESS = Set.of(
            SecurityError.SEQUENCE_NUMBER_DUPLICATED,
            SecurityError.SEQUENCE_NUMBER_OUT_OF_BOUND,
            SecurityError.DATA_RATE_TOO_HIGH,
            SecurityError.UPDATE_TIMEOUT,
            SecurityError.INVALID_SOURCE_ADDRESS);

    private static final List<CarrierCounter> WHAT_BECAME_OF_DATAGRAMS = List.of(
            CarrierCounter.DATAGRAMS_IN,
            CarrierCounter.DATAGRAMS_DUPLICATED,
            CarrierCounter.DATAGRAMS_BAD,
            CarrierCounter.DATAGRAMS_OUT_OF_WINDOW,
            CarrierCounter.DATAGRAMS_UNKNOWN,
            CarrierCounter.DATAGRAMS_OF_NEWCOMERS,
            CarrierCounter.DATAGRAMS_OVER_RATE,
            CarrierCounter.DATAGRAMS_OVER_ROOM,
            CarrierCounter.CONNECTIONS_REFUSED,
            CarrierCounter.CONNECTIONS_OVER_REMOTE_IP,
            CarrierCounter.CONNECTS_OVER_RATE);

    private static final int LARGE = 100_000;
    private static final long LINGER = Duration.ofMillis(500).toNanos();
    private static final long LONGEST_STEP = Duration.ofSeconds(1).toNanos();

    final SimulatedCarriers world;
    final Side.Wire wire;
    final String ip;
    final int port;
    final int sendQueueSize;
    final int receiveQueueSize;
    final Carrier carrier;

    /** Those that are not over. */
    final Map<ConnectionId, CarrierLine> lines = new LinkedHashMap<>();

    private final String name;
    private final SplittableRandom random;
    private final Driver driver;
    private final GridMate gridMate;
    private final int pace;
    private final int talkativeness;
    private final boolean receivesByChannel;
    private final boolean isLazy;
    private long nextUpdate;
    private long lastTime;
    private long lastUpdate;

    /** The time that has passed for the carrier, and what of it passed before the last update. */
    private long passed;

    private long longestStep;
    private CarrierLine hearingTheEnd;
    private SimulatedStranger stranger;
    private Throwable failure;
    private int established;

    /** Messages that the carrier took, and gave. */
    long sent;

    long received;
    boolean isClosed;

    CarrierNode(
            SimulatedCarriers world, String name, SimulatedHost host, String ip, int port, SplittableRandom random) {
        this.world = world;
        this.name = name;
        this.ip = ip;
        this.port = port;
        this.random = random;
        wire = world.wire;
        gridMate = new GridMate((handler, error) -> failure = failure == null ? error : failure);
        driver = wire == Side.Wire.UDP ? datagrams(host) : stream(host);
        CarrierDesc.Builder settings = world.settings(random).driver(driver).port(port);
        boolean isTight = !world.isClean && random.nextInt(3) == 0;
        sendQueueSize = isTight ? 1_000 + random.nextInt(100_000) : 64 << 20;
        receiveQueueSize = isTight ? LARGE + 1 + random.nextInt(100_000) : 64 << 20;
        gridMate.eventBus(CarrierEvents.class).connect(this);
        carrier = Carrier.create(
                settings.sendQueueSize(sendQueueSize)
                        .receiveQueueSize(receiveQueueSize)
                        .build(),
                gridMate);
        if (driver instanceof StreamSocketDriver listening && listening.startListen(64) != ResultCode.OK) {
            throw new AssertionError(this + " cannot listen: " + driver.lastError());
        }
        lastUpdate = world.network.nanoTime();
        pace = 1 + random.nextInt(random.nextInt(3) == 0 ? 100 : 30);
        talkativeness = 1 + random.nextInt(30);
        receivesByChannel = random.nextInt(3) == 0;
        isLazy = !world.isClean && random.nextInt(4) == 0;
    }

    private SocketDriver datagrams(SimulatedHost host) {
        SpoofedSocket socket = new SpoofedSocket(host.openDatagrams());
        stranger = world.stranger(socket);
        SocketDriverConfig config = SocketDriverConfig.builder()
                .isCrossPlatform(world.isCrossPlatform)
                .transport(() -> socket)
                .build();
        return new SocketDriver(gridMate, config);
    }

    private StreamSocketDriver stream(SimulatedHost host) {
        StreamSocketDriverConfig.Builder config = StreamSocketDriverConfig.builder()
                .maxConnections(64)
                .maxPacketSize(world.maxPacketSize)
                .transport(host);
        if (random.nextBoolean()) {
            config.outboundBufferSize(world.maxPacketSize * (1 + random.nextInt(4)) + 2);
        }
        return new StreamSocketDriver(gridMate, config.build());
    }

    /**
     * Whether an address may be this program's: over TCP the port that connects is another than the
     * one that listens.
     */
    boolean isAt(SocketDriverAddress address) {
        return address.toInetSocketAddress().getAddress().getHostAddress().equals(ip)
                && (wire == Side.Wire.TCP || address.toInetSocketAddress().getPort() == port);
    }

    boolean isHearingTheEnd(CarrierLine line) {
        return hearingTheEnd == line;
    }

    /** Hears a stranger that says it is another, or somebody else. */
    void hear(CarrierNode other) {
        if (!isClosed) {
            boolean isConnecting = lines.values().stream()
                    .anyMatch(each -> each.stage == CarrierLine.Stage.BEGUN && other.isAt(each.address));
            stranger.act(other, !isConnecting);
        }
    }

    // ------------------------------------------------------------ the wild act

    void tick(long now) {
        if (now < nextUpdate) {
            return;
        }
        nextUpdate = now + pace * CarrierTime.MILLISECOND;
        if (random.nextInt(300) == 0) { // busy with something else
            nextUpdate += (world.isClean ? 100 : random.nextInt(3_000)) * CarrierTime.MILLISECOND;
        }
        update();
        if (!isLazy || random.nextInt(20) == 0) {
            receive();
        }
        act();
        if (random.nextInt(4) == 0) {
            boolean ignored = carrier.waitForData(Duration.ZERO);
        }
    }

    private void act() {
        if (random.nextInt(lines.isEmpty() ? 10 : 200) == 0) {
            CarrierNode other = world.anyOther(this, random);
            if (world.mayConnect(this, other)) {
                connect(other);
            }
        }
        for (CarrierLine each : List.copyOf(lines.values())) {
            if (each.stage == CarrierLine.Stage.ESTABLISHED && !each.endIsAsked && random.nextInt(talkativeness) == 0) {
                talk(each);
            }
            if (random.nextInt((world.isClean ? 400 : 150) * world.patience) == 0) {
                disconnect(each);
            }
        }
        if (!lines.isEmpty() && random.nextInt(100) == 0) {
            tellAll();
        }
    }

    void connect(CarrierNode to) {
        ConnectionId id = carrier.connect(to.ip, to.port);
        CarrierLine line = lines.get(id);
        if (line == null) {
            lines.put(id, world.newLine(this, id));
        } else {
            check(!line.endIsAsked, "connect returned a connection that is ending: " + line);
        }
    }

    private void talk(CarrierLine line) {
        int most = 1 + random.nextInt(8);
        for (int i = 0; i < most; i++) {
            boolean isTaken = line.send(
                    random.nextInt(Posting.CHANNELS),
                    random.nextInt(3) > 0
                            ? DataPriority.NORMAL
                            : random.nextBoolean() ? DataPriority.HIGH : DataPriority.LOW,
                    random.nextBoolean(),
                    drawLength(),
                    random.nextInt(3) == 0);
            if (!isTaken) {
                return;
            }
        }
    }

    private int drawLength() {
        return switch (random.nextInt(100)) {
            case 0 -> 1 + random.nextInt(LARGE);
            case 1, 2, 3, 4, 5, 6, 7, 8, 9 -> 1 + random.nextInt(5_000);
            case 10, 11, 12 -> carrier.messageMtu() - 1 + random.nextInt(3);
            default -> 1 + random.nextInt(200);
        };
    }

    // A message to all cannot name a line: it is too short to.
    private void tellAll() {
        // A full queue of one would leave the others' counts unknown.
        for (CarrierLine each : lines.values()) {
            if (each.stage == CarrierLine.Stage.ESTABLISHED && !each.endIsAsked) {
                each.send(0, DataPriority.NORMAL, true, 1 + random.nextInt(Letter.HEADER - 1), true);
            }
        }
    }

    void disconnect(CarrierLine line) {
        line.endIsAsked = true;
        Duration linger = random.nextBoolean() ? Duration.ZERO : Duration.ofMillis(random.nextInt(2_000));
        if (linger.isZero()) {
            carrier.disconnect(line.id);
        } else {
            carrier.disconnect(line.id, linger);
        }
        line.overBy = Math.min(line.overBy, passed + linger.toNanos() + LINGER);
    }

    // Each step of the end is taken by an update, which comes late by as long as the program is
    // away.
    private void countTime() {
        long now = world.network.nanoTime();
        long step = Math.min(now - lastUpdate, LONGEST_STEP);
        lastUpdate = now;
        passed += step;
        longestStep = Math.max(longestStep, step);
        for (CarrierLine each : lines.values()) {
            check(passed - 3 * longestStep <= each.overBy, each + " was to end, and did not");
        }
    }

    /**
     * Whether all that was sent is settled, so that nothing is to be said but that this side lives.
     */
    boolean isAtRest() {
        for (CarrierLine each : standing()) {
            FlowInformation flow = carrier.queryFlowInformation(each.id);
            if (flow == null || flow.numToSendMessages() > 0 || flow.dataInTransfer() > 0) {
                return false;
            }
        }
        return true;
    }

    // ------------------------------------------------------------ the calm act

    void calmTick() {
        update();
        receive();
        greet();
    }

    /** Has each connection say something on each channel, so that both ends know of each other. */
    private void greet() {
        for (CarrierLine each : lines.values()) {
            if (each.stage == CarrierLine.Stage.ESTABLISHED && !each.hasGreeted && !each.endIsAsked) {
                each.hasGreeted = true;
                for (int channel = 0; channel < Posting.CHANNELS; channel++) {
                    each.hasGreeted &= each.send(channel, DataPriority.NORMAL, true, Letter.HEADER, true);
                }
            }
        }
    }

    String unrest() {
        for (CarrierLine each : lines.values()) {
            String unrest = each.unrest();
            if (unrest != null) {
                return unrest;
            }
        }
        return null;
    }

    // ------------------------------------------------------------ the carrier

    private void update() {
        int ignored = carrier.update();
        rethrow();
        countTime();
        check(
                carrier.numConnections() == established,
                "numConnections is " + carrier.numConnections() + ", by the events it is " + established);
        long time = carrier.time();
        check(time >= lastTime, "time went back from " + lastTime + " to " + time);
        lastTime = time;
    }

    long datagramsOut() {
        return carrier.counter(CarrierCounter.DATAGRAMS_OUT);
    }

    private void rethrow() {
        if (failure != null) {
            throw new AssertionError(this + ": " + failure.getMessage(), failure);
        }
    }

    private void receive() {
        if (receivesByChannel) {
            List.copyOf(lines.values()).forEach(this::receiveFrom);
        } else {
            int limit = world.isClean ? 10_000 : 1 + random.nextInt(100);
            int received = limit;
            while (received == limit) {
                received = carrier.receive(this::onMessage, limit);
            }
        }
    }

    private void receiveFrom(CarrierLine line) {
        for (int channel = 0; channel < Posting.CHANNELS; channel++) {
            boolean more = line.stage != CarrierLine.Stage.BEGUN;
            while (more) {
                more = receiveOne(line, channel);
            }
        }
    }

    private boolean receiveOne(CarrierLine line, int channel) {
        int expected = carrier.queryNextReceiveMessageMaxSize(line.id, channel);
        boolean reliable = expected > 0 && ((Peer) line.id.peer).link.inbound().peekReliable(channel);
        ReceiveResult result = carrier.receive(world.into.clear(), line.id, channel);
        if (result.state() == ReceiveResult.State.NO_MESSAGE_TO_RECEIVE) {
            check(expected == 0, "a message of " + expected + " bytes was announced, and none is there");
            return false;
        }
        check(result.state() == ReceiveResult.State.RECEIVED, "receive says " + result);
        check(result.numBytes() == expected, expected + " bytes were announced, received are " + result);
        line.onMessage(
                channel, reliable ? DataReliability.SEND_RELIABLE : DataReliability.SEND_UNRELIABLE, world.into.flip());
        return true;
    }

    private void onMessage(ConnectionId from, int channel, DataReliability reliability, ByteBuffer message) {
        CarrierLine line = lines.get(from);
        check(line != null, "a message of " + from + ", which nobody knows");
        line.onMessage(channel, reliability, message);
    }

    // ------------------------------------------------------------ events

    @Override
    public void onIncomingConnection(Carrier which, ConnectionId id) {
        check(!lines.containsKey(id), "incoming for the second time: " + id);
        lines.put(id, world.newLine(this, id));
    }

    @Override
    public void onConnectionEstablished(Carrier which, ConnectionId id) {
        CarrierLine line = known(id);
        check(line.stage == CarrierLine.Stage.BEGUN, "established: " + line);
        line.stage = CarrierLine.Stage.ESTABLISHED;
        established++;
        world.log(line.toString());
    }

    @Override
    public void onFailedToConnect(Carrier which, ConnectionId id, CarrierDisconnectReason reason) {
        CarrierLine line = known(id);
        check(line.stage == CarrierLine.Stage.BEGUN, "failed: " + line);
        over(line, reason);
    }

    @Override
    public void onDisconnect(Carrier which, ConnectionId id, CarrierDisconnectReason reason) {
        CarrierLine line = known(id);
        check(line.stage == CarrierLine.Stage.ESTABLISHED, "disconnected: " + line);
        established--;
        hearingTheEnd = line;
        receiveFrom(line);
        hearingTheEnd = null;
        if (reason.code() != CarrierDisconnectReason.Code.WAS_ALREADY_CONNECTED) {
            line.checkReceivedAll(); // but for an end that says that the two sides had different connections in mind
        }
        over(line, reason);
    }

    private void over(CarrierLine line, CarrierDisconnectReason reason) {
        boolean wasEstablished = line.stage == CarrierLine.Stage.ESTABLISHED;
        line.stage = CarrierLine.Stage.OVER;
        lines.remove(line.id);
        world.onOver(line);
        world.log(line + ": " + reason);
        // A stranger may ask in another's name, and that comes to nothing.
        boolean mayFail = world.isHostile && !wasEstablished;
        check(mayFail || reason.code() != CarrierDisconnectReason.Code.BAD_PACKETS, line + " ended: " + reason);
        boolean isAsked = world.isEndAsked(line);
        check(
                isAsked || mayFail || reason.code() != CarrierDisconnectReason.Code.USER_REQUESTED,
                "nobody asked for the end of " + line + ": " + reason);
        check(
                !world.isClean || !world.isEveryoneThere() || isAsked || mayFail,
                line + " ended on a good network: " + reason);
        check(!world.isResting || isClosed, line + " ended at rest: " + reason);
    }

    @Override
    public void onReceive(Carrier which, ConnectionId id, int channel) {
        check(lines.containsKey(id), "messages of " + id + ", which is over");
    }

    @Override
    public void onSecurityError(Carrier which, ConnectionId id, SecurityError error) {
        check(world.isHostile || HARMLESS.contains(error), error + " by " + id);
    }

    private CarrierLine known(ConnectionId id) {
        CarrierLine line = lines.get(id);
        check(line != null, "an event of " + id + ", which nobody knows");
        return line;
    }

    // ------------------------------------------------------------ the end

    /** Closes the carrier and its driver. */
    void close() {
        isClosed = true;
        lines.values().forEach(each -> each.endIsAsked = true);
        carrier.close();
        rethrow();
        check(lines.isEmpty(), "it is closed, and nobody was told of the end of " + lines.values());
        is(CarrierCounter.DISCONNECTS, carrier.counter(CarrierCounter.CONNECTIONS_ESTABLISHED));
        is(
                CarrierCounter.CONNECTS_FAILED,
                carrier.counter(CarrierCounter.CONNECTS_STARTED)
                        + carrier.counter(CarrierCounter.CONNECTIONS_INCOMING)
                        - carrier.counter(CarrierCounter.CONNECTIONS_ESTABLISHED));
        if (wire == Side.Wire.TCP) {
            check(driver.counter(DriverCounter.SLOW_CONSUMERS) == 0, "the driver's buffer ran over");
        }
        if (world.isClean) {
            is(CarrierCounter.MESSAGES_RESENT, 0);
            is(CarrierCounter.MESSAGES_OBSOLETE, 0);
            check(world.isHostile || carrier.counter(CarrierCounter.DATAGRAMS_BAD) == 0, "a datagram is bad");
            is(CarrierCounter.DATAGRAMS_OVER_ROOM, 0);
        }
        is(CarrierCounter.MESSAGES_OUT, sent);
        is(CarrierCounter.MESSAGES_IN, received);
        driver.close();
        gridMate.close();
        checkDatagrams();
        world.onClosed(carrier);
    }

    /** Each packet of the driver is in one of the carrier's counters. */
    private void checkDatagrams() {
        is(
                CarrierCounter.DATAGRAMS_OUT,
                driver.counter(DriverCounter.PACKETS_OUT) + carrier.counter(CarrierCounter.DATAGRAMS_REJECTED));
        long taken = 0;
        for (CarrierCounter each : WHAT_BECAME_OF_DATAGRAMS) {
            taken += carrier.counter(each);
        }
        long arrived = driver.counter(DriverCounter.PACKETS_IN) - driver.counter(DriverCounter.PACKETS_UNDELIVERED);
        check(taken == arrived, arrived + " packets have arrived, " + taken + " are counted");
    }

    private void is(CarrierCounter counter, long expected) {
        check(carrier.counter(counter) == expected, counter + " is " + carrier.counter(counter) + ", not " + expected);
    }

    private void check(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError(this + ": " + what);
        }
    }

    List<CarrierLine> standing() {
        List<CarrierLine> standing = new ArrayList<>();
        for (CarrierLine each : lines.values()) {
            if (each.stage == CarrierLine.Stage.ESTABLISHED) {
                standing.add(each);
            }
        }
        return standing;
    }

    @Override
    public String toString() {
        return name;
    }
}
