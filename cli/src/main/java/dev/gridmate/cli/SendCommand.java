package dev.gridmate.cli;

import dev.gridmate.driver.DisconnectReason;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
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

    private static final long TIME_TO_STOP = TimeUnit.SECONDS.toNanos(2);

    @Parameters(
            index = "0",
            paramLabel = "HOST:PORT",
            converter = HostPort.Converter.class,
            description = "The server; an IPv6 address in brackets.")
    private HostPort to;

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Send this many packets, over all connections together. Default: ${DEFAULT-VALUE}.")
    private long count;

    @Option(
            names = "--size",
            paramLabel = "N|MIN-MAX",
            defaultValue = "64",
            converter = Size.Converter.class,
            description =
                    "Bytes in a packet, 1 to 65535; of a range, all sizes equally often. Default: ${DEFAULT-VALUE}.")
    private Size size;

    @Option(
            names = "--rate",
            paramLabel = "N/s",
            converter = Rate.Converter.class,
            description = "Send this many packets per second, over all connections together. Default: as fast as echoes"
                    + " come back.")
    private @Nullable Rate rate;

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "1",
            description = "Use this many connections. Default: ${DEFAULT-VALUE}.")
    private int connections;

    @Option(
            names = "--window",
            paramLabel = "BYTES",
            defaultValue = "" + EchoClient.WINDOW,
            description =
                    "Have at most this many bytes on the way, for each connection. More is faster over a long way,"
                            + " if the server buffers it. Default: ${DEFAULT-VALUE}.")
    private int window;

    @Option(
            names = "--timeout",
            paramLabel = "S",
            defaultValue = "10",
            description = "Give up when the connection, or an echo, takes longer. Default: ${DEFAULT-VALUE} seconds.")
    private Double timeout;

    @Option(names = "--json", description = "Print the figures as a JSON object.")
    private boolean json;

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
        Checks.range(spec, "--window", window, 1, 1 << 28);
        Duration patience = Duration.ofNanos(Checks.nanos(spec, "--timeout", timeout));
        InetSocketAddress address = to.resolve();
        try (Clients clients = new Clients()) {
            long start = System.nanoTime();
            connect(clients, address, patience);
            String problem = run(clients, start);
            if (clients.isAnyEstablished()) {
                report(clients, System.nanoTime() - start);
            }
            if (problem != null) {
                throw new Failure(problem);
            }
            if (clients.sum(EchoClient::sent) < count) {
                console.err().println("stopped after " + clients.sum(EchoClient::sent) + " of " + count + " packets");
            }
            boolean intact = clients.sum(EchoClient::sent) == clients.sum(EchoClient::received)
                    && clients.sum(EchoClient::mismatched) == 0;
            return intact ? 0 : 1;
        }
    }

    private void connect(Clients clients, InetSocketAddress address, Duration patience) {
        PacketSource source = PacketSource.ofRange(size.smallest(), size.largest());
        for (int i = 0; i < connections; i++) {
            long share = count / connections + (i < count % connections ? 1 : 0);
            double pace = rate == null ? 0 : rate.nanosPerPacket() * connections;
            EchoClient.Plan plan = new EchoClient.Plan(share, pace, window, patience);
            clients.add(new EchoClient(address, i, plan, source, clients.roundTrips()));
        }
    }

    /** Returns what went wrong; null if nothing did. */
    private @Nullable String run(Clients clients, long start) {
        Progress progress = new Progress(console);
        long stopAt = Long.MAX_VALUE;
        String problem = null;
        while (problem == null && !clients.finish()) {
            clients.idle(clients.turn());
            long now = System.nanoTime() - start;
            if (stopAt == Long.MAX_VALUE && console.stop().isRequested()) {
                clients.stopSending();
                stopAt = now + TIME_TO_STOP;
            }
            if (progress.isDue(start + now)) {
                progress.show(start + now, progressLine(clients, now));
            }
            problem = now > stopAt ? "stopped before all echoes came back" : problem(clients, start + now);
        }
        progress.end();
        return problem;
    }

    private String progressLine(Clients clients, long elapsed) {
        long received = clients.sum(EchoClient::received);
        return String.format(
                Locale.ROOT,
                "%,d of %,d packets came back, %,.0f per second",
                received,
                count,
                received * 1e9 / Math.max(1, elapsed));
    }

    private @Nullable String problem(Clients clients, long now) {
        EchoClient failed = clients.failed();
        DisconnectReason reason = failed == null ? null : failed.failure();
        String came = clients.sum(EchoClient::received) + " of " + count + " packets";
        if (failed != null && reason != null) {
            return failed.wasEstablished()
                    ? "connection to " + to + " ended: " + reason + " after " + came
                    : cannotConnect(to, reason);
        }
        return clients.isStalled(now)
                ? "no echo for " + timeout + " s after " + came + ": is " + to + " an echo server?"
                : null;
    }

    static String cannotConnect(HostPort to, DisconnectReason reason) {
        String advice = reason.detail().contains("refused")
                ? "Is a server listening there? Start one with: gridmate echo --port " + to.port()
                : "Check the address, the network and firewalls";
        return "cannot connect to " + to + ": " + reason.detail() + ". " + advice;
    }

    private void report(Clients clients, long nanos) {
        long received = clients.sum(EchoClient::received);
        Figures packets = new Figures()
                .add("sent", clients.sum(EchoClient::sent))
                .add("received", received)
                .add("mismatched", clients.sum(EchoClient::mismatched));
        if (json) {
            packets.add("bytes", clients.sum(EchoClient::bytes))
                    .add("seconds", nanos / 1e9)
                    .add("packets_per_second", received * 1e9 / nanos)
                    .addPercentiles("round_trip_us_", clients.roundTrips());
            console.say(packets.json());
            return;
        }
        console.out().println(packets.text());
        console.out()
                .println("round trip in us: "
                        + new Figures().addPercentiles("", clients.roundTrips()).text());
        console.say(String.format(
                Locale.ROOT,
                "%,d bytes in %.1f s, %,.0f packets per second",
                clients.sum(EchoClient::bytes),
                nanos / 1e9,
                received * 1e9 / nanos));
    }
}
