package dev.gridmate.cli;

import dev.gridmate.carrier.CarrierCounter;
import dev.gridmate.carrier.CarrierDisconnectReason;
import dev.gridmate.carrier.badnet.DefaultSimulator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.function.Function;
import javax.net.ssl.SSLSession;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Sends messages to a carrier that echoes, and checks what comes back. */
@Command(
        name = "carrier-send",
        description = {
            "Sends messages to carrier-echo, and checks that each comes back on its channel, byte by byte, in order and once.",
            "",
            "It prints how many were sent, received and wrong, how long a round trip took, and what that took in datagrams."
                    + " Without --rate it sends as fast as echoes come back, so that round trips include waiting in"
                    + " line; with --rate the time of a message runs from when it was due."
                    + " clock_ahead_ms is how far the shared clock, which a server runs with --clock-sync, is ahead of"
                    + " this program's own."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  gridmate carrier-send 127.0.0.1:2018",
            "  gridmate carrier-send 127.0.0.1:2018 --loss 25 --latency 50 --channel all",
            "  gridmate carrier-send game.example.org:2018 --unreliable --rate 60/s",
            "  gridmate carrier-send [::1]:2018 --tcp --size 1-65535"
        },
        exitCodeListHeading = Main.EXIT_CODES,
        exitCodeList = {
            "0:every reliable message came back, and none was wrong",
            "1:a message was lost or wrong, or there was no connection: a line on standard error says more",
            Main.EXIT_2
        })
final class CarrierSendCommand implements Callable<Integer> {

    private static final int SECONDS_TO_CONNECT = 5;
    private static final int SECONDS_TO_ECHO = 10;

    /**
     * A datagram that is not acknowledged within a second counts as lost: with longer round trips
     * every one would.
     */
    private static final int MAX_LATENCY = 1000;

    @Mixin
    private final CarrierOptions carrier = new CarrierOptions();

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Send this many messages. Default: ${DEFAULT-VALUE}.")
    private long count;

    @Mixin
    private final SendOptions options = new SendOptions();

    @Option(
            names = "--channel",
            paramLabel = "0|1|2|all",
            defaultValue = "0",
            converter = Channel.class,
            description = "Send on this channel; all: on the three in turn. Default: ${DEFAULT-VALUE}.")
    private int channel;

    @Option(
            names = "--unreliable",
            description = "Send unreliable messages; those that do not fit one datagram are reliable all the same.")
    private boolean unreliable;

    @Option(
            names = "--loss",
            paramLabel = "P",
            converter = Units.Percent.class,
            description = "Simulate a network that loses this many of 100 datagrams, each way: 5 or 5%%. 0 to 100.")
    private @Nullable Double loss;

    @Option(
            names = "--latency",
            paramLabel = "MS",
            converter = Units.Milliseconds.class,
            description = "Simulate a network on which a datagram takes this long, each way. 0 to 1000 milliseconds.")
    private @Nullable Integer latency;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Draw contents, sizes and losses from this number. Default: another one each time, which is"
                    + " printed.")
    private @Nullable Long seed;

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "Use this many connections; --count and --rate are of all together. Default: ${DEFAULT-VALUE}.")
    private int connections;

    @Option(
            names = "--timeout",
            paramLabel = "S",
            converter = Units.Seconds.class,
            description = "Give up when connecting, or the echo of a reliable message, takes longer. Default: 5 s for"
                    + " the first, 10 s for the second.")
    private @Nullable Double timeout;

    @Mixin
    private final TlsClientOptions tls = new TlsClientOptions();

    @Spec
    private CommandSpec spec;

    private final Console console;

    @SuppressWarnings("NullAway.Init") // picocli sets the rest
    CarrierSendCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        check();
        long drawnFrom = seed == null ? new SplittableRandom().nextInt(1_000_000) : seed;
        Histogram roundTrips = Figures.histogramOfNanos();
        List<DefaultSimulator> networks = new ArrayList<>();
        try (CarrierClients clients = new CarrierClients()) {
            connect(clients, networks, drawnFrom, roundTrips);
            String problem = Exchange.run(console, clients, count, "messages", now -> problem(clients, now));
            if (clients.isAnyEstablished()) {
                SSLSession session = clients.first().tlsSession();
                if (session != null) {
                    console.err().println("TLS: " + TlsFiles.describe(session));
                }
                Figures counts = new Figures()
                        .add("sent", clients.sum(CarrierClient::sent))
                        .add("received", clients.received())
                        .add("mismatched", clients.sum(CarrierClient::mismatched));
                Figures details = details(clients, networks).add("seed", drawnFrom);
                long bytes = clients.sum(CarrierClient::bytes);
                options.report(console, counts, details, roundTrips, bytes, clients.nanos(), "messages");
            }
            if (problem == null && clients.sum(CarrierClient::sent) > 0 && clients.received() == 0) {
                problem = "no message came back: is " + options.to() + " a carrier-echo?";
            }
            if (problem != null) {
                throw new Failure(problem);
            }
            tellWhatIsOdd(clients);
            return clients.isIntact() ? 0 : 1;
        }
    }

    private void connect(
            CarrierClients clients, List<DefaultSimulator> networks, long drawnFrom, Histogram roundTrips) {
        Destination destination = tls.destination(spec, console, options.to());
        carrier.tls(spec, destination.tls(), destination.files());
        for (int i = 0; i < connections; i++) {
            CarrierClient.Plan plan = new CarrierClient.Plan(
                    count / connections + (i < count % connections ? 1 : 0),
                    options.nanosBetween() * connections,
                    options.window(CarrierClient.WINDOW),
                    channel,
                    unreliable,
                    false,
                    patience(SECONDS_TO_ECHO));
            PacketSource source = PacketSource.ofRange(options.size(), drawnFrom + i);
            DefaultSimulator network = network(drawnFrom + i);
            if (network != null) {
                networks.add(network);
            }
            clients.add(new CarrierClient(
                    carrier, options.to(), patience(SECONDS_TO_CONNECT), plan, source, network, roundTrips));
        }
    }

    private void tellWhatIsOdd(CarrierClients clients) {
        long other = clients.sum(CarrierClient::otherReliability);
        if (other > 0) {
            console.err()
                    .println(other + " came back with another reliability than they were sent with: the server is an"
                            + " echo, but not a carrier-echo of this program");
        }
        long sent = clients.sum(CarrierClient::sent);
        if (sent < count) {
            console.err().println("stopped after " + sent + " of " + count + " messages");
        }
    }

    private void check() {
        carrier.check(spec);
        options.check(spec);
        Checks.range(spec, "--count", count, 1, Long.MAX_VALUE);
        Checks.range(spec, "--connections", connections, 1, 10_000);
        Checks.range(spec, "--latency", latency == null ? 0 : latency, 0, MAX_LATENCY);
        if (loss != null && !(loss >= 0 && loss <= 100)) {
            throw Checks.wrong(spec, "--loss is " + loss + ", it must be 0 to 100");
        }
        long unused = Checks.nanos(spec, "--timeout", timeout);
    }

    private Duration patience(int seconds) {
        return Duration.ofNanos(Checks.nanos(spec, "--timeout", timeout == null ? (double) seconds : timeout));
    }

    private @Nullable DefaultSimulator network(long drawnFrom) {
        return loss == null && latency == null
                ? null
                : network(drawnFrom, loss == null ? 0 : loss / 100, latency == null ? 0 : latency);
    }

    /** Makes a network that treats both ways alike. */
    static DefaultSimulator network(long seed, double loss, int latency) {
        DefaultSimulator network = new DefaultSimulator(seed);
        Duration delay = Duration.ofMillis(latency);
        network.setOutgoingPacketLossRate(loss);
        network.setIncomingPacketLossRate(loss);
        network.setOutgoingLatency(delay, delay);
        network.setIncomingLatency(delay, delay);
        network.enable();
        return network;
    }

    private static Figures details(CarrierClients clients, List<DefaultSimulator> networks) {
        Figures details = new Figures()
                .add("lost", clients.sum(CarrierClient::lost))
                .add("resent", counted(clients, CarrierCounter.MESSAGES_RESENT))
                .add("datagrams_out", counted(clients, CarrierCounter.DATAGRAMS_OUT))
                .add("datagrams_in", counted(clients, CarrierCounter.DATAGRAMS_IN))
                .add("datagrams_lost", counted(clients, CarrierCounter.DATAGRAMS_LOST))
                .add("other_reliability", clients.sum(CarrierClient::otherReliability));
        if (!networks.isEmpty()) {
            details.add("simulated_loss_out", lost(networks, DefaultSimulator::outgoingCounters))
                    .add("simulated_loss_in", lost(networks, DefaultSimulator::incomingCounters));
        }
        return details.add("clock_ahead_ms", clients.first().clockDifference());
    }

    private static long counted(CarrierClients clients, CarrierCounter counter) {
        return clients.sum(client -> client.counter(counter));
    }

    private static long lost(
            List<DefaultSimulator> networks, Function<DefaultSimulator, DefaultSimulator.Counters> way) {
        return networks.stream().mapToLong(network -> way.apply(network).lost()).sum();
    }

    // ------------------------------------------------------------ what went wrong

    private @Nullable String problem(CarrierClients clients, long now) {
        CarrierClient failed = clients.failed();
        CarrierDisconnectReason reason = failed == null ? null : failed.failure();
        if (failed != null && reason != null) {
            return failed.wasEstablished()
                    ? "connection to " + options.to() + " ended: "
                            + failures().ended(reason, failed.driverError(), failed.received() == 0) + " after "
                            + came(clients)
                    : failures().notConnected(reason, failed.driverError());
        }
        if (!clients.isAnyEstablished() && console.stop().isRequested()) {
            return "stopped before the connection to " + options.to() + " stood";
        }
        return clients.isStalled(now)
                ? "no echo for " + seconds(SECONDS_TO_ECHO) + " s after " + came(clients) + ": is " + options.to()
                        + " a carrier-echo with the same " + carrier.sizeOption() + "?"
                : null;
    }

    private String came(CarrierClients clients) {
        return clients.received() + " of " + count + " messages";
    }

    private String seconds(int otherwise) {
        return timeout == null ? Integer.toString(otherwise) : timeout.toString();
    }

    private CarrierFailures failures() {
        return new CarrierFailures(carrier, options.to(), seconds(SECONDS_TO_CONNECT));
    }

    /** A channel's number, or all. */
    static final class Channel implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String value) {
            return switch (value) {
                case "all" -> CarrierClient.ALL_CHANNELS;
                case "0", "1", "2" -> Integer.valueOf(value);
                default -> throw new TypeConversionException("'" + value + "' is not a channel: 0, 1, 2 or all");
            };
        }
    }
}
