package dev.gridmate.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The gridmate program. */
@Command(
        name = "gridmate",
        description = "Sends and receives packets with GridMate's stream driver, and messages with its carrier.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footerHeading = "%nExamples:%n",
        footer = {
            "  gridmate demo                        see packets travel, in one process",
            "  gridmate echo                        a server that sends every packet back",
            "  gridmate send 127.0.0.1:2017         measure it",
            "  gridmate bench 127.0.0.1:2017        measure it in full, with histograms",
            "  gridmate connect 127.0.0.1:2017      talk to it by hand",
            "  gridmate dev-cert certs              certificates to try TLS with",
            "  gridmate carrier-echo                a server of messages on channels, UDP",
            "  gridmate carrier-send 127.0.0.1:2018 --loss 25   measure it on a bad network"
        },
        exitCodeListHeading = Main.EXIT_CODES,
        exitCodeList = {Main.EXIT_0, Main.EXIT_1, Main.EXIT_2})
final class Main implements Callable<Integer> {

    static final String EXIT_CODES = "%nExit status:%n";
    static final String EXIT_0 = "0:it worked";
    static final String EXIT_1 = "1:it did not: a line on standard error says why";
    static final String EXIT_2 = "2:the command line is wrong";

    // An orderly close takes a few seconds at the most; a command that takes longer is stuck.
    private static final int SECONDS_TO_STOP = 10;

    @Spec
    private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the spec before it calls anything
    private Main() {}

    @Override
    public Integer call() {
        throw new ParameterException(
                spec.commandLine(),
                "which command? demo, echo, send, bench, connect, dev-cert, carrier-echo or carrier-send.");
    }

    /** Runs one command line to its end, and returns the exit status. */
    static int run(Console console, String... args) {
        CommandLine program = new CommandLine(new Main())
                .addSubcommand(new DemoCommand(console))
                .addSubcommand(new EchoCommand(console))
                .addSubcommand(new SendCommand(console))
                .addSubcommand(new BenchCommand(console))
                .addSubcommand(new ConnectCommand(console))
                .addSubcommand(new DevCertCommand(console))
                .addSubcommand(new CarrierEchoCommand(console))
                .addSubcommand(new CarrierSendCommand(console))
                .setOut(new PrintWriter(console.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8))
                .setColorScheme(Help.defaultColorScheme(Help.Ansi.OFF))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((wrong, given) -> {
                    CommandSpec command = wrong.getCommandLine().getCommandSpec();
                    String name = command.qualifiedName();
                    console.err()
                            .println(name + ": "
                                    + unknownOption(command, given)
                                            .map(option -> "there is no option '" + option + "'.")
                                            .orElseGet(() -> oneLine(wrong))
                                    + " Try " + name + " --help");
                    return CommandLine.ExitCode.USAGE;
                })
                .setExecutionExceptionHandler((failed, command, parsed) -> {
                    String name = command.getCommandSpec().qualifiedName();
                    console.err()
                            .println(name + ": " + (failed instanceof Failure ? failed.getMessage() : bug(failed)));
                    return CommandLine.ExitCode.SOFTWARE;
                });
        try {
            return program.execute(args);
        } catch (OutOfMemoryError e) {
            console.err()
                    .println("gridmate: out of memory (" + e.getMessage() + "):"
                            + " ask for less, or give Java more with GRIDMATE_JAVA_OPTS=-Xmx...");
            return CommandLine.ExitCode.SOFTWARE;
        } finally {
            console.out().flush();
        }
    }

    // A mistyped option makes its value look like an argument, of which picocli then complains.
    private static Optional<String> unknownOption(CommandSpec command, String... given) {
        return Stream.of(given)
                .takeWhile(word -> !word.equals("--"))
                .filter(word -> word.startsWith("--"))
                .map(word -> word.replaceFirst("=.*", ""))
                .filter(word -> !command.optionsMap().containsKey(word))
                .findFirst();
    }

    // What picocli says, in fewer words, and with an end.
    private static String oneLine(ParameterException wrong) {
        String message = String.valueOf(wrong.getMessage())
                .replaceAll("\\s*\\R\\s*", " ")
                .replaceFirst("^Invalid value for option '(.*?)'(?: \\(.*?\\))?: ", "$1: ")
                .replaceFirst("^Invalid value for positional parameter at index \\d+ \\(.*?\\): ", "")
                .replaceFirst("^Unmatched arguments? (?:at|from) index \\d+: ", "not understood: ")
                .replaceFirst(" is not an? (?:int|long|double)$", " is not a number that it takes");
        return message.matches(".*[.?!:]") ? message : message + ".";
    }

    private static String bug(Throwable e) {
        StackTraceElement[] trace = e.getStackTrace();
        return "a bug, please report it: " + e + (trace.length == 0 ? "" : " at " + trace[0]);
    }

    /** Runs the program, and ends the Java VM with its exit status, also when a signal ends it. */
    public static void main(String[] args) {
        PrintStream out = new PrintStream(
                new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16),
                false,
                StandardCharsets.UTF_8);
        StopSignal stop = new StopSignal();
        Screen screen = Screen.of(
                System.getenv("COLUMNS"), System.getProperty("stdout.encoding", System.getProperty("native.encoding")));
        Progress.Place progress = new Progress.Place(System.err, Boolean.getBoolean("gridmate.terminal"));
        Console console = new Console(System.in, out, System.err, progress, screen, stop);

        Ending ending = new Ending(stop);
        Runtime.getRuntime().addShutdownHook(ending);
        int status = CommandLine.ExitCode.SOFTWARE;
        try {
            status = run(console, args);
        } catch (Throwable e) { // an Error: exiting must not swallow it
            System.err.println("gridmate: " + bug(e));
        }
        ending.exit(status);
    }

    /**
     * A signal makes Java run its shutdown hooks, and then end with 128 and the number of the
     * signal. Being asked to stop is no failure, so this hook waits for the command to end in order
     * and ends the VM with the command's own status.
     */
    private static final class Ending extends Thread {

        private final StopSignal stop;
        private final CountDownLatch done = new CountDownLatch(1);
        private volatile int status = CommandLine.ExitCode.SOFTWARE;

        Ending(StopSignal stop) {
            super("gridmate-ending");
            this.stop = stop;
        }

        @Override
        public void run() {
            stop.request();
            try {
                if (!done.await(SECONDS_TO_STOP, TimeUnit.SECONDS)) {
                    System.err.println("gridmate: not ended in order within " + SECONDS_TO_STOP + " s");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            Runtime.getRuntime().halt(status);
        }

        void exit(int with) {
            status = with;
            try {
                Runtime.getRuntime().removeShutdownHook(this);
            } catch (IllegalStateException e) {
                done.countDown(); // a signal came: the hook is running, and ends the VM
                return;
            }
            System.exit(with);
        }
    }
}
