package dev.gridmate.driver.sim;

import static org.assertj.core.api.Assertions.fail;

import dev.gridmate.GridMate;
import dev.gridmate.driver.DisconnectReason;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.SlowConsumerPolicy;
import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.driver.StreamSocketDriver;
import dev.gridmate.driver.StreamSocketDriverConfig;
import dev.gridmate.driver.StreamSocketDriverEvents;
import dev.gridmate.driver.SurplusPolicy;
import dev.gridmate.driver.stream.Arrivals;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A driver, and a model of what it has to answer: every call and every event is held against it.
 */
@SuppressWarnings("ReferenceEquality") // whether it is the very same object is what is checked
abstract class ProgramModel {

    /** What a program throws on purpose. */
    static final class Tantrum extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    final SimulatedProgram program;
    final String name;
    final StreamSocketDriverConfig config;
    final StreamSocketDriver driver;
    private final GridMate gridMate;
    private final int outboundCapacity;
    final int inboundCapacity;

    /** Announced and not over. */
    final Map<SocketDriverAddress, ProgramEnd> current = new LinkedHashMap<>();

    /** Connecting: the one that the program knows last is the last. */
    final Map<SocketDriverAddress, ArrayDeque<ProgramEnd>> pending = new LinkedHashMap<>();

    /** What the driver's transport accepted, whether the program heard of it or not. */
    private final List<SimulatedEndpoint> accepted = new ArrayList<>();

    /** What the driver's transport connected last. */
    private SimulatedEndpoint lastConnect;

    final ProgramTally tally = new ProgramTally();
    private final ProgramReasons reasons = new ProgramReasons(this);
    private final ProgramUpdates updates = new ProgramUpdates(this);
    private Throwable failure;
    boolean isClosed;

    /**
     * The driver's time moves in updates, and what happens between two happens at the time of the
     * first.
     */
    private long lastUpdateAt;

    /** The time by which its deadlines run, as it was in the last update. */
    long clock;

    /**
     * Returns the time by which the deadlines run: a gap between two updates counts for its limit
     * at the most.
     */
    long now() {
        return clock
                + Math.min(
                        program.network.nanoTime() - lastUpdateAt,
                        config.loop().updateGapLimit().toNanos());
    }

    ProgramModel(SimulatedProgram program, String name, SimulatedHost host, StreamSocketDriverConfig.Builder builder) {
        this.program = program;
        this.name = name;
        this.config = builder.transport(() -> new Recording(host)).build();
        this.outboundCapacity = capacity(config.buffers().outbound());
        this.inboundCapacity = capacity(config.buffers().inbound());
        this.gridMate = new GridMate((handler, error) -> {
            if (!(error instanceof Tantrum) && failure == null) {
                failure = error;
            }
        });
        this.driver = new StreamSocketDriver(gridMate, config);
    }

    /** Says whether an event is being dispatched, and the model may not be up to date. */
    abstract boolean isInEvent();

    /** Connects the program's handler. */
    void hear(StreamSocketDriverEvents handler) {
        gridMate.eventBus(StreamSocketDriverEvents.class).connect(handler);
    }

    // The buffer sizes that the documentation promises, worked out independently.
    private int capacity(int asked) {
        int capacity = 1;
        while (capacity < asked || capacity < config.buffers().maxPacketSize() + 2) {
            capacity *= 2;
        }
        return capacity;
    }

    // ------------------------------------------------------------ updating

    int update() {
        current.values().forEach(ProgramEnd::remember);
        long eventsBefore = tally.events();
        clock = now();
        lastUpdateAt = program.network.nanoTime();
        int work = driver.update();
        verify();
        check(work > 0 || tally.events() == eventsBefore, "update said that it did nothing, but events fired");
        if (!isClosed) {
            current.values().forEach(updates::verifyWork);
            current.values().forEach(updates::verifyDeadlines);
            pending.values().forEach(connecting -> connecting.forEach(updates::verifyConnectDeadline));
        }
        return work;
    }

    /** What must be true at any moment between two calls. */
    void verify() {
        throwFailure();
        if (isClosed) {
            return;
        }
        check(driver.numberOfConnections() == current.size(), "numberOfConnections is not ", current.size());
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
        tally.verify(driver, waiting, name);
    }

    private void throwFailure() {
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw new AssertionError("a handler threw", failure);
        }
    }

    /** Receiving found nothing more. */
    void verifyDry() {
        for (ProgramEnd each : current.values()) {
            check(each.waiting() <= 0, "receive said that nothing is ready, but a packet is: ", each);
        }
    }

    boolean hasPackets() {
        for (ProgramEnd each : current.values()) {
            if (each.waiting() > 0) {
                return true;
            }
        }
        return false;
    }

    // ------------------------------------------------------------ calls

    /** A packet was received; returns its content. */
    int received(SocketDriverAddress from, ByteBuffer bytes) {
        ProgramEnd end = current.get(from);
        if (end == null) {
            return fail(name + " got a packet from " + from + ", which is not connected");
        }
        int content = end.onReceived(bytes);
        tally.packetsIn++;
        for (ProgramEnd each : current.values()) {
            if (each != end && each.waiting() > 0 && each.overtaken++ > 2 * current.size() + 2) {
                fail(name + ": " + each.overtaken + " packets of others were received before the next of " + each);
            }
        }
        return content;
    }

    /** A packet was offered to the driver, which said a code. */
    void sent(SocketDriverAddress to, int size, int content, ResultCode code) {
        ProgramEnd end = toSendOn(to);
        tally.rejectedSends += code == ResultCode.OK ? 0 : 1;
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
                tally.packetsOut++;
                tally.bytesOut += 2 + size;
                check(end.unwritten() <= outboundCapacity, "send accepted more than the buffer may hold: ", end);
            }
            case SEND_BUFFER_FULL, SEND_SLOW_CONSUMER -> {
                check(
                        (code == ResultCode.SEND_BUFFER_FULL)
                                == (config.policies().slowConsumer() == SlowConsumerPolicy.REJECT),
                        "the wrong code for the policy: ",
                        end);
                check(
                        end.unwritten() + 2 + size > outboundCapacity,
                        "send refused a packet of ",
                        size,
                        " bytes for which there is room: ",
                        end);
                if (code == ResultCode.SEND_SLOW_CONSUMER) {
                    end.isAborted = true;
                    tally.slowConsumers++;
                }
            }
            case SEND -> check(end.endpoint.isReset(), "send said SEND, but nothing is broken: ", end);
            default -> fail(name + " send said " + code);
        }
    }

    // A connection that is connecting again takes packets only because the one before it does not
    // any more.
    ProgramEnd toSendOn(SocketDriverAddress to) {
        ArrayDeque<ProgramEnd> connecting = pending.get(to);
        if (connecting != null && !connecting.getLast().isClosing && !connecting.getLast().isAborted) {
            return connecting.getLast();
        }
        ProgramEnd end = current.get(to);
        return end == null || end.isClosing || end.isAborted ? null : end;
    }

    void connect(SocketDriverAddress to) {
        lastConnect = null;
        ResultCode code = driver.connectTo(to);
        program.log(() -> name + " connects to " + to + ": " + code);
        if (code == ResultCode.OK) {
            tally.connects++;
            ProgramEnd end =
                    new ProgramEnd(program, this, lastConnect, config.buffers().maxPacketSize(), inboundCapacity);
            end.isOutgoing = true;
            pending.computeIfAbsent(to, key -> new ArrayDeque<>()).add(end);
        } else if (code == ResultCode.ALREADY_CONNECTED) {
            check(
                    toSendOn(to) != null || isAcceptedUnheard(to),
                    "connectTo said ALREADY_CONNECTED, but there is nothing to ",
                    to);
        } else {
            check(code == ResultCode.TOO_MANY_CONNECTIONS, "connectTo said ", code, ": ", driver.lastError());
            check(
                    isInEvent()
                            || current.size() + pending.size() + acceptedUnheard()
                                    >= config.limits().maxConnections(),
                    "connectTo said TOO_MANY_CONNECTIONS with ",
                    current.size(),
                    " and ",
                    pending.size(),
                    " connecting");
        }
    }

    void disconnect(SocketDriverAddress from) {
        if (from == null || isClosed) {
            return;
        }
        ResultCode code = driver.disconnectFrom(from);
        program.log(() -> name + " disconnects from " + from + ": " + code);
        ProgramEnd end = toSendOn(from);
        if (code == ResultCode.OK) {
            check(end != null, "disconnectFrom said OK for ", from, " although nothing is connected");
            end.isClosing = true;
            end.closedAt = program.network.nanoTime();
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

    void abort(SocketDriverAddress address) {
        if (address == null || isClosed) {
            return;
        }
        ProgramEnd first = firstOpen(address);
        ResultCode code = driver.abort(address);
        program.log(() -> name + " aborts " + address + ": " + code);
        check(first == null || code == ResultCode.OK, "abort said ", code, " for ", first);
        if (first != null) {
            first.isAborted = true;
            check(!first.endpoint.isOpen(), "abort said OK, but the socket is open: ", first);
        }
    }

    /**
     * Returns the first connection with an address that still has a socket, old ones first; null if
     * there is none.
     */
    ProgramEnd firstOpen(SocketDriverAddress address) {
        ProgramEnd end = current.get(address);
        if (end != null && end.endpoint.isOpen()) {
            return end;
        }
        for (ProgramEnd each : pending.getOrDefault(address, new ArrayDeque<>())) {
            if (each.endpoint.isOpen()) {
                return each;
            }
        }
        return null;
    }

    // ------------------------------------------------------------ events

    /** The program hears established. */
    void heardEstablished(SocketDriverAddress address) {
        program.log(() -> name + " hears established " + address);
        tally.established++;
        ProgramEnd end = matchEstablished(address);
        check(end.endpoint.isConnected(), "established, but TCP is not connected: ", end);
        check(!end.isEstablished, "established twice: ", end);
        end.isEstablished = true;
        check(current.put(address, end) == null, "established while the one before is not over: ", end);
        check(isClosed || driver.isConnectedTo(address), "isConnectedTo is false when established: ", end);
    }

    /** The program hears disconnected. */
    void heardDisconnected(SocketDriverAddress address, DisconnectReason reason) {
        program.log(() -> name + " hears disconnected " + address + " " + reason);
        tally.disconnected++;
        ProgramEnd end = current.remove(address);
        if (end == null) {
            fail(name + " hears disconnected " + address + ", which is not connected: " + reason);
            return;
        }
        end.isOver = true;
        tally.onDisconnected(end, reason);
        reasons.verify(end, reason);
        if (!isClosed && !pending.containsKey(address)) {
            program.packet.clear().limit(1);
            tally.rejectedSends++;
            check(
                    driver.send(address, program.packet) == ResultCode.SEND_ADDRESS_NOT_BOUND,
                    "send after disconnected: ",
                    end);
            check(!driver.isConnectedTo(address), "isConnectedTo after disconnected: ", end);
        }
    }

    ProgramEnd matchEstablished(SocketDriverAddress address) {
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
                return new ProgramEnd(program, this, each, config.buffers().maxPacketSize(), inboundCapacity);
            }
        }
        return fail(name + " hears established " + address + ", but no connection was made");
    }

    boolean isAcceptedUnheard(SocketDriverAddress address) {
        for (SimulatedEndpoint each : accepted) {
            if (each.isOpen()
                    && program.endOf(each) == null
                    && each.remoteAddress().equals(address.toInetSocketAddress())) {
                return true;
            }
        }
        return false;
    }

    /**
     * An event's handler that updates can have peers accepted, of which it is told in the next
     * update.
     */
    private long acceptedUnheard() {
        return accepted.stream()
                .filter(each -> each.isOpen() && program.endOf(each) == null)
                .count();
    }

    static boolean isAnnounced(SimulatedEndpoint endpoint) {
        return endpoint.ready() instanceof Arrivals arrivals && arrivals.wasAnnounced();
    }

    /** The program hears failed. */
    void heardFailed(SocketDriverAddress address, DisconnectReason reason) {
        program.log(() -> name + " hears failed " + address + " " + reason);
        tally.failed++;
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
        tally.unsent += reason.unsentBytes();
        check(end.sentBytes() == reason.unsentBytes(), "a failed connect lost what was sent (", reason, "): ", end);
        check(!end.endpoint.isOpen(), "failed, but the socket is open: ", end);
        switch (reason.code()) {
            case CONNECT_FAILED -> check(end.endpoint.refusal() != null, "nobody refused: ", end);
            case CONNECT_TIMEOUT -> reasons.checkTimeout(config.timeouts().connect(), end.bornAt, reason, end);
            case LOCAL_CLOSED -> check(end.isClosing, "the program did not close it: ", end);
            case LOCAL_ABORTED, SLOW_CONSUMER -> check(end.isAborted, "the program did not abort it: ", end);
            case DRIVER_CLOSED -> check(isClosed, "the driver is open: ", end);
            case SUPERSEDED -> check(wasSuperseded(end), "no other came: ", end);
            default -> fail(name + " hears " + reason + " for a connection that never stood: " + end);
        }
    }

    boolean wasSuperseded(ProgramEnd end) {
        int at = accepted.indexOf(end.endpoint);
        for (SimulatedEndpoint each : accepted.subList(at + 1, accepted.size())) {
            if (each.remoteAddress().equals(end.endpoint.remoteAddress())) {
                return true;
            }
        }
        return false;
    }

    // ------------------------------------------------------------ the end of the program

    void verifyClosed() {
        throwFailure();
        check(current.isEmpty(), "no event for ", current);
        check(pending.isEmpty(), "no event for ", pending);
        tally.verifyClosed(driver, accepted.size(), name);
        for (SimulatedEndpoint each : accepted) {
            check(!each.isOpen(), "an endpoint was left open: ", each);
        }
    }

    /**
     * Returns what is not as it should be when nothing goes wrong any more; null if all is well.
     */
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

    boolean endsPromptly() {
        return !isClosed
                && config.timeouts().idle().isZero()
                && config.timeouts().firstPacket().isZero()
                && config.limits().maxBytesPerSecond() == 0
                && config.limits().maxPacketsPerSecond() == 0;
    }

    boolean isFull() {
        return config.policies().surplus() == SurplusPolicy.LEAVE_IN_BACKLOG
                && current.size() + pending.size() >= config.limits().maxConnections();
    }

    String describeConnections() {
        return current + " and connecting " + pending;
    }

    boolean hasConnections() {
        return !isClosed && (!current.isEmpty() || !pending.isEmpty());
    }

    // The text is put together only when it is needed: checks are most of what this test does.
    void check(boolean isTrue, String message, Object... particulars) {
        if (!isTrue) {
            StringBuilder all = new StringBuilder(name).append(": ").append(message);
            for (Object each : particulars) {
                all.append(each);
            }
            fail(all.toString());
        }
    }

    /** Writes down which sockets the driver has, since its program does not see them. */
    private final class Recording extends SimulatedTransport {

        Recording(SimulatedHost host) {
            super(host);
        }

        @Override
        void add(SimulatedEndpoint endpoint) {
            super.add(endpoint);
            if (endpoint.isConnected()) {
                accepted.add(endpoint);
            } else {
                lastConnect = endpoint;
            }
        }
    }
}
