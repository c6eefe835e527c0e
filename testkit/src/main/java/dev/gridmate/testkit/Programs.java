package dev.gridmate.testkit;

import java.io.File;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Programs in source, written to a folder, compiled and run there as a reader of a page would do
 * it.
 */
public final class Programs {

    private final Path folder;
    private final List<Path> sources = new ArrayList<>();
    private final String classes;

    /**
     * An empty folder of programs.
     *
     * @param folder where sources and classes go
     * @param needs a type of each module that the programs use
     */
    public Programs(Path folder, Class<?>... needs) {
        this.folder = folder;
        classes = Stream.of(needs).map(Programs::placeOf).collect(Collectors.joining(File.pathSeparator));
    }

    /** Adds a source file of this name, without {@code .java}. */
    public Programs add(String name, String text) throws IOException {
        sources.add(Files.writeString(folder.resolve(name + ".java"), text, StandardCharsets.UTF_8));
        return this;
    }

    /**
     * Compiles all that was added, in a process of its own. What the compiler says goes to standard
     * error.
     *
     * @return what the compiler ended with, 0 if all is well
     */
    public int compile() throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("-cp", classes, "-d", folder.toString()));
        sources.forEach(source -> arguments.add(source.toString()));
        return start("javac", arguments).waitFor();
    }

    /** Starts a program that was compiled. */
    public Process run(String name) throws IOException {
        return start("java", List.of("-cp", classes + File.pathSeparator + folder, name));
    }

    private static Process start(String tool, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", tool).toString());
        command.addAll(arguments);
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static String placeOf(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    /** {@return a TCP port that is free now} */
    public static int freeTcpPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** {@return a UDP port that is free now} */
    public static int freeUdpPort() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
