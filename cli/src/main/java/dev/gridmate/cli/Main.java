package dev.gridmate.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
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
            "  gridmate top                         watch its connections, from another terminal",
            "  gridmate dev-cert certs              certificates to try TLS with",
            "  gridmate carrier-echo                a server of messages on channels, UDP",
            "  gridmate carrier-send 127.0.0.1:2018 --loss 25   measure it on a bad network",
            "  gridmate carrier-connect 127.0.0.1:2018          talk to it by hand"
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

    /** Below this picocli refuses. */
    private static final int NARROWEST_HELP = 55;

    @Spec
    private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the spec before it calls anything
    private Main() {}

    @Override
    public Integer call() {
        throw new ParameterException(
                spec.commandLine(),
                "which command? demo, echo, send, bench, connect, top, dev-cert, carrier-echo, carrier-send or carrier-connect.");
    }

    /** Runs one command line to its end, and returns the exit status. */
    static int run(Console console, String... args) {
        CommandLine program = new CommandLine(new Main())
                .addSubcommand(new DemoCommand(console))
                .addSubcommand(new EchoCommand(console))
                .addSubcommand(new SendCommand(console))
                .addSubcommand(new BenchCommand(console))
                .addSubcommand(new ConnectCommand(console))
                .addSubcommand(new TopCommand(console))
                .addSubcommand(new DevCertCommand(console))
                .addSubcommand(new CarrierEchoCommand(console))
                .addSubcommand(new CarrierSendCommand(console))
                .addSubcommand(new CarrierConnectCommand(console))
                .setOut(new PrintWriter(console.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8))
                .setColorScheme(Help.defaultColorScheme(Help.Ansi.OFF))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpWidth(Math.max(NARROWEST_HELP, console.screen().columns()))
                .setParameterExceptionHandler((wrong, given) -> {
                    CommandSpec command = wrong.getCommandLine().getCommandSpec();
                    String name = command.qualifiedName();
                    console.err()
                            .println(name + ": "
                                    + unknownOption(command, given)
                                            .map(option -> "there is no option '" + option + "'."
                                                    + didYouMean(
                                                            option,
                                                            command.optionsMap().keySet()))
                                            .orElseGet(() -> oneLine(wrong) + didYouMean(wrong))
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

    private static String didYouMean(ParameterException wrong) {
        boolean isCommand = wrong instanceof CommandLine.UnmatchedArgumentException
                && wrong.getCommandLine().getParent() == null;
        return isCommand
                ? didYouMean(
                        ((CommandLine.UnmatchedArgumentException) wrong)
                                .getUnmatched()
                                .get(0),
                        wrong.getCommandLine().getSubcommands().keySet())
                : "";
    }

    private static String didYouMean(String word, Collection<String> known) {
        return Spelling.nearest(word, known)
                .map(nearest -> " Did you mean " + nearest + "?")
                .orElse("");
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
                        System.getProperty("gridmate.columns", System.getenv("COLUMNS")),
                        System.getProperty("stdout.encoding", System.getProperty("native.encoding")))
                .with(Screen.Opener.system());
        QueuedOutput queued = new QueuedOutput(new FileOutputStream(FileDescriptor.err));
        PrintStream err = new PrintStream(queued, true, charsetOfErr());
        System.setErr(err); // what the library logs goes there, too
        LibraryLog.use();
        Progress.Place progress = new Progress.Place(err, Boolean.getBoolean("gridmate.terminal"));
        Console console = new Console(System.in, out, err, progress, screen, stop);

        Ending ending = new Ending(stop, queued);
        Runtime.getRuntime().addShutdownHook(ending);
        int status = CommandLine.ExitCode.SOFTWARE;
        try {
            status = run(console, args);
        } catch (Throwable e) { // an Error: exiting must not swallow it
            System.err.println("gridmate: " + bug(e));
        }
        ending.exit(status);
    }

    private static Charset charsetOfErr() {
        String name = System.getProperty("stderr.encoding", System.getProperty("native.encoding", ""));
        try {
            return Charset.forName(name);
        } catch (IllegalArgumentException e) {
            return Charset.defaultCharset();
        }
    }

    /**
     * A signal makes Java run its shutdown hooks, and then end with 128 and the number of the
     * signal. Being asked to stop is no failure, so this hook waits for the command to end in order
     * and ends the VM with the command's own status.
     */
    private static final class Ending extends Thread {

        private final StopSignal stop;
        private final QueuedOutput err;
        private final CountDownLatch done = new CountDownLatch(1);
        private volatile int status = CommandLine.ExitCode.SOFTWARE;

        Ending(StopSignal stop, QueuedOutput err) {
            super("gridmate-ending");
            this.stop = stop;
            this.err = err;
        }

        @Override
        public void run() {
            stop.request();
            try {
                if (!done.await(SECONDS_TO_STOP, TimeUnit.SECONDS)) {
                    System.err.println("gridmate: not ended in order within " + SECONDS_TO_STOP + " s");
                }
                err.drain();
                awaitRecording();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            Runtime.getRuntime().halt(status);
        }

        // The flight recorder writes its file in a hook of its own, which halting would cut off.
        private static void awaitRecording() throws InterruptedException {
            for (Thread each : Thread.getAllStackTraces().keySet()) {
                if (each.getName().equals("JFR Shutdown Hook")) {
                    each.join(TimeUnit.SECONDS.toMillis(SECONDS_TO_STOP));
                }
            }
        }

        void exit(int with) {
            status = with;
            try {
                Runtime.getRuntime().removeShutdownHook(this);
            } catch (IllegalStateException e) {
                done.countDown(); // a signal came: the hook is running, and ends the VM
                return;
            }
            try {
                err.drain();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            System.exit(with);
        }
    }
}
