package dev.gridmate.carrier;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.GridMate;
import dev.gridmate.carrier.traffic.FlowInformation;
import dev.gridmate.carrier.traffic.Statistics;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The carrier's pages say what is so: their programs compile and run, and their tables are complete. */
@Timeout(120)
class CarrierPageTest {

    private static final Path ROOT = Path.of("..");

    /** What stands around a snippet that is no class of its own: the names that the pages take for granted. */
    @SuppressWarnings("InlineFormatString") // in the middle of a method nobody could read it
    private static final String FRAME = """
            import dev.gridmate.GridMate;
            import dev.gridmate.carrier.*;
            import dev.gridmate.carrier.badnet.*;
            import dev.gridmate.carrier.compress.*;
            import dev.gridmate.carrier.traffic.*;
            import dev.gridmate.carrier.ReceiveResult;
            import dev.gridmate.driver.*;
            import dev.gridmate.driver.sim.*;
            import java.nio.ByteBuffer;
            import java.time.Duration;

            abstract class %s {
                GridMate gridMate;
                Carrier carrier;
                ConnectionId id;
                ByteBuffer data;
                ByteBuffer snapshot;

                abstract void playTheGame();

                abstract boolean isRunning();

                abstract void onMessage(ConnectionId from, int channel, DataReliability how, ByteBuffer message);

            %s
                void snippet() throws Exception {
            %s
                }
            }
            """;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"carrier.md", "migrating-from-gridmate.md"})
    void everySnippetCompiles(String page) throws Exception {
        assertThat(compile(snippets(page))).isZero();
    }

    @Test
    void theFirstServerAndClientTalkToEachOther() throws Exception {
        int port = freePort();
        List<Path> sources = new ArrayList<>();
        for (String program : List.of("CarrierEcho", "CarrierHello")) {
            String text = blocks("carrier.md").stream()
                    .filter(block -> block.contains("class " + program + " "))
                    .findFirst()
                    .orElseThrow();
            sources.add(write(program, text.replace("2018", Integer.toString(port))));
        }
        assertThat(compile(sources)).isZero();

        Process server = start(List.of("java", "-cp", classPath(), "CarrierEcho"));
        try {
            Process client = start(List.of("java", "-cp", classPath(), "CarrierHello"));
            try (BufferedReader output = client.inputReader()) {
                assertThat(output.readLine()).isEqualTo("channel 0 says hello");
                assertThat(output.readLine()).isEqualTo("USER_REQUESTED: this program asked for it");
            }
            assertThat(client.waitFor()).isZero();
        } finally {
            server.destroyForcibly();
        }
    }

    @Test
    void everyReasonErrorResultAndFieldIsExplained() throws IOException {
        String page = read("docs/carrier-reference.md");
        for (CarrierDisconnectReason.Code reason : CarrierDisconnectReason.Code.values()) {
            assertThat(page).contains("\n| `" + reason + "` |");
        }
        for (SecurityError error : SecurityError.values()) {
            assertThat(page).contains("\n| `" + error + "` |");
        }
        for (SendResult result : SendResult.values()) {
            assertThat(page).contains("\n| `" + result + "` |");
        }
        Stream.of(Statistics.class, FlowInformation.class)
                .flatMap(type -> Stream.of(type.getRecordComponents()))
                .forEach(component -> assertThat(page).contains("`" + component.getName() + "`"));
    }

    @Test
    void everySettingIsExplained() throws IOException {
        String page = read("docs/carrier-reference.md");
        Stream.of(CarrierDesc.Builder.class.getMethods())
                .filter(method -> method.getReturnType() == CarrierDesc.Builder.class)
                .forEach(method -> assertThat(page).contains("`" + method.getName() + "`"));
    }

    @Test
    void everyTestOfTheCarrierThatKeptAndFixedNamesExists() throws IOException {
        Matcher named = Pattern.compile("`(\\w+Test)\\.(\\w+)`").matcher(read("docs/kept-and-fixed.md"));
        int count = 0;
        while (named.find()) {
            assertThat(testSource(named.group(1))).contains("void " + named.group(2) + "(");
            count++;
        }
        assertThat(count).isGreaterThan(5);
    }

    private static String testSource(String name) throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src", "test", "java"))) {
            Path file = files.filter(path -> path.endsWith(name + ".java"))
                    .findFirst()
                    .orElseThrow();
            return Files.readString(file, UTF_8);
        }
    }

    /** The programs of a page as they stand, and its other snippets in frames; a snippet that is a method is there for all. */
    private List<Path> snippets(String page) throws IOException {
        List<String> blocks = blocks(page);
        assertThat(blocks).isNotEmpty();
        StringBuilder methods = new StringBuilder();
        blocks.stream().filter(CarrierPageTest::isMethod).forEach(methods::append);
        List<Path> sources = new ArrayList<>();
        for (String block : blocks) {
            Matcher program =
                    Pattern.compile("^class (\\w+)", Pattern.MULTILINE).matcher(block);
            if (program.find()) {
                sources.add(write(program.group(1), block));
            } else if (!isMethod(block)) {
                String name = "Snippet" + sources.size();
                sources.add(write(name, FRAME.formatted(name, methods, block)));
            }
        }
        return sources;
    }

    private static boolean isMethod(String block) {
        return block.startsWith("static ");
    }

    private static List<String> blocks(String page) throws IOException {
        List<String> blocks = new ArrayList<>();
        Matcher block = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(read("docs/" + page));
        while (block.find()) {
            blocks.add(block.group(1));
        }
        return blocks;
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name + ".java"), text, UTF_8);
    }

    private int compile(List<Path> sources) throws Exception {
        List<String> command = new ArrayList<>(List.of("javac", "-cp", classes(), "-d", directory.toString()));
        sources.forEach(source -> command.add(source.toString()));
        return start(command).waitFor();
    }

    private static int freePort() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static String classes() throws URISyntaxException {
        return placeOf(Carrier.class) + File.pathSeparator + placeOf(GridMate.class);
    }

    private static Path placeOf(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    private String classPath() throws URISyntaxException {
        return classes() + File.pathSeparator + directory;
    }

    private static Process start(List<String> command) throws IOException {
        List<String> resolved = new ArrayList<>(command);
        resolved.set(
                0,
                Path.of(System.getProperty("java.home"), "bin", command.get(0)).toString());
        return new ProcessBuilder(resolved)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static String read(String page) throws IOException {
        return Files.readString(ROOT.resolve(page), UTF_8);
    }
}
