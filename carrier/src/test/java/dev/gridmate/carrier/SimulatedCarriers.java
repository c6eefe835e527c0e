package dev.gridmate.carrier;

import dev.gridmate.driver.sim.DatagramFaults;
import dev.gridmate.driver.sim.Faults;
import dev.gridmate.driver.sim.SimulatedHost;
import dev.gridmate.driver.sim.SimulatedNetwork;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Programs with carriers on one network, drawn from a seed: who is there, what they do, and what
 * goes wrong. First everything goes wrong; then the network heals, and what was sent on connections
 * that still stand must arrive; then all close, and nothing may be left open.
 *
 * <p>On a clean network nothing goes wrong, and so nothing may be sent twice.
 */
final class SimulatedCarriers {

    private static final int FIRST_PORT = 2018;
    private static final Duration CALM_TICK = Duration.ofMillis(20);
    private static final int MOST_CALM_TICKS = 3_000;

    /**
     * A datagram is late by less than this, or a connection's last could arrive in the next one of
     * the same peers.
     */
    private static final int MOST_DELAY = 300;

    private static final long QUIET = (MOST_DELAY + 1_000) * CarrierTime.MILLISECOND;

    /** What was over so long ago is not spoken of by anybody. */
    private static final long LONG_AGO = Duration.ofMinutes(5).toNanos();

    private static final int MOST_PARTITION = 4_000;

    /**
     * How far apart the clocks of a carrier and the one that it follows may be in calm weather, in
     * milliseconds.
     */
    private static final long CLOCK_TOLERANCE = 150;

    /** Two seconds: what was lost last is known to be lost, or was acknowledged. */
    private static final int UNTIL_REST = 150;

    /** Longer than the longest timeout. */
    private static final int REST_TICKS = 260;

    private static final int TICKS_OF_A_SIGN = 5;

    /** The round trip time, which a follower goes by, is that of the bad days at first. */
    private static final int CLOCK_TICKS = 300;

    final SimulatedNetwork network;
    final Side.Wire wire;
    final boolean isClean;
    final boolean isCrossPlatform;
    final int maxPacketSize;

    private final SplittableRandom random;
    private final boolean isVerbose;
    private final boolean detects;
    private final int timeout;
    private final int wildTicks;
    private final List<CarrierNode> nodes = new ArrayList<>();
    private final List<SimulatedHost> hosts = new ArrayList<>();

    /**
     * By their number; without those that have no more to do with anything, since a long run has
     * many.
     */
    private final Map<Integer, CarrierLine> lines = new LinkedHashMap<>();

    /** For everybody who receives into a buffer. */
    final ByteBuffer into = ByteBuffer.allocate(1 << 18);

    private final Map<CarrierCounter, Long> sums = new EnumMap<>(CarrierCounter.class);
    private final List<Remake> remakes = new ArrayList<>();
    private final boolean hasClock;
    private final int closes;
    private final boolean isDelayed;

    /** How seldom programs close and disconnect. */
    final int patience;

    /** When a connection of two ports was over last. */
    private final Map<String, Long> overAt = new HashMap<>();

    private DatagramFaults faults = DatagramFaults.NONE;
    private long healAt = Long.MAX_VALUE;
    private int ticks;
    private int lineCount;

    /** Whether no connection has a reason to end. */
    boolean isResting;

    /** A program that was closed, and begins anew at its address. */
    private record Remake(int index, long when) {}

    SimulatedCarriers(long seed, boolean isVerbose) {
        this(seed, isVerbose, false);
    }

    private SimulatedCarriers(long seed, boolean isVerbose, boolean isLong) {
        random = new SplittableRandom(seed);
        network = new SimulatedNetwork(seed);
        this.isVerbose = isVerbose;
        if (isVerbose) {
            network.trace(System.out::println);
        }
        wire = random.nextInt(3) > 0 || isLong ? Side.Wire.UDP : Side.Wire.TCP;
        isClean = random.nextInt(4) == 0 && !isLong;
        isCrossPlatform = random.nextInt(3) == 0;
        maxPacketSize = 128 + random.nextInt(2_000);
        detects = random.nextBoolean();
        timeout = 1_500 + random.nextInt(3_500);
        wildTicks = 100 + random.nextInt(400);
        hasClock = random.nextBoolean();
        closes = random.nextInt(3);
        isDelayed = random.nextBoolean();
        patience = isLong ? 30 : random.nextInt(3) == 0 ? 5 : 1;
        network.latency(Duration.ofMillis(random.nextInt(4) * 15L));
        network.window(isClean ? 16 << 20 : 20_000 + random.nextInt(500_000));
        int count = isLong ? 5 : 2 + random.nextInt(random.nextInt(3) == 0 ? 7 : 2);
        for (int i = 0; i < count; i++) {
            hosts.add(network.host(ip(i)));
            nodes.add(newNode(i));
        }
        if (hasClock) {
            nodes.get(0).carrier.startClockSync(50 + random.nextInt(1_000), false);
        }
    }

    private String ip(int index) {
        return "10.0.0." + (1 + index / 2); // two share a host
    }

    private CarrierNode newNode(int index) {
        String name = "node" + index + (nodes.size() > index ? "'" : "");
        return new CarrierNode(this, name, hosts.get(index), ip(index), FIRST_PORT + index, random.split());
    }

    CarrierDesc.Builder settings(SplittableRandom from) {
        SplittableRandom firstNumbers = from.split();
        return Side.numbered(CarrierDesc.builder(), () -> firstNumbers.nextInt(65_536))
                .enableDisconnectDetection(detects)
                .connectionTimeoutMS(timeout)
                .disconnectDetectionRttThreshold(1e6f)
                .disconnectDetectionPacketLossThreshold(1)
                .sendBatchPacketCount(from.nextInt(3) == 0 ? from.nextInt(5) : 0)
                .threadUpdateTimeMS(from.nextInt(60));
    }

    // ------------------------------------------------------------ the acts

    void run() {
        for (int i = 0; i < wildTicks; i++) {
            wildTick();
        }
        settle();
        rest();
        checkClocks();
        closeAll();
    }

    /**
     * Has programs go on, over datagrams, until they have sent so many; returns what the counters
     * say.
     */
    static String runUntilSent(long seed, long datagrams) {
        SimulatedCarriers carriers = new SimulatedCarriers(seed, false, true);
        while (carriers.network.datagramsSent() < datagrams) {
            carriers.wildTick();
        }
        carriers.settle();
        carriers.checkClocks();
        carriers.closeAll();
        return carriers.balance();
    }

    /** Adds a carrier's counters to those of the others. */
    void onClosed(Carrier carrier) {
        for (CarrierCounter each : CarrierCounter.values()) {
            sums.merge(each, carrier.counter(each), Long::sum);
        }
    }

    private String balance() {
        long handedOver = sums.get(CarrierCounter.DATAGRAMS_OUT) - sums.get(CarrierCounter.DATAGRAMS_REJECTED);
        check(handedOver == network.datagramsSent(), "handed over are " + handedOver);
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%d carriers, %d connections, %.1f minutes; datagrams: %d sent + %d doubled = %d delivered + %d lost%n",
                nodes.size(),
                lineCount,
                network.nanoTime() / 60e9,
                network.datagramsSent(),
                network.datagramsDuplicated(),
                network.datagramsDelivered(),
                network.datagramsLost()));
        sums.forEach((counter, sum) -> text.append(String.format(Locale.ROOT, "%,15d  %s%n", sum, counter)));
        return text.toString();
    }

    private void wildTick() {
        if (!isClean && random.nextInt(40) == 0) {
            drawFaults();
        }
        advance(Duration.ofMillis(1 + random.nextInt(20)));
        long now = network.nanoTime();
        if (now >= healAt) {
            heal();
        }
        nodes.forEach(each -> {
            if (!each.isClosed) {
                each.tick(now);
            }
        });
        if (random.nextInt(100 * patience) < closes) {
            close(random.nextInt(nodes.size()));
        }
        remakes.removeIf(each -> each.when <= now && remake(each.index));
    }

    private void advance(Duration time) {
        network.advance(time);
        ticks++;
    }

    private void drawFaults() {
        if (random.nextInt(6) == 0 && healAt == Long.MAX_VALUE) {
            network.partition(hosts.get(random.nextInt(hosts.size())), hosts.get(random.nextInt(hosts.size())));
            // What a connection holds back is late; a datagram is lost.
            int most = wire == Side.Wire.UDP ? MOST_PARTITION : MOST_DELAY;
            healAt = network.nanoTime() + random.nextInt(most) * CarrierTime.MILLISECOND;
            return;
        }
        faults = DatagramFaults.NONE
                .withLoss(draw(0.4))
                .withDuplication(draw(0.4))
                .withReordering(isDelayed ? draw(0.5) : 0, Duration.ofMillis((long) draw(MOST_DELAY - 100)))
                .withRefusedSends(draw(0.2))
                .withJitter(Duration.ofMillis(isDelayed ? (long) draw(100) : 0));
        applyFaults();
    }

    private void applyFaults() {
        network.datagramFaults(faults);
        Faults streams = random.nextBoolean() ? Faults.CHOPPY : Faults.NONE;
        network.faults(random.nextInt(3) == 0 ? streams.withResets(0.01) : streams);
    }

    private double draw(double most) {
        return random.nextBoolean() ? 0 : random.nextDouble() * most;
    }

    private void heal() {
        healAt = Long.MAX_VALUE;
        network.heal();
        applyFaults();
    }

    private void close(int index) {
        CarrierNode node = nodes.get(index);
        if (!node.isClosed) {
            log("closes " + node);
            node.close();
            long lately = network.nanoTime() - LONG_AGO;
            lines.values().removeIf(each -> each.isDone(lately));
            long pause = (MOST_DELAY + 100 + random.nextInt(2_000)) * CarrierTime.MILLISECOND;
            remakes.add(new Remake(index, network.nanoTime() + pause));
        }
    }

    private boolean remake(int index) {
        nodes.set(index, newNode(index));
        if (index == 0 && hasClock) {
            nodes.get(0).carrier.startClockSync(50 + random.nextInt(1_000), false);
        }
        return true;
    }

    private void settle() {
        network.heal();
        log("heals");
        while (!remakes.isEmpty() && network.nanoTime() < remakes.get(remakes.size() - 1).when) {
            calmTick();
        }
        remakes.forEach(each -> remake(each.index));
        remakes.clear();
        // Without it, who is gone and has not said so would be waited for for ever.
        nodes.forEach(each -> each.carrier.enableDisconnectDetection(true));
        String unrest = "";
        long received = 0;
        int idle = 0;
        for (int i = 0; idle < MOST_CALM_TICKS && unrest != null; i++) {
            calmTick();
            unrest = i < 10 ? "" : unrest();
            long now = nodes.stream().mapToLong(each -> each.received).sum();
            idle = now > received ? 0 : idle + 1; // through a narrow driver much takes long
            received = now;
        }
        if (unrest != null) {
            throw new AssertionError("no rest after " + idle + " ticks without faults and messages: " + unrest);
        }
    }

    private void calmTick() {
        advance(CALM_TICK);
        nodes.forEach(each -> {
            if (!each.isClosed) {
                each.calmTick();
            }
        });
    }

    private String unrest() {
        for (CarrierNode each : nodes) {
            String unrest = each.unrest();
            if (unrest != null) {
                return unrest;
            }
        }
        return null;
    }

    /**
     * When all is said, nothing ends for longer than a timeout, and nothing is sent but signs of
     * life.
     */
    private void rest() {
        for (int i = 0; i < UNTIL_REST; i++) {
            calmTick();
        }
        isResting = true;
        long[] before = nodes.stream().mapToLong(CarrierNode::datagramsOut).toArray();
        for (int i = 0; i < REST_TICKS; i++) {
            calmTick();
        }
        for (int i = 0; i < before.length; i++) {
            CarrierNode node = nodes.get(i);
            check(node.isAtRest(), node + " is not at rest");
            long most = node.standing().size() * (long) REST_TICKS / TICKS_OF_A_SIGN
                    + node.standing().size();
            long sent = node.datagramsOut() - before[i];
            check(hasClock || sent <= most, node + " sent " + sent + " datagrams at rest, " + most + " are enough");
        }
        isResting = false;
    }

    // A clock that was ahead stands still until the other one has come up to it.
    private void checkClocks() {
        if (!hasClock) {
            return;
        }
        for (int i = 0; i < CLOCK_TICKS; i++) {
            calmTick();
        }
        for (CarrierLine each : nodes.get(0).standing()) {
            long before = each.other.node.carrier.time();
            calmTick();
            long theirs = each.other.node.carrier.time();
            long ours = each.node.carrier.time();
            boolean isNear = Math.abs(theirs - ours) <= CLOCK_TOLERANCE;
            each.check(
                    isNear || (theirs > ours && theirs == before),
                    "its clock shows " + ours + ", the one that follows it " + before + ", then " + theirs);
        }
    }

    private void closeAll() {
        for (CarrierNode each : nodes) {
            if (random.nextBoolean()) {
                each.lines.values().forEach(each::disconnect);
            }
        }
        for (int i = 0; i < 150; i++) {
            calmTick();
        }
        nodes.forEach(CarrierNode::close);
        for (CarrierLine each : lines.values()) {
            each.check(each.stage == CarrierLine.Stage.OVER, "all are closed, and it is not over");
            each.check(each.openCallbacks == 0, each.openCallbacks + " callbacks were never called");
        }
        check(network.openDatagramSockets() == 0, "a socket is open");
        check(network.openEndpoints() == 0, "an endpoint is open");
        check(network.openListeners() == 0, "a listener is open");
        network.advance(Duration.ofSeconds(5));
        check(
                network.datagramsSent() + network.datagramsDuplicated()
                        == network.datagramsDelivered() + network.datagramsLost(),
                "the network's own counts do not balance");
    }

    private static void check(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError(what);
        }
    }

    // ------------------------------------------------------------ for the nodes

    CarrierLine newLine(CarrierNode node, ConnectionId id) {
        CarrierLine line = new CarrierLine(node, lineCount++, id);
        lines.put(line.number, line);
        log(line + " begins with " + line.address);
        return line;
    }

    void onOver(CarrierLine line) {
        line.overAt = network.nanoTime();
        overAt.put(pair(line.node.port, line.address.toInetSocketAddress().getPort()), network.nanoTime());
    }

    /**
     * Says whether two programs may connect. Where datagrams are late, only when the last of the
     * connection before have arrived: its numbers are the same as those of the next one, and
     * nothing tells them apart.
     */
    boolean mayConnect(CarrierNode one, CarrierNode other) {
        long last = overAt.getOrDefault(pair(one.port, other.port), Long.MIN_VALUE / 2);
        return !isDelayed || network.nanoTime() - last > QUIET;
    }

    private static String pair(int one, int other) {
        return Math.min(one, other) + " " + Math.max(one, other);
    }

    /** Returns a line; null if there is none. */
    CarrierLine line(int number) {
        return lines.get(number);
    }

    /**
     * Says whether one of the two programs asked for an end. It may have meant another connection
     * of the two: nothing in a datagram says which one it belongs to.
     */
    boolean isEndAsked(CarrierLine line) {
        for (CarrierLine each : lines.values()) {
            boolean isForward = each.node.isAt(line.address) && line.node.isAt(each.address);
            boolean isSame = each.node.port == line.node.port && each.address.equals(line.address);
            if (each.endIsAsked && (isForward || isSame)) {
                return true;
            }
        }
        return false;
    }

    CarrierNode anyOther(CarrierNode node, SplittableRandom from) {
        CarrierNode other = node;
        while (other == node) {
            other = nodes.get(from.nextInt(nodes.size()));
        }
        return other;
    }

    /** Whether nobody closes before the end. */
    boolean isEveryoneThere() {
        return closes == 0;
    }

    int ticks() {
        return ticks;
    }

    void log(String what) {
        if (isVerbose) {
            System.out.printf("%.3f ms  %s%n", network.nanoTime() / 1e6, what);
        }
    }
}
