package dev.gridmate.cli;

import dev.gridmate.driver.DriverCounter;
import dev.gridmate.driver.StreamSocketDriverConfig;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Serves echoes until it is told to stop. */
@Command(
        name = "echo",
        description = {
            "A server that sends every packet back to who sent it.",
            "",
            "It prints \"listening on ADDR:PORT\" when it is ready. On Ctrl-C, on SIGTERM or at the time limit it sends"
                    + " what it has accepted, closes its connections in order and prints a line of counters."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  gridmate echo                        on this machine only, port 2017",
            "  gridmate echo --bind 0.0.0.0         for everybody",
            "  gridmate echo --bind ::1 --port 0    IPv6, any free port",
            "  gridmate echo --seconds 60 --json    stop by itself, counters as JSON"
        },
        exitCodeListHeading = Main.EXIT_CODES,
        exitCodeList = {"0:it served, and was told to stop", Main.EXIT_1, Main.EXIT_2})
final class EchoCommand implements Callable<Integer> {

    // Nothing is due while everybody is quiet: whatever happens, and a signal too, ends the wait.
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
    private static final Duration TIME_TO_CLOSE = Duration.ofSeconds(3);

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
            names = "--port",
            paramLabel = "N",
            defaultValue = "2017",
            description = "Listen on this port; 0: the system chooses. Default: ${DEFAULT-VALUE}.")
    private int port;

    @Option(
            names = "--max-connections",
            paramLabel = "N",
            defaultValue = "10000",
            description =
                    "Have at most this many connections; who comes beyond is disconnected. Default: ${DEFAULT-VALUE}.")
    private int maxConnections;

    @Option(
            names = "--max-packet",
            paramLabel = "N",
            description = "Disconnect who sends a packet of more bytes. Default: 65535, or --outbound if that is less.")
    private @Nullable Integer maxPacket;

    @Option(
            names = "--inbound",
            paramLabel = "N",
            defaultValue = "65536",
            description = "Bytes that a connection may have received and not echoed. Default: ${DEFAULT-VALUE}.")
    private int inbound;

    @Option(
            names = "--outbound",
            paramLabel = "N",
            defaultValue = "1048576",
            description = "Bytes that a connection may have waiting; who does not read, and has more, is disconnected"
                    + " as a slow consumer. Default: ${DEFAULT-VALUE}.")
    private int outbound;

    @Option(names = "--seconds", paramLabel = "S", description = "Stop after this time. Default: serve until stopped.")
    private @Nullable Double seconds;

    @Option(names = "--json", description = "Print the counters as a JSON object.")
    private boolean json;

    @Option(
            names = "--verbose",
            description = "Log every connect and disconnect on standard error, not only what is unusual.")
    private boolean verbose;

    @Spec
    private CommandSpec spec;

    private final Console console;

    @SuppressWarnings("NullAway.Init") // picocli sets the spec
    EchoCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        StreamSocketDriverConfig config = config();
        long limit = Checks.nanos(spec, "--seconds", seconds);
        DisconnectLog log = new DisconnectLog(console.err(), verbose);
        EchoServer server = new EchoServer(config, log);
        try (server) {
            InetAddress ip = HostPort.lookUp(bind);
            server.listen(ip, port);
            console.stop().wakeWith(server::wake);
            console.say("listening on " + HostPort.text(ip, server.port()));
            serve(server, log, limit);
            closeInOrder(server, log);
        }
        log.end();
        Figures counters = counters(server);
        console.say(json ? counters.json() : counters.text());
        return 0;
    }

    private StreamSocketDriverConfig config() {
        int packet = maxPacket == null ? Math.min(PacketSource.MAX_SIZE, outbound) : maxPacket;
        int largestBuffer = StreamSocketDriverConfig.Builder.MAX_BUFFER_SIZE;
        Checks.range(spec, "--port", port, 0, 65_535);
        Checks.range(spec, "--max-connections", maxConnections, 1, Integer.MAX_VALUE);
        Checks.range(spec, "--inbound", inbound, 1, largestBuffer);
        Checks.range(spec, "--outbound", outbound, 1, largestBuffer);
        Checks.range(spec, "--max-packet", packet, 1, PacketSource.MAX_SIZE);
        if (packet > outbound) {
            throw Checks.wrong(
                    spec,
                    "--max-packet " + packet + " does not fit into --outbound " + outbound + ": raise the one or lower"
                            + " the other");
        }
        return StreamSocketDriverConfig.builder()
                .maxConnections(maxConnections)
                .maxPacketSize(packet)
                .inboundBufferSize(inbound)
                .outboundBufferSize(outbound)
                .build();
    }

    private void serve(EchoServer server, DisconnectLog log, long limit) {
        long start = System.nanoTime();
        long elapsed = 0;
        boolean warned = false;
        while (!console.stop().isRequested() && elapsed < limit) {
            if (server.turn() == 0) {
                server.waitForData(Duration.ofNanos(Math.min(LONGEST_WAIT.toNanos(), limit - elapsed)));
            }
            long now = System.nanoTime();
            elapsed = now - start;
            log.turn(now);
            if (!warned && server.counter(DriverCounter.ACCEPT_FAILURES) > 0) {
                warned = true;
                console.err()
                        .println(server.lastError() + ": newcomers wait until a connection ends. Raise the limit with"
                                + " ulimit -n, or lower --max-connections. Said once; accept_failures counts");
            }
        }
    }

    private static void closeInOrder(EchoServer server, DisconnectLog log) {
        server.turn(); // echoes what has arrived
        server.stop();
        long start = System.nanoTime();
        long left = TIME_TO_CLOSE.toNanos();
        while (server.connections() > 0 && left > 0) {
            if (server.turn() == 0) {
                server.waitForData(Duration.ofNanos(left));
            }
            long now = System.nanoTime();
            left = TIME_TO_CLOSE.toNanos() - (now - start);
            log.turn(now);
        }
    }

    private static Figures counters(EchoServer server) {
        Figures figures = new Figures();
        for (DriverCounter counter : DriverCounter.values()) {
            figures.add(counter.name().toLowerCase(Locale.ROOT), server.counter(counter));
        }
        return figures;
    }
}
