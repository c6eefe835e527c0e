package dev.gridmate.cli;

import dev.gridmate.driver.DriverCounter;
import dev.gridmate.driver.StreamSocketDriverConfig;
import java.io.PrintStream;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.ToLongFunction;
import picocli.CommandLine.Command;
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
                    + " sends back. Then a carrier sends messages on channels, reliable ones and others, over UDP on a"
                    + " simulated bad network: all reliable ones come back, and none is wrong."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {"  gridmate demo", "  gridmate demo --seconds 60 --clients 100"},
        exitCodeListHeading = Main.EXIT_CODES,
        exitCodeList = {
            "0:every packet and every reliable message came back intact, and all connections were closed in order",
            "1:something was lost or wrong: the table shows what",
            Main.EXIT_2
        })
final class DemoCommand implements Callable<Integer> {

    // The echoes that never come are waited for too, which takes about a second.
    private static final double SHARE_OF_STREAM = 0.6;
    private static final double SHARE_OF_CARRIER = 0.2;

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Option(
            names = "--seconds",
            paramLabel = "S",
            converter = Units.Seconds.class,
            defaultValue = "5",
            description = "Send for about this long. Default: ${DEFAULT-VALUE}.")
    private Double seconds;

    @Option(
            names = "--clients",
            paramLabel = "N",
            defaultValue = "4",
            description = "Run this many clients. Default: ${DEFAULT-VALUE}.")
    private int count;

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
        StreamSocketDriverConfig config = StreamSocketDriverConfig.builder()
                .maxConnections(count)
                .maxConnectionsPerRemoteIp(0) // all are this program's own
                .connectsPerSecondPerRemoteIp(0)
                .maxPacketSize(PacketSource.MAX_SIZE)
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
                            "%d clients and a server on %s, one thread polls them all for %.1f s%n",
                            count,
                            address,
                            seconds * SHARE_OF_STREAM);
            PacketSource source = PacketSource.ofManySizes();
            EchoClient.Plan plan = new EchoClient.Plan(Long.MAX_VALUE, 0, EchoClient.WINDOW, PATIENCE);
            for (int i = 0; i < count; i++) {
                clients.add(new EchoClient(Destination.plain(address), i, plan, source, clients.roundTrips()));
            }
            run(server, clients, (long) (limit * SHARE_OF_STREAM));
        }
        CarrierDemo carrier = new CarrierDemo(console);
        try (carrier) {
            carrier.run((long) (limit * SHARE_OF_CARRIER));
        }
        boolean intact = isIntact(server, clients) && carrier.isIntact();
        report(server, clients, carrier, intact);
        return intact ? 0 : 1;
    }

    private void run(EchoServer server, Clients clients, long limit) {
        Progress progress = new Progress(console);
        Idle idle = Idle.napping();
        long start = System.nanoTime();
        boolean sending = true;
        boolean healthy = true;
        while (healthy && !(clients.finish() && server.connections() == 0)) {
            idle.after(server.turn() + clients.turn());
            long now = System.nanoTime();
            if (sending && (now - start >= limit || console.stop().isRequested())) {
                sending = false;
                clients.stopSending();
            }
            if (progress.isDue(now)) {
                progress.show(now, progressLine(clients, now - start));
            }
            healthy = !clients.isStalled(now) && clients.failed() == null;
        }
        progress.end();
    }

    private static String progressLine(Clients clients, long elapsed) {
        long received = clients.sum(Client::received);
        return String.format(
                Locale.ROOT,
                "%4.1f s: %,d packets there and back, %,.0f per second, %d wrong",
                elapsed / 1e9,
                received,
                received * 1e9 / elapsed,
                clients.sum(Client::mismatched));
    }

    private boolean isIntact(EchoServer server, Clients clients) {
        long sent = clients.sum(Client::sent);
        return sent > 0
                && clients.sum(Client::mismatched) == 0
                && clients.sum(Client::received) == sent
                && server.counter(DriverCounter.PACKETS_IN) == sent
                && server.counter(DriverCounter.PACKETS_OUT) == sent
                && isBalanced(server::counter)
                && isBalanced(clients::counter);
    }

    private boolean isBalanced(ToLongFunction<DriverCounter> side) {
        return side.applyAsLong(DriverCounter.CONNECTIONS_ESTABLISHED) == count
                && side.applyAsLong(DriverCounter.DISCONNECTS) == count;
    }

    private void report(EchoServer server, Clients clients, CarrierDemo carrier, boolean intact) {
        long sent = clients.sum(Client::sent);
        long lost = sent - clients.sum(Client::received);
        long wrong = clients.sum(Client::mismatched);
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
