package dev.gridmate.bench.peer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A peer as the benchmark starts it. */
final class PeerProcess implements AutoCloseable {

    private final Process process;
    private final BufferedReader out;

    private PeerProcess(Process process) {
        this.process = process;
        this.out = process.inputReader(UTF_8);
    }

    static PeerProcess start(String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC"));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.command().addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        builder.command().addAll(List.of(args));
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.contains("JAVA_TOOL_OPTIONS")); // it would print
        return new PeerProcess(
                builder.redirectError(ProcessBuilder.Redirect.PIPE).start());
    }

    /** Returns the next line; what it says is read with {@link #number}. */
    String line() throws IOException {
        String line = out.readLine();
        if (line == null) {
            throw new IOException("the peer has ended: " + errors());
        }
        return line;
    }

    String say(String word) throws IOException {
        process.outputWriter(UTF_8).append(word).append('\n').flush();
        return line();
    }

    static long number(String line, String key) {
        Matcher matcher = Pattern.compile('"' + key + "\":(-?[0-9]+)").matcher(line);
        if (!matcher.find()) {
            throw new AssertionError("no " + key + " in " + line);
        }
        return Long.parseLong(matcher.group(1));
    }

    String errors() throws IOException {
        return new String(process.getErrorStream().readAllBytes(), UTF_8);
    }

    int exitStatus() throws InterruptedException {
        return process.waitFor();
    }

    /** Ends it as a benchmark does that has died. */
    int endOfInput() throws IOException, InterruptedException {
        process.outputWriter(UTF_8).close();
        return process.waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
