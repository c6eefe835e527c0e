package dev.gridmate.driver.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.gridmate.driver.AddressFamily;
import dev.gridmate.driver.RateLimitPolicy;
import dev.gridmate.driver.SlowConsumerPolicy;
import dev.gridmate.driver.StreamSocketDriverConfig;
import dev.gridmate.driver.SurplusPolicy;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * A whole program drawn from a seed: drivers, raw peers, what they do, and what goes wrong. First
 * everything goes wrong; then the network heals, and all that was accepted must arrive; then all
 * close in order, and nothing may be lost or left open.
 */
final class SimulatedProgram {

    private static final int FIRST_PORT = 2000;
    private static final Duration CALM_TICK = Duration.ofMillis(40);
    private static final int MOST_CALM_TICKS = 2500;

    final SimulatedNetwork network;
    private final SplittableRandom random;
    private final boolean isVerbose;
    private final boolean isIpv6;
    private final List<ProgramNode> nodes = new ArrayList<>();
    private final List<ProgramRaw> raws = new ArrayList<>();
    private final List<SimulatedPeer.Listener> rawListeners = new ArrayList<>();
    private final List<InetSocketAddress> targets = new ArrayList<>();
    private final List<Runnable> later = new ArrayList<>();
    // Looked up and never walked.
    private final IdentityHashMap<SimulatedEndpoint, ProgramEnd> ends = new IdentityHashMap<>();

    /** Shared by all, since each uses them for a moment only. */
    final ByteBuffer packet;

    final ByteBuffer into;
    private final int maxPacketSize;
    private final int smallWindow;
    private int endCount;
    private boolean isCalm;
    private int ticks;

    SimulatedProgram(long seed, boolean isVerbose) {
        this.random = new SplittableRandom(seed);
        this.network = new SimulatedNetwork(seed);
        this.isVerbose = isVerbose;
        this.isIpv6 = random.nextInt(4) == 0;
        this.maxPacketSize = drawMaxPacketSize();
        this.packet = ByteBuffer.allocate(maxPacketSize);
        this.into = ByteBuffer.allocate(maxPacketSize);
        this.smallWindow = Math.max(16, maxPacketSize / 16) + random.nextInt(2000);
        if (isVerbose) {
            network.trace(System.out::println);
        }
        network.latency(Duration.ofMillis(random.nextInt(3) * 10L));
        network.window(random.nextInt(3) == 0 ? 64 * 1024 : smallWindow);
    }

    private int drawMaxPacketSize() {
        return switch (random.nextInt(8)) {
            case 0 -> 1 + random.nextInt(8);
            case 1 -> 65_535;
            case 2 -> (8 << random.nextInt(8)) - random.nextInt(3);
            default -> 20 + random.nextInt(1000);
        };
    }

    int ticks() {
        return ticks;
    }

    void run() {
        build();
        for (int n = 20 + random.nextInt(100); n > 0; n--) {
            wildTick();
        }
        log(() -> "calm");
        isCalm = true;
        network.heal();
        settleDown();
        closeInOrder();
        network.heal();
        nodes.forEach(ProgramNode::close);
        runLater();
        raws.forEach(each -> each.calmTick(true));
        rawListeners.forEach(SimulatedPeer.Listener::close);
        assertThat(network.openEndpoints()).as("open endpoints at the end").isZero();
        assertThat(network.openListeners()).as("open listeners at the end").isZero();
    }

    // ------------------------------------------------------------ the cast

    private String ip(int n) {
        return (isIpv6 ? "fd00::" : "10.0.0.") + n;
    }

    private void build() {
        int servers = 1 + random.nextInt(2);
        for (int i = 0; i < servers; i++) {
            SimulatedHost host = network.host(ip(10 + 2 * i), ip(11 + 2 * i));
            addNode("server" + i, host, FIRST_PORT + i);
            targets.add(new InetSocketAddress(ip(10 + 2 * i), FIRST_PORT + i));
            targets.add(new InetSocketAddress(ip(11 + 2 * i), FIRST_PORT + i));
        }
        targets.add(new InetSocketAddress(ip(10), 1999)); // where nobody listens
        if (random.nextInt(3) == 0) {
            rawListeners.add(network.host(ip(90)).listenRaw(FIRST_PORT));
            targets.add(new InetSocketAddress(ip(90), FIRST_PORT));
        }
        for (int n = 1 + random.nextInt(6), i = 0; i < n; i++) {
            ProgramNode client = addNode("client" + i, network.host(ip(20 + i)), 0);
            client.connectSomewhere();
        }
        for (int n = random.nextInt(5), i = 0; i < n; i++) {
            InetSocketAddress target = targets.get(random.nextInt(2 * servers));
            addRaw(network.host(ip(50 + i)).connectRaw(target));
        }
    }

    private ProgramNode addNode(String name, SimulatedHost host, int port) {
        AddressFamily family = isIpv6 ? AddressFamily.IPV6 : AddressFamily.IPV4;
        ProgramNode node = new ProgramNode(this, name, host, family, port, drawConfig(port > 0), random.split());
        nodes.add(node);
        return node;
    }

    private StreamSocketDriverConfig.Builder drawConfig(boolean isServer) {
        int maxPacket = random.nextInt(6) == 0 ? Math.max(1, maxPacketSize - random.nextInt(5)) : maxPacketSize;
        StreamSocketDriverConfig.Builder builder = StreamSocketDriverConfig.builder()
                .maxPacketSize(maxPacket)
                .maxConnections(random.nextInt(3) == 0 ? 1 + random.nextInt(3) : 20)
                .inboundBufferSize(drawBufferSize(maxPacket))
                .outboundBufferSize(drawBufferSize(maxPacket))
                .slowConsumerPolicy(random.nextBoolean() ? SlowConsumerPolicy.REJECT : SlowConsumerPolicy.DISCONNECT)
                .surplusPolicy(random.nextBoolean() ? SurplusPolicy.CLOSE : SurplusPolicy.LEAVE_IN_BACKLOG)
                .connectTimeout(drawTimeout(2, 3000))
                .drainTimeout(Duration.ofMillis(500 + random.nextInt(5000)))
                .writeTimeout(drawTimeout(3, 5000))
                .acceptRetryDelay(Duration.ofMillis(random.nextInt(200)))
                .acceptsPerUpdate(1 + random.nextInt(8));
        if (random.nextInt(5) == 0) {
            builder.idleTimeout(drawTimeout(1, 5000));
        }
        if (isServer && random.nextInt(5) == 0) {
            builder.firstPacketTimeout(drawTimeout(1, 3000));
        }
        if (isServer && random.nextInt(6) == 0) {
            builder.maxConnectionsPerRemoteIp(1 + random.nextInt(2));
        }
        if (random.nextInt(6) == 0) {
            builder.rateLimitPolicy(random.nextInt(3) == 0 ? RateLimitPolicy.DISCONNECT : RateLimitPolicy.THROTTLE);
            builder.maxPacketsPerSecond(500 + random.nextInt(1000));
        }
        if (random.nextInt(6) == 0) {
            builder.maxBytesPerSecond(20_000 + random.nextInt(100_000));
        }
        return builder;
    }

    private int drawBufferSize(int maxPacket) {
        return switch (random.nextInt(3)) {
            case 0 -> maxPacket;
            case 1 -> Math.max(maxPacket, 16 << random.nextInt(10));
            default -> maxPacket * (1 + random.nextInt(4)) + random.nextInt(100);
        };
    }

    private Duration drawTimeout(int oneIn, int most) {
        return random.nextInt(oneIn) == 0 ? Duration.ofMillis(300 + random.nextInt(most)) : Duration.ZERO;
    }

    private void addRaw(SimulatedPeer peer) {
        raws.add(new ProgramRaw(this, "raw" + raws.size(), peer, maxPacketSize, random.split()));
    }

    /**
     * A second connection from the same port to the server's other address: to the server, the same
     * peer.
     */
    void twin(int port, InetSocketAddress remote) {
        for (InetSocketAddress each : targets) {
            SimulatedHost host = network.host(ip(50));
            if (each.getPort() == remote.getPort() && !each.equals(remote) && raws.size() < 12) {
                later.add(() -> {
                    if (isFree(host, port, each)) {
                        addRaw(host.connectRaw(port, each));
                    }
                });
                return;
            }
        }
    }

    private boolean isFree(SimulatedHost host, int port, InetSocketAddress remote) {
        return host.socket(new SimulatedEndpoint.Ends(new InetSocketAddress(host.toString(), port), remote)) == null;
    }

    boolean isRawPortFree(SimulatedPeer peer) {
        return peer.endpoint.host.socket(peer.endpoint.ends) == null;
    }

    InetSocketAddress anyTarget(SplittableRandom from) {
        return targets.isEmpty() ? null : targets.get(from.nextInt(targets.size()));
    }

    // ------------------------------------------------------------ the three acts

    private void wildTick() {
        if (random.nextInt(15) == 0) {
            drawFaults();
        }
        // Now and then all stand still, as under a debugger.
        network.advance(Duration.ofMillis(random.nextInt(200) == 0 ? random.nextInt(5000) : 1 + random.nextInt(50)));
        ticks++;
        for (ProgramNode each : List.copyOf(nodes)) {
            each.tick();
        }
        raws.forEach(ProgramRaw::tick);
        for (SimulatedPeer.Listener each : rawListeners) {
            each.accept().ifPresent(this::addRaw);
        }
        runLater();
        reopen();
    }

    private void drawFaults() {
        switch (random.nextInt(4)) {
            case 0 -> network.faults(Faults.CHOPPY);
            case 1 -> network.heal();
            case 2 -> {
                SimulatedHost one = nodes.get(random.nextInt(nodes.size())).host;
                SimulatedHost other = nodes.get(random.nextInt(nodes.size())).host;
                network.partition(one, other);
            }
            default -> network.faults(Faults.random(random));
        }
    }

    // A driver that was closed has a successor, and a server's takes its port at once.
    private void reopen() {
        for (int i = 0; i < nodes.size() && nodes.size() < 16; i++) {
            ProgramNode node = nodes.get(i);
            if (node.isClosed && node.listens) {
                nodes.remove(i);
                int port = FIRST_PORT + (node.name.charAt(6) - '0');
                addNode(node.name, node.host, port);
            }
        }
    }

    void later(Runnable task) {
        later.add(task);
    }

    private void runLater() {
        List<Runnable> tasks = List.copyOf(later);
        later.clear();
        tasks.forEach(Runnable::run);
    }

    private void calmTick() {
        network.advance(CALM_TICK);
        ticks++;
        nodes.forEach(ProgramNode::calmTick);
        raws.forEach(each -> each.calmTick(false));
        for (SimulatedPeer.Listener each : rawListeners) {
            each.accept().ifPresent(this::addRaw);
        }
        runLater();
    }

    private void settleDown() {
        nodes.forEach(each -> each.wildness = 0);
        nodes.forEach(ProgramNode::listen);
        String unrest = "";
        for (int n = 0; n < MOST_CALM_TICKS && unrest != null; n++) {
            calmTick();
            unrest = n < 3 ? "" : unrest();
        }
        if (unrest != null) {
            fail("no rest after " + MOST_CALM_TICKS + " ticks without faults: " + unrest);
        }
    }

    private String unrest() {
        for (ProgramNode each : nodes) {
            String unrest = each.unrest();
            if (unrest != null) {
                return unrest;
            }
        }
        for (ProgramRaw each : raws) {
            String unrest = each.unrest();
            if (unrest != null) {
                return unrest;
            }
        }
        return null;
    }

    private void closeInOrder() {
        nodes.forEach(ProgramNode::markSettled);
        nodes.forEach(each -> each.disconnectAll(false));
        for (int n = 0; n < MOST_CALM_TICKS && nodes.stream().anyMatch(ProgramNode::hasConnections); n++) {
            calmTick();
            if (n % 20 == 0) {
                nodes.forEach(each -> each.disconnectAll(true));
            }
        }
        for (ProgramNode each : nodes) {
            if (each.hasConnections()) {
                fail(each.name + " still has connections long after it closed them: " + each.describeConnections());
            }
        }
    }

    // ------------------------------------------------------------ for the cast

    boolean isCalm() {
        return isCalm;
    }

    int smallWindow() {
        return smallWindow;
    }

    int nextEnd() {
        return endCount++;
    }

    void register(ProgramEnd end) {
        ends.put(end.endpoint, end);
    }

    ProgramEnd endOf(SimulatedEndpoint endpoint) {
        return endpoint == null ? null : ends.get(endpoint);
    }

    boolean mayWaitInBacklog(InetSocketAddress server) {
        for (ProgramNode each : nodes) {
            if (each.listens && !each.isClosed && each.driver.port() == server.getPort() && each.isFull()) {
                return true;
            }
        }
        return false;
    }

    void log(Supplier<String> line) {
        if (isVerbose) {
            network.trace(line.get());
        }
    }
}
