package dev.gridmate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.driver.DisconnectReason;
import dev.gridmate.driver.ResultCode;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
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

/** The pages say what is so. */
@Timeout(120)
class DocumentationTest {

    private static final Path ROOT = Path.of("..");

    @TempDir
    private Path directory;

    @Test
    void theReadmesServerAndClientCompileAndTalkToEachOther() throws Exception {
        int port = freePort();
        List<Path> sources = new ArrayList<>();
        Matcher block = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(read("README.md"));
        while (block.find()) {
            if (block.group(1).contains("dev.gridmate.carrier")) {
                continue; // the carrier's tests compile it
            }
            Matcher name = Pattern.compile("class (\\w+)").matcher(block.group(1));
            assertThat(name.find()).isTrue();
            Path source = directory.resolve(name.group(1) + ".java");
            Files.writeString(source, block.group(1).replace("2017", Integer.toString(port)));
            sources.add(source);
        }
        assertThat(sources)
                .extracting(Path::getFileName)
                .extracting(Path::toString)
                .containsExactly("EchoServer.java", "HelloClient.java");

        List<String> compile = new ArrayList<>(List.of("javac", "-cp", classes(), "-d", directory.toString()));
        sources.forEach(source -> compile.add(source.toString()));
        Process compiler = start(compile);
        assertThat(compiler.waitFor()).isZero();

        Process server = start(List.of("java", "-cp", classPath(), "EchoServer"));
        try {
            String answer = "";
            String end = "";
            while (!answer.endsWith("hello") && server.isAlive()) { // refused until the server listens
                Process client = start(List.of("java", "-cp", classPath(), "HelloClient"));
                try (BufferedReader output = client.inputReader()) {
                    answer = output.readLine();
                    end = String.valueOf(output.readLine());
                }
                assertThat(client.waitFor()).isZero();
                assertThat(answer).containsAnyOf("says hello", "CONNECT_FAILED");
            }
            assertThat(answer).isEqualTo("127.0.0.1|" + port + " says hello");
            assertThat(end).contains("LOCAL_CLOSED");
        } finally {
            server.destroyForcibly();
        }
    }

    @Test
    void theTlsPagesSnippetsCompile() throws Exception {
        StringBuilder body = new StringBuilder();
        Matcher block = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(read("docs/tls.md"));
        while (block.find()) {
            body.append(block.group(1));
        }
        assertThat(body).contains("reloadTls");
        Path source = directory.resolve("TlsPage.java");
        Files.writeString(
                source,
                "import dev.gridmate.driver.*; import java.nio.file.Path;"
                        + " class TlsPage { void run(StreamSocketDriver driver, TlsConfig serverTls) {\n" + body
                        + "} }");
        Process compiler = start(List.of("javac", "-cp", classes(), "-d", directory.toString(), source.toString()));
        assertThat(compiler.waitFor()).isZero();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static String classes() {
        return Path.of("target", "classes").toAbsolutePath().toString();
    }

    private String classPath() {
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

    @Test
    void everyTestThatKeptAndFixedNamesExists() throws IOException {
        String tests = allTestSources();
        Matcher named =
                Pattern.compile("`(g\\d+_\\w+|[a-z]\\w{24,}|\\w+Test)`").matcher(read("docs/kept-and-fixed.md"));
        int count = 0;
        while (named.find()) {
            assertThat(tests).contains(named.group(1));
            count++;
        }
        assertThat(count).isGreaterThan(30);
    }

    @Test
    void keptAndFixedHasEveryDefect() throws IOException {
        String page = read("docs/kept-and-fixed.md");
        for (int defect = 1; defect <= 37; defect++) {
            assertThat(page).contains("| G" + defect + " ");
        }
    }

    @Test
    void behaviourHasEveryReasonAndResultCode() throws IOException {
        String page = read("docs/behaviour.md");
        for (DisconnectReason.Code code : DisconnectReason.Code.values()) {
            assertThat(page).contains("| `" + code + "` |");
        }
        for (ResultCode code : ResultCode.values()) {
            assertThat(page).contains("`" + code + "`");
        }
    }

    @Test
    void everyLinkBetweenThePagesLeadsSomewhere() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(
                ROOT.resolve("README.md"),
                ROOT.resolve("ARCHITECTURE.md"),
                ROOT.resolve("CONTRIBUTING.md"),
                ROOT.resolve("CHANGELOG.md")));
        try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            docs.filter(path -> path.toString().endsWith(".md")).forEach(pages::add);
        }
        for (Path page : pages) {
            Matcher link = Pattern.compile("\\]\\(([^)#:]+)(#[^)]*)?\\)").matcher(Files.readString(page));
            while (link.find()) {
                assertThat(page.resolveSibling(link.group(1)))
                        .as("link in %s", page)
                        .exists();
            }
        }
    }

    private static String read(String page) throws IOException {
        return Files.readString(ROOT.resolve(page), StandardCharsets.UTF_8);
    }

    private static String allTestSources() throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.walk(Path.of("src", "test", "java"))) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                all.append(Files.readString(file));
            }
        }
        return all.toString();
    }
}
