package dev.gridmate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that run for a while can be looked at in a browser. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MonitorOptionsTest {

    private static final String SAYS = "watch it on ";

    /** An answer of the page. */
    private record Answer(int status, String text) {}

    private static Answer get(Program of, String path, String token) throws IOException {
        URI page = URI.create(of.awaitError(SAYS).substring(SAYS.length()));
        HttpURLConnection connection =
                (HttpURLConnection) page.resolve(path).toURL().openConnection();
        if (!token.isEmpty()) {
            connection.setRequestProperty("Authorization", "Bearer " + token);
        }
        int status = connection.getResponseCode();
        try (InputStream body = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            return new Answer(status, body == null ? "" : new String(body.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @ParameterizedTest
    @CsvSource({"echo,StreamSocketDriver", "carrier-echo,Carrier"})
    void aServerShowsItself(String command, String kind) throws IOException {
        try (Program server = Program.start(command, "--port", "0", "--monitor", "0")) {
            assertThat(get(server, "/healthz", "").status()).isEqualTo(200);
            assertThat(get(server, "/snapshot.json", ""))
                    .returns(200, Answer::status)
                    .satisfies(answer -> assertThat(answer.text()).contains("\"kind\":\"" + kind + "\""));
        }
    }

    @Test
    void aMeasurementShowsItself() throws IOException {
        try (Program echo = Program.echo();
                Program bench = Program.start(
                        "bench",
                        echo.address(),
                        "--workload",
                        "tick",
                        "--seconds",
                        "600",
                        "--monitor",
                        "127.0.0.1:0")) {
            assertThat(get(bench, "/metrics", "").text()).contains("gridmate_driver_");
        }
    }

    @Test
    void theDemoShowsItselfUnasked() throws IOException {
        try (Program demo = Program.start("demo", "--seconds", "600")) {
            assertThat(get(demo, "/", "").text()).contains("<html");
            assertThat(get(demo, "/snapshot.json", "").text())
                    .contains("\"kind\":\"StreamSocketDriver\"", "\"kind\":\"Carrier\"");
        }
    }

    @Test
    void figuresAreForThoseWhoKnowTheSecret(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("token"), "a-secret-of-16-characters\n");
        try (Program echo = Program.echo("--monitor", "0", "--monitor-token", file.toString())) {
            assertThat(get(echo, "/snapshot.json", "").status()).isEqualTo(401);
            assertThat(get(echo, "/snapshot.json", "a-secret-of-16-characters").status())
                    .isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "1:", ":1", "1.2.3.4:70000", "-1"})
    void anAddressThatIsNoneIsRefused(String address) {
        Program.Result result = Program.run("echo", "--monitor=" + address);
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).contains("--monitor is '" + address + "', it must be PORT or ADDR:PORT");
    }

    @Test
    void otherMachinesSeeNothingWithoutASecret() {
        Program.Result result = Program.run("echo", "--port", "0", "--monitor", "0.0.0.0:0");
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err()).contains("reached by other machines", "--monitor-token FILE");
    }

    @Test
    void aPortInUseIsOneLineThatSaysWhatToDo() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Program.Result result = Program.run("echo", "--port", "0", "--monitor", "" + taken.getLocalPort());
            assertThat(result.status()).isEqualTo(1);
            assertThat(result.err()).contains("127.0.0.1:" + taken.getLocalPort(), "in use", "--monitor");
        }
    }

    @Test
    void aSecretThatCannotBeOneIsRefused(@TempDir Path folder) throws IOException {
        assertThat(Program.run("echo", "--monitor-token", "f").err()).contains("--monitor-token is for --monitor");
        Path file = Files.writeString(folder.resolve("token"), "short");
        assertThat(Program.run("echo", "--port", "0", "--monitor", "0", "--monitor-token", file.toString())
                        .err())
                .contains("16 characters or more")
                .doesNotContain("bug");
        assertThat(Program.run("echo", "--port", "0", "--monitor", "0", "--monitor-token", "" + folder)
                        .err())
                .contains("cannot read --monitor-token");
    }
}
