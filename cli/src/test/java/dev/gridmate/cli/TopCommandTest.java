package dev.gridmate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jline.utils.ScreenTerminal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A program that was started without any option can be looked into. Each test names the process: no
 * other Java VM of this machine is attached to.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TopCommandTest {

    private final List<Process> processes = new ArrayList<>();

    @AfterEach
    void end() throws InterruptedException {
        for (Process each : processes) {
            each.destroyForcibly().waitFor();
        }
    }

    /** A server in a Java VM of its own, and where it listens. */
    private record Server(Process process, HostPort address) {

        String pid() {
            return Long.toString(process.pid());
        }
    }

    private Server server(List<String> vmOptions, String... command) throws IOException {
        Process process = RealProgram.start(vmOptions, command);
        processes.add(process);
        String line =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)).readLine();
        return new Server(process, HostPort.parse(line.substring("listening on ".length())));
    }

    private Server echo(String... vmOptions) throws IOException {
        return server(List.of(vmOptions), "echo", "--port", "0");
    }

    private Process start(String... command) throws IOException {
        Process process = new ProcessBuilder(command).start();
        processes.add(process);
        return process;
    }

    private static Program.Result top(String... args) {
        String[] all = new String[args.length + 1];
        all[0] = "top";
        System.arraycopy(args, 0, all, 1, args.length);
        return Program.run(all);
    }

    private static String why(String... args) {
        Program.Result result = top(args);
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.err().lines()).hasSize(1);
        return result.err();
    }

    // ------------------------------------------------------------ what there is to see

    @Test
    void aServerThatWasStartedPlainlyShowsItsConnections() throws IOException {
        Server echo = echo();
        try (Socket socket = new Socket(echo.address().host(), echo.address().port())) {
            socket.getOutputStream().write(new byte[] {0, 1, 'x'});
            assertThat(socket.getInputStream().readNBytes(3)).containsExactly(0, 1, 'x');
            Program.Result result = top(echo.pid(), "--interval", "100ms");
            assertThat(result.status()).isZero();
            assertThat(result.err()).isEmpty();
            assertThat(result.out())
                    .contains("StreamSocketDriver ", "on " + echo.address(), "connections 1 established")
                    .containsPattern("ADDRESS +WAITING\\* +BLOCKED")
                    .containsPattern("\\R127\\.0\\.0\\.1:" + socket.getLocalPort() + " +0 +- ")
                    .contains("LAST ENDS: none");
        }
    }

    @Test
    void aCarrierComesBeforeItsDriver() throws IOException {
        Server echo = server(List.of(), "carrier-echo", "--port", "0");
        String out = top(echo.pid(), "--interval", "100ms", "--sort", "loss").out();
        assertThat(out.indexOf("Carrier ")).isZero();
        assertThat(out).contains("SocketDriver ", "messages 0 out, 0 in; datagrams 0 out, 0 in, 0 lost");
    }

    @ParameterizedTest
    @ValueSource(strings = {"waiting", "rate", "round-trip", "loss", "age", "silence"})
    void aProgramReadsItAsJson(String sort) throws IOException {
        Server echo = echo();
        Program.Result result = top(echo.pid(), "--json", "--interval", "100ms", "--sort", sort);
        assertThat(result.status()).isZero();
        assertThat(result.out().lines()).hasSize(1);
        assertThat(result.out())
                .startsWith("{\"pid\":" + echo.pid()
                        + ",\"program\":\"dev.gridmate.cli.Main\",\"pictures\":[{\"snapshot\":{")
                .contains("\"localAddress\":\"127.0.0.1|" + echo.address().port() + "\"", "\"rates\":{\"periodNanos\":")
                .endsWith("}]}" + System.lineSeparator());
    }

    @Test
    void aScreenShowsItUntilTheProgramEndsAndThenItsLastPage() throws Exception {
        Server echo = echo();
        ScreenTerminal.VirtualTerminal virtual = ScreenTerminal.withTerminal("test", "xterm", 60, 24);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(
                InputStream.nullInputStream(),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                new Progress.Place(System.err, false),
                new Screen(60, true).with(virtual::terminal),
                new StopSignal());
        CompletableFuture<Integer> top =
                CompletableFuture.supplyAsync(() -> Main.run(console, "top", echo.pid(), "--interval", "100ms"));
        while (!virtual.screen().toString().contains("connections 0")) {
            virtual.screen().waitDirty();
        }
        echo.process().destroyForcibly().waitFor();
        assertThat(top.join()).isZero();
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("process " + echo.pid() + " has ended");
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("StreamSocketDriver ", "connections 0");
    }

    @Test
    void theOnlyProgramIsFoundByWhatItHasLoaded() throws IOException {
        Server echo = echo("-XX:-UsePerfData"); // it is not in the JDK's own list
        assertThat(JavaVms.all())
                .contains(echo.process().pid())
                .doesNotContain(ProcessHandle.current().pid());
        assertThat(JavaVm.hasLibrary(echo.process().pid())).isTrue();
    }

    // ------------------------------------------------------------ what cannot be looked into

    @Test
    void aProcessThatIsNotThere() {
        assertThat(why("999999999")).contains("there is no process 999999999");
    }

    @Test
    void thisProcess() {
        assertThat(why(Long.toString(ProcessHandle.current().pid()))).contains("is this gridmate top itself");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aProcessThatIsNoJavaVm() throws IOException {
        assertThat(why(Long.toString(start("sleep", "100").pid()))).contains("is not a Java VM");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aVmThatAllowsNoAttaching() throws IOException {
        assertThat(why(echo("-XX:+DisableAttachMechanism").pid()))
                .contains("-XX:+DisableAttachMechanism", "Start it without", "--monitor");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aVmThatIsStopped() throws IOException, InterruptedException {
        Server echo = echo();
        assertThat(start("kill", "-STOP", echo.pid()).waitFor()).isZero();
        assertThat(why(echo.pid())).contains("is stopped", "kill -CONT " + echo.pid());
    }

    @Test
    void aVmWithoutThisLibrary() throws IOException {
        Process other = start(
                Path.of(System.getProperty("java.home"), "bin", "rmiregistry").toString(), "0");
        String pid = Long.toString(other.pid());
        String words = why(pid);
        while (words.contains("only just begun")) {
            words = why(pid);
        }
        assertThat(words).contains("has neither a driver nor a carrier");
        assertThat(JavaVm.hasLibrary(other.pid())).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "--sort=up,--sort is 'up'",
        "--limit=-1,--limit is -1",
        "--limit=10001,--limit is 10001",
        "--interval=0.05,--interval is 0.05",
        "abc,'abc'"
    })
    void aWrongCommandLine(String argument, String says) {
        Program.Result result = top(argument);
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).contains(says);
    }
}
