package dev.gridmate.driver.sim;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A network inside the process, for tests of programs that use a driver: TCP connections and UDP
 * datagrams. It has a clock that the test moves, and faults drawn from a seed: the same seed and
 * the same calls give the same run, byte for byte.
 *
 * <pre>{@code
 * SimulatedNetwork network = new SimulatedNetwork(seed);
 * network.faults(Faults.CHOPPY);
 * var settings = StreamSocketDriverConfig.builder();
 * try (var serverSide = new GridMate(); var clientSide = new GridMate()) { // a bus for each, to tell events apart
 *     var server = new StreamSocketDriver(serverSide, settings.transport(network.host("10.0.0.1")).build());
 *     var client = new StreamSocketDriver(clientSide, settings.transport(network.host("10.0.0.2")).build());
 *     assertEquals(ResultCode.OK, server.initialize(AddressFamily.IPV4, null, 2017));
 *     assertEquals(ResultCode.OK, server.startListen(16));
 *     assertEquals(ResultCode.OK, client.initialize(AddressFamily.IPV4));
 *     assertEquals(ResultCode.OK, client.connectTo(client.createDriverAddress("10.0.0.1|2017")));
 *     network.run(Duration.ofSeconds(10), server::update, client::update); // or lambdas that send, receive, check
 * }
 * assertEquals(0, network.openEndpoints());
 * }</pre>
 *
 * <p>What is simulated of TCP: ports, backlogs, finite windows, latency, FIN and RST as Linux sends
 * them (closing with unread bytes resets; what had arrived before a reset can still be read), hosts
 * that cannot reach each other for a while. Packets that are lost are not: TCP repeats them, and
 * what a program sees of it is a delay.
 *
 * <p>What is simulated of UDP, for drivers that were given {@code host::openDatagrams}: ports,
 * latency, finite receive buffers, broadcast to 255.255.255.255, and what {@link DatagramFaults}
 * says: datagrams that are lost, doubled, late, damaged or too large. A datagram that finds nobody
 * is lost without an answer. Datagrams draw their faults from a stream of their own, so that a
 * program's connections meet the same ones with and without them.
 *
 * <p>Nothing takes real time. A driver's {@code waitForData} moves the clock on, to when something
 * arrives for it, to its next deadline, or by the time that it was given.
 *
 * <p>One thread at a time; only {@code Transport.wakeup} is for any thread.
 */
public final class SimulatedNetwork {

    private static final Pattern LITERAL = Pattern.compile("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    private final SplittableRandom random;
    private final DatagramWays datagrams;
    private final Transit transit = new Transit();
    private final Map<InetAddress, SimulatedHost> hosts = new LinkedHashMap<>();
    private final SimulatedLink everywhere = SimulatedLink.everywhere();
    private final Map<Ends, SimulatedLink> links = new HashMap<>();
    private @Nullable Consumer<String> trace;
    private int window = 64 * 1024;
    private Duration tick = Duration.ofMillis(16);

    /** Two hosts, in whichever order. */
    private record Ends(SimulatedHost one, SimulatedHost other) {
        @Override
        public boolean equals(@Nullable Object object) {
            return object instanceof Ends ends
                    && ((one == ends.one && other == ends.other) || (one == ends.other && other == ends.one));
        }

        @Override
        public int hashCode() {
            return one.hashCode() ^ other.hashCode();
        }
    }

    /**
     * Makes a network without hosts and faults, at time zero.
     *
     * @param seed what all faults are drawn from
     */
    public SimulatedNetwork(long seed) {
        random = new SplittableRandom(seed);
        datagrams = new DatagramWays(this, new SplittableRandom(seed).split());
    }

    /**
     * Returns the host with an address; makes it at the first call.
     *
     * @param ip an IPv4 or IPv6 literal
     * @param more further addresses of the same host
     * @return the host
     * @throws IllegalArgumentException if a text is not a literal, or the addresses belong to two
     *     hosts
     */
    public SimulatedHost host(String ip, String... more) {
        InetAddress first = parse(ip);
        SimulatedHost host = hosts.computeIfAbsent(first, address -> new SimulatedHost(this, address));
        for (String each : more) {
            InetAddress address = parse(each);
            SimulatedHost present = hosts.putIfAbsent(address, host);
            if (present == null) {
                host.addAddress(address);
            } else if (present != host) {
                throw new IllegalArgumentException(each + " is another host's address already, not that of " + ip);
            }
        }
        return host;
    }

    private static InetAddress parse(String ip) {
        if (!LITERAL.matcher(ip).matches()) {
            throw new IllegalArgumentException("\"" + ip + "\" is no IP address, and names are not looked up here");
        }
        try {
            return InetAddress.getByName(ip);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("\"" + ip + "\" is no IP address", e);
        }
    }

    /**
     * Sets what goes wrong with connections from now on, except between hosts whose {@link #link}
     * has faults of its own.
     *
     * @param what the faults
     */
    public void faults(Faults what) {
        everywhere.faults(what);
    }

    /**
     * Sets what goes wrong with datagrams from now on, except between hosts whose {@link #link} has
     * faults of its own.
     *
     * @param what the faults
     */
    public void datagramFaults(DatagramFaults what) {
        everywhere.datagramFaults(what);
    }

    /**
     * Sets how long everything takes from one host to another, except between hosts whose {@link
     * #link} has a latency of its own; zero at first, which is within the same moment.
     *
     * @param oneWay the latency, zero or more
     * @throws IllegalArgumentException if it is negative
     */
    public void latency(Duration oneWay) {
        everywhere.latency(oneWay);
    }

    /**
     * Returns the way between two hosts, to set faults and a latency that other hosts do not have.
     *
     * @param one a host
     * @param other another, or the same: then it is the way from the host to itself
     * @return the link, always the same one for these two
     */
    public SimulatedLink link(SimulatedHost one, SimulatedHost other) {
        return links.computeIfAbsent(new Ends(one, other), ends -> everywhere.another());
    }

    /**
     * Sets the buffer size of the sockets that leave it to the system. A direction of a connection
     * holds at most the sender's and the receiver's together. A datagram socket whose receive
     * buffer holds so much gets no more until it is read; each datagram counts with its size and 28
     * bytes. 65,536 at first.
     *
     * @param bytes 1 or more
     */
    public void window(int bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("window is " + bytes + ", it must be at least 1");
        }
        window = bytes;
    }

    /**
     * Keeps all that one host sends another on its way, both ways, until {@link #heal()}.
     * Connections stay. Datagrams are lost, those too that were on their way.
     *
     * @param one a host
     * @param other another
     */
    public void partition(SimulatedHost one, SimulatedHost other) {
        transit.partition(one, other);
    }

    /**
     * Ends all faults, those of links too, and all partitions; what was kept on its way arrives, in
     * order.
     */
    public void heal() {
        everywhere.heal();
        links.values().forEach(SimulatedLink::heal);
        transit.heal();
    }

    /**
     * Sets the time between two rounds of {@link #run}; 16 ms at first.
     *
     * @param time above zero
     * @throws IllegalArgumentException if it is not
     */
    public void tick(Duration time) {
        if (time.isNegative() || time.isZero()) {
            throw new IllegalArgumentException("tick is " + time + ", it must be above zero");
        }
        tick = time;
    }

    /**
     * Runs programs for a while: each round moves the clock on by a {@linkplain #tick(Duration)
     * tick}, the last one by what is left, and then calls each program once, in the given order.
     *
     * @param time how long, by the network's clock; zero or more
     * @param programs what each does in a round: update, receive, send
     * @throws IllegalArgumentException if the time is negative
     */
    public void run(Duration time, Runnable... programs) {
        boolean ignored = runUntil(() -> false, time, programs);
    }

    /**
     * Runs programs as {@link #run} does, until a condition holds. It is asked before the first
     * round and after each one.
     *
     * @param condition what is waited for
     * @param most how long at most, by the network's clock; zero or more
     * @param programs what each does in a round
     * @return true if the condition holds; false if the time is over
     * @throws IllegalArgumentException if the time is negative
     */
    public boolean runUntil(BooleanSupplier condition, Duration most, Runnable... programs) {
        Faults.check("time", most);
        long end = nanoTime() + most.toNanos();
        while (!condition.getAsBoolean()) {
            if (nanoTime() >= end) {
                return false;
            }
            advanceTo(Math.min(end, nanoTime() + tick.toNanos()));
            for (Runnable each : programs) {
                each.run();
            }
        }
        return true;
    }

    /**
     * Moves the clock on, and delivers what arrives meanwhile.
     *
     * @param time how far; zero or more
     */
    public void advance(Duration time) {
        advanceTo(nanoTime() + time.toNanos());
    }

    /**
     * Moves the clock on to a moment, and delivers what arrives until then.
     *
     * @param nanoTime the moment, as {@link #nanoTime()} counts
     * @throws IllegalArgumentException if it has passed
     */
    public void advanceTo(long nanoTime) {
        if (nanoTime < transit.now()) {
            throw new IllegalArgumentException(
                    "the clock is at " + transit.now() + " and cannot go back to " + nanoTime);
        }
        transit.advanceTo(nanoTime);
    }

    /**
     * Returns the network's time.
     *
     * @return nanoseconds since it was made
     */
    public long nanoTime() {
        return transit.now();
    }

    /**
     * Counts the endpoints that were not closed, on all hosts; a connection has two. After all
     * drivers are closed a program that leaks none has 0.
     *
     * @return 0 or more
     */
    public int openEndpoints() {
        return hosts.values().stream()
                .distinct()
                .mapToInt(SimulatedHost::openEndpoints)
                .sum();
    }

    /**
     * Counts the listeners that were not closed, on all hosts.
     *
     * @return 0 or more
     */
    public int openListeners() {
        return hosts.values().stream()
                .distinct()
                .mapToInt(SimulatedHost::openListeners)
                .sum();
    }

    /**
     * Counts the datagram sockets that are bound and were not closed, on all hosts.
     *
     * @return 0 or more
     */
    public int openDatagramSockets() {
        return hosts.values().stream()
                .distinct()
                .mapToInt(SimulatedHost::openDatagramSockets)
                .sum();
    }

    /**
     * Counts the datagrams that the hosts sent; a broadcast counts for each host that it goes to.
     * What was sent and what was duplicated is delivered, lost, or still on its way.
     *
     * @return 0 or more
     */
    public long datagramsSent() {
        return datagrams.sent;
    }

    /**
     * Counts the datagrams that reached a socket, duplicates included.
     *
     * @return 0 or more
     */
    public long datagramsDelivered() {
        return datagrams.delivered;
    }

    /**
     * Counts the datagrams that did not, for whatever reason: loss, size, a partition, a full
     * receive buffer, nobody there.
     *
     * @return 0 or more
     */
    public long datagramsLost() {
        return datagrams.lost;
    }

    /**
     * Counts the second copies that the network made.
     *
     * @return 0 or more
     */
    public long datagramsDuplicated() {
        return datagrams.duplicated;
    }

    /**
     * Counts the copies in which the network flipped bits.
     *
     * @return 0 or more
     */
    public long datagramsCorrupted() {
        return datagrams.corrupted;
    }

    /**
     * Has every event on the network told as a line of text: what connects, arrives, closes and
     * resets, and when.
     *
     * @param lines hears each line; null for nobody
     */
    public void trace(@Nullable Consumer<String> lines) {
        trace = lines;
    }

    // ------------------------------------------------------------ for the package

    /** Returns the way from a host to an address; if no host has it, what counts everywhere. */
    SimulatedLink link(SimulatedHost from, InetAddress to) {
        SimulatedHost target = hosts.get(to);
        return target == null ? everywhere : link(from, target);
    }

    Faults faults() {
        return everywhere.faults();
    }

    int window() {
        return window;
    }

    @Nullable
    SimulatedHost hostAt(InetAddress address) {
        return hosts.get(address);
    }

    boolean chance(double probability) {
        return probability > 0 && random.nextDouble() < probability;
    }

    /** Draws from 0 to the bound, the bound excluded. */
    int draw(int bound) {
        return random.nextInt(bound);
    }

    /** Returns when something that is sent now on a connection arrives. */
    long arrival(SimulatedLink link) {
        long jitter = link.faults().jitter().toNanos();
        return nanoTime() + link.latency() + (jitter > 0 ? random.nextLong(jitter + 1) : 0);
    }

    Transit transit() {
        return transit;
    }

    DatagramWays datagrams() {
        return datagrams;
    }

    /** Sends one datagram, to everybody if it is a broadcast. */
    void sendDatagram(
            SimulatedHost from, InetSocketAddress sender, InetSocketAddress receiver, byte[] bytes, boolean broadcast) {
        SimulatedHost to = hosts.get(receiver.getAddress());
        if (broadcast) {
            hosts.values().stream()
                    .distinct()
                    .filter(host -> host.hasAddressLike(receiver.getAddress()))
                    .forEach(host -> datagrams.send(from, sender, host, receiver, bytes));
        } else if (to != null) {
            datagrams.send(from, sender, to, receiver, bytes);
        } else {
            datagrams.sendToNobody(sender, receiver);
        }
    }

    /** Delivers what is due. */
    void settle() {
        transit.settle();
    }

    boolean isTraced() {
        return trace != null;
    }

    void trace(String line) {
        if (trace != null) {
            trace.accept(String.format(Locale.ROOT, "%.3f ms  %s", nanoTime() / 1e6, line));
        }
    }
}
