package dev.gridmate.cli;

import dev.gridmate.driver.DriverCounter;
import dev.gridmate.driver.StreamSocketDriverConfig;
import dev.gridmate.monitor.Monitor;
import dev.gridmate.snapshot.Visibility;
import java.io.PrintStream;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.ToLongFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows packets travel: a server and its clients in one loop of one thread. */
@Command(
        name = "demo",
        description = {
            "Runs a server and several clients in one process, and has them exchange packets over the loopback.",
            "",
            "The clients send packets of 1 to 65535 bytes, most of them small, and check every byte of what the server"
                    + " sends back. Others come and go. At the same time a carrier sends messages on channels, reliable ones"
                    + " and others, over UDP on a simulated bad network: all reliable ones come back, and none is"
                    + " wrong.",
            "",
            "A page in the browser shows it live: the address is printed first."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  gridmate demo                           a minute, with a page to look at",
            "  gridmate demo --seconds 5               only the figures",
            "  gridmate demo --seconds 1h --clients 100 --monitor 9400"
        },
        exitCodeListHeading = Main.EXIT_CODES,
        exitCodeList = {
            "0:every packet and every reliable message came back intact, and all connections were closed in order",
            "1:something was lost or wrong: the table shows what",
            Main.EXIT_2
        })
final class DemoCommand implements Callable<Integer> {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Option(
            names = "--seconds",
            paramLabel = "S",
            converter = Units.Seconds.class,
            defaultValue = "60",
            description =
                    "Send for this long, or until Ctrl-C. Default: ${DEFAULT-VALUE}, so that there is time to look"
                            + " at the page.")
    private Double seconds;

    @Option(
            names = "--clients",
            paramLabel = "N",
            defaultValue = "4",
            description = "Run this many clients. Default: ${DEFAULT-VALUE}.")
    private int count;

    @Mixin
    private final MonitorOptions page = new MonitorOptions();

    @Option(names = "--json", description = "Print the figures as a JSON object instead of the table.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    private final Console console;

    @SuppressWarnings("NullAway.Init") // picocli sets the rest
    DemoCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Checks.range(spec, "--clients", count, 1, 10_000);
        long limit = Checks.nanos(spec, "--seconds", seconds);
        page.check(spec);
        page.showAnyway();
        StreamSocketDriverConfig config = StreamSocketDriverConfig.builder()
                .maxConnections(count + 1)
                .maxConnectionsPerRemoteIp(0) // all are this program's own
                .connectsPerSecondPerRemoteIp(0)
                .maxPacketSize(PacketSource.MAX_SIZE)
                .visibility(Visibility.named("server"))
                .build();
        EchoServer server = EchoServer.echo(config, new DisconnectLog(console.err(), EventLog.Style.UNUSUAL));
        Clients clients = new Clients();
        try (server;
                clients) {
            InetAddress loopback = InetAddress.getLoopbackAddress();
            server.listen(loopback, 0, TlsFiles.NONE);
            HostPort address = HostPort.of(loopback, server.port());
            console.err()
                    .printf(
                            Locale.ROOT,
                            "%d clients, others that come and go, and a server on %s, one thread polls them all%n",
                            count,
                            address);
            PacketSource source = PacketSource.ofManySizes();
            EchoClient.Plan plan = new EchoClient.Plan(Long.MAX_VALUE, 0, EchoClient.WINDOW, PATIENCE);
            for (int i = 0; i < count; i++) {
                clients.add(new EchoClient(Destination.plain(address), i, plan, source, clients.roundTrips()));
            }
            Visitors visitors = new Visitors(Destination.plain(address), source, PATIENCE);
            return run(new Parts(server, clients, visitors), limit);
        }
    }

    /** What is polled by one thread, but for the carrier. */
    private record Parts(EchoServer server, Clients clients, Visitors visitors) {

        int turn(long now) {
            return server.turn() + clients.turn() + visitors.turn(now);
        }

        void stopSending() {
            clients.stopSending();
            visitors.stopSending();
        }

        boolean finish() {
            return clients.finish() & visitors.areGone() && server.connections() == 0;
        }

        boolean isHealthy(long now) {
            return !clients.isStalled(now) && clients.failed() == null && visitors.isHealthy(now);
        }

        long sent() {
            return clients.sum(Client::sent) + visitors.sent();
        }

        long received() {
            return clients.received() + visitors.received();
        }

        long mismatched() {
            return clients.sum(Client::mismatched) + visitors.mismatched();
        }
    }

    private int run(Parts parts, long limit) {
        CarrierDemo carrier = new CarrierDemo(console);
        Monitor monitor = page.start(spec, console, List.of(parts.server().driver()), List.of(carrier.carrier()));
        try (carrier;
                monitor) {
            console.err().printf(Locale.ROOT, "this takes %s s; Ctrl-C ends it sooner%n", Figures.given(seconds));
            run(parts, carrier, limit);
        }
        boolean intact = isIntact(parts) && carrier.isIntact();
        report(parts, carrier, intact);
        return intact ? 0 : 1;
    }

    private void run(Parts parts, CarrierDemo carrier, long limit) {
        Progress progress = new Progress(console);
        Idle idle = Idle.napping();
        long start = System.nanoTime();
        boolean sending = true;
        boolean healthy = true;
        while (healthy && !(parts.finish() & carrier.finish())) {
            long now = System.nanoTime();
            idle.after(parts.turn(now) + carrier.turn());
            if (sending && (now - start >= limit || console.stop().isRequested())) {
                sending = false;
                parts.stopSending();
                carrier.stopSending();
            }
            if (progress.isDue(now)) {
                progress.show(now, progressLine(parts, carrier, now - start));
            }
            healthy = parts.isHealthy(now) && carrier.isHealthy(now);
        }
        progress.end();
    }

    private static String progressLine(Parts parts, CarrierDemo carrier, long elapsed) {
        return String.format(
                Locale.ROOT,
                "%4.1f s: %,d packets and %,d messages there and back, %d wrong",
                elapsed / 1e9,
                parts.received(),
                carrier.received(),
                parts.mismatched() + carrier.mismatched());
    }

    private boolean isIntact(Parts parts) {
        EchoServer server = parts.server();
        long connections = count + parts.visitors().came();
        return parts.sent() > 0
                && parts.mismatched() == 0
                && parts.received() == parts.sent()
                && server.counter(DriverCounter.PACKETS_IN) == parts.sent()
                && server.counter(DriverCounter.PACKETS_OUT) == parts.sent()
                && isBalanced(server::counter, connections)
                && isBalanced(parts.clients()::counter, count);
    }

    private static boolean isBalanced(ToLongFunction<DriverCounter> side, long connections) {
        return side.applyAsLong(DriverCounter.CONNECTIONS_ESTABLISHED) == connections
                && side.applyAsLong(DriverCounter.DISCONNECTS) == connections;
    }

    private void report(Parts parts, CarrierDemo carrier, boolean intact) {
        EchoServer server = parts.server();
        Clients clients = parts.clients();
        long sent = parts.sent();
        long lost = sent - parts.received();
        long wrong = parts.mismatched();
        if (json) {
            Figures figures = new Figures()
                    .add("sent", sent)
                    .add("received", sent - lost)
                    .add("mismatched", wrong)
                    .add("bytes_in", server.counter(DriverCounter.BYTES_IN))
                    .add("bytes_out", server.counter(DriverCounter.BYTES_OUT))
                    .add("connects", server.counter(DriverCounter.CONNECTIONS_ESTABLISHED))
                    .add("disconnects", server.counter(DriverCounter.DISCONNECTS));
            carrier.addFigures(figures);
            console.say(figures.addPercentiles(
                            "round_trip_us_", clients.roundTrips().fromDue())
                    .json());
            return;
        }
        PrintStream out = console.out();
        out.println("            packets out     packets in        bytes out         bytes in  connects disconnects");
        row("server", server::counter);
        row("clients", clients::counter);
        out.println("round trip in us: "
                + new Figures()
                        .addPercentiles("", clients.roundTrips().fromDue())
                        .text());
        carrier.report();
        console.say(
                intact
                        ? "Every packet came back intact."
                        : "NOT every packet came back intact: " + lost + " lost, " + wrong + " wrong; see the table.");
    }

    private void row(String name, ToLongFunction<DriverCounter> side) {
        console.out()
                .printf(
                        Locale.ROOT,
                        "%-8s %,14d %,14d %,16d %,16d %9d %11d%n",
                        name,
                        side.applyAsLong(DriverCounter.PACKETS_OUT),
                        side.applyAsLong(DriverCounter.PACKETS_IN),
                        side.applyAsLong(DriverCounter.BYTES_OUT),
                        side.applyAsLong(DriverCounter.BYTES_IN),
                        side.applyAsLong(DriverCounter.CONNECTIONS_ESTABLISHED),
                        side.applyAsLong(DriverCounter.DISCONNECTS));
    }
}
