package dev.gridmate.cli;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The program in a process of its own, for what only a process has: signals, an exit status, a
 * sudden death.
 */
final class RealProgram {

    static final String PAUSED = " the program did not update for ";

    private static final Map<Process, Path> ERRORS = new ConcurrentHashMap<>();

    private RealProgram() {}

    static Process start(String... args) throws IOException {
        return start(List.of(), args);
    }

    /** Starts it with further options for the Java VM. */
    static Process start(List<String> vmOptions, String... args) throws IOException {
        Path errors = Files.createTempFile("gridmate", ".err");
        errors.toFile().deleteOnExit();
        Process process =
                command(vmOptions, args).redirectError(errors.toFile()).start();
        ERRORS.put(process, errors);
        return process;
    }

    /** Starts it with pipes for both outputs, which nobody reads unless the test does. */
    static Process startUnread(String... args) throws IOException {
        return command(List.of(), args).start();
    }

    private static ProcessBuilder command(List<String> vmOptions, String... args) {
        String classes = Stream.of("jdk.module.path", "java.class.path")
                .map(System::getProperty)
                .filter(Objects::nonNull)
                .filter(path -> !path.isEmpty())
                .collect(Collectors.joining(File.pathSeparator));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classes));
        command.addAll(vmOptions);
        command.add(Main.class.getName());
        command.addAll(List.of(args));
        return new ProcessBuilder(command);
    }

    static Path errors(Process process) {
        return ERRORS.get(process);
    }

    /** Reads its standard error, but for lines about pauses: a slow machine makes some. */
    static String said(Process process) throws IOException {
        return Files.readAllLines(errors(process)).stream()
                .filter(line -> !line.contains(PAUSED))
                .collect(Collectors.joining("\n"));
    }
}
