package dev.gridmate.cli;

import dev.gridmate.monitor.Monitor;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Measures what there is between two machines. */
@Command(
        name = "bench",
        description = {
            "Measures round trips and throughput against gridmate echo on another machine, or on this one.",
            "",
            "Against gridmate echo --sink it measures one way: the server says how much it took. Round trips are counted"
                    + " from when a packet was due where packets leave at a rate, so that a stall counts for all that it"
                    + " kept from leaving; otherwise from when it left, with nothing corrected. This program asks its"
                    + " sockets all the time; the server does so with gridmate echo --poll."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  gridmate bench 192.168.0.7:2017",
            "  gridmate bench 192.168.0.7:2017 --workload ping-pong --seconds 30",
            "  gridmate bench 192.168.0.7:2017 --workload tick --rate 30/s --connections 64",
            "  gridmate bench 192.168.0.7:2017 --json"
        },
        exitCodeListHeading = Main.EXIT_CODES,
        exitCodeList = {
            "0:it measured, or was told to stop",
            "1:it could not measure, or not to the end: a line on standard error says why",
            Main.EXIT_2
        })
final class BenchCommand implements Callable<Integer> {

    @Mixin
    private final Target target = new Target();

    @Mixin
    private final BenchOptions options = new BenchOptions();

    @Mixin
    private final MonitorOptions page = new MonitorOptions();

    @Mixin
    private final TlsClientOptions tls = new TlsClientOptions();

    @Spec
    private CommandSpec spec;

    private final Console console;
    private final Figures figures = new Figures();

    @SuppressWarnings("NullAway.Init") // picocli sets the spec
    BenchCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        options.check(spec);
        page.check(spec);
        Destination destination = tls.destination(spec, console, target.to());
        Probe probe = probe(destination);
        if (probe.kind() == null) {
            console.err().println("stopped before anything was measured");
            return 0;
        }
        boolean isSink = probe.kind() == Probe.Kind.SINK;
        boolean isHere = isThisMachine(probe.address());
        figures.add("target", target.to().toString())
                .add("server", isSink ? "sink" : "echo")
                .add("same_machine", isHere)
                .add("tls", destination.tls() != null);
        boolean measured;
        try {
            measured = measure(destination, workloads(isSink), isSink);
        } finally {
            if (options.json()) {
                console.say(figures.json());
            }
        }
        if (measured && !options.json()) {
            explain(isSink, isHere, destination.tls() != null);
        }
        return 0;
    }

    /**
     * Finds out what kind of server there is, an echo or a sink, unless the user has no patience.
     */
    private Probe probe(Destination destination) {
        try (Clients clients = new Clients()) {
            Probe probe = new Probe(destination, options.timeout(spec));
            clients.add(probe);
            String problem = Exchange.run(
                    console,
                    clients,
                    Idle.napping(),
                    now -> "asking what server it is",
                    now -> probe.kind() != null
                            ? null
                            : clients.problem(
                                    target.to(),
                                    now,
                                    () -> "0 packets",
                                    () -> "no answer from " + target.to() + " within "
                                            + options.timeout(spec).toMillis() / 1e3
                                            + " s: is it a gridmate echo?"));
            if (probe.kind() == Probe.Kind.OTHER) {
                throw new Failure(target.to() + " sends back something else than was sent: it is not a gridmate echo");
            }
            if (problem != null && !console.stop().isRequested()) {
                throw new Failure(problem);
            }
            return probe;
        }
    }

    private List<Workload> workloads(boolean isSink) {
        if (!isSink || options.workloads().equals(List.of(Workload.STREAM))) {
            return options.workloads();
        }
        if (options.isOneWorkload()) {
            throw new Failure(target.to() + " is a sink, which sends nothing back: it is for --workload stream;"
                    + " start gridmate echo without --sink");
        }
        return List.of(Workload.STREAM);
    }

    /** Returns whether anything was. */
    private boolean measure(Destination destination, List<Workload> workloads, boolean isSink) {
        List<Workload> left = new ArrayList<>(workloads);
        boolean measured = false;
        while (!left.isEmpty() && !console.stop().isRequested()) {
            Workload workload = left.get(0);
            String problem;
            BenchResult result;
            try (BenchRun run = new BenchRun(options.plan(spec, workload, isSink))) {
                run.connect(destination);
                Monitor monitor = page.start(spec, console, run.drivers(), List.of());
                try (monitor) {
                    problem = Exchange.run(
                            console, run, Idle.polling(), run::progressLine, now -> run.problem(target.to(), now));
                }
                result = run.result();
            }
            if (result != null) {
                measured = true;
                report(workload, result);
            }
            if (result == null || !result.complete()) {
                console.err().println(workload.label() + " was " + (result == null ? "not measured" : "cut short"));
            }
            left.remove(0);
            if (problem != null) {
                sayNotMeasured(left);
                throw new Failure(problem);
            }
            if (result != null && result.mismatched() > 0) {
                throw new Failure(result.mismatched() + " packets came that should not have: is " + target.to()
                        + " a gridmate echo?");
            }
        }
        sayNotMeasured(left);
        return measured;
    }

    private void sayNotMeasured(List<Workload> left) {
        if (!left.isEmpty()) {
            console.err().println("not measured: " + Workload.labels(left));
        }
    }

    private void report(Workload workload, BenchResult result) {
        if (options.json()) {
            figures.add(workload.key(), result.figures());
        } else {
            result.text(console.screen()).forEach(console.out()::println);
            console.out().flush();
        }
    }

    private void explain(boolean isSink, boolean isHere, boolean isSecure) {
        console.out()
                .println(
                        isSink
                                ? "Measured: what the server's program took out of a TCP connection, as it says itself."
                                : "Measured: from before a packet goes to this program's driver until its echo is\n"
                                        + "compared, over TCP.");
        console.out()
                .println("Not measured: what a server would do with the packets" + (isSecure ? "" : "; TLS")
                        + ". Other programs on\neither machine were not kept away.");
        if (isSink && !options.isOneWorkload()) {
            console.out().println("ping-pong, many and tick need a server that sends back: gridmate echo alone.");
        }
        if (isHere) {
            console.out()
                    .println(target.to() + " is this machine: both programs share its cores, and the\n"
                            + "figures say nothing about a network.");
        }
        console.out().flush();
    }

    private static boolean isThisMachine(InetAddress ip) {
        try {
            return ip.isLoopbackAddress() || NetworkInterface.getByInetAddress(ip) != null;
        } catch (SocketException e) {
            return false; // nothing is claimed
        }
    }
}
