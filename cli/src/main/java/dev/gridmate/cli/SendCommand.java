package dev.gridmate.cli;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Sends packets to an echo server and checks what comes back. */
@Command(
        name = "send",
        description = {
            "Sends packets to an echo server, and checks that each comes back, byte by byte and in order.",
            "",
            "It prints how many were sent, received and wrong, and how long a round trip took. Without --rate it sends as"
                    + " fast as echoes come back, so that round trips include waiting in line; with --rate the time of a"
                    + " packet runs from when it was due."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  gridmate send 127.0.0.1:2017",
            "  gridmate send [::1]:2017 --count 100000 --size 1-65535 --connections 8",
            "  gridmate send game.example.org:2017 --rate 60/s --size 200 --count 600"
        },
        exitCodeListHeading = Main.EXIT_CODES,
        exitCodeList = {
            "0:every packet came back intact",
            "1:a packet was lost or wrong, or there was no connection: a line on standard error says more",
            Main.EXIT_2
        })
final class SendCommand implements Callable<Integer> {

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "10000",
            description =
                    "Send this many packets, over all connections together, as --rate too. Default: ${DEFAULT-VALUE}.")
    private long count;

    @Mixin
    private final SendOptions options = new SendOptions();

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "1",
            description = "Use this many connections. Default: ${DEFAULT-VALUE}.")
    private int connections;

    @Option(
            names = "--timeout",
            paramLabel = "S",
            converter = Units.Seconds.class,
            defaultValue = "10",
            description = "Give up when the connection, or an echo, takes longer. Default: ${DEFAULT-VALUE} seconds.")
    private Double timeout;

    @Mixin
    private final TlsClientOptions tls = new TlsClientOptions();

    @Spec
    private CommandSpec spec;

    private final Console console;

    @SuppressWarnings("NullAway.Init") // picocli sets the rest
    SendCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Checks.range(spec, "--count", count, 1, Long.MAX_VALUE);
        Checks.range(spec, "--connections", connections, 1, 100_000);
        options.check(spec);
        Duration patience = Duration.ofNanos(Checks.nanos(spec, "--timeout", timeout));
        Destination destination = tls.destination(spec, console, options.to());
        try (Clients clients = new Clients()) {
            long start = System.nanoTime();
            connect(clients, destination, patience);
            String problem = Exchange.run(console, clients, count, "packets", now -> problem(clients, now));
            if (clients.isAnyEstablished()) {
                clients.tellTls(console);
                report(clients, System.nanoTime() - start);
            }
            if (problem != null) {
                throw new Failure(problem);
            }
            if (clients.sum(Client::sent) < count) {
                console.err().println("stopped after " + clients.sum(Client::sent) + " of " + count + " packets");
            }
            boolean intact = clients.sum(Client::sent) == clients.received() && clients.sum(Client::mismatched) == 0;
            return intact ? 0 : 1;
        }
    }

    private void connect(Clients clients, Destination destination, Duration patience) {
        PacketSource source = PacketSource.ofRange(options.size(), PacketSource.SEED);
        for (int i = 0; i < connections; i++) {
            long share = count / connections + (i < count % connections ? 1 : 0);
            double pace = options.nanosBetween() * connections;
            EchoClient.Plan plan = new EchoClient.Plan(share, pace, options.window(EchoClient.WINDOW), patience);
            clients.add(new EchoClient(destination, i, plan, source, clients.roundTrips()));
        }
    }

    private @Nullable String problem(Clients clients, long now) {
        Supplier<String> came = () -> clients.received() + " of " + count + " packets";
        return clients.problem(
                options.to(),
                now,
                came,
                () -> "no echo for " + timeout + " s after " + came.get() + ": is " + options.to()
                        + " an echo server?");
    }

    private void report(Clients clients, long nanos) {
        Figures counts = new Figures()
                .add("sent", clients.sum(Client::sent))
                .add("received", clients.received())
                .add("mismatched", clients.sum(Client::mismatched));
        options.report(
                console,
                counts,
                new Figures(),
                clients.roundTrips().fromDue(),
                clients.sum(Client::bytes),
                nanos,
                "packets");
    }
}
