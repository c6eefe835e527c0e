import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The table of attacks: each on a server of its own, beside an honest player. */
public final class Attacks {

    private static final long TEN_MEGABITS = 10_000_000 / 8;
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final long SEED = 2017;

    /** Attacks a server for as long as the meter says. What it opened stays open until it is closed. */
    private interface Attack {
        AutoCloseable run(InetSocketAddress server, Meter meter) throws Exception;
    }

    /**
     * A line of the table.
     *
     * @param pace bytes a second; 0 for as fast as it can
     * @param attack null for one that speaks in the player's name
     */
    private record Row(String name, String says, Player.Kind kind, long pace, Attack attack) {}

    private static final List<Row> ROWS = List.of(
            new Row("udp-requests", "requests from invented addresses", Player.Kind.CARRIER_UDP, 0,
                    udp(UdpAttacks::requests)),
            new Row("udp-far-messages", "and messages numbered 16,383", Player.Kind.CARRIER_UDP, 0,
                    udp(UdpAttacks::requestsWithFarMessages)),
            new Row("udp-one-hash", "requests from addresses with one hash", Player.Kind.CARRIER_UDP, TEN_MEGABITS,
                    udp(UdpAttacks::requestsWithOneHash)),
            new Row("udp-strangers", "datagrams of strangers", Player.Kind.CARRIER_UDP, TEN_MEGABITS,
                    udp(UdpAttacks::strangersBytes)),
            new Row("udp-acks", "80 ACKS in each datagram", Player.Kind.CARRIER_UDP, TEN_MEGABITS,
                    udp(UdpAttacks::acknowledgements)),
            new Row("udp-chunks", "three messages of endless chunks", Player.Kind.CARRIER_UDP, 0,
                    udp(UdpAttacks::endlessChunks)),
            new Row("udp-flight", "acknowledgements of a flight of 1,000", Player.Kind.CARRIER_UDP, TEN_MEGABITS,
                    udp(UdpAttacks::acknowledgementsOfAFlight)),
            new Row("udp-forged", "anything in the player's name", Player.Kind.CARRIER_UDP, TEN_MEGABITS, null),
            new Row("carrier-tcp-acks", "acknowledgements, a carrier over TCP", Player.Kind.CARRIER_TCP, TEN_MEGABITS,
                    tcp(TcpAttacks::carrierAcknowledgements)),
            new Row("tcp-small", "packets of a byte", Player.Kind.PLAIN, TEN_MEGABITS, tcp(TcpAttacks::smallPackets)),
            new Row("tls-small", "records of a packet of a byte", Player.Kind.TLS, TEN_MEGABITS,
                    tcp(TcpAttacks::smallRecords)),
            new Row("tcp-silent", "connections that say nothing", Player.Kind.PLAIN, 60_000,
                    tcp(TcpAttacks::silentConnections)),
            new Row("tls-hellos", "handshakes that stop at once", Player.Kind.TLS, 35_500,
                    tcp(TcpAttacks::helloAndSilence)),
            new Row("tls-one-byte", "handshakes, then a byte of a record", Player.Kind.TLS, 0,
                    tcp(TcpAttacks::oneByteOfARecord)),
            new Row("tls-key-updates", "key updates", Player.Kind.TLS, TEN_MEGABITS, tcp(TcpAttacks::keyUpdates)));

    /** One attack of a kind. */
    private interface Step<A> {
        void run(A attacks, Meter meter) throws IOException;
    }

    private static Attack udp(Step<UdpAttacks> step) {
        return (server, meter) -> {
            step.run(new UdpAttacks(server, SEED), meter);
            return () -> {};
        };
    }

    private static Attack tcp(Step<TcpAttacks> step) {
        return (server, meter) -> {
            TcpAttacks attacks = new TcpAttacks(server);
            step.run(attacks, meter);
            return attacks;
        };
    }

    private final Path gridmate;
    private final Path work;
    private final String memory;
    private final double seconds;
    private final long rate;

    /** @param rate bytes a second; -1 for each attack's own */
    private Attacks(Path gridmate, Path work, String memory, double seconds, long rate) {
        this.gridmate = gridmate;
        this.work = work;
        this.memory = memory;
        this.seconds = seconds;
        this.rate = rate;
    }

    /** Runs what the command line says; see {@code conformance/attacks/run}. */
    public static void main(String[] args) throws Exception {
        Path gridmate = Path.of("gridmate");
        String memory = "64m";
        double seconds = 10;
        long rate = -1;
        Set<String> only = Set.of();
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--gridmate" -> gridmate = Path.of(args[++i]);
                case "--memory" -> memory = args[++i];
                case "--seconds" -> seconds = Double.parseDouble(args[++i]);
                case "--rate" -> rate = bytesPerSecond(args[++i]);
                case "--only" -> only = Set.of(args[++i].split(","));
                case "--list" -> {
                    ROWS.forEach(each -> System.out.println(each.name() + "\t" + each.says()));
                    return;
                }
                default -> {
                    System.err.println("not understood: " + args[i]
                            + "; there are --seconds S, --rate 10M, --only NAME,..., --memory 64m and --list");
                    System.exit(2);
                }
            }
        }
        Path work = Files.createTempDirectory("gridmate-attacks");
        Attacks attacks = new Attacks(gridmate, work, memory, seconds, rate);
        boolean held = true;
        System.out.println("| attack | sent | answered | processor for each | held for a byte sent | player, 99 % beside an ordinary peer |"
                + " beside the attack | newcomer | held afterwards | server |");
        System.out.println("|---|---|---|---|---|---|---|---|---|---|");
        for (Row row : ROWS) {
            if (only.isEmpty() || only.contains(row.name())) {
                held &= attacks.run(row);
            }
        }
        System.exit(held ? 0 : 1);
    }

    /** {@return bytes a second of bits a second, as in 10M; 0 for as fast as it can} */
    private static long bytesPerSecond(String bits) {
        boolean isMillions = bits.endsWith("M");
        double number = Double.parseDouble(isMillions ? bits.substring(0, bits.length() - 1) : bits);
        return (long) (isMillions ? number * 1e6 / 8 : number / 8);
    }

    private boolean run(Row row) throws Exception {
        Path log = work.resolve(row.name() + ".log");
        try (Victim victim = Victim.start(gridmate, memory, log, command(row.kind()));
                Relay relay = row.attack() == null ? new Relay(victim.address()) : null;
                Player player = player(row.kind(), relay == null ? victim.address() : relay.address())) {
            need(player.connect(PATIENCE) >= 0, row, "the player cannot connect");
            player.play(Duration.ofSeconds(1), 0);
            long ordinary = besideAnOrdinaryPeer(row, victim, player);
            long before = victim.held();
            Attack attack = relay == null ? row.attack() : udp((attacks, meter) -> attacks.forgeries(relay, meter));
            return attack(row, attack, victim, player, ordinary, before);
        }
    }

    private long besideAnOrdinaryPeer(Row row, Victim victim, Player player) throws InterruptedException {
        Thread ordinary = new Thread(() -> {
            try (Player other = new Player(row.kind(), victim.address(), 1_000, authority())) {
                if (other.connect(PATIENCE) >= 0) {
                    other.play(duration(), TEN_MEGABITS);
                }
            }
        }, "ordinary peer");
        ordinary.start();
        long trip = player.play(duration(), 0);
        ordinary.join();
        return trip;
    }

    private boolean attack(Row row, Attack attack, Victim victim, Player player, long ordinary, long before)
            throws Exception {
        Meter meter = new Meter(rate < 0 ? row.pace() : rate, seconds);
        AutoCloseable[] open = {() -> {}};
        Thread attacker = new Thread(() -> {
            try {
                open[0] = attack.run(victim.address(), meter);
            } catch (Exception e) {
                System.err.println(row.name() + ": " + e);
            }
        }, "attacker");
        long used = victim.processorTime();
        attacker.start();
        long attacked = player.play(duration(), 0);
        used = victim.processorTime() - used;
        long newcomer;
        try (Player late = player(row.kind(), victim.address())) {
            newcomer = late.connect(PATIENCE);
        }
        attacker.join();
        long during = victim.held();
        open[0].close();
        long after = settled(victim, before);
        boolean well = victim.isAlive() && attacked >= 0 && newcomer >= 0;
        System.out.printf(Locale.ROOT, "| %s | %,d KB in %,d | %,d KB | %.1f µs | %.1f | %s | %s | %s | %+,d KB | %s |%n",
                row.says(), meter.bytesSent() / 1_000, meter.count(), meter.bytesReceived() / 1_000,
                used / 1e3 / Math.max(1, meter.count()),
                during < 0 ? Double.NaN : (during - before) / (double) Math.max(1, meter.bytesSent()),
                millis(ordinary), millis(attacked), millis(newcomer), (after - before) / 1_000,
                victim.isAlive() ? "lives" : "ended");
        return well;
    }

    /** Waits until the memory is back where it began, within a minute. */
    private static long settled(Victim victim, long before) throws Exception {
        long end = System.nanoTime() + 60_000_000_000L;
        long held = victim.held();
        while (held > before + 1_000_000 && System.nanoTime() < end) {
            Thread.sleep(1_000);
            held = victim.held();
        }
        return held;
    }

    private Duration duration() {
        return Duration.ofNanos((long) (seconds * 1e9));
    }

    private Player player(Player.Kind kind, InetSocketAddress server) {
        return new Player(kind, server, 64, authority());
    }

    private Path authority() {
        return work.resolve("certs").resolve("ca.pem");
    }

    private List<String> command(Player.Kind kind) throws IOException, InterruptedException {
        return switch (kind) {
            case PLAIN -> List.of("echo");
            case TLS -> {
                Path certs = work.resolve("certs");
                if (!Files.exists(authority())) {
                    new ProcessBuilder(gridmate.toString(), "dev-cert", certs.toString()).start().waitFor();
                }
                yield List.of("echo", "--tls-cert", certs.resolve("server.pem").toString(),
                        "--tls-key", certs.resolve("server-key.pem").toString());
            }
            case CARRIER_UDP -> List.of("carrier-echo");
            case CARRIER_TCP -> List.of("carrier-echo", "--tcp");
        };
    }

    private static void need(boolean holds, Row row, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(row.name() + ": " + otherwise);
        }
    }

    private static String millis(long nanos) {
        return nanos < 0 ? "gone" : String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
    }
}
