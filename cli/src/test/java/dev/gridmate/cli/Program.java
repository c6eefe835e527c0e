package dev.gridmate.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** One run of the program inside this VM, with its output caught. */
final class Program implements AutoCloseable {

    /** How a run ended. */
    record Result(int status, String out, String err) {}

    private static final Pattern TIME = Pattern.compile("^[-0-9]{10}T[:0-9]{8}\\.[0-9]{3}Z ");

    private final Caught out = new Caught();
    private final Caught err = new Caught();
    private final Caught progress = new Caught();
    private final StopSignal stop = new StopSignal();
    private final CompletableFuture<Integer> status;

    private Program(InputStream in, String... args) {
        // Lines of progress come when the machine is slow: they are caught apart, so that no test
        // sees them in err.
        Progress.Place place = new Progress.Place(progress.printer(), false);
        Console console = new Console(in, out.printer(), err.printer(), place, new Screen(80, true), stop);
        status = CompletableFuture.supplyAsync(() -> Main.run(console, args), run -> {
            Thread thread = new Thread(run, "gridmate " + String.join(" ", args));
            thread.setDaemon(true);
            thread.start();
        });
    }

    static Program start(String... args) {
        return new Program(InputStream.nullInputStream(), args);
    }

    static Program startWith(InputStream in, String... args) {
        return new Program(in, args);
    }

    static Result run(String... args) {
        return start(args).await();
    }

    static Result runWith(String input, String... args) {
        return new Program(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), args).await();
    }

    /** Starts an echo server on a port that the system chooses. */
    static Program echo(String... more) {
        return serve("echo", more);
    }

    /** Starts an echo server of messages on a port that the system chooses. */
    static Program carrierEcho(String... more) {
        return serve("carrier-echo", more);
    }

    private static Program serve(String command, String... more) {
        String[] args = new String[more.length + 3];
        args[0] = command;
        args[1] = "--port";
        args[2] = "0";
        System.arraycopy(more, 0, args, 3, more.length);
        return start(args);
    }

    /** Waits for the line that says where it listens, and returns the address. */
    String address() {
        return out.awaitLine("listening on ").substring("listening on ".length());
    }

    /** Waits for a line of the log; it may begin with the time. */
    String awaitError(String beginning) {
        return err.awaitLine(
                beginning, line -> TIME.matcher(line).replaceFirst("").startsWith(beginning));
    }

    /** Waits for a line of the log that matches in full, but for the time it may begin with. */
    String awaitErrorWith(String pattern) {
        Predicate<String> isIt = Pattern.compile(pattern).asMatchPredicate();
        return err.awaitLine(
                "of " + pattern, line -> isIt.test(TIME.matcher(line).replaceFirst("")));
    }

    /**
     * Waits for a line of progress in which the pattern is found: it is in the middle of its work.
     */
    String awaitProgress(String pattern) {
        return progress.awaitLine("with " + pattern, Pattern.compile(pattern).asPredicate());
    }

    String awaitOutput(String beginning) {
        return out.awaitLine(beginning);
    }

    Result stop() {
        stop.request();
        return await();
    }

    Result await() {
        int code = status.join();
        return new Result(code, out.text(), err.text());
    }

    @Override
    public void close() {
        stop();
    }

    /** Catches what is printed, and wakes who waits for a line. */
    private static final class Caught extends OutputStream {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        PrintStream printer() {
            return new PrintStream(this, true, StandardCharsets.UTF_8);
        }

        @Override
        public synchronized void write(int b) {
            bytes.write(b);
            notifyAll();
        }

        @Override
        public synchronized void write(byte[] from, int offset, int length) {
            bytes.write(from, offset, length);
            notifyAll();
        }

        synchronized String text() {
            return bytes.toString(StandardCharsets.UTF_8);
        }

        String awaitLine(String beginning) {
            return awaitLine(beginning, line -> line.startsWith(beginning));
        }

        synchronized String awaitLine(String description, Predicate<String> isIt) {
            while (true) {
                String[] lines = text().split("\\R", -1);
                for (int i = 0; i < lines.length - 1; i++) {
                    if (isIt.test(lines[i])) {
                        return lines[i];
                    }
                }
                try {
                    wait();
                } catch (InterruptedException e) {
                    throw new AssertionError("no line \"" + description + "\" in:\n" + text(), e);
                }
            }
        }
    }
}
