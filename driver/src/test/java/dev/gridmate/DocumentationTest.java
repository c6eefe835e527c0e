package dev.gridmate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.driver.DisconnectReason;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.testkit.Page;
import dev.gridmate.testkit.Programs;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The pages say what is so. */
@Timeout(120)
class DocumentationTest {

    @TempDir
    private Path directory;

    @Test
    void theReadmesServerAndClientCompileAndTalkToEachOther() throws Exception {
        String port = Integer.toString(Programs.freeTcpPort());
        Page page = Page.of("README.md");
        Programs programs = new Programs(directory, GridMate.class)
                .add("EchoServer", page.program("EchoServer").replace("2017", port))
                .add("HelloClient", page.program("HelloClient").replace("2017", port));
        assertThat(programs.compile()).isZero();

        Process server = programs.run("EchoServer");
        try {
            String answer = "";
            String end = "";
            while (!answer.endsWith("hello") && server.isAlive()) { // refused until the server listens
                Process client = programs.run("HelloClient");
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
        String body = String.join("", Page.of("docs/tls.md").javaBlocks());
        assertThat(body).contains("reloadTls");
        String program = "import dev.gridmate.driver.*; import java.nio.file.Path;"
                + " class TlsPage { void run(StreamSocketDriver driver, TlsConfig serverTls) {\n" + body + "} }";
        assertThat(new Programs(directory, GridMate.class)
                        .add("TlsPage", program)
                        .compile())
                .isZero();
    }

    @Test
    void everyTestThatKeptAndFixedNamesExists() throws IOException {
        String tests = Page.testSources();
        Matcher defect = Pattern.compile("(?m)^\\| G\\d+ .*\\|([^|]*)\\|$")
                .matcher(Page.of("docs/kept-and-fixed.md").text());
        int count = 0;
        while (defect.find()) {
            Matcher name = Pattern.compile("`(\\w+)`").matcher(defect.group(1));
            while (name.find()) {
                assertThat(tests).containsPattern("(void|class) " + name.group(1) + "\\b");
                count++;
            }
        }
        assertThat(count).isGreaterThan(30);
    }

    @Test
    void keptAndFixedHasEveryDefect() throws IOException {
        String page = Page.of("docs/kept-and-fixed.md").text();
        for (int defect = 1; defect <= 37; defect++) {
            assertThat(page).contains("| G" + defect + " ");
        }
    }

    @Test
    void behaviourHasEveryReasonAndResultCode() throws IOException {
        String page = Page.of("docs/behaviour.md").text();
        for (DisconnectReason.Code code : DisconnectReason.Code.values()) {
            assertThat(page).contains("| `" + code + "` |");
        }
        for (ResultCode code : ResultCode.values()) {
            assertThat(page).contains("`" + code + "`");
        }
    }
}
