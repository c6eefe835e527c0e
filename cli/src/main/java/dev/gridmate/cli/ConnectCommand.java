package dev.gridmate.cli;

import dev.gridmate.GridMate;
import dev.gridmate.driver.DisconnectReason;
import dev.gridmate.driver.DriverCounter;
import dev.gridmate.driver.HostConnect;
import dev.gridmate.driver.PacketHandler;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.SlowConsumerPolicy;
import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.driver.StreamSocketDriver;
import dev.gridmate.driver.StreamSocketDriverConfig;
import dev.gridmate.driver.StreamSocketDriverEvents;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Talks to a server by lines. */
@Command(
        name = "connect",
        description = {
            "Sends each line of standard input as a packet, and prints each packet received as a line.",
            "",
            "A packet is the bytes of the line without its end, LF or CR LF, and has at least one, so that empty lines are skipped."
                    + " At the end of the input it sends what is left, closes its side, and prints what the server still"
                    + " has to say until the server closes too."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  gridmate connect 127.0.0.1:2017                    type; Ctrl-D ends",
            "  printf 'a\\nb\\n' | gridmate connect 127.0.0.1:2017  in a pipe",
            "  echo 00ff2a | gridmate connect --hex [::1]:2017    binary"
        },
        exitCodeListHeading = Main.EXIT_CODES,
        exitCodeList = {
            "0:all input was sent, and the connection was closed in order",
            "1:no connection, the server ended it first, or a line could not be sent",
            Main.EXIT_2
        })
final class ConnectCommand implements Callable<Integer>, PacketHandler, StreamSocketDriverEvents {

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
    private static final Duration TIME_TO_STOP = Duration.ofSeconds(1);
    private static final int PACKETS_PER_TURN = 256;

    @Mixin
    private final Target target = new Target();

    @Mixin
    private final LineOptions format = new LineOptions();

    @Option(
            names = "--timeout",
            paramLabel = "S",
            converter = Units.Seconds.class,
            defaultValue = "10",
            description =
                    "Give up when connecting takes longer, or when the server is silent for longer after the end of"
                            + " the input. Default: ${DEFAULT-VALUE} seconds.")
    private Double timeout;

    @Mixin
    private final TlsClientOptions tls = new TlsClientOptions();

    @Spec
    private CommandSpec spec;

    private final Console console;
    private @Nullable LinePrinter printer;
    private @Nullable ByteBuffer unsent;
    private @Nullable DisconnectReason end;
    private long stopBy;
    private boolean stopping;
    private @Nullable SocketDriverAddress address;
    private boolean closing;

    @SuppressWarnings("NullAway.Init") // picocli sets the rest
    ConnectCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Duration patience = Duration.ofNanos(Checks.nanos(spec, "--timeout", timeout));
        Destination destination = tls.destination(spec, console, target.to());
        printer = new LinePrinter(console.out(), format.hex());
        try (GridMate gridMate = new GridMate()) {
            StreamSocketDriverConfig.Builder config = StreamSocketDriverConfig.builder()
                    .maxConnections(1)
                    .maxPacketSize(PacketSource.MAX_SIZE)
                    .slowConsumerPolicy(SlowConsumerPolicy.REJECT)
                    .writeTimeout(Duration.ZERO)
                    .connectTimeout(patience)
                    .drainTimeout(patience);
            if (destination.tls() != null) {
                config.tls(destination.tls());
            }
            StreamSocketDriver driver = new StreamSocketDriver(gridMate, config.build());
            gridMate.eventBus(StreamSocketDriverEvents.class).connect(this);
            HostConnect unused = destination.connect(driver);
            boolean sentAll = talk(driver);
            console.out().flush();
            return status(driver, sentAll);
        }
    }

    /** Returns true if every line could be sent. */
    private boolean talk(StreamSocketDriver driver) {
        PacketLines lines = new PacketLines(console, format.hex(), format.keepCr(), driver::stopWaitForData);
        console.stop().wakeWith(driver::stopWaitForData);
        boolean reading = false;
        while (end == null && !isStopOverdue()) {
            int work = driver.update() + driver.receive(this, PACKETS_PER_TURN);
            SocketDriverAddress server = address;
            if (server != null && !reading) {
                SSLSession session = driver.tlsSession(server);
                if (session != null) {
                    console.err().println("TLS: " + TlsFiles.describe(session));
                }
                reading = true; // not before: a refused connect must not have eaten the input
                lines.start();
            }
            if (server != null && reading && !closing && end == null) {
                work += send(driver, server, lines);
            }
            if (work == 0 && end == null) {
                waitForSomething(driver);
            }
        }
        return !lines.skippedAny();
    }

    // A server that does not close when this side does must not keep a user who pressed Ctrl-C.
    private boolean isStopOverdue() {
        if (!console.stop().isRequested()) {
            return false;
        }
        long now = System.nanoTime();
        if (!stopping) {
            stopping = true;
            stopBy = now + TIME_TO_STOP.toNanos();
        }
        return now - stopBy >= 0;
    }

    private void waitForSomething(StreamSocketDriver driver) {
        if (console.out().checkError()) { // which flushes: whoever reads sees everything before this waits
            throw new Failure("standard output was closed");
        }
        if (console.stop().isRequested() && address == null) {
            throw new Failure("stopped before the connection to " + target.to() + " stood");
        }
        boolean unused = driver.waitForData(stopping ? TIME_TO_STOP : LONGEST_WAIT);
    }

    /** Sends the lines there are, as far as the connection takes them; returns how many. */
    private int send(StreamSocketDriver driver, SocketDriverAddress server, PacketLines lines) {
        int count = 0;
        while (count < PACKETS_PER_TURN) {
            ByteBuffer packet = unsent == null ? lines.next() : unsent;
            unsent = packet;
            if (packet == null) {
                break;
            }
            if (driver.send(server, packet) != ResultCode.OK) {
                return count; // full: the wait ends when there is room. Or over: the next update says so
            }
            unsent = null;
            count++;
        }
        if (unsent == null && (lines.isAtEnd() || console.stop().isRequested())) {
            closing = true;
            ResultCode unused = driver.disconnectFrom(server);
            count++;
        }
        return count;
    }

    @Override
    public void onPacket(SocketDriverAddress from, ByteBuffer packet) {
        if (printer != null) {
            printer.print(packet);
        }
    }

    @Override
    public void onConnectionEstablished(SocketDriverAddress address) {
        this.address = address;
        console.err().println("connected to " + HostPort.text(address.toInetSocketAddress()));
    }

    @Override
    public void onConnectionDisconnected(SocketDriverAddress address, DisconnectReason reason) {
        end = reason;
    }

    @Override
    public void onConnectionFailed(SocketDriverAddress address, DisconnectReason reason) {
        end = reason;
    }

    private int status(StreamSocketDriver driver, boolean sentAll) {
        DisconnectReason reason = end;
        if (reason != null && address == null) {
            throw new Failure(Clients.cannotConnect(target.to(), reason));
        }
        if (reason != null && (!closing || reason.unsentBytes() > 0)) {
            throw new Failure("connection to " + target.to() + " ended: " + reason);
        }
        if (driver.counter(DriverCounter.TIMEOUTS) > 0) {
            console.err().println("the server did not close its side within " + timeout + " s");
        }
        return sentAll ? 0 : 1;
    }
}
