package dev.gridmate.driver.sim;

import dev.gridmate.driver.AddressFamily;
import dev.gridmate.driver.DisconnectReason;
import dev.gridmate.driver.PacketInfo;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.driver.StreamSocketDriverConfig;
import dev.gridmate.driver.StreamSocketDriverEvents;
import dev.gridmate.snapshot.DriverSnapshot;
import dev.gridmate.snapshot.SnapshotRequest;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/** A driver with a program that does what it likes, and more than is good for it. */
final class ProgramNode extends ProgramModel implements StreamSocketDriverEvents {

    private static final int TICKS_BETWEEN_PICTURES = 32;

    final SimulatedHost host;
    final boolean listens;
    private final SplittableRandom random;
    private final ByteBuffer packet;
    private final ByteBuffer into;
    private final PacketInfo result = new PacketInfo();
    private boolean inEvent;
    private int depth;

    /** How wild the program is from 0 to 1; a calm one only does its duty. */
    double wildness;

    private final boolean usesHandler;
    private final boolean echoes;
    private final int receiveLimit;
    private final int sendsPerTick;
    private final int typicalSize;
    private int stalledTicks;
    private int ticks;

    ProgramNode(
            SimulatedProgram program,
            String name,
            SimulatedHost host,
            AddressFamily family,
            int port,
            StreamSocketDriverConfig.Builder builder,
            SplittableRandom random) {
        super(program, name, host, builder);
        this.host = host;
        this.random = random;
        this.packet = program.packet;
        this.into = program.into;
        this.listens = port > 0;
        this.usesHandler = random.nextBoolean();
        this.echoes = random.nextInt(3) > 0;
        this.receiveLimit = random.nextInt(3) == 0 ? 1 + random.nextInt(4) : 10_000;
        this.sendsPerTick = random.nextInt(4) == 0 ? 10 : 1 + random.nextInt(2);
        this.typicalSize = random.nextInt(5) == 0
                ? config.buffers().maxPacketSize()
                : Math.min(100, config.buffers().maxPacketSize());
        this.wildness = random.nextInt(3) == 0 ? 0 : random.nextDouble() * 0.5;
        hear(this);
        int buffers = random.nextInt(3) == 0 ? program.smallWindow() : 0;
        check(driver.initialize(family, null, port, false, buffers, buffers) == ResultCode.OK, "initialize failed");
        if (listens) {
            listen();
        }
    }

    // ------------------------------------------------------------ one tick

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
        if (!isClosed && ++ticks % TICKS_BETWEEN_PICTURES == 0) {
            lookFromOutside();
        }
    }

    // Not by the program's random numbers, so that a seed stays the program that it is.
    private void lookFromOutside() {
        CompletableFuture<DriverSnapshot> asked =
                driver.snapshot(new SnapshotRequest(SnapshotRequest.Sort.WAITING, SnapshotRequest.MAX_LIMIT));
        update();
        Pictures.check(asked.join(), driver);
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
        switch (random.nextInt(13)) {
            case 0, 1, 2 -> connectSomewhere();
            case 3 -> disconnect(anyAddress());
            case 4 -> {
                if (random.nextInt(3) == 0) {
                    abort(anyAddress());
                }
            }
            case 5 -> waitForData(Duration.ZERO);
            case 6 -> waitForData(Duration.ofMillis(1 + random.nextInt(5)));
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
            case 11 -> {
                List<SocketDriverAddress> all = driver.connections();
                check(current.keySet().equals(Set.copyOf(all)), "connections() says ", all);
            }
            default -> driver.flush();
        }
        verify();
    }

    private void waitForData(Duration timeout) {
        boolean hasPackets = hasPackets();
        long start = program.network.nanoTime();
        boolean found = driver.waitForData(timeout);
        long waited = program.network.nanoTime() - start;
        program.log(() -> name + " waited: " + found);
        check(found || !hasPackets, "waitForData found nothing, but a packet is ready");
        check(waited == 0 || !hasPackets, "waitForData waited although a packet is ready");
        check(found || waited == timeout.toNanos(), "waitForData gave up after ", waited, " ns of ", timeout);
        check(waited <= timeout.toNanos(), "waitForData waited ", waited, " ns of ", timeout);
    }

    void listen() {
        if (!isClosed && listens && !driver.isListening()) {
            ResultCode code = driver.startListen(1 + random.nextInt(8));
            check(code == ResultCode.OK, "startListen said ", code, ": ", driver.lastError());
        }
    }

    // ------------------------------------------------------------ receiving

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
            verifyDry();
        }
    }

    private boolean receiveByCopy(int limit) {
        for (int n = 0; n < limit && !isClosed; n++) {
            into.clear()
                    .limit(
                            isWild()
                                    ? random.nextInt(config.buffers().maxPacketSize() + 1)
                                    : config.buffers().maxPacketSize());
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
        int content = received(from, bytes);
        if (program.isCalm() || depth > 2) {
            return;
        }
        depth++;
        try {
            if (echoes) {
                send(from, bytes, content);
            }
            react(from);
            if (usesHandler) {
                verifyStillLent(bytes, content);
            }
        } finally {
            depth--;
        }
    }

    // A packet is the handler's to read until it returns, whatever it does meanwhile.
    private void verifyStillLent(ByteBuffer bytes, int content) {
        for (int i = 0; i < bytes.remaining(); i++) {
            check(
                    bytes.get(bytes.position() + i) == ProgramEnd.byteAt(content, i),
                    "a packet changed while it was lent, at byte ",
                    i);
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

    // ------------------------------------------------------------ sending

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
                    ? config.buffers().maxPacketSize()
                            - random.nextInt(Math.min(3, config.buffers().maxPacketSize()))
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
        if (isClosed || bytes.remaining() > config.buffers().maxPacketSize()) {
            return;
        }
        int size = bytes.remaining();
        int room = random.nextInt(4) == 0 ? driver.writableBytes(to) : 0;
        ResultCode code = driver.send(to, bytes);
        check(bytes.remaining() == size, "send moved the position");
        check(room < size || code == ResultCode.OK, "writableBytes was ", room, ", then ", size, " bytes got ", code);
        sent(to, size, content, code);
    }

    // ------------------------------------------------------------ connecting and closing

    void connectSomewhere() {
        InetSocketAddress target = program.anyTarget(random);
        if (!isClosed && target != null) {
            connect(driver.createDriverAddress(target));
        }
    }

    /**
     * Closes in order all connections that the program knows, or each of them with a chance of one
     * half.
     */
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

    void close() {
        if (!isClosed) {
            program.log(() -> name + " closes its driver");
            isClosed = true; // from here on its handlers do nothing
            driver.close();
            if (!inEvent) {
                verifyClosed();
            } else {
                program.later(this::verifyClosed);
            }
        }
    }

    // ------------------------------------------------------------ events

    @Override
    public void onConnectionEstablished(SocketDriverAddress address) {
        heardEstablished(address);
        if (isClosed) {
            return;
        }
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

    @Override
    public void onConnectionDisconnected(SocketDriverAddress address, DisconnectReason reason) {
        heardDisconnected(address, reason);
        if (isClosed) {
            return;
        }
        inEvent(() -> {
            if (now(4)) {
                connect(address);
            }
            reactToEvent(address);
        });
    }

    @Override
    public void onConnectionFailed(SocketDriverAddress address, DisconnectReason reason) {
        heardFailed(address, reason);
        if (!isClosed) {
            inEvent(() -> reactToEvent(address));
        }
    }

    @Override
    boolean isInEvent() {
        return inEvent;
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
}
