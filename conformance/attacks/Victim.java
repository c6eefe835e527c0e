import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server of the real program, in a process of its own with little memory, looked at from outside. */
final class Victim implements AutoCloseable {

    private static final Pattern LISTENING = Pattern.compile("listening on (.*):([0-9]+)");
    private static final Pattern HEAP = Pattern.compile("generation .*used ([0-9]+)K");
    private static final Pattern DIRECT = Pattern.compile("Other \\(reserved=[0-9]+KB, committed=([0-9]+)KB");

    private final Process process;
    private final InetSocketAddress address;

    private Victim(Process process, InetSocketAddress address) {
        this.process = process;
        this.address = address;
    }

    /**
     * Starts it, and waits until it listens.
     *
     * @param memory the largest heap, as -Xmx has it
     */
    static Victim start(Path gridmate, String memory, Path log, List<String> command) throws IOException {
        List<String> line = new ArrayList<>(List.of(gridmate.toString()));
        line.addAll(command);
        line.addAll(List.of("--port", "0"));
        ProcessBuilder builder = new ProcessBuilder(line);
        builder.environment().put("GRIDMATE_JAVA_OPTS", "-Xmx" + memory + " -XX:NativeMemoryTracking=summary");
        // What it says on standard output once it listens is a line of counters, at its end: a pipe holds that.
        builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        Process process = builder.start();
        BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream()));
        for (String said = out.readLine(); said != null; said = out.readLine()) {
            Matcher ready = LISTENING.matcher(said);
            if (ready.find()) {
                InetSocketAddress at = new InetSocketAddress("127.0.0.1", Integer.parseInt(ready.group(2)));
                return new Victim(process, at);
            }
        }
        throw new IOException(line + " ended before it listened; see " + log);
    }

    InetSocketAddress address() {
        return address;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** {@return the bytes that it holds: heap after a collection, and direct memory} -1 if it has ended. */
    long held() throws IOException, InterruptedException {
        if (!isAlive()) {
            return -1;
        }
        jcmd("GC.run");
        return kilobytes(HEAP, jcmd("GC.heap_info")) + kilobytes(DIRECT, jcmd("VM.native_memory"));
    }

    /** {@return the time of a processor that it has used so far, in nanoseconds} */
    long processorTime() {
        return process.info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
    }

    private static long kilobytes(Pattern pattern, String text) {
        long sum = 0;
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            sum += Long.parseLong(matcher.group(1)) * 1024;
        }
        return sum;
    }

    private String jcmd(String what) throws IOException, InterruptedException {
        Path tool = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        Process asked = new ProcessBuilder(tool.toString(), Long.toString(process.pid()), what)
                .redirectErrorStream(true)
                .start();
        String said = new String(asked.getInputStream().readAllBytes());
        asked.waitFor(30, TimeUnit.SECONDS);
        return said;
    }

    /** Asks it to stop, and makes it stop if it does not within ten seconds. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
