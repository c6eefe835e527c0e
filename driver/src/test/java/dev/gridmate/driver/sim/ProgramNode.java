package dev.gridmate.driver.sim;

import static org.assertj.core.api.Assertions.fail;

import dev.gridmate.GridMate;
import dev.gridmate.driver.AddressFamily;
import dev.gridmate.driver.DisconnectReason;
import dev.gridmate.driver.DriverCounter;
import dev.gridmate.driver.ReceiveResult;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.SlowConsumerPolicy;
import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.driver.StreamSocketDriver;
import dev.gridmate.driver.StreamSocketDriverConfig;
import dev.gridmate.driver.StreamSocketDriverEvents;
import dev.gridmate.driver.SurplusPolicy;
import dev.gridmate.driver.stream.Connection;
import dev.gridmate.driver.transport.Endpoint;
import dev.gridmate.driver.transport.Listener;
import dev.gridmate.driver.transport.SocketOptions;
import dev.gridmate.driver.transport.Transport;
import dev.gridmate.driver.transport.TransportException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A driver with a program that does what it likes, and with a model of what the driver has to answer. */
final class ProgramNode implements StreamSocketDriverEvents {

    /** What a program throws on purpose. */
    static final class Tantrum extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    final SimulatedProgram program;
    final String name;
    final StreamSocketDriver driver;
    final StreamSocketDriverConfig config;
    final SimulatedHost host;
    final boolean listens;
    private final SplittableRandom random;
    private final GridMate gridMate;
    private final int outboundCapacity;
    private final int inboundCapacity;

    /** Announced and not over. */
    final Map<SocketDriverAddress, ProgramEnd> current = new LinkedHashMap<>();

    /** Connecting: the one that the program knows last is the last. */
    private final Map<SocketDriverAddress, ArrayDeque<ProgramEnd>> pending = new LinkedHashMap<>();

    private final List<SimulatedEndpoint> accepted = new ArrayList<>();
    private final ByteBuffer packet;
    private final ByteBuffer into;
    private final ReceiveResult result = new ReceiveResult();
    private SimulatedEndpoint lastConnect;
    private Throwable failure;
    boolean isClosed;
    private boolean inEvent;
    private int depth;

    // What the counters must say.
    private long established;
    private long disconnected;
    private long failed;
    private long connects;
    private long packetsOut;
    private long bytesOut;
    private long packetsIn;
    private long undelivered;
    private long unsent;
    private long timedOut;

    /** How wild the program is from 0 to 1; a calm one only does its duty. */
    double wildness;

    private final boolean usesHandler;
    private final boolean echoes;
    private final int receiveLimit;
    private final int sendsPerTick;
    private final int typicalSize;
    private int stalledTicks;

    ProgramNode(
            SimulatedProgram program,
            String name,
            SimulatedHost host,
            AddressFamily family,
            int port,
            StreamSocketDriverConfig.Builder builder,
            SplittableRandom random) {
        this.program = program;
        this.name = name;
        this.host = host;
        this.random = random;
        this.packet = program.packet;
        this.into = program.into;
        this.listens = port > 0;
        this.config = builder.transport(() -> new Recording(host.open())).build();
        this.outboundCapacity = capacity(config.outboundBufferSize());
        this.inboundCapacity = capacity(config.inboundBufferSize());
        this.usesHandler = random.nextBoolean();
        this.echoes = random.nextInt(3) > 0;
        this.receiveLimit = random.nextInt(3) == 0 ? 1 + random.nextInt(4) : 10_000;
        this.sendsPerTick = random.nextInt(4) == 0 ? 10 : 1 + random.nextInt(2);
        this.typicalSize = random.nextInt(5) == 0 ? config.maxPacketSize() : Math.min(100, config.maxPacketSize());
        this.wildness = random.nextInt(3) == 0 ? 0 : random.nextDouble() * 0.5;
        this.gridMate = new GridMate((handler, error) -> {
            if (!(error instanceof Tantrum) && failure == null) {
                failure = error;
            }
        });
        this.driver = new StreamSocketDriver(gridMate, config);
        gridMate.eventBus(StreamSocketDriverEvents.class).connect(this);
        int buffers = random.nextInt(3) == 0 ? program.smallWindow() : 0;
        check(driver.initialize(family, null, port, false, buffers, buffers) == ResultCode.OK, "initialize failed");
        if (listens) {
            listen();
        }
    }

    // The buffer sizes that the documentation promises, worked out independently.
    private int capacity(int asked) {
        int capacity = 1;
        while (capacity < asked || capacity < config.maxPacketSize() + 2) {
            capacity *= 2;
        }
        return capacity;
    }

    // ------------------------------------------------------------------------------------ one tick

    void tick() {
        if (isClosed) {
            return;
        }
        if (stalledTicks > 0) {
            stalledTicks--;
        } else if (random.nextInt(40) == 0 && wildness > 0) {
            stalledTicks = random.nextInt(40);
        }
        if (!(isWild() && random.nextInt(3) == 0)) {
            update();
        }
        if (stalledTicks == 0) {
            receive();
        }
        for (int n = random.nextInt(sendsPerTick + 1); n > 0 && !isClosed; n--) {
            sendSomewhere();
        }
        if (isWild()) {
            misbehave();
        }
        if (!isClosed && random.nextInt(4) == 0) {
            driver.flush();
            verify();
        }
    }

    /** A tick of a program that only receives, and lets go what has gone. */
    void calmTick() {
        // Several rounds, since a small buffer takes little at a time.
        for (int round = 0; round < 10 && !isClosed && (update() > 0 || round == 0); round++) {
            receive();
            verify();
        }
    }

    private boolean isWild() {
        return wildness > 0 && random.nextDouble() < wildness;
    }

    private boolean now(int oneIn) {
        return wildness > 0 && random.nextInt(oneIn) == 0;
    }

    private void misbehave() {
        if (isClosed) {
            return;
        }
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> connectSomewhere();
            case 3 -> disconnect(anyAddress());
            case 4 -> {
                if (random.nextInt(3) == 0) {
                    abort(anyAddress());
                }
            }
            case 5 -> {
                boolean promptly = driver.waitForData(Duration.ZERO);
                program.log(() -> name + " does not wait: " + promptly);
            }
            case 6 -> {
                boolean found = driver.waitForData(Duration.ofMillis(1 + random.nextInt(5)));
                program.log(() -> name + " waited: " + found);
            }
            case 7 -> {
                if (listens && driver.isListening()) {
                    check(driver.stopListen() == ResultCode.OK, "stopListen failed");
                } else if (listens) {
                    listen();
                }
            }
            case 8 -> {
                if (random.nextInt(8) == 0) {
                    close();
                }
            }
            case 9 -> {
                if (depth == 0) {
                    update();
                }
            }
            case 10 -> driver.stopWaitForData();
            default -> driver.flush();
        }
        verify();
    }

    void listen() {
        if (!isClosed && listens && !driver.isListening()) {
            ResultCode code = driver.startListen(1 + random.nextInt(8));
            check(code == ResultCode.OK, "startListen said ", code, ": ", driver.lastError());
        }
    }

    // ------------------------------------------------------------------------------------ updating

    private int update() {
        for (ProgramEnd each : current.values()) {
            each.wasEstablishedBefore = true;
            each.sentBefore = each.sentBytes();
            each.readBefore = each.readBytes();
            each.readableBefore = each.endpoint.in().readable();
            each.freeBefore = each.free();
        }
        int work = driver.update();
        verify();
        if (!isClosed) {
            for (ProgramEnd each : current.values()) {
                verifyWork(each);
            }
        }
        return work;
    }

    // An update writes all that the system takes, and reads as long as there is room, whatever the other direction and
    // the other connections do.
    private void verifyWork(ProgramEnd end) {
        SimulatedEndpoint endpoint = end.endpoint;
        if (!end.wasEstablishedBefore || !endpoint.isOpen() || endpoint.isReset()) {
            return;
        }
        Faults faults = program.network.faults();
        boolean writesAreSure = faults.refusedWrites() == 0 && faults.shortWrites() == 0;
        check(
                !writesAreSure
                        || end.writtenBytes() >= end.sentBefore
                        || endpoint.out().room() == 0,
                "an update left bytes unwritten that the system would have taken: ",
                end);
        boolean readsAreSure = config.maxBytesPerSecond() == 0 && config.maxPacketsPerSecond() == 0;
        check(
                !readsAreSure
                        || end.readableBefore == 0
                        || end.freeBefore < inboundCapacity / 2
                        || end.readBytes() > end.readBefore,
                "an update left bytes unread for which there was room: ",
                end);
        check(end.violationAt() > end.readBytes(), "a violation of the protocol went unpunished: ", end);
    }

    /** What must be true at any moment between two calls. */
    private void verify() {
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw new AssertionError("a handler threw", failure);
        }
        if (isClosed) {
            return;
        }
        check(
                driver.numberOfConnections() == current.size(),
                "numberOfConnections says ",
                driver.numberOfConnections(),
                ", announced are ",
                current.size());
        check(count(DriverCounter.CONNECTIONS_ESTABLISHED) == established, "CONNECTIONS_ESTABLISHED");
        check(count(DriverCounter.DISCONNECTS) == disconnected, "DISCONNECTS");
        long waiting = 0;
        for (ProgramEnd each : current.values()) {
            check(each.free() >= 0, "more bytes wait for the program than the buffer may hold: ", each);
            check(
                    each.unwritten() <= outboundCapacity,
                    "more bytes wait for the system than the buffer may hold: ",
                    each);
            check(each.waiting() >= 0, "more was received than arrived: ", each);
            waiting += each.waiting();
        }
        check(
                count(DriverCounter.PACKETS_IN) == packetsIn + undelivered + waiting,
                "PACKETS_IN is ",
                count(DriverCounter.PACKETS_IN),
                ", received ",
                packetsIn,
                ", dropped ",
                undelivered,
                ", waiting ",
                waiting);
        check(count(DriverCounter.PACKETS_OUT) == packetsOut, "PACKETS_OUT");
    }

    private long count(DriverCounter counter) {
        return driver.counter(counter);
    }

    // ------------------------------------------------------------------------------------ receiving

    private void receive() {
        if (isClosed) {
            return;
        }
        int limit = wildness > 0 ? receiveLimit : 10_000;
        boolean dry;
        try {
            dry = usesHandler ? driver.receive(this::onPacket, limit) < limit : receiveByCopy(limit);
        } catch (Tantrum e) {
            dry = false;
        }
        verify();
        if (dry && !isClosed) {
            for (ProgramEnd each : current.values()) {
                check(each.waiting() <= 0, "receive said that nothing is ready, but a packet is: ", each);
            }
        }
    }

    private boolean receiveByCopy(int limit) {
        for (int n = 0; n < limit && !isClosed; n++) {
            into.clear().limit(isWild() ? random.nextInt(config.maxPacketSize() + 1) : config.maxPacketSize());
            int size = driver.receive(into, result);
            SocketDriverAddress from = result.from();
            if (result.code() == ResultCode.RECEIVE_BUFFER_TOO_SMALL) {
                ProgramEnd end = current.get(from);
                check(end != null && size == 0 && result.sizeNeeded() == end.nextSize(), "a wrong sizeNeeded");
                continue;
            }
            check(result.code() == ResultCode.OK && (size == 0) == (from == null), "receive said ", result);
            if (from == null) {
                return true;
            }
            onPacket(from, into.flip());
        }
        return false;
    }

    private void onPacket(SocketDriverAddress from, ByteBuffer bytes) {
        ProgramEnd end = current.get(from);
        if (end == null) {
            fail(name + " got a packet from " + from + ", which is not connected");
            return;
        }
        int content = end.onReceived(bytes);
        packetsIn++;
        for (ProgramEnd each : current.values()) {
            if (each != end && each.waiting() > 0 && each.overtaken++ > 2 * current.size() + 2) {
                fail(name + ": " + each.overtaken + " packets of others were received before the next of " + each);
            }
        }
        if (program.isCalm() || depth > 2) {
            return;
        }
        depth++;
        try {
            if (echoes) {
                send(from, bytes, content);
            }
            react(from);
        } finally {
            depth--;
        }
    }

    /** What a program may do inside a packet handler: anything. */
    private void react(SocketDriverAddress from) {
        if (!now(20) || isClosed) {
            return;
        }
        switch (random.nextInt(9)) {
            case 0 -> disconnect(from);
            case 1 -> {
                if (!inEvent) {
                    driver.update();
                }
            }
            case 2 -> {
                if (usesHandler) {
                    driver.receive(this::onPacket, 1 + random.nextInt(3));
                }
            }
            case 3 -> throw new Tantrum();
            case 4 -> driver.flush();
            case 5 -> {
                if (random.nextInt(5) == 0) {
                    abort(from);
                }
            }
            case 6 -> connectSomewhere();
            case 7 -> {
                if (random.nextInt(10) == 0) {
                    close();
                }
            }
            default -> sendSomewhere();
        }
    }

    // ------------------------------------------------------------------------------------ sending

    private SocketDriverAddress anyAddress() {
        int known = current.size() + pending.size();
        if (known == 0) {
            return null;
        }
        int n = random.nextInt(known);
        List<SocketDriverAddress> all = new ArrayList<>(current.keySet());
        all.addAll(pending.keySet());
        return all.get(n);
    }

    private void sendSomewhere() {
        SocketDriverAddress to = anyAddress();
        if (to != null && !isClosed) {
            int size = random.nextInt(8) == 0
                    ? config.maxPacketSize() - random.nextInt(Math.min(3, config.maxPacketSize()))
                    : 1 + random.nextInt(typicalSize);
            if (typicalSize > 1000 && random.nextInt(3) > 0) {
                return; // large packets make a slow test
            }
            int content = random.nextInt();
            packet.clear();
            ProgramEnd.fill(packet, size, content);
            send(to, packet.flip(), content);
        }
    }

    private void send(SocketDriverAddress to, ByteBuffer bytes, int content) {
        if (isClosed || bytes.remaining() > config.maxPacketSize()) {
            return;
        }
        int size = bytes.remaining();
        int room = random.nextInt(4) == 0 ? driver.writableBytes(to) : 0;
        ResultCode code = driver.send(to, bytes);
        check(bytes.remaining() == size, "send moved the position");
        check(room < size || code == ResultCode.OK, "writableBytes was ", room, ", then ", size, " bytes got ", code);
        ProgramEnd end = toSendOn(to);
        if (code == ResultCode.SEND_ADDRESS_NOT_BOUND) {
            check(
                    end == null || !end.isEstablished || !end.endpoint.isOpen(),
                    "SEND_ADDRESS_NOT_BOUND, but this stands: ",
                    end);
            return;
        }
        if (end == null) {
            fail(name + " send to " + to + " said " + code + " although there is no connection");
            return;
        }
        switch (code) {
            case OK -> {
                end.onSent(size, content);
                packetsOut++;
                bytesOut += 2 + size;
                check(end.unwritten() <= outboundCapacity, "send accepted more than the buffer may hold: ", end);
            }
            case SEND_BUFFER_FULL, SEND_SLOW_CONSUMER -> {
                check(
                        (code == ResultCode.SEND_BUFFER_FULL)
                                == (config.slowConsumerPolicy() == SlowConsumerPolicy.REJECT),
                        "the wrong code for the policy: ",
                        end);
                check(
                        end.unwritten() + 2 + size > outboundCapacity,
                        "send refused a packet of ",
                        size,
                        " bytes for which there is room: ",
                        end);
                end.isAborted |= code == ResultCode.SEND_SLOW_CONSUMER;
            }
            case SEND -> check(end.endpoint.isReset(), "send said SEND, but nothing is broken: ", end);
            default -> fail(name + " send said " + code);
        }
    }

    // A connection that is connecting again takes packets only because the one before it does not any more.
    private ProgramEnd toSendOn(SocketDriverAddress to) {
        ArrayDeque<ProgramEnd> connecting = pending.get(to);
        if (connecting != null && !connecting.getLast().isClosing && !connecting.getLast().isAborted) {
            return connecting.getLast();
        }
        ProgramEnd end = current.get(to);
        return end == null || end.isClosing || end.isAborted ? null : end;
    }

    // ------------------------------------------------------------------------------------ connecting and closing

    void connectSomewhere() {
        InetSocketAddress target = program.anyTarget(random);
        if (!isClosed && target != null) {
            connect(driver.createDriverAddress(target));
        }
    }

    private void connect(SocketDriverAddress to) {
        lastConnect = null;
        ResultCode code = driver.connectTo(to);
        program.log(() -> name + " connects to " + to + ": " + code);
        if (code == ResultCode.OK) {
            connects++;
            ProgramEnd end = new ProgramEnd(program, this, lastConnect, config.maxPacketSize(), inboundCapacity);
            pending.computeIfAbsent(to, key -> new ArrayDeque<>()).add(end);
        } else if (code == ResultCode.ALREADY_CONNECTED) {
            check(
                    toSendOn(to) != null || isAcceptedUnheard(to),
                    "connectTo said ALREADY_CONNECTED, but there is nothing to ",
                    to);
        } else {
            check(code == ResultCode.TOO_MANY_CONNECTIONS, "connectTo said ", code, ": ", driver.lastError());
            check(
                    inEvent || current.size() + pending.size() >= config.maxConnections(),
                    "connectTo said TOO_MANY_CONNECTIONS with ",
                    current.size(),
                    " and ",
                    pending.size(),
                    " connecting");
        }
    }

    private void disconnect(SocketDriverAddress from) {
        if (from == null || isClosed) {
            return;
        }
        ResultCode code = driver.disconnectFrom(from);
        program.log(() -> name + " disconnects from " + from + ": " + code);
        ProgramEnd end = toSendOn(from);
        if (code == ResultCode.OK) {
            check(end != null, "disconnectFrom said OK for ", from, " although nothing is connected");
            end.isClosing = true;
            check(!driver.isConnectedTo(from), "isConnectedTo after disconnectFrom: ", end);
        } else {
            check(
                    end == null || !end.isEstablished || !end.endpoint.isOpen(),
                    "disconnectFrom said ",
                    code,
                    ", but this stands: ",
                    end);
        }
    }

    /** Closes in order all connections that the program knows, or each of them with a chance of one half. */
    void disconnectAll(boolean all) {
        for (SocketDriverAddress each : List.copyOf(current.keySet())) {
            if ((all || random.nextBoolean()) && !current.get(each).isClosing) {
                disconnect(each);
            }
        }
        if (all && !isClosed) {
            List.copyOf(pending.keySet()).forEach(this::disconnect);
        }
    }

    private void abort(SocketDriverAddress address) {
        if (address == null || isClosed) {
            return;
        }
        ResultCode code = driver.abort(address);
        program.log(() -> name + " aborts " + address + ": " + code);
        if (code == ResultCode.OK) {
            // It means the one that the program has heard of, if there is one.
            ProgramEnd end = current.get(address);
            ProgramEnd hit = end == null && pending.containsKey(address)
                    ? pending.get(address).getFirst()
                    : end;
            if (hit != null) {
                hit.isAborted = true;
            }
        }
    }

    void close() {
        if (!isClosed) {
            program.log(() -> name + " closes its driver");
            isClosed = true; // from here on its handlers do nothing
            driver.close();
            if (!inEvent) {
                afterClose();
            } else {
                program.later(this::afterClose);
            }
        }
    }

    private void afterClose() {
        verify();
        if (failure instanceof Error error) {
            throw error;
        }
        check(current.isEmpty(), "no event for ", current);
        check(pending.isEmpty(), "no event for ", pending);
        check(established == disconnected, "established ", established, ", disconnected ", disconnected);
        check(count(DriverCounter.CONNECTIONS_ESTABLISHED) == established, "CONNECTIONS_ESTABLISHED");
        check(count(DriverCounter.DISCONNECTS) == disconnected, "DISCONNECTS");
        check(count(DriverCounter.CONNECTS_STARTED) == connects, "CONNECTS_STARTED");
        check(count(DriverCounter.CONNECTS_FAILED) == failed, "CONNECTS_FAILED");
        check(count(DriverCounter.PACKETS_OUT) == packetsOut, "PACKETS_OUT");
        check(count(DriverCounter.BYTES_UNSENT) == unsent, "BYTES_UNSENT");
        check(
                count(DriverCounter.BYTES_OUT) + unsent == bytesOut,
                "BYTES_OUT ",
                count(DriverCounter.BYTES_OUT),
                " and unsent ",
                unsent,
                " are not the accepted ",
                bytesOut);
        check(count(DriverCounter.PACKETS_UNDELIVERED) == undelivered, "PACKETS_UNDELIVERED");
        check(count(DriverCounter.PACKETS_IN) == packetsIn + undelivered, "PACKETS_IN");
        for (SimulatedEndpoint each : accepted) {
            check(!each.isOpen(), "an endpoint was left open: ", each);
        }
    }

    // ------------------------------------------------------------------------------------ events

    @Override
    public void onConnectionEstablished(SocketDriverAddress address) {
        program.log(() -> name + " hears established " + address);
        established++;
        ProgramEnd end = matchEstablished(address);
        check(end.endpoint.isConnected(), "established, but TCP is not connected: ", end);
        check(!end.isEstablished, "established twice: ", end);
        end.isEstablished = true;
        check(current.put(address, end) == null, "established while the one before is not over: ", end);
        if (isClosed) {
            return;
        }
        check(driver.isConnectedTo(address), "isConnectedTo is false when established: ", end);
        inEvent(() -> {
            if (!program.isCalm() && random.nextInt(3) == 0) {
                int size = 1 + random.nextInt(typicalSize);
                int content = random.nextInt();
                packet.clear();
                ProgramEnd.fill(packet, size, content);
                send(address, packet.flip(), content);
            }
            reactToEvent(address);
        });
    }

    private ProgramEnd matchEstablished(SocketDriverAddress address) {
        ArrayDeque<ProgramEnd> connecting = pending.get(address);
        if (connecting != null && isAnnounced(connecting.getFirst().endpoint)) {
            ProgramEnd end = connecting.removeFirst();
            if (connecting.isEmpty()) {
                pending.remove(address);
            }
            return end;
        }
        for (SimulatedEndpoint each : accepted) {
            if (isAnnounced(each)
                    && program.endOf(each) == null
                    && each.remoteAddress().equals(address.toInetSocketAddress())) {
                return new ProgramEnd(program, this, each, config.maxPacketSize(), inboundCapacity);
            }
        }
        return fail(name + " hears established " + address + ", but no connection was made");
    }

    private boolean isAcceptedUnheard(SocketDriverAddress address) {
        for (SimulatedEndpoint each : accepted) {
            if (each.isOpen()
                    && program.endOf(each) == null
                    && each.remoteAddress().equals(address.toInetSocketAddress())) {
                return true;
            }
        }
        return false;
    }

    private static boolean isAnnounced(SimulatedEndpoint endpoint) {
        return endpoint.attachment() instanceof Connection connection && connection.wasAnnounced();
    }

    @Override
    public void onConnectionDisconnected(SocketDriverAddress address, DisconnectReason reason) {
        program.log(() -> name + " hears disconnected " + address + " " + reason);
        disconnected++;
        ProgramEnd end = current.remove(address);
        if (end == null) {
            fail(name + " hears disconnected " + address + ", which is not connected: " + reason);
            return;
        }
        end.isOver = true;
        unsent += reason.unsentBytes();
        undelivered += reason.undeliveredPackets();
        verifyEnd(end, reason);
        if (isClosed) {
            return;
        }
        if (!pending.containsKey(address)) {
            packet.clear().limit(1);
            check(driver.send(address, packet) == ResultCode.SEND_ADDRESS_NOT_BOUND, "send after disconnected: ", end);
            check(!driver.isConnectedTo(address), "isConnectedTo after disconnected: ", end);
        }
        inEvent(() -> {
            if (now(4)) {
                connect(address);
            }
            reactToEvent(address);
        });
    }

    private void verifyEnd(ProgramEnd end, DisconnectReason reason) {
        ProgramEnd other = end.other();
        check(!end.endpoint.isOpen(), "disconnected, but the socket is open: ", end);
        check(
                end.unwritten() == reason.unsentBytes(),
                "unsentBytes is ",
                reason.unsentBytes(),
                ", not ",
                end.unwritten(),
                ": ",
                end);
        check(
                end.received() + reason.undeliveredPackets() == end.arrivedFrames(),
                "packets that had arrived were neither received nor reported (",
                reason,
                "): ",
                end);
        DisconnectReason.Code code = reason.code();
        boolean violated = end.violationAt() <= end.readBytes();
        switch (code) {
            case PROTOCOL_ERROR, PACKET_TOO_LARGE ->
                check(violated, "the reason is ", reason, ", but the other end did nothing bad: ", end);
            case REMOTE_RESET ->
                check(end.endpoint.isReset(), "the reason is ", reason, ", but nobody reset it: ", end);
            case LOCAL_ABORTED, SLOW_CONSUMER ->
                check(end.isAborted, "the reason is ", reason, ", but nobody did so: ", end);
            case DRIVER_CLOSED -> check(isClosed, "the reason is ", reason, ", but it is open: ", end);
            case REMOTE_CLOSED ->
                check(end.isAtFrameEnd(), "the reason is ", reason, ", but in the middle of a packet: ", end);
            case REMOTE_CLOSED_MID_PACKET ->
                check(!end.isAtFrameEnd(), "the reason is ", reason, ", but it was not: ", end);
            case LOCAL_CLOSED -> check(end.isClosing, "the reason is ", reason, ", but the program did not: ", end);
            case SUPERSEDED -> check(wasSuperseded(end), "the reason is ", reason, ", but no other came: ", end);
            case WRITE_TIMEOUT, IDLE_TIMEOUT, FIRST_PACKET_TIMEOUT -> timedOut++;
            default -> fail(name + " hears " + reason + " for a connection that stood: " + end);
        }
        boolean inOrder = code == DisconnectReason.Code.REMOTE_CLOSED
                || code == DisconnectReason.Code.REMOTE_CLOSED_MID_PACKET
                || code == DisconnectReason.Code.LOCAL_CLOSED;
        boolean excused = end.endpoint.isReset() || end.isAborted || isClosed || violated || wasSuperseded(end);
        boolean complete = reason.unsentBytes() == 0
                && reason.undeliveredPackets() == 0
                && end.endpoint.in().isAtEnd()
                && (other == null || end.readBytes() == other.writtenBytes());
        if (inOrder && !excused && !complete) {
            timedOut++;
            check(
                    timedOut <= count(DriverCounter.TIMEOUTS),
                    "closed in order, but not everything arrived (",
                    reason,
                    "): ",
                    end);
        }
        check(
                !end.isSettled || isClosed || (inOrder && complete),
                "closed in order on a good network, but ",
                reason,
                ": ",
                end);
        check(
                reason.undeliveredPackets() == 0 || isClosed || count(DriverCounter.TIMEOUTS) > 0,
                "packets were dropped although the drain timeout had not come (",
                reason,
                "): ",
                end);
    }

    private boolean wasSuperseded(ProgramEnd end) {
        int at = accepted.indexOf(end.endpoint);
        for (SimulatedEndpoint each : accepted.subList(at + 1, accepted.size())) {
            if (each.remoteAddress().equals(end.endpoint.remoteAddress())) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void onConnectionFailed(SocketDriverAddress address, DisconnectReason reason) {
        program.log(() -> name + " hears failed " + address + " " + reason);
        failed++;
        ArrayDeque<ProgramEnd> connecting = pending.get(address);
        if (connecting == null) {
            fail(name + " hears failed " + address + ", but it did not connect: " + reason);
            return;
        }
        ProgramEnd end = connecting.removeFirst();
        if (connecting.isEmpty()) {
            pending.remove(address);
        }
        end.isOver = true;
        unsent += reason.unsentBytes();
        check(end.sentBytes() == reason.unsentBytes(), "a failed connect lost what was sent (", reason, "): ", end);
        check(!end.endpoint.isOpen(), "failed, but the socket is open: ", end);
        if (!isClosed) {
            inEvent(() -> reactToEvent(address));
        }
    }

    private void inEvent(Runnable reaction) {
        boolean outer = inEvent;
        inEvent = true;
        try {
            reaction.run();
        } finally {
            inEvent = outer;
        }
    }

    /** What a program may do inside an event: anything. */
    private void reactToEvent(SocketDriverAddress address) {
        if (program.isCalm() || !now(6) || isClosed) {
            return;
        }
        switch (random.nextInt(8)) {
            case 0 -> disconnect(address);
            case 1 -> throw new Tantrum();
            case 2 -> connectSomewhere();
            case 3 -> driver.update();
            case 4 -> sendSomewhere();
            case 5 -> abort(anyAddress());
            case 6 -> {
                if (random.nextInt(10) == 0) {
                    close();
                }
            }
            default -> driver.flush();
        }
    }

    // ------------------------------------------------------------------------------------ the end of the program

    /** Returns what is not as it should be when nothing goes wrong any more; null if all is well. */
    String unrest() {
        if (isClosed) {
            return null;
        }
        for (SocketDriverAddress each : pending.keySet()) {
            if (!program.mayWaitInBacklog(each.toInetSocketAddress())) {
                return name + " still connects: " + pending;
            }
        }
        for (ProgramEnd end : current.values()) {
            ProgramEnd other = end.other();
            if (end.isClosing || end.isAborted) {
                return name + " still has a connection that it closed: " + end;
            }
            if (other == null) {
                if (!program.mayWaitInBacklog(end.endpoint.remoteAddress())) {
                    return name + " believes itself connected, and nobody serves it: " + end;
                }
                continue;
            }
            if (other.isVanished) {
                continue;
            }
            if (other.isOver) {
                return name + " still has a connection whose other end is over: " + end;
            }
            if (other.writtenBytes() >= end.violationAt()) {
                return name + " still has a connection on which the protocol was violated: " + end;
            }
            if (end.waiting() > 0 || end.received() < end.expectedFrames()) {
                return name + " still has packets to receive: " + end;
            }
        }
        return null;
    }

    /** From here on, the connections that stand can only be closed in order. */
    void markSettled() {
        for (ProgramEnd each : current.values()) {
            ProgramEnd other = each.other();
            each.isSettled = endsPromptly() && other != null && other.owner != null && other.owner.endsPromptly();
        }
    }

    private boolean endsPromptly() {
        return !isClosed
                && config.idleTimeout().isZero()
                && config.firstPacketTimeout().isZero()
                && config.maxBytesPerSecond() == 0
                && config.maxPacketsPerSecond() == 0;
    }

    boolean isFull() {
        return config.surplusPolicy() == SurplusPolicy.LEAVE_IN_BACKLOG
                && current.size() + pending.size() >= config.maxConnections();
    }

    String describeConnections() {
        return current + " and connecting " + pending;
    }

    boolean hasConnections() {
        return !isClosed && (!current.isEmpty() || !pending.isEmpty());
    }

    // The text is put together only when it is needed: checks are most of what this test does.
    private void check(boolean isTrue, String message, Object... particulars) {
        if (!isTrue) {
            StringBuilder all = new StringBuilder(name).append(": ").append(message);
            for (Object each : particulars) {
                all.append(each);
            }
            fail(all.toString());
        }
    }

    /** Writes down which sockets the driver has, since its program does not see them. */
    private final class Recording implements Transport {
        private final Transport real;

        Recording(Transport real) {
            this.real = real;
        }

        @Override
        public long nanoTime() {
            return real.nanoTime();
        }

        @Override
        public Listener listen(InetSocketAddress local, int backlog, SocketOptions options) throws TransportException {
            Listener listener = real.listen(local, backlog, options);
            return new Listener() {
                @Override
                public InetSocketAddress localAddress() {
                    return listener.localAddress();
                }

                @Override
                public Endpoint accept() throws IOException {
                    Endpoint endpoint = listener.accept();
                    if (endpoint != null) {
                        accepted.add((SimulatedEndpoint) endpoint);
                    }
                    return endpoint;
                }

                @Override
                public void watch(boolean accept) {
                    listener.watch(accept);
                }

                @Override
                public void close() {
                    listener.close();
                }
            };
        }

        @Override
        public Endpoint connect(InetSocketAddress local, InetSocketAddress remote, SocketOptions options)
                throws TransportException {
            Endpoint endpoint = real.connect(local, remote, options);
            lastConnect = (SimulatedEndpoint) endpoint;
            return endpoint;
        }

        @Override
        public void poll(ReadyHandler ready) throws TransportException {
            real.poll(ready);
        }

        @Override
        public void await(long nanos) throws TransportException {
            real.await(nanos);
        }

        @Override
        public void wakeup() {
            real.wakeup();
        }

        @Override
        public void close() {
            real.close();
        }
    }
}
