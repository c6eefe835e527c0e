package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.GridMate;
import dev.gridmate.carrier.traffic.FlowInformation;
import dev.gridmate.carrier.traffic.Statistics;
import dev.gridmate.testkit.Page;
import dev.gridmate.testkit.Programs;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The carrier's pages say what is so: their programs compile and run, and their tables are
 * complete.
 */
@Timeout(120)
class CarrierPageTest {

    /**
     * What stands around a snippet that is no class of its own: the names that the pages take for
     * granted.
     */
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
        assertThat(snippets("docs/" + page).compile()).isZero();
    }

    @Test
    void theFirstServerAndClientTalkToEachOther() throws Exception {
        String port = Integer.toString(Programs.freeUdpPort());
        Page page = Page.of("docs/carrier.md");
        Programs programs = programs()
                .add("CarrierEcho", page.program("CarrierEcho").replace("2018", port))
                .add("CarrierHello", page.program("CarrierHello").replace("2018", port));
        assertThat(programs.compile()).isZero();

        Process server = programs.run("CarrierEcho");
        try {
            Process client = programs.run("CarrierHello");
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
        String page = Page.of("docs/carrier-reference.md").text();
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
                .flatMap(type -> Stream.of(type.getMethods()))
                .filter(method -> method.getParameterCount() == 0
                        && method.getReturnType().isPrimitive()
                        && method.getDeclaringClass().isRecord())
                .map(Method::getName)
                .filter(name -> !name.equals("hashCode"))
                .forEach(name -> assertThat(page).contains("`" + name + "`"));
        for (CarrierCounter counter : CarrierCounter.values()) {
            assertThat(page).contains("`" + counter + "`");
        }
    }

    @Test
    void everySettingIsExplained() throws IOException {
        String page = Page.of("docs/carrier-reference.md").text();
        Stream.of(CarrierDesc.Builder.class.getMethods())
                .filter(method -> method.getReturnType().isAssignableFrom(CarrierDesc.Builder.class))
                .forEach(method -> assertThat(page).contains("`" + method.getName() + "`"));
    }

    @Test
    void everyTestOfTheCarrierThatKeptAndFixedNamesExists() throws IOException {
        String tests = Page.testSources();
        Matcher named = Pattern.compile("`(\\w+Test)\\.(\\w+)`")
                .matcher(Page.of("docs/kept-and-fixed.md").text());
        int count = 0;
        while (named.find()) {
            assertThat(tests).contains("class " + named.group(1) + " ").contains("void " + named.group(2) + "(");
            count++;
        }
        assertThat(count).isGreaterThan(5);
    }

    /**
     * The programs of a page as they are, and its other snippets in frames; a snippet that is a
     * method is there for all.
     */
    private Programs snippets(String page) throws IOException {
        List<String> blocks = Page.of(page).javaBlocks();
        assertThat(blocks).isNotEmpty();
        StringBuilder methods = new StringBuilder();
        blocks.stream().filter(CarrierPageTest::isMethod).forEach(methods::append);
        Programs programs = programs();
        int number = 0;
        for (String block : blocks) {
            String program = Page.programName(block);
            if (!program.isEmpty()) {
                programs.add(program, block);
            } else if (!isMethod(block)) {
                String name = "Snippet" + number++;
                programs.add(name, FRAME.formatted(name, methods, block));
            }
        }
        return programs;
    }

    private Programs programs() {
        return new Programs(directory, Carrier.class, GridMate.class);
    }

    private static boolean isMethod(String block) {
        return block.startsWith("static ");
    }
}
