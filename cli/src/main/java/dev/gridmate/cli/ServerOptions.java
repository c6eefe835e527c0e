package dev.gridmate.cli;

import dev.gridmate.carrier.Carrier;
import dev.gridmate.driver.Driver;
import dev.gridmate.monitor.Monitor;
import dev.gridmate.snapshot.SnapshotSource;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/**
 * What the commands that serve have in common: options, the loop, and the line of counters at the
 * end.
 */
final class ServerOptions {

    // Nothing is due while everybody is quiet: whatever happens, and a signal too, ends the wait.
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

    @Option(
            names = "--bind",
            paramLabel = "ADDR",
            defaultValue = "127.0.0.1",
            description = {
                "Listen on this address of this machine, or its name. 0.0.0.0 is every IPv4 address, :: every address."
                        + " Default: ${DEFAULT-VALUE}, which only this machine reaches."
            })
    private String bind = "";

    @Option(
            names = "--max-connections",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Have at most this many connections; who comes beyond is refused. Default: ${DEFAULT-VALUE}.")
    private int maxConnections;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            converter = Units.Seconds.class,
            description = "Stop after this time. Default: serve until stopped.")
    private @Nullable Double seconds;

    @Option(names = "--json", description = "Print the counters as a JSON object.")
    private boolean json;

    @Option(
            names = "--verbose",
            description = "Log every connect and disconnect on standard error, not only what is unusual.")
    private boolean verbose;

    @Option(
            names = "--no-log-time",
            description = "Begin the lines on standard error without the time, for a journal that writes its own.")
    private boolean noLogTime;

    @Option(
            names = "--stats",
            paramLabel = "S",
            converter = Units.Seconds.class,
            description = "Print a line of rates, and the connection with most bytes waiting, on standard error this"
                    + " often. SIGUSR1 has it printed once, and so has Ctrl-T where it is SIGINFO.")
    private @Nullable Double stats;

    @Mixin
    private final MonitorOptions page = new MonitorOptions();

    void check(CommandSpec command, int port) {
        page.check(command);
        Checks.range(command, "--port", port, 0, 65_535);
        Checks.range(command, "--max-connections", maxConnections, 1, Integer.MAX_VALUE);
        long unused = Checks.nanos(command, "--seconds", seconds);
        unused = Checks.nanos(command, "--stats", stats);
    }

    InetAddress bindAddress() {
        return HostPort.lookUp(bind);
    }

    int maxConnections() {
        return maxConnections;
    }

    EventLog.Style style() {
        return new EventLog.Style(verbose, !noLogTime);
    }

    /** Starts the page, if asked to. */
    @Nullable
    Monitor monitor(CommandSpec command, Console console, List<Driver> drivers, List<Carrier> carriers) {
        return page.start(command, console, drivers, carriers);
    }

    /** Begins to print lines of rates, if asked to, or when a signal asks. */
    StatsLines stats(CommandSpec command, SnapshotSource<?> source, EventLog log) {
        return new StatsLines(source, log, Checks.nanos(command, "--stats", stats));
    }

    /** Serves until it is told to stop, or the time is over. */
    void serve(CommandSpec command, Console console, EventLog log, IntSupplier turn, Consumer<Duration> waiting) {
        long limit = Checks.nanos(command, "--seconds", seconds);
        long start = System.nanoTime();
        long elapsed = 0;
        while (!console.stop().isRequested() && elapsed < limit) {
            if (turn.getAsInt() == 0) {
                waiting.accept(Duration.ofNanos(Math.min(LONGEST_WAIT.toNanos(), limit - elapsed)));
            }
            long now = System.nanoTime();
            elapsed = now - start;
            log.turn(now);
        }
    }

    void report(Console console, Figures figures) {
        console.say(json ? figures.json() : figures.text());
    }
}
