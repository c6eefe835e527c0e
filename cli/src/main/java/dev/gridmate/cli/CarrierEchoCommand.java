package dev.gridmate.cli;

import dev.gridmate.carrier.CarrierCounter;
import dev.gridmate.carrier.NewcomerLimits;
import dev.gridmate.monitor.Monitor;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Serves echoes of messages until it is told to stop. */
@Command(
        name = "carrier-echo",
        description = {
            "A server that sends every message back on its channel, as reliable as it came.",
            "",
            "It prints \"listening on ADDR:PORT\" when it is ready. On Ctrl-C, on SIGTERM or at the time limit it tells its"
                    + " peers that it shuts down, and prints a line of counters."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  gridmate carrier-echo                        UDP, this machine, port 2018",
            "  gridmate carrier-echo --tcp --bind 0.0.0.0   TCP, for everybody",
            "  gridmate carrier-echo --tcp --max-packet 1500   for peers with such packets",
            "  gridmate carrier-echo --clock-sync 1000      its clock is everybody's",
            "  gridmate carrier-echo --monitor 9400         with a page on http://127.0.0.1:9400/",
            "  gridmate carrier-echo --seconds 60 --json    stop by itself, counters as JSON"
        },
        exitCodeListHeading = Main.EXIT_CODES,
        exitCodeList = {"0:it served, and was told to stop", Main.EXIT_1, Main.EXIT_2})
final class CarrierEchoCommand implements Callable<Integer> {

    private static final int DAY = 86_400_000;
    private static final int MOST_CONNECTS = 1_000_000;

    @Mixin
    private final CarrierOptions carrier = new CarrierOptions();

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "2018",
            description = "Listen on this port; 0: the system chooses. Default: ${DEFAULT-VALUE}.")
    private int port;

    @Mixin
    private final ServerOptions options = new ServerOptions();

    @Option(
            names = "--clock-sync",
            paramLabel = "MS",
            converter = Units.Milliseconds.class,
            description = "Run the clock that all peers follow, and tell them the time this often, in milliseconds.")
    private @Nullable Integer clockSync;

    @Mixin
    private final PerAddressOptions perAddress = new PerAddressOptions();

    @Mixin
    private final TlsServerOptions tls = new TlsServerOptions();

    @Spec
    private CommandSpec spec;

    private final Console console;

    @SuppressWarnings("NullAway.Init") // picocli sets the spec
    CarrierEchoCommand(Console console) {
        this.console = console;
    }

    private NewcomerLimits newcomers(InetAddress bind) {
        NewcomerLimits defaults = NewcomerLimits.DEFAULTS;
        return defaults.withMaxConnectionsPerRemoteIp(
                        perAddress.connections(spec, bind, defaults.maxConnectionsPerRemoteIp()))
                .withConnectsPerSecondPerRemoteIp(perAddress.connectsPerSecond(
                        spec, bind, MOST_CONNECTS, defaults.connectsPerSecondPerRemoteIp()));
    }

    @Override
    public Integer call() {
        carrier.check(spec);
        options.check(spec, port);
        carrier.tls(spec, tls.config(spec), tls.files());
        if (clockSync != null) {
            Checks.range(spec, "--clock-sync", clockSync, 1, DAY);
        }
        CarrierLog log = new CarrierLog(console.err(), options.style());
        InetAddress ip = options.bindAddress();
        CarrierEcho server = new CarrierEcho(carrier, ip, port, options.maxConnections(), newcomers(ip), log);
        try (server) {
            if (clockSync != null) {
                server.startClockSync(clockSync);
            }
            console.stop().wakeWith(server::wake);
            StatsLines lines = options.stats(spec, server.carrier(), log);
            try (lines) { // also if there can be no page
                Monitor page = options.monitor(spec, console, List.of(server.driver()), List.of(server.carrier()));
                try (page) {
                    console.say("listening on " + HostPort.text(ip, server.port()));
                    options.serve(spec, console, log, server::turn, server::waitForData);
                }
            }
        }
        log.end();
        options.report(
                console,
                new Figures()
                        .addCounters(CarrierCounter.values(), server::counter)
                        .add("echoes_dropped", server.dropped()));
        return 0;
    }
}
