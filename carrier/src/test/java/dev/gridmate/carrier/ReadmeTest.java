package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.GridMate;
import java.io.File;
import java.io.IOException;
import java.net.DatagramSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The README says what is so. */
@Timeout(60)
class ReadmeTest {

    @TempDir
    private Path directory;

    @Test
    void theReadmesServerCompilesAndEchoes() throws Exception {
        int port = freePort();
        Matcher block = Pattern.compile("```java\n([^`]*dev\\.gridmate\\.carrier.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("..", "README.md")));
        assertThat(block.find()).isTrue();
        Path source = directory.resolve("MessageServer.java");
        Files.writeString(source, block.group(1).replace("2018", Integer.toString(port)));
        Process compiler = start("javac", "-d", directory.toString(), "-cp", classPath(), source.toString());
        assertThat(compiler.waitFor()).isZero();

        Process server = start("java", "-cp", classPath(), "MessageServer");
        try (GridMate gridMate = new GridMate();
                Carrier carrier = Carrier.create(
                        CarrierDesc.builder().connectionTimeoutMS(30_000).build(), gridMate)) {
            ConnectionId id = carrier.connect("127.0.0.1", port);
            List<String> received = new ArrayList<>();
            boolean sent = false;
            while (received.isEmpty() && server.isAlive()) {
                carrier.update();
                if (!sent && carrier.connectionState(id) == ConnectionState.CONNECTED) {
                    sent = carrier.send(ByteBuffer.wrap("hello".getBytes(StandardCharsets.UTF_8)), id) == SendResult.OK;
                }
                carrier.receive(
                        (from, channel, reliability, message) -> received.add(
                                StandardCharsets.UTF_8.decode(message).toString()),
                        100);
                carrier.waitForData(Duration.ofMillis(16));
            }
            assertThat(received).containsExactly("hello");
        } finally {
            server.destroyForcibly();
        }
    }

    private static int freePort() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private String classPath() {
        return Stream.of(
                        directory.toString(),
                        System.getProperty("jdk.module.path"),
                        System.getProperty("java.class.path"))
                .filter(Objects::nonNull)
                .filter(path -> !path.isEmpty())
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static Process start(String... command) throws IOException {
        command[0] = Path.of(System.getProperty("java.home"), "bin", command[0]).toString();
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
