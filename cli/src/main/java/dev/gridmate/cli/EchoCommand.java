package dev.gridmate.cli;

import dev.gridmate.driver.DriverCounter;
import dev.gridmate.driver.StreamSocketDriverConfig;
import dev.gridmate.driver.TlsConfig;
import dev.gridmate.monitor.Monitor;
import dev.gridmate.snapshot.Visibility;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Serves echoes until it is told to stop. */
@Command(
        name = "echo",
        description = {
            "A server that sends every packet back to who sent it, or with --sink only takes them.",
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
            "  gridmate echo --seconds 60 --json    stop by itself, counters as JSON",
            "  gridmate echo --stats 5s             say every 5 s how it goes",
            "  gridmate echo --monitor 9400         with a page on http://127.0.0.1:9400/",
            "  gridmate echo --sink --poll          for gridmate bench",
            "  gridmate echo --tls-cert server.pem --tls-key server-key.pem"
        },
        exitCodeListHeading = Main.EXIT_CODES,
        exitCodeList = {"0:it served, and was told to stop", Main.EXIT_1, Main.EXIT_2})
final class EchoCommand implements Callable<Integer> {

    private static final Duration TIME_TO_CLOSE = Duration.ofSeconds(3);

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "2017",
            description = "Listen on this port; 0: the system chooses. Default: ${DEFAULT-VALUE}.")
    private int port;

    @Mixin
    private final ServerOptions options = new ServerOptions();

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

    @Option(
            names = "--sink",
            description = "Take packets and send none back, for gridmate bench to measure one way. The packet \""
                    + Sink.QUESTION
                    + "\" is answered with the numbers of packets and bytes that its connection brought.")
    private boolean sink;

    @Option(
            names = "--poll",
            description = "Ask the sockets all the time instead of waiting for them. Round trips become shorter, and a"
                    + " core is always busy.")
    private boolean poll;

    @Mixin
    private final LimitOptions limits = new LimitOptions();

    @Mixin
    private final TlsServerOptions tls = new TlsServerOptions();

    @Spec
    private CommandSpec spec;

    private final Console console;
    private long handshakesFailed;

    @SuppressWarnings("NullAway.Init") // picocli sets the spec
    EchoCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        StreamSocketDriverConfig config = config();
        DisconnectLog log = new DisconnectLog(console.err(), options.style());
        EchoServer server = sink ? EchoServer.sink(config, log) : EchoServer.echo(config, log);
        try (server) {
            InetAddress ip = options.bindAddress();
            server.listen(ip, port, tls.files());
            console.stop().wakeWith(server::wake);
            StatsLines lines = options.stats(spec, server.driver(), log);
            try (lines) { // also if there can be no page
                Monitor page = options.monitor(spec, console, List.of(server.driver()), List.of());
                try (page) {
                    console.say("listening on " + HostPort.text(ip, server.port()));
                    Idle idle = Idle.polling();
                    Consumer<Duration> waiting = poll ? wait -> idle.after(0) : server::waitForData;
                    options.serve(spec, console, log, () -> turn(server, log), waiting);
                }
            }
            closeInOrder(server, log);
        }
        log.end();
        options.report(console, new Figures().addCounters(DriverCounter.values(), server::counter));
        return 0;
    }

    private StreamSocketDriverConfig config() {
        int packet = maxPacket == null ? Math.min(PacketSource.MAX_SIZE, outbound) : maxPacket;
        int largestBuffer = StreamSocketDriverConfig.Builder.MAX_BUFFER_SIZE;
        options.check(spec, port);
        Checks.range(spec, "--inbound", inbound, 1, largestBuffer);
        Checks.range(spec, "--outbound", outbound, 1, largestBuffer);
        Checks.range(spec, "--max-packet", packet, 1, PacketSource.MAX_SIZE);
        if (packet > outbound) {
            throw Checks.wrong(
                    spec,
                    "--max-packet " + packet + " does not fit into --outbound " + outbound + ": raise the one or lower"
                            + " the other");
        }
        StreamSocketDriverConfig.Builder config = StreamSocketDriverConfig.builder()
                .maxConnections(options.maxConnections())
                .maxPacketSize(packet)
                .inboundBufferSize(inbound)
                .outboundBufferSize(outbound)
                .visibility(Visibility.named("echo"));
        limits.apply(spec, options.bindAddress(), config);
        TlsConfig secure = tls.config(spec, limits);
        return secure == null ? config.build() : config.tls(secure).build();
    }

    private int turn(EchoServer server, DisconnectLog log) {
        int work = server.turn();
        long failed = server.counter(DriverCounter.TLS_HANDSHAKES_FAILED);
        if (failed != handshakesFailed) {
            handshakesFailed = failed;
            log.unusual("TLS: " + server.lastError());
        }
        return work;
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
}
