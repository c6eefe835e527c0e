package dev.gridmate.cli;

import dev.gridmate.GridMate;
import dev.gridmate.carrier.Carrier;
import dev.gridmate.carrier.CarrierDisconnectReason;
import dev.gridmate.carrier.CarrierEvents;
import dev.gridmate.carrier.ConnectionId;
import dev.gridmate.carrier.DataPriority;
import dev.gridmate.carrier.DataReliability;
import dev.gridmate.carrier.DriverError;
import dev.gridmate.carrier.MessageHandler;
import dev.gridmate.carrier.SendResult;
import dev.gridmate.driver.SocketDriverAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Talks to a carrier by lines. */
@Command(
        name = "carrier-connect",
        description = {
            "Sends each line of standard input as a message, and prints each message received as a line.",
            "",
            "A message is the bytes of the line without its end, LF or CR LF; empty lines are skipped. At the end of the"
                    + " input it sends what is left, and closes when nothing has come for a while: see --linger."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  gridmate carrier-connect 127.0.0.1:2018                     type; Ctrl-D ends",
            "  printf 'a\\nb\\n' | gridmate carrier-connect 127.0.0.1:2018   in a pipe",
            "  gridmate carrier-connect --tcp --channel 2 [::1]:2018"
        },
        exitCodeListHeading = Main.EXIT_CODES,
        exitCodeList = {
            "0:all input was sent, and this side closed the connection",
            "1:no connection, the server ended it first, or a line could not be sent",
            Main.EXIT_2
        })
final class CarrierConnectCommand implements Callable<Integer>, MessageHandler, CarrierEvents {

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
    private static final int MESSAGES_PER_TURN = 256;

    @Mixin
    private final CarrierOptions options = new CarrierOptions();

    @Mixin
    private final Target target = new Target();

    @Option(
            names = "--channel",
            paramLabel = "0|1|2",
            defaultValue = "0",
            description = "Send on this channel. Default: ${DEFAULT-VALUE}.")
    private int channel;

    @Option(
            names = "--unreliable",
            description = "Send unreliable messages; those that do not fit one datagram are reliable all the same.")
    private boolean unreliable;

    @Mixin
    private final LineOptions format = new LineOptions();

    @Option(
            names = "--linger",
            paramLabel = "S",
            converter = Units.Seconds.class,
            defaultValue = "1",
            description = "At the end of the input, close when nothing has come for so long. Default: ${DEFAULT-VALUE}"
                    + " second.")
    private Double linger;

    @Option(
            names = "--timeout",
            paramLabel = "S",
            converter = Units.Seconds.class,
            defaultValue = "5",
            description = "Give up when connecting takes longer. Default: ${DEFAULT-VALUE} seconds.")
    private Double timeout;

    @Mixin
    private final TlsClientOptions tls = new TlsClientOptions();

    @Spec
    private CommandSpec spec;

    private final Console console;
    private @Nullable LinePrinter printer;
    private @Nullable ByteBuffer unsent;
    private @Nullable CarrierDisconnectReason end;
    private String driverError = "";
    private long lastCame;
    private boolean established;
    private boolean closing;

    @SuppressWarnings("NullAway.Init") // picocli sets the rest
    CarrierConnectCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        options.check(spec);
        Checks.range(spec, "--channel", channel, 0, CarrierClient.CHANNELS - 1);
        Duration patience = Duration.ofNanos(Checks.nanos(spec, "--timeout", timeout));
        long quiet = Checks.nanos(spec, "--linger", linger);
        Destination destination = tls.destination(spec, console, target.to());
        options.tls(spec, destination.tls(), destination.files());
        printer = new LinePrinter(console.out(), format.hex());
        try (GridMate gridMate = new GridMate()) {
            Carrier carrier = options.client(gridMate, target.to(), patience, null);
            gridMate.eventBus(CarrierEvents.class).connect(this);
            boolean sentAll = talk(carrier, options.connect(carrier, target.to()), quiet);
            console.out().flush();
            return status(sentAll);
        }
    }

    /** Returns true if every line could be sent. */
    private boolean talk(Carrier carrier, ConnectionId server, long quiet) {
        PacketLines lines = new PacketLines(console, format.hex(), format.keepCr(), carrier::stopWaitForData);
        console.stop().wakeWith(carrier::stopWaitForData);
        boolean reading = false;
        while (end == null) {
            int work = carrier.update() + carrier.receive(this, MESSAGES_PER_TURN);
            if (established && !reading) {
                reading = true; // not before: a refused connect must not have eaten the input
                lines.start();
            }
            if (reading && !closing && end == null) {
                work += send(carrier, server, lines, quiet);
            }
            if (work == 0 && end == null) {
                waitForSomething(carrier, lines, quiet);
            }
        }
        return !lines.skippedAny();
    }

    private void waitForSomething(Carrier carrier, PacketLines lines, long quiet) {
        if (console.out().checkError()) { // which flushes: a reader sees everything before this waits
            throw new Failure("standard output was closed");
        }
        if (console.stop().isRequested() && !established) {
            throw new Failure("stopped before the connection to " + target.to() + " was established");
        }
        boolean unused = carrier.waitForData(lines.isAtEnd() ? Duration.ofNanos(quiet) : LONGEST_WAIT);
    }

    /** Sends the lines there are, as far as the connection takes them; returns how many. */
    private int send(Carrier carrier, ConnectionId server, PacketLines lines, long quiet) {
        DataReliability reliability = unreliable ? DataReliability.SEND_UNRELIABLE : DataReliability.SEND_RELIABLE;
        int count = 0;
        while (count < MESSAGES_PER_TURN) {
            ByteBuffer message = unsent == null ? lines.next() : unsent;
            unsent = message;
            if (message == null) {
                break;
            }
            if (carrier.send(message, server, reliability, DataPriority.NORMAL, channel) != SendResult.OK) {
                return count; // full: later. Or over: the next update says so
            }
            unsent = null;
            lastCame = System.nanoTime();
            count++;
        }
        boolean isQuiet = System.nanoTime() - lastCame >= quiet;
        if (console.stop().isRequested() || (unsent == null && lines.isAtEnd() && isQuiet)) {
            closing = true;
            carrier.disconnect(server, Duration.ofNanos(quiet));
        }
        return count;
    }

    @Override
    public void onMessage(ConnectionId from, int on, DataReliability reliability, ByteBuffer message) {
        lastCame = System.nanoTime();
        if (printer != null) {
            printer.print(message);
        }
    }

    @Override
    public void onConnectionEstablished(Carrier carrier, ConnectionId id) {
        established = true;
        lastCame = System.nanoTime();
        SocketDriverAddress address = carrier.connectionToAddress(id);
        if (address != null) {
            console.err().println("connected to " + HostPort.text(address.toInetSocketAddress()));
        }
    }

    @Override
    public void onFailedToConnect(Carrier carrier, ConnectionId id, CarrierDisconnectReason reason) {
        end = reason;
    }

    @Override
    public void onDisconnect(Carrier carrier, ConnectionId id, CarrierDisconnectReason reason) {
        int unused = carrier.receive(this, Integer.MAX_VALUE); // what came before the end
        end = reason;
    }

    @Override
    public void onDriverError(Carrier carrier, ConnectionId id, DriverError error) {
        driverError = error.message();
    }

    private int status(boolean sentAll) {
        CarrierDisconnectReason reason = end;
        CarrierFailures failures = new CarrierFailures(options, target.to(), timeout.toString());
        if (reason != null && !established) {
            throw new Failure(failures.notConnected(reason, driverError));
        }
        if (reason != null && !closing) {
            throw new Failure("connection to " + target.to() + " ended: " + failures.ended(reason, driverError, false));
        }
        return sentAll ? 0 : 1;
    }
}
