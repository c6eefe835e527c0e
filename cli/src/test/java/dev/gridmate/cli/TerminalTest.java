package dev.gridmate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the program looks like to a person at a terminal, and to a program that reads it. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TerminalTest {

    private static Console console(Screen screen, PrintStream out) {
        return new Console(
                InputStream.nullInputStream(), out, out, new Progress.Place(out, true), screen, new StopSignal());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "demo",
                "echo",
                "send",
                "bench",
                "connect",
                "top",
                "dev-cert",
                "carrier-echo",
                "carrier-send",
                "carrier-connect"
            })
    void helpFitsANarrowTerminalAndBreaksNoWord(String command) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        String[] args = command.isEmpty() ? new String[] {"--help"} : new String[] {command, "--help"};
        assertThat(Main.run(console(new Screen(60, true), out), args)).isZero();
        assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(60));
    }

    @Test
    void theLiveLineFitsANarrowTerminal() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        Progress progress = new Progress(console(new Screen(60, true), out));
        progress.show(0, "x".repeat(100));
        progress.show(0, "short");
        progress.end();
        assertThat(bytes.toString(StandardCharsets.UTF_8).split("\r"))
                .containsExactly("", "x".repeat(59), "short" + " ".repeat(54), " ".repeat(59));
    }

    @Test
    void figuresAreInPlainDigitsWhateverTheLocale() throws IOException, InterruptedException {
        Process process = RealProgram.start(
                List.of("-Duser.language=ar", "-Duser.country=EG", "-Djava.locale.providers=CLDR"),
                "demo",
                "--seconds",
                "0.3");
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        assertThat(out + Files.readString(RealProgram.errors(process)))
                .matches("(?s)[\\x00-\\x7f]*")
                .containsPattern("[0-9]");
        assertThat(String.format(Locale.forLanguageTag("ar-EG"), "%d", 1))
                .as("what it guards against")
                .isEqualTo("١");
    }

    @Test
    void aListOfThreadsThatIsAskedForDoesNotGoIntoTheFigures() throws IOException, InterruptedException {
        Path launcher = Path.of("..", "gridmate");
        Matcher vm = Pattern.compile("(?m)^vm=\"([^\"]*)\"").matcher(Files.readString(launcher));
        assertThat(vm.find()).isTrue();
        Process process = RealProgram.start(
                Arrays.asList(vm.group(1).split(" ")), "echo", "--port", "0", "--json", "--seconds", "60");
        InputStream out = process.getInputStream();
        StringBuilder first = new StringBuilder();
        for (int read = out.read(); read != '\n'; read = out.read()) {
            first.append((char) read);
        }
        assertThat(first.toString()).startsWith("listening on ");
        signal(process, "-QUIT");
        while (!Files.readString(RealProgram.errors(process)).contains("JNI global refs")) {
            Thread.onSpinWait();
        }
        signal(process, "-TERM");
        assertThat(new String(out.readAllBytes(), StandardCharsets.UTF_8))
                .startsWith("{")
                .hasLineCount(1);
        assertThat(process.waitFor()).isZero();
    }

    private static void signal(Process process, String which) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", which, Long.toString(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }
}
