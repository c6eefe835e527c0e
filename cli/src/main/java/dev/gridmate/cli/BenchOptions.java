package dev.gridmate.cli;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** What the user wants measured, and how. */
final class BenchOptions {

    private static final double TICKS_PER_SECOND = 60;

    @Option(
            names = "--workload",
            paramLabel = "NAME",
            defaultValue = "all",
            description = {
                "Measure only this:",
                "ping-pong: the round trip of one packet.",
                "stream: what goes through one connection.",
                "many: one packet on its way on each of many connections.",
                "tick: packets at a fixed rate, as games send them.",
                "all, the default: one after the other; of a sink only stream."
            })
    private String workload;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            converter = Units.Seconds.class,
            defaultValue = "3",
            description = "Measure each for this long. Default: ${DEFAULT-VALUE}.")
    private Double seconds;

    @Option(
            names = "--warmup",
            paramLabel = "S",
            converter = Units.Seconds.class,
            defaultValue = "1",
            description = "Run each for this long before it is measured; 0 to measure at once. Default:"
                    + " ${DEFAULT-VALUE}.")
    private Double warmup;

    @Option(
            names = "--size",
            paramLabel = "N",
            description = "Bytes of a packet, 1 to 65535. Default: 64; for stream 1024, for tick 200.")
    private @Nullable Integer size;

    @Option(
            names = "--connections",
            paramLabel = "N",
            description = "Use this many connections, for many and tick. Default: 100 for many, 10 for tick.")
    private @Nullable Integer connections;

    @Option(
            names = "--rate",
            paramLabel = "N/s",
            converter = Rate.Converter.class,
            description = "Send this many packets per second on each connection, for tick; N/s, or N with Hz."
                    + " Default: 60/s.")
    private @Nullable Rate rate;

    @Option(
            names = "--window",
            paramLabel = "BYTES",
            description = "Have at most this many bytes on the way on a connection, for stream and tick. More is faster"
                    + " over a long way, if the server buffers it. Default: " + EchoClient.WINDOW + ".")
    private @Nullable Integer window;

    @Option(
            names = "--timeout",
            paramLabel = "S",
            converter = Units.Seconds.class,
            defaultValue = "10",
            description = "Give up when the connection, or an echo, takes longer. Default: ${DEFAULT-VALUE} seconds.")
    private Double timeout;

    @Option(names = "--json", description = "Print the figures as a JSON object.")
    private boolean json;

    @SuppressWarnings("NullAway.Init") // picocli sets the rest
    BenchOptions() {}

    boolean json() {
        return json;
    }

    List<Workload> workloads() {
        return Workload.parse(workload);
    }

    /** Whether the user asked for one workload, and not for what there is. */
    boolean isOneWorkload() {
        return workloads().size() == 1;
    }

    Duration timeout(CommandSpec command) {
        return Duration.ofNanos(Checks.nanos(command, "--timeout", timeout));
    }

    void check(CommandSpec command) {
        if (workloads().isEmpty()) {
            String known = Workload.labels(Workload.parse("all"));
            throw Checks.wrong(command, "--workload is '" + workload + "', it must be " + known + " or all");
        }
        long unused = Checks.nanos(command, "--seconds", seconds);
        if (!(warmup >= 0)) {
            throw Checks.wrong(command, "--warmup is " + warmup + ", it must be 0 or above");
        }
        unused = warmupNanos(command);
        unused = timeout(command).toNanos();
        Checks.range(command, "--size", size == null ? 1 : size, 1, PacketSource.MAX_SIZE);
        Checks.range(command, "--connections", connections == null ? 1 : connections, 1, 100_000);
        Checks.range(command, "--window", window == null ? 1 : window, 1, 1 << 28);
        if (isOneWorkload()) {
            Workload only = workloads().get(0);
            given(command, "--connections", connections, only.hasManyConnections(), "many and tick");
            given(command, "--rate", rate, only == Workload.TICK, "tick");
            given(command, "--window", window, hasWindow(only), "stream and tick");
        }
    }

    private static void given(CommandSpec command, String option, @Nullable Object value, boolean fits, String what) {
        if (value != null && !fits) {
            throw Checks.wrong(command, option + " is for --workload " + what);
        }
    }

    private static boolean hasWindow(Workload workload) {
        return workload == Workload.STREAM || workload == Workload.TICK;
    }

    private long warmupNanos(CommandSpec command) {
        return warmup == 0 ? 0 : Checks.nanos(command, "--warmup", warmup);
    }

    BenchPlan plan(CommandSpec command, Workload workload, boolean isSink) {
        double pace = rate == null ? TICKS_PER_SECOND : rate.perSecond();
        int most = window == null ? EchoClient.WINDOW : window;
        return new BenchPlan(
                workload,
                isSink,
                connections == null || !workload.hasManyConnections() ? workload.connections() : connections,
                size == null ? workload.size() : size,
                workload == Workload.TICK ? pace : 0,
                hasWindow(workload) ? most : BenchPlan.ONE_PACKET,
                warmupNanos(command),
                Checks.nanos(command, "--seconds", seconds),
                timeout(command));
    }
}
